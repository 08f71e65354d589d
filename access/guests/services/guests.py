"""Services about one guest: ending their access, removing, blocking, letting back in, erasing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.blocks.models import Block
from access.blocks.services import Actor, block_typed, unblock, unblock_typed
from access.guests.models import AccessRequest, Guest, GuestAdmission, GuestLink
from access.guests.personal_data import digest_to_keep, key_of
from access.guests.proofs import GuestProofs
from access.guests.services.places import give_up, lock_links, take_again
from access.rights.services import rights_changed
from access.rights.whose import holders_among, holders_of
from media_items import personal_data
from media_items.kept_people import lock_to_erase
from media_items.live.sessions.models import Level
from media_items.live.sessions.services import lock_sessions_of
from media_items.personal_data import Subject
from media_items.refusals import Refusal


class RemovedSince(Refusal):
    """Somebody who was only blocked has been removed from their link meanwhile."""

    message = _("Somebody else removed this guest meanwhile. Reload the page to see their status.")


def _locked(guest: Guest) -> Guest:
    """Locks the link, then reads the guest. Nobody joins by it meanwhile (`joining.join`)."""
    GuestLink.objects.select_for_update().get(pk=guest.link_id)
    return Guest.objects.select_related("link__item").get(pk=guest.pk)


def _with_all_links_locked(guest: Guest) -> Guest:
    """What concerns an address concerns every link by which it came."""
    item = GuestLink.objects.select_related("item").get(pk=guest.link_id).item
    lock_links(item)
    return _locked(guest)


@transaction.atomic
def remove_guest(*, guest: Guest, by: User | None) -> None:
    """Ends the access of every browser and frees the place; the address cannot come back by this
    link. What the browsers hold stays as it is, worth nothing, until the guest is let back in.
    Twice is once; nothing for somebody erased, who has no access and whose place stays taken."""
    guest = _locked(guest)
    give_up(guest, moment=timezone.now(), by=by)


@transaction.atomic
def end_access(*, guest: Guest, by: User | None) -> None:
    """Ends the access of every browser. The place stays taken, and the address may join again."""
    guest = _locked(guest)
    browsers = guest.admissions.filter(ended_at=None, left_at=None, erased_at=None)
    if not browsers.update(ended_at=timezone.now()):
        return
    event = record(
        Act.GUESTS_ENDED, item=guest.link.item, by=by, link=guest.link, guest=guest, ended=1
    )
    rights_changed(
        event, whose=holders_among(guest.admissions.all(), GuestProofs.kind), everybody_asks=True
    )


@transaction.atomic
def block_guest(*, guest: Guest, by: User | None) -> None:
    """Removes the guest, and keeps the address off the item by every link and, in the browsers in
    which it was typed, every other address. Twice is once; nothing for somebody erased."""
    guest = _with_all_links_locked(guest)
    if guest.erased_at:
        return
    block_typed(
        item=guest.link.item,
        email=guest.email,
        by=Actor(level=Level.HOST, account=by),
        link=guest.link,
        guest=guest,
    )


@transaction.atomic
def readmit_guest(*, guest: Guest, by: User | None) -> None:
    """Undoes `remove_guest` and `block_guest`, and a block of a session that removed them: the
    place is taken again, and browsers that were let in before are in again. Somebody erased may
    join by the form. Any other block of a session stays (`unblock_guest`). Twice is once. Raises
    `NoPlaceLeft`."""
    guest = _with_all_links_locked(guest)
    if guest.removed_at is None:
        return
    item, host = guest.link.item, Actor(level=Level.HOST, account=by)
    rows: dict[str, Any] = {"link": guest.link, "guest": guest}
    blocks = Block.objects.in_force().on(item).of_person(guest.email, guest.digest)
    by_it = blocks.filter(made_at=guest.removed_at, participant__isnull=False)
    if block := by_it.select_related("participant").first():
        block.item = item
        unblock(block=block, by=host, **rows)
    unblock_typed(item=item, email=guest.email, digest=guest.digest, by=host, **rows)
    guest.refresh_from_db()
    if guest.removed_at is not None:
        take_again(guest, by=by)


@transaction.atomic
def unblock_guest(*, guest: Guest, by: User | None) -> None:
    """Lifts whatever keeps the address of a guest who is not removed off the item, also what was
    done in a session. Twice is once. Raises `RemovedSince`: `readmit_guest` lets those back in."""
    guest = _with_all_links_locked(guest)
    if guest.removed_at is not None:
        raise RemovedSince
    item, host = guest.link.item, Actor(level=Level.HOST, account=by)
    blocks = Block.objects.in_force().on(item).of_person(guest.email, guest.digest)
    for block in blocks.select_related("participant").order_by("pk"):
        block.item = item
        unblock(block=block, by=host, link=guest.link, guest=guest)


@transaction.atomic
def erase_guest(*, guest: Guest, by: User | None) -> None:
    """Erases name and address from every row and ends the access. The place stays taken, if
    the guest had not lost it by being removed.

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
    is_typed = not browsers.exclude(confirmed_at=None).exists()
    everything = Subject(item=guest.link.item, keys=keys, is_typed=is_typed, **addresses)
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
