"""What this app announces to the apps that build on it.

Signals, sent by `media_items.library.services` inside the transaction of the change, so that a
receiver writes its rows in the same transaction. A receiver that raises rolls the change back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

if TYPE_CHECKING:
    from media_items.catalogue.models import MediaItem

type Account = Any  # a row of AUTH_USER_MODEL, which this app does not know

# Sent with `changes`, one `ItemChange` for each item, and `by` (an account or None).
item_access_changed = Signal()
# Sent with `item` when it starts or ends at another time, inside the transaction of the change.
item_times_changed = Signal()


class AccessChange(StrEnum):
    """Changes of an item that decide who may open it."""

    PUBLISHED = "published"
    UNLISTED = "unlisted"
    MADE_PRIVATE = "made_private"
    TAKEN_OUT = "taken_out"
    MOVED_TO_BIN = "moved_to_bin"
    RESTORED = "restored"
    WINDOW = "window"
    ROOM_OF = "room_of"
    OWNER = "owner"


@dataclass(frozen=True)
class ItemChange:
    """`details` are JSON values: ids, states and ISO times, never a name."""

    item: MediaItem
    change: AccessChange
    details: dict[str, Any] = field(default_factory=dict)


def announce_access_change(
    item: MediaItem, change: AccessChange, *, by: Account | None, **details: Any
) -> None:
    announce_access_changes([ItemChange(item, change, details)], by=by)


def announce_access_changes(changes: Sequence[ItemChange], *, by: Account | None) -> None:
    """Of many items by one act: receivers are called once, and ask the database a number of times
    that does not depend on how many there are."""
    if changes:
        item_access_changed.send(sender=type(changes[0].item), changes=changes, by=by)
