"""The people of an invitation: who invites, who is invited, and who is named as the host."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from access.accounts.models import User
from access.email_addresses import shown_email
from access.invitations.models import Invitation
from access.roles import Role
from access.visitors import Visitor
from media_items.models import MediaItem


@dataclass(frozen=True)
class Inviter:
    """The person who invites, with the roles they have on the item at this moment.

    By account, or by the invitation of a moderator who has no account.
    """

    roles: Collection[Role]
    account: User | None = None
    invitation: Invitation | None = None

    @classmethod
    def by_account(cls, account: User, item: MediaItem) -> Inviter:
        """By the account alone: a task has no browser that proves more. Two queries."""
        return cls(roles=Visitor.of_account(account).roles_on(item), account=account)

    @property
    def email(self) -> str:
        return (
            self.account.email if self.account else self.invitation.email if self.invitation else ""
        )


@dataclass(frozen=True)
class Invitee:
    """Somebody to be invited; the address in its normal form."""

    email: str
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True)
class Host:
    """Who invites, as the person invited sees it."""

    name: str
    email: str


def host_of(invitation: Invitation) -> Host:
    """Who invited; the item's owner if that account is deleted. No query if both are loaded."""
    by = invitation.invited_by or invitation.invited_by_invitation or invitation.item.owner
    name = by.get_full_name()
    # SECURITY: strangers at a link read this. The name of an invitation without names is its whole
    # address; here only the part before the @ is given, as for accounts (`User.get_full_name`).
    return Host(
        name=by.email.partition("@")[0] if name == shown_email(by.email) else name, email=by.email
    )
