"""What a change of rights makes of those it concerns who are inside a sitting at that moment.

SECURITY: their own pages are told to ask anew, and a page may not. What others see of them (the
stage, their level) and what lets them stay follows from here without them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from access.guests.models import GuestAdmission
from access.proofs import parsed
from access.roles import Role
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.live.sessions import removing
from media_items.live.sessions import roles as roles_inside
from media_items.live.sessions.models import LiveSession, Participant, level_of


def settle(*, session_id: int, participant_ids: Collection[int], by_host: bool) -> None:
    """Whoever has no right left to be there is out; the others are what they now are.

    `by_host`: it was taken from them. An account stays out then though it may see the item, unless
    it gets a right to walk in; whoever gave their own right up may ask to come in like anybody.
    """
    session = LiveSession.objects.under_way().select_related("item").filter(pk=session_id).first()
    if session is None:
        return
    moment = timezone.now()
    people = list(Participant.objects.filter(pk__in=participant_ids).order_by("pk"))
    _end_guests(session, people, moment)
    visitors = Visitor.of_participants(people, item=session.item)
    for one in people:
        kind = next((key.kind for key in parsed([one.key])), "")
        if kind not in {"account", "invitation"}:
            continue
        roles = visitors[one.pk].roles_on(session.item)
        if roles:
            _set_level(session, one, visitors[one.pk].abilities_on(session.item))
        elif kind == "invitation" or (by_host and one.standing not in {"", Role.PASSER_BY.value}):
            removing.end_rights(session=session, participant_ids=[one.pk])


def _end_guests(session: LiveSession, people: list[Participant], moment: datetime) -> None:
    """In one go: a host may end a whole link."""
    keys = {one.pk: key for one in people for key in parsed([one.key])}
    guests = {key.pk: pk for pk, key in keys.items() if key.kind == "guest"}
    if not guests:
        return
    in_force = GuestAdmission.objects.in_force(moment).filter(pk__in=guests)
    good = set(in_force.values_list("pk", flat=True))
    gone = [pk for number, pk in guests.items() if number not in good]
    removing.end_rights(session=session, participant_ids=gone)


def _set_level(session: LiveSession, one: Participant, abilities: frozenset[Ability]) -> None:
    level = level_of(abilities)
    if level != one.level:
        roles_inside.change_level(session=session, participant_id=one.pk, level=level)
