"""Making invitations, one or ten thousand, in a bounded number of queries; and who else may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record, record_each
from access.blocks.services import recall
from access.email_addresses import normal_email
from access.invitations.models import Invitation, InvitationRole, InvitationSettings, MailKind
from access.invitations.people import Invitee, Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services.limits import (
    RoleNotGrantable,
    check_addresses,
    check_inviter,
    check_life,
)
from access.invitations.services.telling import ask_for_many_mails
from access.rights.services import rights_changed
from access.rights.whose import NOBODY
from access.site_policy.models import current_policy
from media_items.models import MediaItem

CHUNK = 500  # rows per statement


def check_role(*, item: MediaItem, role: str, by: Inviter) -> InvitationRole:
    """Raises `RoleNotGrantable`. The form offers the same roles, but this check is decisive."""
    if role not in grantable_roles(kind=item.kind, roles=by.roles):
        raise RoleNotGrantable
    return InvitationRole(role)


@transaction.atomic
def invite(
    *,
    item: MediaItem,
    people: Sequence[Invitee],
    role: str,
    by: Inviter,
    note: str = "",
    language: str = "",
    expires_at: datetime | None = None,
    send_mail: bool = True,
) -> list[Invitation]:
    """Invites each person who has no live invitation to the item; returns the new invitations.

    The live invitations that there are do not change, so a second call does nothing. A revoked row
    is history and is never revived. `language` is that of its emails, where no account at the
    address has chosen one. Raises `RoleNotGrantable`, `InvitingNotAllowed` and
    `CeilingReached`.
    """
    granted = check_role(item=item, role=role, by=by)
    wanted = {normal_email(one.email): one for one in people}
    wanted.pop(normal_email(by.email), None)
    moment = timezone.now()
    policy = current_policy()
    check_inviter(policy, by)
    check_life(policy, created_at=moment, expires_at=expires_at)
    check_addresses(policy, wanted)
    made: list[Invitation] = []
    # In one order: of two hosts with lists of the same people each would wait for the other.
    addresses = sorted(wanted)
    for start in range(0, len(addresses), CHUNK):
        part = addresses[start : start + CHUNK]
        known = set(
            Invitation.objects.on(item)
            .live()
            .filter(email__in=part)
            .values_list("email", flat=True)
        )
        rows = [
            Invitation(
                item=item,
                email=email,
                first_name=wanted[email].first_name,
                last_name=wanted[email].last_name,
                role=granted,
                note=note,
                language=language,
                invited_by=by.account,
                invited_by_invitation=by.invitation,
                expires_at=expires_at,
                created_at=moment,
            )
            for email in part
            if email not in known
        ]
        made += _inserted(rows)
    recall(emails=[one.email for one in made], item=item)
    # No change of rights: an invitation gives nothing until it is accepted.
    record_each(Act.INVITED, item=item, by=by.account, invitations=made, at=moment, role=role)
    if send_mail:
        ask_for_many_mails(invitations=made, kind=MailKind.INVITE, by=by.account)
    return made


def _inserted(rows: Sequence[Invitation]) -> list[Invitation]:
    """All of one item and moment. Of two hosts who invite one person at the same moment, the row of
    the second is left out."""
    Invitation.objects.bulk_create(rows, ignore_conflicts=True)
    by_tag = {row.tag: row for row in rows}
    # Which of them are there; everything else of them is known.
    there = Invitation.objects.live().filter(email__in=[row.email for row in rows])
    made = []
    for pk, tag in there.filter(item=rows[0].item).values_list("pk", "tag") if rows else ():
        if row := by_tag.get(tag):
            row.pk, row._state.adding = pk, False
            made.append(row)
    return made


@transaction.atomic
def let_moderators_invite(*, item: MediaItem, allowed: bool, by: User) -> None:
    """Whether the moderators of a live item may invite, from their next request on.

    A second call with the same answer changes nothing.
    """
    settings, is_new = InvitationSettings.objects.select_for_update().get_or_create(item=item)
    if settings.moderators_may_invite != allowed or is_new:
        settings.moderators_may_invite = allowed
        settings.save(update_fields=["moderators_may_invite"])
        event = record(Act.MODERATORS_MAY_INVITE, item=item, by=by, allowed=allowed)
        rights_changed(event, whose=NOBODY, everybody_asks=True)
