"""Who has a stream open, and when the last stream of the others ended; the upkeep judges by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

# How long it is remembered that somebody's last stream ended. Longer than the upkeep's grace.
REMEMBERED_SECONDS = 120


@dataclass(frozen=True)
class Attendance:
    """As it was in one moment. Numbers are participants.

    `since` is when this process began to listen: before it has listened for a while, those who are
    not `here` may be on the way back.
    """

    here: frozenset[int]
    departed: Mapping[int, datetime]
    since: datetime

    @classmethod
    def unknown(cls) -> Attendance:
        """Of a process without streams: the signs of life in the database alone speak."""
        return cls(frozenset(), {}, datetime.min.replace(tzinfo=UTC))


class Departures:
    """The moments, in seconds since the epoch, at which last streams ended."""

    def __init__(self) -> None:
        self._ended: dict[int, float] = {}

    def came(self, participant_id: int) -> None:
        self._ended.pop(participant_id, None)

    def went(self, participant_id: int, moment: float) -> None:
        self._ended[participant_id] = moment

    def forget(self, before: float) -> None:
        for participant_id in [one for one, at in self._ended.items() if at < before]:
            del self._ended[participant_id]

    def as_moments(self) -> dict[int, datetime]:
        return {one: datetime.fromtimestamp(at, UTC) for one, at in self._ended.items()}
