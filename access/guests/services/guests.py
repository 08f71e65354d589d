"""Services about one guest: removing, readmitting, erasing."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.guests.models import AccessRequest, Guest, GuestAdmission, GuestLink
from access.guests.personal_data import digest_to_keep, key_of
from access.guests.proofs import GuestProofs
from access.rights.services import rights_changed
from access.rights.whose import holders_among, holders_of
from media_items import personal_data
from media_items.kept_people import lock_to_erase
from media_items.live.sessions.services import lock_sessions_of
from media_items.personal_data import Subject


def _locked(guest: Guest) -> Guest:
    """Locks the link, then reads the guest: the order of `joining.join`."""
    GuestLink.objects.select_for_update().get(pk=guest.link_id)
    return Guest.objects.select_related("link__item").get(pk=guest.pk)


@transaction.atomic
def remove_guest(*, guest: Guest, by: User | None) -> None:
    """Ends the access of every browser; the address cannot come back by this link."""
    guest = _locked(guest)
    if guest.removed_at:
        return
    moment = timezone.now()
    guest.removed_at, guest.removed_by = moment, by
    guest.save(update_fields=["removed_at", "removed_by"])
    guest.admissions.filter(ended_at=None).update(ended_at=moment)
    event = record(Act.GUEST_REMOVED, item=guest.link.item, by=by, link=guest.link, guest=guest)
    rights_changed(
        event, whose=holders_among(guest.admissions.all(), GuestProofs.kind), everybody_asks=True
    )


@transaction.atomic
def readmit_guest(*, guest: Guest, by: User | None) -> None:
    """Lets a removed guest join again, by the form. The guest has kept the place."""
    guest = _locked(guest)
    if guest.removed_at is None:
        return
    guest.removed_at = guest.removed_by = None
    guest.digest = ""
    guest.save(update_fields=["removed_at", "removed_by", "digest"])
    record(Act.GUEST_LET_BACK, item=guest.link.item, by=by, link=guest.link, guest=guest)


@transaction.atomic
def erase_guest(*, guest: Guest, by: User | None) -> None:
    """Erases name and address from every row and ends the access. The place stays taken.

    SECURITY: whoever is out stays out (`digest_to_keep`).

    The sessions of the item are locked before anything is written that names `by`, whose account
    may be being deleted.
    """
    guest = _locked(guest)
    if guest.erased_at:
        return
    moment = timezone.now()
    browsers = guest.admissions.filter(erased_at=None)
    keys = frozenset(key_of(pk) for pk in browsers.values_list("pk", flat=True))
    lock_to_erase(keys)
    lock_sessions_of(guest.link.item)
    event = record(Act.GUEST_ERASED, item=guest.link.item, by=by, link=guest.link, guest=guest)
    rights_changed(event, whose=holders_among(browsers, GuestProofs.kind), taken=False)
    digest = digest_to_keep(guest)
    # SECURITY: whoever typed an address erases what their browsers gave, and no more of it.
    addresses = {"email": guest.email} if by else {"typed_email": guest.email}
    everything = Subject(item=guest.link.item, keys=keys, **addresses)
    personal_data.erase(everything, moment=moment)
    browsers.update(name="", erased_at=moment)
    guest.name = guest.email = ""
    guest.digest, guest.erased_at = digest, moment
    guest.save(update_fields=["name", "email", "digest", "erased_at"])


@transaction.atomic
def erase_admission(*, admission: GuestAdmission, requests: Collection[int] = ()) -> None:
    """Erases what one browser gave, because that browser asked for it. `requests` are those to be
    let in that it sent.

    SECURITY: the address is typed and not proven, so this never erases what another browser gave.
    With the last browser of the guest the guest's row is erased, too.
    """
    guest = _locked(admission.guest)
    lock_to_erase([key_of(admission.pk)])
    AccessRequest.objects.on(guest.link.item).filter(pk__in=requests).erase(timezone.now())
    others = guest.admissions.filter(erased_at=None).exclude(pk=admission.pk)
    oldest = others.order_by("admitted_at", "pk").first()
    if oldest is None:
        erase_guest(guest=guest, by=None)
        return
    moment = timezone.now()
    GuestAdmission.objects.filter(pk=admission.pk, erased_at=None).update(name="", erased_at=moment)
    of_this_browser = Subject(item=guest.link.item, keys=frozenset({key_of(admission.pk)}))
    personal_data.erase(of_this_browser, moment=moment)
    guest.name = oldest.name
    guest.save(update_fields=["name"])
    event = record(
        Act.GUEST_ERASED, item=guest.link.item, by=None, link=guest.link, browser=admission.pk
    )
    whose = holders_of(GuestProofs.key_of(admission.pk))
    rights_changed(event, whose=whose, taken=False)
