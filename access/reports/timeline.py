"""How many were there, over the time of a session: the numbers, and the picture of them.

    moments ──► buckets of one width, at most 120 ──► an area in a box of 1,000 × 100

The curve is drawn at the most who were there at once in each bucket: whole people. It is computed
in one pass over the comings and goings, and keeps nothing but the buckets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from django.db.models import F, Min
from django.utils.timezone import localtime

from access.reports.stays import counted_stays, steps_of
from media_items.live.sessions.models import LiveSession
from media_items.moments import Form, written

MOST_BUCKETS = 120
WIDTH, HEIGHT = 1_000, 100
_STEPS = (
    *(timedelta(seconds=number) for number in (5, 10, 15, 30)),
    *(timedelta(minutes=number) for number in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=number) for number in (1, 2, 3, 6, 12)),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Bucket:
    """`seconds` is the time of all who were there in it, added up; `most` at once."""

    at: datetime
    length: timedelta
    seconds: float = 0.0
    most: int = 0

    @property
    def average(self) -> float:
        return self.seconds / self.length.total_seconds()


@dataclass(frozen=True)
class Timeline:
    start: datetime
    end: datetime
    step: timedelta
    buckets: list[Bucket]
    opened_at: datetime | None = None

    @property
    def peak(self) -> int:
        return max((bucket.most for bucket in self.buckets), default=0)

    @property
    def middle(self) -> datetime:
        return self.start + (self.end - self.start) / 2

    @property
    def top(self) -> int:
        """Where the scale ends: a round even number, so that its half is a whole one."""
        return round_up(self.peak)

    @property
    def half(self) -> int:
        return self.top // 2

    @property
    def bucket_hour(self) -> Form:
        """The form of a bucket's beginning: as short as tells it from the next."""
        if localtime(self.start).date() != localtime(self.end).date():
            return "moment"
        return "seconds" if self.step < timedelta(minutes=1) else "time"

    @property
    def scale_hour(self) -> Form:
        """The form of the three times below the picture: as short as tells them apart."""
        is_one_day = localtime(self.start).date() == localtime(self.end).date()
        form: Form = "time" if is_one_day else "moment"
        labels = {written(at, form) for at in (self.start, self.middle, self.end)}
        return form if len(labels) == 3 else "seconds"

    @property
    def area(self) -> str:
        """The path of the filled picture. Numbers as SVG wants them, whatever the language."""
        points = [f"M0 {HEIGHT}"]
        for bucket in self.buckets:
            height = self._y(bucket.most)
            points += [f"L{self._x(bucket.at)} {height}"]
            points += [f"L{self._x(bucket.at + bucket.length)} {height}"]
        return " ".join([*points, f"L{WIDTH} {HEIGHT} Z"])

    @property
    def opened_x(self) -> str:
        """Where the doors opened; "" where that lies outside the picture."""
        if self.opened_at is None or not self.start < self.opened_at < self.end:
            return ""
        return self._x(self.opened_at)

    def _x(self, moment: datetime) -> str:
        return f"{WIDTH * ((moment - self.start) / (self.end - self.start)):.1f}"

    def _y(self, people: float) -> str:
        return f"{HEIGHT * (1 - people / self.top):.1f}"


def timeline_of(session: LiveSession, moment: datetime) -> Timeline | None:
    """None where nobody was there. Two queries."""
    stays = counted_stays(moment).filter(participant__session=session)
    first = stays.annotate(first=F("began")).aggregate(found=Min("first"))["found"]
    if first is None or first >= moment:
        return None
    step, start = width_for(first, moment)
    return Timeline(
        start=start,
        end=moment,
        step=step,
        buckets=buckets_of(steps_of(session, moment), start=start, end=moment, step=step),
        opened_at=session.opened_at,
    )


def width_for(first: datetime, end: datetime) -> tuple[timedelta, datetime]:
    """The narrowest buckets of which 120 are enough, and where the first of them begins."""
    for step in _STEPS:
        start = _floor(first, step)
        if (end - start) / step <= MOST_BUCKETS:
            return step, start
    for days in count(1):
        step = timedelta(days=days)
        start = _floor(first, step)
        if (end - start) / step <= MOST_BUCKETS:
            break
    return step, start


def buckets_of(
    steps: Iterable[tuple[datetime, int]], *, start: datetime, end: datetime, step: timedelta
) -> list[Bucket]:
    """`steps` in order, each between `start` and `end`. The last bucket ends with the session."""
    number = max(1, -((start - end) // step))  # rounded up
    buckets = [Bucket(start + step * n, min(step, end - (start + step * n))) for n in range(number)]
    there, since = 0, start
    for at, delta in steps:
        _add_time(buckets, there, since, at, step)
        there, since = there + delta, at
    _add_time(buckets, there, since, end, step)
    return buckets


def _add_time(
    buckets: list[Bucket], there: int, since: datetime, until: datetime, step: timedelta
) -> None:
    """Adds to each bucket its part of the time from `since` to `until`, in which `there` people
    were there."""
    if not there or until <= since:
        return
    number = (since - buckets[0].at) // step
    while since < until and number < len(buckets):
        bucket = buckets[number]
        part = min(until, bucket.at + bucket.length)
        if part > since:
            bucket.seconds += there * (part - since).total_seconds()
            bucket.most = max(bucket.most, there)
            since = part
        number += 1


def round_up(most: int) -> int:
    """The next of 2, 4, 6, 8, 10, 20, 40, 50, 60, 80, 100, 200, … — all of them even."""
    size = 1
    while True:
        for digit in (2, 4, 5, 6, 8):
            top = digit * size
            if most <= top and top % 2 == 0:
                return top
        size *= 10
        if most <= size:
            return size


def _floor(moment: datetime, step: timedelta) -> datetime:
    return moment - (moment - _EPOCH) % step
