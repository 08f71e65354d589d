"""Raised hands: up by oneself while the session is live, down by oneself or by a moderator."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSession, Participant
from media_items.live.stage.models import SeatKind
from media_items.refusals import Forbidden


@transaction.atomic
def raise_hand(*, me: Participant) -> None:
    """Twice is once, and keeps its place. Raises `Forbidden`."""
    if not me.session.is_live:
        raise Forbidden(_("The session is not open yet."))
    if is_on_stage(me):
        raise Forbidden(_("You are already on stage."))
    down = Participant.objects.filter(pk=me.pk, hand_raised_at=None)
    if down.update(hand_raised_at=timezone.now()):
        _announce(me.session, [me.pk])


@transaction.atomic
def lower_hand(*, session: LiveSession, participant_id: int) -> None:
    """Twice is once."""
    up = session.participants.filter(pk=participant_id, hand_raised_at__isnull=False)
    if up.update(hand_raised_at=None):
        _announce(session, [participant_id])


@transaction.atomic
def lower_all_hands(*, session: LiveSession, by: Participant, below: int) -> int:
    """Of everybody whom `by`, of that level, may act upon, and their own. Returns how many."""
    theirs = Q(level__lt=below) | Q(pk=by.pk)
    up = session.participants.filter(theirs, hand_raised_at__isnull=False)
    ids = list(up.order_by("pk").select_for_update().values_list("pk", flat=True))
    session.participants.filter(pk__in=ids).update(hand_raised_at=None)
    if ids:
        _announce(session, ids)
    return len(ids)


def place_in_line(me: Participant) -> int | None:
    """1 is next; None is a hand that is down. Those who have gone are not counted."""
    if me.hand_raised_at is None:
        return None
    before = Q(hand_raised_at__lt=me.hand_raised_at)
    before |= Q(hand_raised_at=me.hand_raised_at, pk__lt=me.pk)
    earlier: int = me.session.participants.here().filter(before).count()
    return earlier + 1


def is_on_stage(me: Participant) -> bool:
    seats = me.session.seats.current().of_kind(SeatKind.STAGE)
    return bool(seats.filter(participant=me).exists())


def page_part(place: Place) -> dict[str, Any]:
    """Asked only where a template asks."""
    return {
        "hand_position": partial(place_in_line, place.me),
        "is_on_stage": partial(is_on_stage, place.me),
    }


def _announce(session: LiveSession, participant_ids: list[int]) -> None:
    announce(session, FactKind.PARTICIPANTS)
    for participant_id in participant_ids:
        announce(session, FactKind.ME, to=only(participant_id))
