"""Announcing that something has changed, once it is committed.

A number that goes on changing (votes, reactions, answers of a poll) is announced by
`announce_throttled`: a hundred people press at once and two thousand watch.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from django.db import transaction

from media_items.live.events.bus import current_bus
from media_items.live.events.facts import EVERYBODY, Fact, FactKind, only
from media_items.rate_limits import is_first

THROTTLED_SECONDS = 2
THROTTLED = timedelta(seconds=THROTTLED_SECONDS)


class Announced(Protocol):
    """What the stream needs to know of a session."""

    pk: Any
    public_id: str


def announce(
    session: Announced, kind: FactKind, *, to: str = EVERYBODY, **data: int | str | bool
) -> None:
    """After commit. A bus that is down fails nothing: pages that missed a fact ask again when their
    stream is back."""
    fact = Fact(session=session.public_id, recipients=to, kind=kind, data=data)
    transaction.on_commit(partial(_publish, fact), robust=True)


def announce_on_each(places: Iterable[Announced], kind: FactKind) -> None:
    """To everybody who hears one of these sessions, or pages of items; after commit, at once."""
    facts = [Fact(session=one.public_id, recipients=EVERYBODY, kind=kind) for one in places]
    if facts:
        transaction.on_commit(partial(_publish_all, facts), robust=True)


def announce_throttled(session: Announced, kind: FactKind) -> None:
    """To everybody inside, at most once in `THROTTLED_SECONDS`.

    Such a fact carries `throttled`: a browser that hears it asks once more when that time is over
    (static/js/live/interactions.js), so the last number is always right. Counted after commit:
    what was rolled back throttles nothing.
    """
    transaction.on_commit(partial(_announce_unless_throttled, session, kind), robust=True)


def close_streams(session: Announced, participant_id: int) -> None:
    """Their right to hear has ended or changed: the streams are cut, old tickets refused."""
    announce(session, FactKind.CLOSE, to=only(participant_id))


def _announce_unless_throttled(session: Announced, kind: FactKind) -> None:
    if is_first(f"live:{kind}", of=str(session.pk), within=THROTTLED):
        announce(session, kind, throttled=True)


def _publish_all(facts: Sequence[Fact]) -> None:
    current_bus().publish_all(facts)


def _publish(fact: Fact) -> None:
    if fact.kind == FactKind.CLOSE:
        # By the clock that writes the tickets. The change is committed: a ticket given from now on
        # is judged by what is true after it.
        fact = replace(fact, data={**fact.data, "at": time.time()})
    current_bus().publish(fact)
