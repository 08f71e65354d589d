"""The only place that answers “may this person do this to this media item”.

Two faces of one rule, proven equal by test: `abilities_for` answers for one item from plain
values, `items_visible_to` answers for all items as SQL.
"""

from access.policies.abilities import (
    ABILITIES,
    EDITING_ROLES,
    NOTHING,
    Standing,
    abilities_for,
)
from access.policies.galleries import GALLERY_ABILITIES, galleries_with, gallery_abilities_for
from access.policies.guest_links import link_refusal, lost_access_reason
from access.policies.invitations import (
    ever_invited,
    exclusion_of,
    grantable_roles,
    invitation_refusal,
    invitations_of,
    is_invited_account,
    lost_invitation_reason,
    put_out_reason,
)
from access.policies.items import (
    AccountStanding,
    is_member_for,
    items_visible_to,
    items_with_register,
    may_see_all_registers,
    role_in_room_of,
    roles_of_account,
    standing_of_account,
)

__all__ = [
    "ABILITIES",
    "EDITING_ROLES",
    "GALLERY_ABILITIES",
    "NOTHING",
    "AccountStanding",
    "Standing",
    "abilities_for",
    "ever_invited",
    "exclusion_of",
    "galleries_with",
    "gallery_abilities_for",
    "grantable_roles",
    "invitation_refusal",
    "invitations_of",
    "is_invited_account",
    "is_member_for",
    "items_visible_to",
    "items_with_register",
    "link_refusal",
    "lost_access_reason",
    "lost_invitation_reason",
    "may_see_all_registers",
    "put_out_reason",
    "role_in_room_of",
    "roles_of_account",
    "standing_of_account",
]
