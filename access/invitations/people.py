"""Who acts on invitations: an account, or a moderator who came by an invitation of their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from access.accounts.models import User
from access.invitations.models import Invitation
from access.roles import Role
from access.visitors import Visitor
from media_items.models import MediaItem


@dataclass(frozen=True)
class Inviter:
    """The person who invites, with the roles they have on the item at this moment."""

    roles: Collection[Role]
    account: User | None = None
    invitation: Invitation | None = None

    @classmethod
    def by_account(cls, account: User, item: MediaItem) -> Inviter:
        """By the account alone, as a task has no browser that could prove more. Two queries."""
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
    """Whose invitation it is, in the eyes of the person invited."""

    name: str
    email: str


def host_of(invitation: Invitation) -> Host:
    """Who invited; the item's owner where that account is gone. Asks nothing with both at hand."""
    by = invitation.invited_by or invitation.invited_by_invitation or invitation.item.owner
    name = by.get_full_name()
    # SECURITY: strangers at a link read this. An invitation without names is called by its whole
    # address; here it is what stands before the @, as for accounts (`User.get_full_name`).
    return Host(name=by.email.partition("@")[0] if name == by.email else name, email=by.email)
