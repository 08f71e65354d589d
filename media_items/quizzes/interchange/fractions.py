"""Moodle gives each option a share of the points, also below nothing; Foyer has a rule."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from media_items.quizzes.content import Option, Question
from media_items.quizzes.interchange.neutral import ALL, Notes
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Rule

# Moodle itself takes 33.33 for a third.
_NEAR = Decimal("0.05")


def by_fractions(question: Question, notes: Notes, *, is_several: bool) -> Question:
    """`Option.credit` says the shares. For several answers the rule is right minus wrong."""
    if not is_several:
        return replace(
            question,
            kind=QuestionKind.SINGLE,
            rule=RULES_OF[QuestionKind.SINGLE][0],
            may_be_negative=any(one.credit < 0 for one in question.options),
        )
    if not _is_right_minus_wrong(question.options):
        notes.add(
            _(
                "The options had weights of their own. "
                "Here each right one counts the same, and a wrong one takes as much away."
            )
        )
    return replace(
        question,
        kind=QuestionKind.MULTIPLE,
        rule=Rule.BALANCED,
        options=tuple(
            replace(one, credit=ALL if one.is_right else Decimal(0)) for one in question.options
        ),
    )


def _is_right_minus_wrong(options: tuple[Option, ...]) -> bool:
    right = sum(one.is_right for one in options)
    if not right:
        return True
    each = ALL / right
    return all(abs(abs(one.credit) - each) <= _NEAR and one.credit != 0 for one in options)


def fraction_of(question: Question, one: Option) -> Decimal:
    """In percent, as Moodle writes it."""
    if question.kind != QuestionKind.MULTIPLE:
        return one.credit
    right = sum(other.is_right for other in question.options) or 1
    each = (ALL / right).quantize(Decimal("0.00001"))
    return each if one.is_right else -each
