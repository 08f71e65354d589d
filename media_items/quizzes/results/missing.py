"""Who was invited to a quiz and has not started it. Whoever invites knows them: `access`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import QuerySet

from media_items.catalogue.models import MediaItem
from media_items.quizzes.models import Quiz, Taker
from media_items.quizzes.results import trail
from media_items.quizzes.results.words import Words
from media_items.signals import Account


@dataclass(frozen=True)
class MissingRow:
    """`key` is the proof by which they would come, `state` what has become of their invitation: its
    word, tone and icon. `typed`: who has taken the quiz under their email without verifying it.
    `more_keys`, of `by_key` alone: the accounts that would be theirs."""

    key: str
    name: str
    email: str
    state: tuple[Words, str, str]
    since: datetime | None
    typed: Taker | None = None
    more_keys: tuple[str, ...] = ()


class Expected(Protocol):
    def missing(self, item: MediaItem, words: str = "") -> QuerySet[Any]:
        """Rows in a fixed order, searched by `words`."""
        ...

    def told(self, rows: Iterable[Any]) -> list[MissingRow]: ...

    def at(self, item: MediaItem, email: str) -> list[MissingRow]:
        """Who of `missing` was invited at this address."""
        ...

    def by_key(self, item: MediaItem, key: str) -> MissingRow | None: ...

    def to_remind(self, item: MediaItem, *, undecided: bool = False) -> QuerySet[Any]:
        """Those of `missing` who may be written to and have had no reminder yet; with `undecided`
        also those who may have taken it (`MissingRow.typed`)."""
        ...

    def remind(self, *, item: MediaItem, by: Account, undecided: bool) -> int:
        """A mail to each, in the transaction. Twice is once. Returns how many."""
        ...


_expected: list[Expected] = []


def expect_by(expected: Expected) -> None:
    """Called once from `AppConfig.ready`."""
    _expected[:] = [expected]


def expected() -> Expected:
    return _expected[0]


@transaction.atomic
def remind(*, quiz: Quiz, by: Account, undecided: bool = False) -> int:
    """Each of those who have not started, once; with `undecided` also those under whose email
    somebody has taken it who has not verified it. Returns how many get a mail."""
    count = expected().remind(item=quiz.item, by=by, undecided=undecided)
    if count and quiz.pk:
        trail.note_change(quiz, trail.REMINDED, by=by, now={"people": count})
    return count
