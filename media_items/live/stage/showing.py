"""What the picture area of a room shows one person: who is on stage, and their own place there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from media_items.compiled import compiled
from media_items.live.page.panels import Picture
from media_items.live.page.there import may_be_there
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSettings, Participant
from media_items.live.stage.engine import current_engine
from media_items.live.stage.models import Seat, SeatKind, StageInvitation
from media_items.live.stage.services import has_no_seat_for, may_go_at_will, seat_of
from media_items.outlines import Outline
from media_items.requests import FoyerRequest

# What a page may find in a session.
SEATS, INVITATION = "seats", "invitation"
_ADDRESSES = Outline(
    "media_items/live/stage/_addresses.html", "public_id", in_addresses=["public_id"]
)


def stage_context(request: FoyerRequest, place: Place, live: LiveSettings) -> dict[str, Any]:
    """Two queries at most, however many are in the room; seats are few."""
    me = place.me
    seats = current_seats(session=place.session.pk) if may_be_there(place, SEATS) else []
    on_stage = [seat for seat in seats if seat.publishes]
    watching = [seat for seat in seats if not seat.publishes]
    mine = next((seat for seat in seats if seat.participant_id == me.pk), None)
    engine = current_engine()
    return {
        "engine": engine.name,
        "on_stage": on_stage,
        "watching": watching,
        "my_seat": mine,
        "is_on_stage": mine is not None and mine.publishes,
        "invitation": _invitation(me) if may_be_there(place, INVITATION) else None,
        "may_go_at_will": may_go_at_will(place.item.abilities, live.stage_access),
        "stage_is_full": _is_full(on_stage, me, engine.capacity(SeatKind.STAGE)),
        "watch_is_full": _is_full(watching, me, engine.capacity(SeatKind.WATCH)),
        "picture": settings.LIVE_STAGE_PICTURE,
        "addresses": _ADDRESSES.drawn({}, public_id=place.item.public_id),
    }


def _is_full(seats: list[Seat], me: Participant, capacity: int) -> bool:
    others = [seat.participant.level for seat in seats if seat.participant_id != me.pk]
    return has_no_seat_for(me.level, taken_by=others, capacity=capacity)


def _invitation(me: Participant) -> StageInvitation | None:
    return next(iter(invitations_of(participant=me.pk)), None)


@compiled
def current_seats(*, session: int) -> QuerySet[Seat]:
    """In their order, with whose they are."""
    return _seats_in(session).select_related("participant").order_by("taken_at", "pk")


def is_any_seat(participant: int, recently: datetime) -> Exists:
    return Exists(_seats_in(OuterRef("pk")))


def _seats_in(session: int | OuterRef) -> QuerySet[Seat]:
    seats: QuerySet[Seat] = Seat.objects.current().filter(session=session)
    return seats


@compiled
def invitations_of(*, participant: int) -> QuerySet[StageInvitation]:
    """At most one, with who has invited them."""
    return _invitations(participant).select_related("invited_by")


def is_any_invitation(participant: int, recently: datetime) -> Exists:
    return Exists(_invitations(participant))


def _invitations(participant: int) -> QuerySet[StageInvitation]:
    return StageInvitation.objects.filter(participant=participant)


def dialog_context(me: Participant) -> dict[str, Any]:
    """For the device check: on the way to the stage by an invitation, at will, or there already."""
    seat: Seat | None = seat_of(me)
    return {
        "invitation": _invitation(me),
        "my_seat": seat,
        "on_stage_already": seat is not None and seat.publishes,
        "picture": settings.LIVE_STAGE_PICTURE,
    }


ROOM_PICTURE = Picture("media_items/live/stage/picture.html", stage_context)
