"""Taking and giving up seats, and what moderators do with those on stage.

Every service locks the session first: the last seat is taken once, and somebody taken off while
coming on is off. People are read under the lock, because they may have been removed since. The
views ask who may; here it is said what happens. The engine is told after the rows. Giving up a
seat, for whatever reason, is `stage/leaving.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.abilities import Ability
from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.models import Level, LiveSession, Participant, StageAccess
from media_items.live.sessions.services import locked
from media_items.live.stage.engine import current_engine
from media_items.live.stage.leaving import end_seats
from media_items.live.stage.models import Seat, SeatEnd, SeatKind, StageInvitation
from media_items.refusals import NotNow, Refusal


class StageFull(Refusal):
    """Every seat of the kind is taken, or kept for hosts."""

    message = _("All seats on stage are taken. You can go on stage when somebody leaves it.")


class NotInvited(Refusal):
    """No moderator has invited them, or the invitation was withdrawn."""

    message = _("The invitation to the stage was withdrawn. Raise your hand to ask for another.")


class NotThere(Refusal):
    """They are not in the session (any more)."""

    message = _("This person has left the session.")


def seat_of(participant: Participant) -> Seat | None:
    """The one they have now."""
    seat: Seat | None = (
        Seat.objects.current()
        .select_related("session", "participant")
        .filter(participant=participant)
        .first()
    )
    return seat


def may_go_at_will(abilities: Collection[Ability], access: str) -> bool:
    """Whether they take a seat without being invited. A stage open to everyone is open to all who
    may raise a hand: guests whose link does not allow that do not come on."""
    if Ability.TAKE_STAGE in abilities:
        return True
    return access == StageAccess.EVERYONE and Ability.RAISE_HAND in abilities


def has_no_seat_for(level: int, *, taken_by: Collection[int], capacity: int) -> bool:
    """Whether somebody of that level finds all seats of a kind taken; `taken_by` are the levels of
    those who sit there.

    One seat is kept for hosts (`Level.MODERATOR` and above) until one of them sits there, or a
    full room would shut out whoever runs it. Of a single seat nothing is kept.
    """
    is_kept = capacity > 1 and max([level, *taken_by]) < Level.MODERATOR
    return len(taken_by) >= capacity - is_kept


def own_seat(me: Participant, seat_id: int) -> Seat | None:
    """The seat with that id, if it is theirs and they hold it now."""
    seat: Seat | None = (
        Seat.objects.current()
        .select_related("session")
        .filter(pk=seat_id, participant=me, session__ended_at=None)
        .first()
    )
    return seat


@transaction.atomic
def go_on_stage(
    *,
    participant: Participant,
    at_will: bool,
    microphone: bool = False,
    camera: bool = False,
    screen: bool = False,
    anew: bool = False,
) -> Seat:
    """For those who may `at_will`, and for those on stage whose page was loaded again (`anew`: a
    new seat in place of theirs, to which the others connect). Twice is once.

    Raises `NotInvited`, `StageFull`, `NotNow` or `NotThere`.
    """
    session, me = _ready(participant)
    if not at_will:
        seat = seat_of(me)
        if seat is None or not seat.publishes:
            raise NotInvited
    facts = {"microphone_on": microphone, "camera_on": camera, "screen_on": screen}
    return _take(session, me, SeatKind.STAGE, anew=anew, **facts)


@transaction.atomic
def accept_stage(
    *, participant: Participant, microphone: bool = False, camera: bool = False
) -> Seat:
    """Says yes to a moderator. Full: the invitation stays. Twice is once.

    Raises `NotInvited`, `StageFull`, `NotNow` or `NotThere`.
    """
    session, me = _ready(participant)
    seat = seat_of(me)
    if seat is not None and seat.publishes:
        return seat
    if not StageInvitation.objects.filter(participant=me).exists():
        raise NotInvited
    facts = {"microphone_on": microphone, "camera_on": camera}
    return _take(session, me, SeatKind.STAGE, anew=False, **facts)


@transaction.atomic
def watch_stage(*, participant: Participant, anew: bool = True) -> Seat:
    """First come, first served; somebody on stage stays there. Raises as `go_on_stage`."""
    session, me = _ready(participant)
    seat = seat_of(me)
    if seat is not None and seat.publishes:
        return seat
    return _take(session, me, SeatKind.WATCH, anew=anew)


@transaction.atomic
def leave_stage(*, participant: Participant) -> None:
    """By themself, from the stage or from watching. Twice is once."""
    session = locked(participant.session)
    end_seats(session, session.seats.filter(participant=participant), why=SeatEnd.LEFT)


@transaction.atomic
def bring_on_stage(*, participant: Participant, by: Participant) -> None:
    """Invites; they are asked and say yes or no. Somebody on stage already stays there.

    Raises `StageFull`, so that nobody is invited to a seat that is not there, `NotNow` or
    `NotThere`.
    """
    session, them = _ready(participant)
    seat = seat_of(them)
    if seat is not None and seat.publishes:
        return
    try:
        _check_room(session, them, SeatKind.STAGE)
    except StageFull as full:
        raise StageFull(
            _(
                "All seats on stage are taken or kept for a host. Remove somebody from "
                "the stage first."
            )
        ) from full
    StageInvitation.objects.update_or_create(
        participant=them, defaults={"invited_by": by, "invited_at": timezone.now()}
    )
    _tell_invited(session, them)


@transaction.atomic
def decline_stage(*, participant: Participant) -> None:
    """Says no; the hand is down again. Twice is once."""
    session = locked(participant.session)
    if StageInvitation.objects.filter(participant=participant).delete()[0]:
        Participant.objects.filter(pk=participant.pk).update(hand_raised_at=None)
        _tell_invited(session, participant)


@transaction.atomic
def take_off_stage(*, participant: Participant) -> None:
    """Off the stage at once, or the invitation withdrawn; they stay in the room. Twice is once."""
    session = locked(participant.session)
    withdrawn = StageInvitation.objects.filter(participant=participant).delete()[0]
    on_stage = session.seats.of_kind(SeatKind.STAGE).filter(participant=participant)
    end_seats(session, on_stage, why=SeatEnd.TAKEN_OFF)
    if withdrawn:
        _tell_invited(session, participant)


@transaction.atomic
def mute(*, participant: Participant) -> None:
    """Until they unmute themself, which nobody does for them. Twice is once."""
    session = locked(participant.session)
    _mute(session.seats.current().filter(participant=participant), timezone.now())


@transaction.atomic
def mute_all(*, session: LiveSession, by: Participant, below: int) -> int:
    """Everybody on stage of a level lower than `below`, except `by`. Returns how many."""
    session = locked(session)
    seats = session.seats.current().exclude(participant=by)
    return _mute(seats.filter(participant__level__lt=below), timezone.now())


@transaction.atomic
def set_media_state(*, seat: Seat, microphone: bool, camera: bool, screen: bool) -> None:
    """What they send now, as their own page says. Unmuting ends the mute by a moderator. Raises
    `NotThere` when the seat is not theirs any more.

    SECURITY: asked again under the lock, so that being taken off is never undone by it.
    """
    session = locked(seat.session)
    held = session.seats.current().of_kind(SeatKind.STAGE).select_related("participant")
    now = held.filter(pk=seat.pk).first()
    if now is None:
        raise NotThere
    state = {"microphone_on": microphone, "camera_on": camera, "screen_on": screen}
    if all(getattr(now, name) == value for name, value in state.items()):
        return
    for name, value in state.items():
        setattr(now, name, value)
    if microphone:
        now.muted_by_host_at = None
    now.session = session
    now.save(update_fields=[*state, "muted_by_host_at"])
    current_engine().media_changed(now)


def _ready(participant: Participant) -> tuple[LiveSession, Participant]:
    session = locked(participant.session)
    if not session.is_live:
        raise NotNow(_("The stage opens with the session."))
    me = session.participants.here().filter(pk=participant.pk).first()
    if me is None:
        raise NotThere
    me.session = session
    return session, me


def _take(
    session: LiveSession, me: Participant, kind: SeatKind, *, anew: bool, **facts: bool
) -> Seat:
    """The seat they have already, unless `anew`; else a new one in place of whatever they had."""
    before = seat_of(me)
    if before is not None and before.kind == kind and not anew:
        return before
    _check_room(session, me, kind)
    _end_seats_of_absent(session)
    end_seats(session, session.seats.filter(participant=me), why=SeatEnd.MOVED)
    seat = Seat(session=session, participant=me, kind=kind, taken_at=timezone.now(), **facts)
    seat.save()
    if kind == SeatKind.STAGE:
        StageInvitation.objects.filter(participant=me).delete()
        Participant.objects.filter(pk=me.pk).update(hand_raised_at=None)
    current_engine().seat_taken(seat)
    return seat


def _check_room(session: LiveSession, me: Participant, kind: SeatKind) -> None:
    others = session.seats.current().of_kind(kind).exclude(participant=me)
    levels = list(others.values_list("participant__level", flat=True))
    capacity = current_engine().capacity(kind)
    if has_no_seat_for(me.level, taken_by=levels, capacity=capacity):
        raise StageFull


def _end_seats_of_absent(session: LiveSession) -> None:
    """Their seats count as free already; left open, one of them coming back would be one too
    many."""
    current = session.seats.current().values("pk")
    end_seats(session, session.seats.exclude(pk__in=current), why=SeatEnd.LEFT)


def _mute(seats: models.QuerySet[Seat], moment: datetime) -> int:
    heard = list(seats.filter(kind=SeatKind.STAGE, microphone_on=True).select_related("session"))
    for seat in heard:
        seat.microphone_on, seat.muted_by_host_at = False, moment
        seat.save(update_fields=["microphone_on", "muted_by_host_at"])
        current_engine().muted(seat)
    return len(heard)


def _tell_invited(session: LiveSession, participant: Participant) -> None:
    announce(session, FactKind.ME, to=only(participant.pk))
    announce(session, FactKind.STAGE, to=only(participant.pk))
    announce(session, FactKind.PARTICIPANTS)
