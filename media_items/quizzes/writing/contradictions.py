"""Settings that contradict each other, each with the field to say it at and a sentence why.

Refused when they are saved: ../shared/field/quizzes.md, section 10.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.choices import ShownWhen


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the form has, whatever the row says; the window is the item's."""

    opens_at: datetime | None
    closes_at: datetime | None
    is_scored: bool
    attempts_allowed: int | None
    time_limit_minutes: int | None
    one_at_a_time: bool
    may_go_back: bool
    score_when: str
    feedback_when: str
    answers_when: str
    pass_percent: int | None
    gives_certificate: bool


def contradictions(of: Settings) -> Iterator[tuple[str, Promise]]:
    """Field and sentence."""
    shown = {
        "score_when": of.score_when,
        "feedback_when": of.feedback_when,
        "answers_when": of.answers_when,
    }
    several = of.attempts_allowed is None or of.attempts_allowed > 1
    if of.closes_at is None:
        for field, when in shown.items():
            if when == ShownWhen.CLOSED:
                yield field, _("The quiz never closes, so this would never be shown. Set a closing time.")
    if of.attempts_allowed is None:
        for field, when in shown.items():
            if when == ShownWhen.LAST_ATTEMPT and of.closes_at is None:
                yield field, _("There is no last attempt: the number of attempts has no limit.")
    if of.score_when == ShownWhen.AT_ONCE:
        yield "score_when", _("The score is known after handing in. Choose a later time.")
    if of.answers_when == ShownWhen.AT_ONCE and several and of.attempts_allowed is not None:
        yield (
            "answers_when",
            _("Whoever sees the right answers at once gets everything right in the next attempt. "
              "Allow one attempt, or as many as people like."),
        )
    if of.answers_when == ShownWhen.HANDED_IN and of.attempts_allowed is not None and several:
        yield (
            "answers_when",
            _("The right answers would be shown while attempts are left. "
              "Show them after the last attempt."),
        )
    if _order(of.answers_when) < _order(of.feedback_when):
        yield (
            "answers_when",
            _("The right answers tell what was right. They can’t be shown before marks and feedback."),
        )
    if of.time_limit_minutes and of.opens_at and of.closes_at:
        if timedelta(minutes=of.time_limit_minutes) > of.closes_at - of.opens_at:
            yield "time_limit_minutes", _("The time limit is longer than the quiz is open.")
    if not of.is_scored and of.pass_percent is not None:
        yield "pass_percent", _("A quiz without a score can’t be passed.")
    if not of.is_scored and of.score_when != ShownWhen.NEVER:
        yield "score_when", _("This quiz gives no score, so there is none to show.")
    if of.gives_certificate and of.pass_percent is None:
        yield "gives_certificate", _("A certificate needs a pass mark.")
    if not of.may_go_back and not of.one_at_a_time:
        yield "may_go_back", _("With all questions on one page people can always go back.")


def _order(when: str) -> int:
    return list(ShownWhen).index(ShownWhen(when))
