"""What the columns of a spreadsheet mean. Their names are not translated: files travel."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.kinds import QuestionKind

PLAIN = (
    "kind", "question", "points", "right", "rule", "hint", "explanation", "required", "negative",
    "case", "accents", "unit", "moment",
)  # fmt: skip
NUMBERED = ("option", "match", "credit", "feedback", "at end", "tolerance", "margin")
COLUMNS: list[tuple[str, Promise, str]] = [
    ("kind", _("The kind of question:"), ", ".join(one.value for one in QuestionKind)),
    ("question", _("The text. Mathematics stands between dollar signs."), ""),
    ("points", _("1 where it is empty."), ""),
    (
        "option 1, option 2 …",
        _(
            "The options, the accepted answers, the left sides of pairs, "
            "or the things in their right order."
        ),
        "",
    ),
    (
        "right",
        _("The numbers of the right options, such as “1 3”. For true or false one of these:"),
        "true, false",
    ),
    ("match 1 …", _("The right side of the pair. With an empty left side it fits nothing."), ""),
    (
        "credit 1, feedback 1 …",
        _("Percent of the points for an option or answer, and what is said to those who chose it."),
        "",
    ),
    (
        "tolerance 1, margin 1 …",
        _(
            "How far a number may be off. The second column says by how much, or up to which "
            "number; the first says in which way:"
        ),
        "exact, absolute, relative, interval",
    ),
    (
        "hint, explanation, rule, unit, moment, required, negative, case, accents, at end 1 …",
        _("As in the editor. For switches:"),
        "yes, no",
    ),
]
