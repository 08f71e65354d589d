"""What guest access keeps about people: a row for each browser, the guest's address, and what
somebody wrote to the host at the door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from access.audit.models import Act
from access.audit.services import record
from access.blocks.digests import address_digest
from access.blocks.models import Block
from access.email_addresses import shown_email
from access.guests.models import AccessRequest, Guest, GuestAdmission, GuestLink
from access.guests.proofs import GuestProofs
from access.personal_data import update_in_batches
from access.proofs import parsed
from access.rights.services import rights_changed
from access.rights.whose import holders_of
from access.site_policy.models import current_policy
from media_items import personal_data
from media_items.kept_people import lock_to_erase
from media_items.live.sessions.models import LiveSession
from media_items.personal_data import Section, Subject


@dataclass(frozen=True)
class AdmissionRecord:
    admission: GuestAdmission
    kept_until: datetime


class GuestData:
    """A browser is shown only what was typed in it.

    SECURITY: the address is typed and not proven. What another browser gave with the same address,
    and what anybody wrote to the host under it, is shown to no browser.
    """

    name = "guest access"

    def sections(self, subject: Subject) -> list[Section]:
        kept = timedelta(days=current_policy().kept_days)
        return [
            Section(
                template="access/guests/_admission_record.html",
                data=AdmissionRecord(one, one.admitted_at + kept),
            )
            for one in _admissions(subject)
        ]

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "email": shown_email(one.guest.email),
                "came_in_at": one.admitted_at,
                "last_seen_at": one.last_seen_at,
                "left_at": one.left_at,
                "ended_at": one.ended_at,
                "verified_at": one.confirmed_at,
            }
            for one in _admissions(subject)
        ]

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        """What somebody wrote to the host, where everything under the address is meant. The rows of
        guests are erased by `services.guests`, which holds their locks."""
        if not subject.email:
            return
        asked = AccessRequest.objects.filter(email=subject.email)
        if subject.item is not None:
            asked = asked.filter(item=subject.item)
        asked.erase(moment)

    def erase_older_than(self, cutoff: datetime) -> int:
        moment = timezone.now()
        update_in_batches(
            GuestAdmission.objects.filter(admitted_at__lt=cutoff, erased_at=None),
            lock=_lock_browsers,
            before=_erase_elsewhere,
            name="",
            erased_at=moment,
        )
        update_in_batches(
            AccessRequest.objects.filter(asked_at__lt=cutoff, erased_at=None),
            name="",
            email="",
            message="",
            erased_at=moment,
        )
        not_erased = GuestAdmission.objects.filter(guest=OuterRef("pk"), erased_at=None)
        old = Guest.objects.filter(~Exists(not_erased), joined_at__lt=cutoff, erased_at=None)
        _forget_digests()
        return update_in_batches(
            old,
            lock=_lock_links,
            before=_keep_digests,
            name="",
            email="",
            erased_at=moment,
        )


def digest_to_keep(guest: Guest) -> str:
    """What is kept of an address that is erased and out: removed from its link, or blocked on the
    item; else nothing. The digest of the block itself, which another key may have made."""
    blocks = Block.objects.in_force().on(guest.link.item).of_addresses([guest.email])
    if digest := blocks.exclude(digest="").values_list("digest", flat=True).first():
        return str(digest)
    return address_digest(guest.email) if guest.removed_at else ""


def _keep_digests(guest_ids: Sequence[int]) -> None:
    for guest in Guest.objects.filter(pk__in=guest_ids).select_related("link__item"):
        if digest := digest_to_keep(guest):
            Guest.objects.filter(pk=guest.pk).update(digest=digest)


def _forget_digests() -> None:
    """Of those who are not out any more."""
    blocks = Block.objects.in_force().filter(item=OuterRef("link__item"), digest=OuterRef("digest"))
    is_removed = Q(removed_at__isnull=False, link__deleted_at=None)
    erased = Guest.objects.exclude(digest="").filter(~is_removed, ~Exists(blocks))
    erased.update(digest="")


def key_of(admission_id: int) -> str:
    return str(GuestProofs.key_of(admission_id))


def admission_ids(keys: Collection[str]) -> list[int]:
    """From those of the keys that name an admission."""
    return [key.pk for key in parsed(keys) if key.kind == GuestProofs.kind]


def _admissions(subject: Subject) -> list[GuestAdmission]:
    """Newest first, erased ones apart."""
    rows = GuestAdmission.objects.filter(pk__in=admission_ids(subject.keys), erased_at=None)
    if subject.item is not None:
        rows = rows.on(subject.item)
    return list(rows.select_related("guest__link__item").order_by("-admitted_at", "-pk"))


def _lock_links(guest_ids: Sequence[int]) -> None:
    """In one order. Nobody comes in by them meanwhile (`services.joining.join`)."""
    links = GuestLink.objects.filter(guests__in=guest_ids).order_by("pk")
    list(GuestLink.objects.select_for_update().filter(pk__in=links.values("pk")).order_by("pk"))


def _lock_browsers(ids: Sequence[int]) -> None:
    """Of all items at once, before any session: nobody waits in a circle."""
    lock_to_erase(map(key_of, ids))
    items = GuestAdmission.objects.filter(pk__in=ids).values("guest__link__item")
    rows = LiveSession.objects.select_for_update(of=("self",), no_key=True)
    list(rows.under_way().filter(item__in=items).order_by("pk"))


def _erase_elsewhere(ids: Sequence[int]) -> None:
    """Erases what other rooms keep about these browsers, and ends the access of people inside."""
    moment = timezone.now()
    by_item = defaultdict(set)
    rows = GuestAdmission.objects.filter(pk__in=ids).select_related("guest__link__item")
    for one in rows:
        by_item[one.guest.link.item].add(one.pk)
    for item, pks in by_item.items():
        event = record(Act.GUESTS_ERASED_BY_AGE, item=item, by=None, browsers=len(pks))
        whose = holders_of(*map(GuestProofs.key_of, pks))
        rights_changed(event, whose=whose, taken=False)
        keys = frozenset(key_of(pk) for pk in pks)
        personal_data.erase(Subject(item=item, keys=keys), moment=moment)
