"""The only place that answers “may this person do this to this media item”.

Two faces of one rule, proven equal by test: `abilities_for` answers for one item from plain
values, `items_within` and `items_allowing` answer for all items as SQL. What a standing and a reach
are made of is said by the kinds of proof (`access.proofs`), each in its room.
"""

from access.policies.abilities import (
    ABILITIES,
    EDITING_ROLES,
    INVITING_ROLES,
    NOTHING,
    Standing,
    abilities_for,
)
from access.policies.items import (
    OPEN_TO_ALL,
    galleries_letting_into,
    is_in_galleries,
    items_allowing,
    items_within,
    let_in_by,
    may_see_all_registers,
)

__all__ = [
    "ABILITIES",
    "EDITING_ROLES",
    "INVITING_ROLES",
    "NOTHING",
    "OPEN_TO_ALL",
    "Standing",
    "abilities_for",
    "galleries_letting_into",
    "is_in_galleries",
    "items_allowing",
    "items_within",
    "let_in_by",
    "may_see_all_registers",
]
