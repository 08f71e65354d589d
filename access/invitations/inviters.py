"""Inviting by the account alone, where there is no browser that could prove more."""

from __future__ import annotations

from django.utils import timezone

from access import policies
from access.accounts.models import User
from access.invitations.people import Inviter
from media_items.models import MediaItem


def inviter_by_account(user: User, item: MediaItem) -> Inviter:
    """With the roles that the account has at this moment; two queries at most."""
    invitations = policies.invitations_of(user, timezone.now())
    roles = policies.roles_of_account(
        user=user, item=item, invited=lambda one: invitations.filter(item=one)
    )
    return Inviter(roles=roles, account=user)
