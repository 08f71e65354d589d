"""The one way off the stage, and from watching it: it alone writes `Seat.left_at`, and it always
tells the engine.

`stage/services.py` calls it for those who leave the stage, the sessions for those who leave the
session (`live.wiring`).
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind
from media_items.live.sessions.models import LiveSession
from media_items.live.sessions.presence import PresenceEnded, Why
from media_items.live.stage.engine import current_engine
from media_items.live.stage.models import Seat, SeatEnd, SeatKind, SeatQuerySet, StageInvitation


def end_seats(
    session: LiveSession, seats: SeatQuerySet, *, why: SeatEnd, at: datetime | None = None
) -> list[Seat]:
    """Ends those of the session's `seats` that are still held, as of `at` or now; returns them.

    The caller holds the session's lock. Twice is once.
    """
    ended = list(seats.filter(left_at=None).order_by("pk"))
    if not ended:
        return []
    moment = at or timezone.now()
    Seat.objects.filter(pk__in=[seat.pk for seat in ended]).update(left_at=moment)
    for seat in ended:
        seat.session, seat.left_at = session, moment
    current_engine().seats_ended(ended, why)
    return ended


def presence_has_ended(ended: PresenceEnded) -> None:
    """Ends the seats of people who are not there any more, or have lost their role (`live.wiring`
    subscribes it)."""
    session, people = ended.session, ended.participant_ids
    seats = session.seats.all()
    if people is not None:
        seats = seats.filter(participant__in=people)
    if ended.why == Why.ROLE_LOST:
        seats = seats.of_kind(SeatKind.STAGE)
    why = SeatEnd.LEFT if ended.why == Why.LOST else SeatEnd(ended.why.value)
    end_seats(session, seats, why=why, at=ended.at)
    if people is not None and ended.why in {Why.REMOVED, Why.RIGHT_ENDED}:
        asked = StageInvitation.objects.filter(participant__in=people)
        if asked.delete()[0]:
            announce(session, FactKind.STAGE)
