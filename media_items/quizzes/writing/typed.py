"""A question as it is typed, before anything of it is saved."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from media_items.quizzes import texts
from media_items.quizzes.content import Question
from media_items.quizzes.kinds import TYPED_KINDS
from media_items.quizzes.models import QuestionOption
from media_items.quizzes.sizes import drawn_texts
from media_items.quizzes.writing.forms.lines import Lines
from media_items.quizzes.writing.forms.questions import QuestionForm
from media_items.quizzes.writing.publishing import frozen
from media_items.quizzes.writing.unread import said_of_unread


@dataclass(frozen=True)
class Aside:
    """What people see besides the question, at some time."""

    label: str
    text: SafeString


def typed_question(form: QuestionForm, lines: Lines | None, *, name: str) -> Question:
    """As far as it can be read; `name` becomes its id. Ids of lines say their places, so that an
    answer that is tried stays where it is while the question is written."""
    form.is_valid()
    draft = form.instance
    draft.public_id = name
    rows = []
    for place, (line, is_right) in enumerate(lines.rows if lines else ()):
        line.is_valid()
        if not line.is_empty:
            values = asdict(line.line(is_right=is_right))
            del values["key"]
            ids = {"public_id": f"o{place}", "match_id": f"m{place}"}
            rows.append(QuestionOption(position=place, **ids, **values))
    return frozen(draft, rows)


def asides_of(question: Question) -> list[Aside]:
    """The hint, the explanation and each feedback."""
    made = [
        Aside(_("Hint"), texts.block(question.hint)),
        Aside(_("Explanation"), texts.block(question.explanation)),
        *(
            Aside(_("Feedback: %(option)s") % {"option": texts.plain(one.text, 60)}, text)
            for one in question.options
            if (text := texts.inline(one.feedback))
        ),
    ]
    return [one for one in made if one.text]


def unread_of(form: QuestionForm, lines: Lines | None) -> list[tuple[str, list[str]]]:
    """Of each field with mathematics: its id in the page, and what cannot be read of it."""
    fields = [form[name] for name in ("text", "hint", "explanation") if name in form.fields]
    for line in lines.forms if lines else ():
        names = {"text", "match", "feedback"} & line.fields.keys()
        plain = {"text"} if line.kind in TYPED_KINDS else set()
        fields += [line[name] for name in sorted(names - plain)]
    written = drawn_texts(str(one.value() or "") for one in fields)
    return [
        (one.id_for_label, said_of_unread(text)) for one, text in zip(fields, written, strict=True)
    ]
