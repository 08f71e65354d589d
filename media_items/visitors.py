"""The protocol by which this app asks who somebody is and what they may do.

`access.visitors.Visitor` is the one real implementation; middleware sets it on every request as
`request.visitor`. A test may put a small fake in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import QuerySet

from media_items.abilities import Ability, GalleryAbility

if TYPE_CHECKING:
    from media_items.catalogue.models import Gallery, MediaItem


class IdentityKind(StrEnum):
    ACCOUNT = "account"
    INVITEE = "invitee"
    GUEST = "guest"
    NOBODY = "nobody"


class Certainty(StrEnum):
    """How certain it is that the name is the person's own."""

    SIGNED_IN = "signed_in"
    CONFIRMED = "confirmed"
    TYPED = "typed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Identity:
    """Who to write on what a visitor does. `key` is stable per proof (`guest:19`) and opaque here:
    compared, never read. `email` is empty where the proof knows no address. `role` is the strongest
    one they have here, as `access.roles.Role` spells it; a word to show and group by, never a
    right. `role_label` is an invitee's role in the reader's language. `is_blocked`: the host has
    blocked this person; they may look where the public may, and take no part. `came_by` is the name
    that the host gave the guest link, for the host alone. `browser` tells the browsers apart that
    have only typed what one key stands for; empty where it was proven, and where each browser has
    a key of its own. `is_address_verified`: whether the address is theirs as surely as
    `certainty` says that they are themselves; an account may have one that nobody has verified.
    `must_verify`: the host lets them begin a quiz only once their address is proven."""

    key: str
    kind: IdentityKind
    name: str
    email: str
    certainty: Certainty
    role: str = ""
    role_label: str = ""
    is_blocked: bool = False
    came_by: str = ""
    browser: str = ""
    is_address_verified: bool = True
    must_verify: bool = False


# A list made of the items that somebody sees and of values: a function of a module that hands the
# values on and does nothing else with them (`media_items.compiled`).
type Build[R] = Callable[..., QuerySet[Any, R]]


class Visitor(Protocol):
    """The person who sent the request, with all proofs of their browser added up."""

    def item_held(self, public_id: str) -> MediaItem | None:
        """The one of `lookups.items_named`, where one statement brings it together with all that
        this visitor holds on it. None says nothing: neither that it is not there nor that they do
        not see it."""
        ...

    def abilities_on(self, item: MediaItem) -> frozenset[Ability]:
        """What this visitor may do to the item now; empty for a stranger to it."""
        ...

    def ends_at(self, item: MediaItem) -> datetime | None:
        """When they stop seeing the item unless somebody does something; None where they do not."""
        ...

    def sure_until(self, item: MediaItem) -> datetime | None:
        """When the first ends, by the clock, of all that they are here by."""
        ...

    def identity_on(self, item: MediaItem) -> Identity:
        """Who they are on this item: one browser may hold different guests on different items."""
        ...

    def keys_at_hand(self) -> tuple[str, ...]:
        """By which they may be known, as far as their HTTP session says it. Who they are, and
        whether that is worth anything, `identity_on` says, and it may be by another."""
        ...

    def visible_items(self) -> QuerySet[MediaItem]:
        """Every item on which `abilities_on` has `Ability.VIEW`, as one query."""
        ...

    def of_visible_items[R](self, build: Build[R], /, **values: Any) -> list[R]:
        """`build(visible_items(), **values)`, compiled once for each build."""
        ...

    def of_noted_items[R](self, build: Build[R], /, **values: Any) -> list[R]:
        """As `of_visible_items`, of those of the items on which it needs not be noted now that this
        visitor is seen: what finds nothing asks `abilities_on`, with which it is noted."""
        ...

    def items_with(self, ability: Ability) -> QuerySet[MediaItem]:
        """Every item on which `abilities_on` has the ability, as one query; for those that whoever
        edits an item has and nobody else. Raises ValueError for any other."""
        ...

    def own_items(self) -> QuerySet[MediaItem]:
        """Items this visitor made, those in the bin included."""
        ...

    def of_own_items[R](self, build: Build[R], /, **values: Any) -> list[R]:
        """`build(own_items(), **values)`, compiled once for each build."""
        ...

    def shared_items(self) -> QuerySet[MediaItem]:
        """Items of others that this account, as a person, may edit or see."""
        ...

    def abilities_in(self, gallery: Gallery) -> frozenset[GalleryAbility]: ...

    def galleries_with(self, ability: GalleryAbility) -> QuerySet[Gallery]:
        """Every gallery on which `abilities_in` has the ability, as one query."""
        ...

    def galleries_showing(self, item: MediaItem) -> list[Gallery]:
        """Those of `galleries_with(GalleryAbility.VIEW)` in which the item is published now."""
        ...

    def may_make_galleries(self) -> bool: ...
