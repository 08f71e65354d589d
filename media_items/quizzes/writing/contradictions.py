"""Settings that contradict each other, each with the field to say it at and a sentence why.

Refused when they are saved: ../shared/field/quizzes.md, section 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import MediaItem
from media_items.quizzes.choices import ShownWhen
from media_items.quizzes.models import Quiz

_SHOWN = ("score_when", "feedback_when", "answers_when")


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


def settings_of(quiz: Quiz) -> Settings:
    """As they are stored. `quiz.item` must be loaded."""
    item: MediaItem = quiz.item
    return Settings(
        opens_at=item.starts_at,
        closes_at=item.ends_at,
        is_scored=quiz.is_scored,
        attempts_allowed=quiz.attempts_allowed,
        time_limit_minutes=quiz.time_limit_minutes,
        one_at_a_time=quiz.one_at_a_time,
        may_go_back=quiz.may_go_back,
        score_when=quiz.score_when,
        feedback_when=quiz.feedback_when,
        answers_when=quiz.answers_when,
        pass_percent=quiz.pass_percent,
        gives_certificate=quiz.gives_certificate,
    )


def contradictions(of: Settings) -> Iterator[tuple[str, Promise]]:
    """Field and sentence."""
    yield from _about_the_end(of)
    yield from _about_what_is_shown(of)
    for is_so, field, sentence in _about_single_settings(of):
        if is_so:
            yield field, sentence


def by_sentence(found: Iterable[tuple[str, Promise]]) -> list[tuple[list[str], Promise]]:
    """Each sentence once, with the names of the settings that it is about."""
    names: dict[Promise, list[str]] = {}
    for field, sentence in found:
        column = cast("models.Field[Any, Any]", Quiz._meta.get_field(field))
        names.setdefault(sentence, []).append(capfirst(str(column.verbose_name)))
    return [(about, sentence) for sentence, about in names.items()]


def _about_the_end(of: Settings) -> Iterator[tuple[str, Promise]]:
    """What comes after an end that there is not."""
    if of.closes_at is not None:
        return
    for field in _SHOWN:
        when = getattr(of, field)
        if when == ShownWhen.CLOSED:
            yield (
                field,
                _("The quiz never closes, so this would never be shown. Set a closing time."),
            )
        if when == ShownWhen.LAST_ATTEMPT and of.attempts_allowed is None:
            yield field, _("There is no last attempt: the number of attempts has no limit.")


def _about_what_is_shown(of: Settings) -> Iterator[tuple[str, Promise]]:
    """Whoever knows the right answers, and can go on."""
    if of.score_when == ShownWhen.AT_ONCE:
        yield "score_when", _("The score is known after handing in. Choose a later time.")
    if _order(of.answers_when) < _order(of.feedback_when):
        yield (
            "answers_when",
            _(
                "The right answers tell what was right. "
                "They can’t be shown before marks and feedback."
            ),
        )
    if of.answers_when not in {ShownWhen.AT_ONCE, ShownWhen.HANDED_IN}:
        return
    if of.attempts_allowed is None and _is_judged(of):
        yield (
            "answers_when",
            _(
                "The number of attempts has no limit, so everybody could pass with the right "
                "answers. Limit it, or show the answers after the quiz has closed."
            ),
        )
    if of.attempts_allowed is not None and of.attempts_allowed >= 2:
        yield (
            "answers_when",
            _(
                "The right answers would be shown while attempts are left. "
                "Show them after the last attempt."
            ),
        )


def _is_judged(of: Settings) -> bool:
    """Practice without end may tell the answers: there is nothing to be won by them."""
    return of.is_scored and (of.pass_percent is not None or of.gives_certificate)


def _about_single_settings(of: Settings) -> list[tuple[bool, str, Promise]]:
    is_open_for = of.closes_at - of.opens_at if of.opens_at and of.closes_at else None
    limit = timedelta(minutes=of.time_limit_minutes or 0)
    return [
        (
            is_open_for is not None and limit > is_open_for,
            "time_limit_minutes",
            _("The time limit is longer than the quiz is open."),
        ),
        (
            not of.is_scored and of.pass_percent is not None,
            "pass_percent",
            _("A quiz without a score can’t be passed."),
        ),
        (
            not of.is_scored and of.score_when != ShownWhen.NEVER,
            "score_when",
            _("This quiz gives no score, so there is none to show."),
        ),
        (
            of.gives_certificate and of.pass_percent is None,
            "gives_certificate",
            _("A certificate needs a pass mark."),
        ),
        (
            not of.may_go_back and not of.one_at_a_time,
            "may_go_back",
            _("With all questions on one page people can always go back."),
        ),
    ]


def _order(when: str) -> int:
    return list(ShownWhen).index(ShownWhen(when))
