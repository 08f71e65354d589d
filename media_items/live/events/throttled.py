"""Saying that a number goes on changing: votes, reactions, answers of a poll.

A hundred people press at once and two thousand watch. What is announced here is heard once in
`QUIET_SECONDS`; such a fact carries `gently`, and a browser that hears it asks once more when
that time is over (static/js/live/interactions.js). So the last number is always right.
"""

from __future__ import annotations

from functools import partial

from django.core.cache import cache
from django.db import transaction

from media_items.live.events.announcing import Announced, announce
from media_items.live.events.facts import FactKind

QUIET_SECONDS = 2


def announce_throttled(session: Announced, kind: FactKind) -> None:
    """To everybody inside. The gate is passed after commit: what was rolled back keeps no quiet."""
    transaction.on_commit(partial(_say, session, kind), robust=True)


def _say(session: Announced, kind: FactKind) -> None:
    if cache.add(f"live-gently:{session.pk}:{kind}", 1, timeout=QUIET_SECONDS):
        announce(session, kind, gently=True)
