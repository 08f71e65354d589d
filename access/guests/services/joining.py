"""What somebody at a guest link does: comes in, leaves, or asks the host to be let in."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q, QuerySet
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
from media_items.compiled import compiled


@transaction.atomic
def join(
    *, link: GuestLink, key_version: int, name: str, email: str, by: User | None = None
) -> GuestAdmission:
    """Lets one browser in and returns its admission, to be remembered in the HTTP session.

    One address takes one place: the first time by one conditional UPDATE, later by finding the
    guest. The guest's name does not change then, since somebody else may have typed the address.
    Every call makes a new admission, because the address is typed and not proven. `by` is signed in
    there: a host is not told of themselves, whatever address they have typed.
    Raises `Refused`.
    """
    moment = timezone.now()
    # SECURITY: after this lock the link sees no act of the host (see services.links) and no other
    # join until the commit; everything that is judged below is read after it.
    found = links_to_lock(pk=link.pk)
    if not found:
        raise Refused(Reason.BAD_LINK)
    link, email = found[0], normal_email(email)
    digests = tuple(address_digests([email]))
    switch = switches(item=link.item_id, email=email, digests=digests)
    access_on, is_blocked = bool(switch), bool(email and switch and switch[0][0])
    guest = next(iter(who_came_before(link=link.pk, email=email, digests=digests)), None)
    refusal = link_refusal(
        link,
        key_version=key_version,
        access_on=access_on,
        moment=moment,
        has_place=guest is not None,
    )
    if refusal:
        raise Refused(refusal)
    is_out = is_blocked or (guest is not None and guest.removed_at is not None)
    if is_out or not link.accepts(email):
        raise Refused(refusal_of_typed_address(link))
    is_new = guest is None
    if guest is None:
        guest = _take_place(link=link, name=name, email=email)
    admission = GuestAdmission.objects.create(
        guest=guest, name=name, admitted_at=moment, last_seen_at=moment
    )
    record(Act.GUEST_JOINED, item=link.item, by=None, link=link, guest=guest)
    if is_new:
        hosts = hosts_to_tell(item=link.item, kind=JOINED, by=by)
        note(kind=JOINED, item=link.item, about=[guest.pk], hosts=hosts)
    return admission


@compiled
def links_to_lock(*, pk: int) -> QuerySet[GuestLink]:
    """At most one, with its item, and locked until the transaction ends."""
    return GuestLink.objects.select_for_update(of=("self",)).select_related("item").filter(pk=pk)


@compiled
def who_came_before(*, link: int, email: str, digests: tuple[str, ...]) -> QuerySet[Guest]:
    """At most one. SECURITY: also somebody removed who has erased what they gave since."""
    removed_and_erased = Q(removed_at__isnull=False, digest__in=digests)
    rows = Guest.objects.filter(Q(email=email, erased_at=None) | removed_and_erased, link=link)
    return rows.order_by(F("removed_at").asc(nulls_last=True), "-pk")[:1]


@compiled
def switches(
    *, item: int, email: str, digests: tuple[str, ...]
) -> QuerySet[GuestAccess, tuple[bool]]:
    """Nothing where guest access is off; else whether this address, which is not empty, is
    blocked."""
    is_blocked = blocked(item=item, email=Address((email,), digests), is_typed=True)
    switch = GuestAccess.objects.filter(item=item, enabled_at__isnull=False)
    return switch.values_list(is_blocked)


def _take_place(*, link: GuestLink, name: str, email: str) -> Guest:
    """Raises `Refused` when the last place is taken."""
    taken = (
        GuestLink.objects.filter(pk=link.pk)
        .filter(Q(places=None) | Q(places_taken__lt=F("places")))
        .update(places_taken=F("places_taken") + 1)
    )
    if not taken:
        raise Refused(Reason.FULL)
    return Guest.objects.create(link=link, name=name, email=email)


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
