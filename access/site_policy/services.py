"""Reading the site policy as a rule about one person."""

from __future__ import annotations

from access.accounts.models import User
from access.site_policy.models import GuestLinkMakers, current_policy


def may_make_guest_links(user: User) -> bool:
    """Whether the site lets this account open doors to guests at all. One query, or two."""
    policy = current_policy()
    if policy.guest_link_makers == GuestLinkMakers.GROUP:
        return user.groups.filter(pk=policy.makers_group_id).exists()
    return policy.guest_link_makers == GuestLinkMakers.EVERYBODY
