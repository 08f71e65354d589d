"""What ends by the clock: nobody acts, so nobody declares it, and it holds all the same.

Each room says of its proofs which have just ended, and on which item; the upkeep of the live
sessions asks every few seconds. Who has lost their right by it is out, off the stage too, as after
an act of somebody (`access.rights.effects`); who has another right stays and notices nothing. What
one browser could show ends so too, and what it does in a session by it (`signing_out`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from access.proofs import ProofKey
from access.rights import attempts, effects, signing_out
from access.rights.whose import EVERYBODY, Whose, holders_of
from media_items.live.sessions.models import NOT_OUT, LiveSession, Participant
from media_items.live.sessions.upkeep import every_tick
from media_items.models import MediaItem

# Ticks are a few seconds apart; after a restart, or one that failed, some are missing. Longer ago
# than this, the streams have ended with their tickets.
LOOKS_BACK = timedelta(minutes=5)

# The items on which something has ended in this time (without its beginning), and whose it was.
type JustEnded = Callable[[datetime, datetime], Iterable[tuple[int, Whose]]]
_rooms: list[JustEnded] = []
# Whose browser could show a proof until a moment in this time, which is given, and not since. Other
# browsers may have it still.
type BrowsersJustEnded = Callable[[datetime, datetime], Iterable[tuple[ProofKey, datetime]]]
_browsers: list[BrowsersJustEnded] = []


def register(just_ended: JustEnded) -> None:
    """Twice is once."""
    if just_ended not in _rooms:
        _rooms.append(just_ended)


def register_browsers(just_ended: BrowsersJustEnded) -> None:
    """Twice is once."""
    if just_ended not in _browsers:
        _browsers.append(just_ended)


def start() -> None:
    register(_windows_just_ended)
    register_browsers(signing_out.http_sessions_just_ended)
    every_tick(apply_what_has_ended)


def apply_what_has_ended(now: datetime) -> None:
    """Twice is once: those who are out are not asked again. One question for each room while
    nothing has ended."""
    for just_ended in _rooms:
        for item_id, whose in just_ended(now - LOOKS_BACK, now):
            for session in LiveSession.objects.under_way().filter(item=item_id):
                effects.apply_to(session, whose)
            attempts.interrupt_who_may_no_more(attempts.open_on([item_id], whose))
    for browsers_just_ended in _browsers:
        ended = list(browsers_just_ended(now - LOOKS_BACK, now))
        attempts.interrupt_who_may_no_more(
            attempts.open_of(holders_of(*(key for key, _at in ended))) if ended else []
        )
        there = _known_in_sessions([key for key, _at in ended])
        for key, at in ended:
            if str(key) not in there:
                continue
            whose = holders_of(key)
            for session in LiveSession.objects.under_way().filter(pk__in=whose.sessions()):
                effects.apply_to(session, whose)
            signing_out.end_presence_of(key, begun_before=at)


def _known_in_sessions(keys: Collection[ProofKey]) -> set[str]:
    """Most browsers end far from every session. One query, where there are any."""
    if not keys:
        return set()
    known = Participant.objects.filter(NOT_OUT, key__in=map(str, keys), session__ended_at=None)
    return set(known.values_list("key", flat=True))


def _windows_just_ended(since: datetime, now: datetime) -> list[tuple[int, Whose]]:
    ended = MediaItem.objects.filter(
        attempts.is_under_way("pk"), available_until__gt=since, available_until__lte=now
    )
    return [(item_id, EVERYBODY) for item_id in ended.values_list("pk", flat=True)]
