"""What somebody at a guest link does: comes in, leaves, or asks the host to be let in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from access.accounts.models import NoticePace, User
from access.audit.models import Act
from access.audit.services import record
from access.blocks.digests import address_digests
from access.blocks.policies import Address, blocked
from access.email_addresses import normal_email
from access.guests.mails import AccessRequestMail
from access.guests.models import AccessRequest, Guest, GuestAccess, GuestAdmission, GuestLink
from access.guests.notices import ASKED, JOINED
from access.guests.policies import link_refusal, refusal_of_typed_address
from access.guests.proofs import GuestProofs
from access.guests.refusals import Reason, Refused
from access.guests.telling import tell_inside
from access.mail import outbox
from access.notices.kinds import pace_of
from access.notices.services import hosts_to_tell, note
from access.rights.services import rights_changed
from access.rights.whose import holders_of
from media_items.commits import NoDiskIsWaitedFor
from media_items.compiled import compiled
from media_items.inserts import insert
from media_items.updates import Update, compiled_update

_MOST_TRIES = 3


class _ChangedMeanwhile(Exception):
    """The address came in by another browser, or was erased, since it was looked for."""


def join(
    *,
    link: GuestLink,
    key_version: int,
    name: str,
    email: str,
    by: User | None = None,
    then: Callable[[GuestAdmission], None] | None = None,
) -> GuestAdmission:
    """Lets one browser in and returns its admission, to be remembered in the HTTP session.

    One address takes one place: the first time by one conditional UPDATE, later by finding the
    guest. The guest's name does not change then, since somebody else may have typed the address.
    Every call makes a new admission, because the address is typed and not proven. `by` is signed in
    there: a host is not told of themselves, whatever address they have typed.

    `then` remembers it, at the end of the same transaction, when nobody is refused any more.
    Raises `Refused`, and `IntegrityError` where the database refuses a new guest though nobody of
    this address is there.
    """
    typed = _Typed(link, key_version, name, normal_email(email))
    for _try in range(_MOST_TRIES):
        try:
            return _let_in(typed, by, then)
        except _ChangedMeanwhile as changed:
            refused_row = changed.__cause__
            if refused_row is not None and _judged(typed) is None:
                raise refused_row from None
    raise Refused(refusal_of_typed_address(link))


@dataclass(frozen=True)
class _Typed:
    """What somebody at the door has sent."""

    link: GuestLink
    key_version: int
    name: str
    email: str

    @cached_property
    def digests(self) -> tuple[str, ...]:
        return tuple(address_digests([self.email]))


@transaction.atomic
def _let_in(
    typed: _Typed, by: User | None, then: Callable[[GuestAdmission], None] | None
) -> GuestAdmission:
    """Writes first and locks last (docs/adr/0055). A refusal takes back what was written.

    SECURITY: after the lock the link sees no act of the host (see services.links) and no other join
    until the commit; what was judged before it is read and judged again. On SQLite whoever has
    begun a transaction writes alone, and nothing can have changed.
    """
    known = _judged(typed)
    link, moment = typed.link, timezone.now()
    guest = _new_guest(typed) if known is None else Guest.objects.filter(pk=known).first()
    if guest is None:
        raise _ChangedMeanwhile
    admission = GuestAdmission(
        guest=guest, name=typed.name, admitted_at=moment, last_seen_at=moment
    )
    insert(admission)
    record(Act.GUEST_JOINED, item=link.item, by=None, link=link, guest=guest)
    if known is None:
        hosts = hosts_to_tell(item=link.item, kind=JOINED, by=by)
        note(kind=JOINED, item=link.item, about=[guest.pk], hosts=hosts)
    moves_sign_in = by is not None  # to a new session
    if known is None:
        has_place = bool(take_place(link=link.pk, waits_for_disk=moves_sign_in))
    else:
        has_place = _lock(link, waits_for_disk=moves_sign_in)
    if connection.features.has_select_for_update:
        took_place = known is None and has_place
        if _judged(typed, took_place=took_place) != guest.pk:
            raise _ChangedMeanwhile
    if not has_place:
        raise Refused(Reason.FULL)
    if then is not None:
        then(admission)
    return admission


def _judged(typed: _Typed, *, took_place: bool = False) -> int | None:
    """The guest of this address, where one has come before, by primary key. `took_place`: just now,
    so that the link was not full without them. Raises `Refused`."""
    found = links_as_they_are(link=typed.link.pk, email=typed.email, digests=typed.digests)
    if not found:
        raise Refused(Reason.BAD_LINK)
    link: Any = found[0]
    link.places_taken -= took_place
    refusal = link_refusal(
        link,
        key_version=typed.key_version,
        access_on=link.access_on,
        moment=timezone.now(),
        has_place=link.guest_pk is not None,
    )
    if refusal:
        raise Refused(refusal)
    is_out = link.guest_removed_at is not None or (bool(typed.email) and link.is_blocked)
    if is_out or not link.accepts(typed.email):
        raise Refused(refusal_of_typed_address(link))
    guest: int | None = link.guest_pk
    return guest


@compiled
def links_as_they_are(*, link: int, email: str, digests: tuple[str, ...]) -> QuerySet[GuestLink]:
    """At most one, with what of it and its item decides: whether guest access is on (`access_on`),
    whether this address, which is not empty, `is_blocked`, and who came by it before (`guest_pk`,
    `guest_removed_at`).

    SECURITY: also somebody removed who has erased what they gave since.
    """
    removed_and_erased = Q(removed_at__isnull=False, digest__in=digests)
    came = Guest.objects.filter(Q(email=email, erased_at=None) | removed_and_erased)
    came = came.filter(link=OuterRef("pk")).order_by(F("removed_at").asc(nulls_last=True), "-pk")
    switch = GuestAccess.objects.filter(item=OuterRef("item"), enabled_at__isnull=False)
    typed = Address((email,), digests)
    links = GuestLink.objects.filter(pk=link).select_related("item").only(*_DECIDING)
    return links.annotate(
        access_on=Exists(switch),
        is_blocked=blocked(item=OuterRef("item"), email=typed, is_typed=True),
        guest_pk=Subquery(came.values("pk")[:1]),
        guest_removed_at=Subquery(came.values("removed_at")[:1]),
    )


_DECIDING = (
    "item",
    "key_version",
    "places",
    "places_taken",
    "expires_at",
    "email_domains",
    "paused_at",
    "deleted_at",
    "item__deleted_at",
    "item__available_from",
    "item__available_until",
)


def _new_guest(typed: _Typed) -> Guest:
    guest = Guest(link=typed.link, name=typed.name, email=typed.email)
    try:
        insert(guest)
    except IntegrityError as one_is_there:
        raise _ChangedMeanwhile from one_is_there
    return guest


@compiled_update
def take_place(*, link: int, waits_for_disk: bool) -> Update:
    """Locks the link where it has one left. The commit does or does not wait for the disk."""
    has_place = Q(places=None) | Q(places_taken__lt=F("places"))
    links = GuestLink.objects.filter(has_place, pk=link)
    if not waits_for_disk:
        links = links.filter(NoDiskIsWaitedFor())
    return Update(links, places_taken=F("places_taken") + 1)


def _lock(link: GuestLink, *, waits_for_disk: bool) -> bool:
    """For somebody who has a place. False where there is no such link any more."""
    return bool(links_to_lock(link=link.pk, waits_for_disk=waits_for_disk))


@compiled
def links_to_lock(*, link: int, waits_for_disk: bool) -> QuerySet[GuestLink, int]:
    """The commit does or does not wait for the disk."""
    links = GuestLink.objects.select_for_update(no_key=True).filter(pk=link)
    if not waits_for_disk:
        links = links.filter(NoDiskIsWaitedFor())
    return links.values_list("pk", flat=True)


@transaction.atomic
def leave(*, admission: GuestAdmission) -> None:
    """The guest leaves. The place stays taken; a second call changes nothing."""
    left = GuestAdmission.objects.filter(pk=admission.pk, left_at=None).update(
        left_at=timezone.now()
    )
    if left:
        link = admission.guest.link
        event = record(Act.GUEST_LEFT, item=link.item, by=None, link=link, guest=admission.guest)
        rights_changed(event, whose=holders_of(GuestProofs.key_of(admission.pk)), taken=False)


@transaction.atomic
def ask_host(
    *,
    link: GuestLink,
    name: str,
    email: str,
    message: str,
    is_mailed: bool = True,
    by: User | None = None,
) -> AccessRequest:
    """Stores the request for the hosts' list and tells them: by a mail of its own, by a task after
    commit, or where too many ask, or they chose so, together with others. `by` is signed in there.
    """
    request = AccessRequest.objects.create(
        item=link.item, link=link, name=name, email=normal_email(email), message=message
    )
    record(Act.ASKED_HOST, item=link.item, by=None, link=link)
    hosts = hosts_to_tell(item=link.item, kind=ASKED, by=by)
    mailed = [one for one in hosts if is_mailed and pace_of(one, ASKED) == NoticePace.AT_ONCE]
    outbox.add(kind=AccessRequestMail.name, mails=[(request.pk, one.email) for one in mailed])
    others = [one for one in hosts if one not in mailed]
    note(kind=ASKED, item=link.item, about=[request.pk], hosts=others)
    tell_inside(link.item)
    return request
