"""What a change of rights makes of those it concerns who are inside a sitting at that moment.

SECURITY: their own pages are told to ask anew, and a page may not. What others see of them (the
stage, their level) and what lets them stay follows from here without them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from access import policies
from access.accounts.models import User
from access.guests.models import GuestAdmission
from access.invitations.models import InvitationProof
from access.roles import Role
from media_items.live.sessions import removing
from media_items.live.sessions import roles as roles_inside
from media_items.live.sessions.models import LiveSession, Participant, level_of
from media_items.models import MediaItem


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
    for one in people:
        kind, _colon, number = one.key.partition(":")
        if kind not in {"account", "invitation"}:
            continue
        roles = _roles(kind, int(number), session.item, moment)
        if roles:
            _set_level(session, one, roles)
        elif kind == "invitation" or (by_host and one.standing not in {"", Role.PASSER_BY.value}):
            removing.end_rights(session=session, participant_ids=[one.pk])


def _end_guests(session: LiveSession, people: list[Participant], moment: datetime) -> None:
    """In one go: a host may end a whole link."""
    guests = {one.key.partition(":")[2]: one.pk for one in people if one.key.startswith("guest:")}
    if not guests:
        return
    in_force = GuestAdmission.objects.in_force(moment).filter(pk__in=guests)
    good = {str(pk) for pk in in_force.values_list("pk", flat=True)}
    gone = [pk for number, pk in guests.items() if number not in good]
    removing.end_rights(session=session, participant_ids=gone)


def _roles(kind: str, number: int, item: MediaItem, moment: datetime) -> frozenset[Role]:
    """By what we know of them here: an account has what it has, and what any browser has proven
    for its address; a person invited the role of the invitation."""
    proofs = InvitationProof.objects.in_force(moment).filter(invitation__item=item)
    if kind == "invitation":
        return _roles_of(proofs.filter(invitation=number))
    user = User.objects.filter(pk=number, is_active=True).first()
    if user is None:
        return frozenset()
    theirs = proofs.filter(Q(invitation__email=user.email) | Q(invitation__account=user))
    invited = policies.invitations_of(user, moment)
    by_account = policies.roles_of_account(
        user=user, item=item, invited=lambda item: invited.filter(item=item)
    )
    return by_account | _roles_of(theirs)


def _roles_of(proofs: QuerySet[InvitationProof]) -> frozenset[Role]:
    return frozenset(Role(proof.invitation.role) for proof in proofs.select_related("invitation"))


def _set_level(session: LiveSession, one: Participant, roles: frozenset[Role]) -> None:
    level = level_of({ability for role in roles for ability in policies.ABILITIES[role]})
    if level != one.level:
        roles_inside.change_level(session=session, participant_id=one.pk, level=level)
