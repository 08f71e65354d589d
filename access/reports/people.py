"""Who came to a session, as SQL: whom the report lists, how it counts, searches and sorts.

Came means let in, whatever happened later. People who were only at the door are found under
“removed or not let in”.
"""

from __future__ import annotations

from datetime import datetime

from django.core.paginator import Page
from django.db.models import FETCH_RAISE, Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.accounts.models import User
from access.email_addresses import stored_part
from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.memberships.proofs import AccountProofs
from access.proofs import is_of_kind, keys_of
from access.reports.stays import last_there, time_there, with_presence
from media_items.live.sessions.models import LiveSession, Participant, Stay
from media_items.pagination import page_of

PER_PAGE = 50
_MOST_WORDS = 8

CAME = Q(admitted_at__isnull=False)
GUESTS = CAME & is_of_kind(GuestProofs.kind)
REMOVED_OR_NOT_LET_IN = Q(admitted_at=None) | Q(removed_at__isnull=False)

SHOWN = {
    "": (pgettext_lazy("people", "Attendees"), CAME),
    "guests": (_("Guests"), GUESTS),
    "removed": (_("Removed or not let in"), REMOVED_OR_NOT_LET_IN),
}
SORTS = {
    "": _("First to join"),
    "longest": _("Longest attendance"),
    "last": _("Last to leave"),
    "name": _("By name"),
    "role": _("By role"),
}


def moment_of(session: LiveSession, now: datetime) -> datetime:
    """Until when the report reaches: the end, or now while the session is under way."""
    return session.ended_at or now


def counts_of(session: LiveSession) -> dict[str, int]:
    """By the keys of `SHOWN`, and `addresses`: how many different people came, as far as their
    addresses say. One query."""
    names = {key: key or "came" for key in SHOWN}
    counted = session.participants.aggregate(
        **{names[key]: Count("pk", filter=which) for key, (_label, which) in SHOWN.items()},
        with_address=Count("person", filter=CAME & ~Q(person=""), distinct=True),
        without=Count("pk", filter=CAME & Q(person="")),
    )
    found = {key: counted[name] for key, name in names.items()}
    return found | {"addresses": counted["with_address"] + counted["without"]}


def matching(
    rows: QuerySet[Participant], words: str, session: LiveSession
) -> QuerySet[Participant]:
    """Each word stands in the name or in the address that the doors know and that is shown beside
    it.

    SECURITY: whoever erased their record is not found by what is shown no more.
    """
    item = session.item_id
    for word in words.split()[:_MOST_WORDS]:
        invited = Invitation.objects.filter(item=item, email__icontains=stored_part(word))
        guests = GuestAdmission.objects.filter(
            guest__link__item=item, guest__email__icontains=stored_part(word)
        ).with_address_shown()
        accounts = User.objects.filter(email__icontains=stored_part(word))
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(key__in=keys_of(invited, InvitationProofs.kind))
            | Q(key__in=keys_of(guests, GuestProofs.kind))
            | Q(key__in=keys_of(accounts, AccountProofs.kind))
        )
    return rows


def ordered(rows: QuerySet[Participant], sort: str, moment: datetime) -> QuerySet[Participant]:
    """`sort` is one of `SORTS`. Each order ends in the key, so that pages never overlap."""
    if sort == "longest":
        return rows.order_by(time_there(moment).desc(), "pk")
    if sort == "last":
        return rows.order_by(last_there(moment).desc(nulls_last=True), "pk")
    if sort == "name":
        return rows.order_by("name", "pk")
    if sort == "role":
        return rows.order_by("-level", "name", "pk")
    return rows.order_by("asked_at", "pk")


def page_of_people(
    rows: QuerySet[Participant], number: object, moment: datetime
) -> Page[Participant]:
    """A page with all that its rows show, and an error instead of a query for anything else.

    The keys first: what fifty rows show is not worked out for all of them.
    """
    page = page_of(rows.values_list("pk", flat=True), number, per_page=PER_PAGE)
    full = for_reading(Participant.objects.filter(pk__in=page.object_list), moment)
    by_key = {row.pk: row for row in full}
    page.object_list = [by_key[pk] for pk in page.object_list if pk in by_key]
    return page


def for_reading(rows: QuerySet[Participant], moment: datetime) -> QuerySet[Participant]:
    open_stay = Stay.objects.filter(participant=OuterRef("pk"), left_at=None)
    return (
        with_presence(rows, moment)
        .annotate(is_there=Exists(open_stay), ended_at=F("session__ended_at"))
        .fetch_mode(FETCH_RAISE)
    )
