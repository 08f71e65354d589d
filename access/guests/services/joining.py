"""Letting a guest in, and letting them go."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from access.audit.models import Act
from access.audit.services import record
from access.blocks.policies import blocked
from access.email_addresses import normal_email
from access.guests.models import Guest, GuestAccess, GuestAdmission, GuestLink
from access.guests.policies import link_refusal
from access.guests.proofs import GuestProofs
from access.guests.refusals import Refusal, Refused
from access.rights.services import rights_changed
from access.rights.whose import holders_of
from media_items.models import MediaItem


@transaction.atomic
def join(*, link: GuestLink, key_version: int, name: str, email: str) -> GuestAdmission:
    """Lets one browser in and returns its admission, to be remembered in the session.

    One address takes one place: the first time by one conditional UPDATE, later by finding the
    guest, whose name stays: whoever types the address again may be somebody else. Every call
    makes an admission of its own, for the address is typed and not proven.
    Raises `Refused`.
    """
    moment = timezone.now()
    # SECURITY: the lock orders this join against the host's acts (see services.links) and against
    # other joins; all that is judged below is read after it.
    link = GuestLink.objects.select_for_update(of=("self",)).select_related("item").get(pk=link.pk)
    email = normal_email(email)
    access_on, is_blocked = _door_now(link.item, email)
    guest = Guest.objects.filter(link=link, email=email, erased_at=None).first()
    refusal = link_refusal(
        link,
        key_version=key_version,
        access_on=access_on,
        moment=moment,
        has_place=guest is not None,
    )
    if refusal:
        raise Refused(refusal)
    if not link.accepts(email):
        raise Refused(Refusal.DOMAIN)
    if guest and guest.removed_at:
        raise Refused(Refusal.ENDED_BY_HOST)
    # SECURITY: one answer for every way of being removed: whoever types somebody's address learns
    # no more than that.
    if is_blocked:
        raise Refused(Refusal.ENDED_BY_HOST)
    if guest is None:
        guest = _take_place(link=link, name=name, email=email)
    admission = GuestAdmission.objects.create(guest=guest, name=name, admitted_at=moment)
    record(Act.GUEST_JOINED, item=link.item, by=None, link=link, guest=guest)
    return admission


def _door_now(item: MediaItem, email: str) -> tuple[bool, bool]:
    """Whether guest access is on, and whether this address has been removed. One query."""
    is_blocked = blocked(item=item, email=email, is_typed=True)
    switch = GuestAccess.objects.filter(item=item, enabled_at__isnull=False)
    row = switch.values_list(is_blocked).first()
    return row is not None, bool(row and row[0])


def _take_place(*, link: GuestLink, name: str, email: str) -> Guest:
    """Raises `Refused` when the last place went while we looked."""
    taken = (
        GuestLink.objects.filter(pk=link.pk)
        .filter(Q(places=None) | Q(places_taken__lt=F("places")))
        .update(places_taken=F("places_taken") + 1)
    )
    if not taken:
        raise Refused(Refusal.FULL)
    return Guest.objects.create(link=link, name=name, email=email)


@transaction.atomic
def leave(*, admission: GuestAdmission) -> None:
    """The guest goes by themself. The place stays theirs; twice is once."""
    left = GuestAdmission.objects.filter(pk=admission.pk, left_at=None).update(
        left_at=timezone.now()
    )
    if left:
        link = admission.guest.link
        event = record(Act.GUEST_LEFT, item=link.item, by=None, link=link, guest=admission.guest)
        rights_changed(event, whose=holders_of(GuestProofs.key_of(admission.pk)), taken=False)
