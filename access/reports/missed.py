"""Who was invited and did not come, as SQL.

Invited: the invitation was made before the session ended, was not taken back before that, and
had not run out when it began. Came: let in, or refused at the door, with the invitation, with the
account it became, or with an account whose verified address it is. A guest who typed the
invited address has proven nothing: the invitation stays on the list, and its row says so.
"""

from __future__ import annotations

from datetime import datetime

from django.core.paginator import Page
from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.blocks.policies import blocked
from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.memberships.proofs import AccountProofs
from access.proofs import pks_named
from access.register.querysets import for_reading
from access.register.querysets import matching as invitations_matching
from access.register.states import with_states
from access.reports.people import PER_PAGE
from media_items.live.sessions.models import LiveSession
from media_items.pagination import page_of

SHOWN = _("Did not attend")
SORTS = {"": _("By name"), "newest": _("Newest invitation first")}


def missed(session: LiveSession, moment: datetime) -> QuerySet[Invitation]:
    """`moment` is the end of the session, or now."""
    began = session.opened_at or session.made_at
    at_the_door = session.participants.exclude(admitted_at=None, declined_at=None, removed_at=None)
    accounts = pks_named(at_the_door, AccountProofs.kind)
    known = User.objects.filter(pk__in=accounts, email_verified_at__isnull=False)
    return (
        Invitation.objects.filter(
            Q(revoked_at=None) | Q(revoked_at__gte=moment),
            Q(expires_at=None) | Q(expires_at__gt=began),
            item=session.item_id,
            created_at__lt=moment,
        )
        .exclude(pk__in=pks_named(at_the_door, InvitationProofs.kind))
        .exclude(account_id__in=accounts)
        .exclude(email__in=known.values("email"))
    )


def to_write_to(session: LiveSession, moment: datetime) -> QuerySet[Invitation]:
    """Of those who missed it, those who may still be written to: the host has neither withdrawn
    their invitation nor blocked them since. One that has expired is no bar: the session is over."""
    is_blocked = blocked(item=OuterRef("item"), email=OuterRef("email"), is_typed=False)
    return missed(session, moment).filter(~is_blocked, revoked_at=None)


def ordered(rows: QuerySet[Invitation], sort: str) -> QuerySet[Invitation]:
    if sort == "newest":
        return rows.order_by("-created_at", "-pk")
    return rows.order_by("last_name", "first_name", "pk")


def matching(rows: QuerySet[Invitation], words: str) -> QuerySet[Invitation]:
    return invitations_matching(rows, words)


def page_of_missed(rows: QuerySet[Invitation], number: object, now: datetime) -> Page[Invitation]:
    """With the states that hold now, which may be “taken back” since then."""
    page = page_of(rows.values_list("pk", flat=True), number, per_page=PER_PAGE)
    full = for_reading(with_states(Invitation.objects.filter(pk__in=page.object_list), now))
    by_key = {row.pk: row for row in full}
    page.object_list = [by_key[pk] for pk in page.object_list if pk in by_key]
    return page


def typed_by_guests(session: LiveSession, emails: list[str]) -> set[str]:
    """Those of the addresses with which a guest came to the session. One query."""
    came = session.participants.filter(admitted_at__isnull=False)
    admissions = GuestAdmission.objects.filter(
        pk__in=pks_named(came, GuestProofs.kind), guest__email__in=emails
    ).with_address_shown()
    return set(admissions.values_list("guest__email", flat=True))
