"""When a quiz can be taken, by one person: from when, until when, how long, how often."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone

from media_items.catalogue.models import MediaItem, Phase
from media_items.quizzes.models import Attempt, Exemption, Quiz

_SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True)
class Window:
    """`limit` is how long an attempt lasts that is started now; None without a time limit.
    `attempts` is None where there is no end to them. `time_factor`: what this person has more of
    each limit."""

    opens_at: datetime | None
    closes_at: datetime | None
    limit: timedelta | None
    attempts: int | None
    time_factor: Decimal = Decimal(1)

    def phase_at(self, moment: datetime) -> Phase:
        if self.closes_at and moment >= self.closes_at:
            return Phase.ENDED
        if self.opens_at and moment < self.opens_at:
            return Phase.NOT_STARTED
        return Phase.OPEN

    def deadline_of(self, started_at: datetime, *, given_back: timedelta) -> datetime | None:
        """The limit from the start on, and what an interruption cost, at the latest when the quiz
        closes for this person; always after the start, whatever became of the dates since."""
        by_limit = started_at + self.limit + given_back if self.limit else None
        ends = [one for one in (by_limit, self.closes_at) if one is not None]
        return max(min(ends), started_at + _SHORTEST) if ends else None


def window_of(quiz: Quiz, exemption: Exemption | None = None) -> Window:
    """`quiz.item` must be loaded. What an exemption leaves empty is as for everybody."""
    item: MediaItem = quiz.item
    limit = timedelta(minutes=quiz.time_limit_minutes) if quiz.time_limit_minutes else None
    if exemption is None:
        return Window(item.starts_at, item.ends_at, limit, quiz.attempts_allowed)
    allowed = quiz.attempts_allowed
    return Window(
        opens_at=exemption.opens_at or item.starts_at,
        closes_at=exemption.closes_at or item.ends_at,
        limit=_times(limit, exemption.time_factor) if limit else None,
        attempts=None if allowed is None else allowed + exemption.extra_attempts,
        time_factor=exemption.time_factor,
    )


def closed_for_everybody_at(quiz: Quiz) -> datetime | None:
    """When nobody can take it any more, exemptions included; None where it never closes."""
    return closed_for_everybody([quiz]).get(quiz.pk)


def closed_for_everybody(quizzes: Collection[Quiz]) -> dict[int, datetime]:
    """Of each when; those that never close are left out. Somebody may be in the middle of an
    attempt that lasts longer, because the end was moved to before its start: then it has passed.
    One query where one closes at all."""
    ends: dict[int, datetime] = {
        one.pk: one.item.ends_at for one in quizzes if one.item.ends_at is not None
    }
    if not ends:
        return ends
    later = Exemption.objects.filter(quiz__in=ends, closes_at__isnull=False)
    latest = _last_of(later, "closes_at")
    moment = timezone.now()
    if over := [quiz for quiz, end in ends.items() if end <= moment]:
        under_way = Attempt.objects.open().filter(
            quiz__in=over, is_preview=False, deadline__isnull=False
        )
        latest = latest.union(_last_of(under_way, "deadline"), all=True)
    for quiz, last in latest:
        ends[quiz] = max(ends[quiz], last)
    return ends


def _last_of(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    return rows.order_by().values("quiz").annotate(last=Max(column)).values_list("quiz", "last")


def saved_until(quiz: Quiz) -> datetime | None:
    """Until when somebody's answer can be saved: deadlines end a little after the quiz, and each
    has its grace. None where it never closes."""
    return saved_until_of([quiz]).get(quiz.pk)


def saved_until_of(quizzes: Iterable[Quiz]) -> dict[int, datetime]:
    closed = closed_for_everybody(list(quizzes))
    return {quiz: closed_at + _SHORTEST + grace() for quiz, closed_at in closed.items()}


def ended_before(moment: datetime) -> datetime:
    """What closed before this can have no answer saved any more."""
    return moment - _SHORTEST - grace()


def limit_for(attempt: Attempt, window: Window) -> timedelta | None:
    """How long this one lasts. A limit that became shorter since is for those that start later."""
    promised = attempt.promised_minutes
    if promised is None or window.limit is None:
        return window.limit
    if promised == 0:
        return None
    return max(window.limit, _times(timedelta(minutes=promised), window.time_factor))


def deadline_of(attempt: Attempt, window: Window) -> datetime | None:
    """By the window as it is now. Whoever edits the quiz tries it after it has closed, too."""
    window = replace(window, limit=limit_for(attempt, window))
    if attempt.is_preview:
        window = replace(window, closes_at=None)
    given_back = timedelta(seconds=attempt.given_back_seconds)
    return window.deadline_of(attempt.started_at, given_back=given_back)


def is_overdue(attempt: Attempt, moment: datetime) -> bool:
    """Past its deadline and the grace after it."""
    return attempt.deadline is not None and moment > attempt.deadline + grace()


def grace() -> timedelta:
    return timedelta(seconds=settings.QUIZ_GRACE_SECONDS)


def _times(limit: timedelta, factor: Decimal) -> timedelta:
    return timedelta(seconds=round(Fraction(factor) * int(limit.total_seconds())))
