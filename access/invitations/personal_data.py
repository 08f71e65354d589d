"""What an invitation keeps about the person invited: what the host wrote, and the answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.email_addresses import shown_email
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.proofs import parsed
from media_items.personal_data import Section, Subject


@dataclass(frozen=True)
class InvitationRecord:
    invitation: Invitation

    @property
    def moments(self) -> list[tuple[str | Promise, datetime]]:
        """What happened when, in words."""
        one = self.invitation
        found = [
            (pgettext_lazy("a date", "Invited"), one.created_at),
            (_("Opened"), one.opened_at),
            (_("Accepted"), one.accepted_at),
            (_("Declined"), one.declined_at),
            *((_("Device verified"), proof.proven_at) for proof in one.proofs.all()),
            (_("Last seen"), one.last_seen_at),
            (_("Expires"), one.expires_at),
            (_("Withdrawn"), one.revoked_at),
        ]
        return [(label, at) for label, at in found if at is not None]


class InvitationData:
    """It stays with the item and goes with it: no time of its own.

    SECURITY: an invitation is meant by its own key only. An address, which a guest only typed, and
    an account that is deleted leave the host's record of whom they invited as it is.
    """

    name = "invitations"

    def sections(self, subject: Subject) -> list[Section]:
        return [
            Section(
                template="access/invitations/_invitation_record.html",
                data=InvitationRecord(one),
                who_sees=_("Anyone who invites people to it can see your invitation."),
            )
            for one in invitations_kept(subject)
        ]

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return [
            {
                "email": shown_email(one.email),
                "first_name": one.first_name,
                "last_name": one.last_name,
                "role": one.role,
                "note": one.note,
                "invited_by": one.invited_by.get_full_name() if one.invited_by else "",
                "invited_at": one.created_at,
                "opened_at": one.opened_at,
                "accepted_at": one.accepted_at,
                "declined_at": one.declined_at,
                "taken_back_at": one.revoked_at,
                "works_until": one.expires_at,
                "last_seen_at": one.last_seen_at,
                "time_zone": one.time_zone,
                "browsers_proven_at": [proof.proven_at for proof in one.proofs.all()],
            }
            for one in invitations_kept(subject)
        ]

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        """Of those taken back; one in force lets somebody in, and is taken back by
        `services.managing.erase_invitation` first."""
        gone = Invitation.objects.filter(_named(subject), revoked_at__isnull=False)
        gone.update(email="", first_name="", last_name="", note="", time_zone="", account=None)

    def erase_older_than(self, cutoff: datetime) -> int:
        return 0


def invitations_kept(subject: Subject) -> list[Invitation]:
    """Newest first, erased ones apart. Two queries; none where no key names an invitation."""
    rows = Invitation.objects.filter(_named(subject)).exclude(email="")
    rows = rows.select_related("item", "invited_by").prefetch_related("proofs")
    return list(rows.order_by("-created_at", "-pk"))


def invitation_ids(keys: Collection[str]) -> list[int]:
    """Of those keys that name an invitation."""
    return [key.pk for key in parsed(keys) if key.kind == InvitationProofs.kind]


def _named(subject: Subject) -> Q:
    named = Q(pk__in=invitation_ids(subject.keys))
    return named if subject.item is None else named & Q(item=subject.item)
