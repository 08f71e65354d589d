"""The spreadsheet to begin with: one question of each kind."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from media_items.quizzes.content import Choice, Content, Question
from media_items.quizzes.interchange.neutral import ALL, option, true_or_false
from media_items.quizzes.interchange.sheet_writing import write_sheet
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Tolerance


def sheet() -> str:
    return write_sheet(Content(tuple(_questions())))


def _questions() -> list[Question]:
    pairs = (Choice("1", "H₂O"), Choice("2", "NaCl"), Choice("3", "CO₂"))
    return [
        _one(
            QuestionKind.SINGLE,
            _("What is 2 + 3?"),
            options=(option("5", ALL), option("6"), option("23")),
            hint=_("Count on your fingers."),
            explanation=_("Two and three make five."),
        ),
        _one(
            QuestionKind.MULTIPLE,
            _("Which of these numbers are even?"),
            points=Decimal(2),
            options=(option("2", ALL), option("3"), option("4", ALL), option("7")),
        ),
        _one(
            QuestionKind.TRUE_FALSE,
            _("A square has four corners."),
            options=true_or_false(is_true=True),
        ),
        _one(
            QuestionKind.SHORT_TEXT,
            _("What is the capital of France?"),
            options=(option("Paris", ALL), option("Lutetia", 50)),
        ),
        _one(
            QuestionKind.NUMBER,
            _("How long is a marathon?"),
            options=(option("42.195", ALL, tolerance=Tolerance.ABSOLUTE, margin="0.5"),),
            unit="km",
        ),
        _one(
            QuestionKind.MATCHING,
            _("Which formula belongs to what?"),
            options=(option(_("Water"), match="1"), option(_("Salt"), match="2")),
            choices=pairs,
        ),
        _one(
            QuestionKind.ORDERING,
            _("Put them in order, the smallest first."),
            options=(option("1"), option("10"), option("100")),
        ),
        _one(QuestionKind.OPEN, _("Why is the sky blue?"), points=Decimal(4)),
        _one(QuestionKind.REFLECTION, _("What would you like to know more about?")),
    ]


def _one(kind: QuestionKind, text: str, **more: object) -> Question:
    return Question("", kind, text, rule=RULES_OF[kind][0], **more)  # type: ignore[arg-type]
