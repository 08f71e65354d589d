"""What this app announces to the apps that build on it.

One signal, sent by `media_items.library.services` inside the transaction of the change, so that a
receiver writes its rows in the same transaction. A receiver that raises rolls the change back.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

if TYPE_CHECKING:
    from media_items.catalogue.models import MediaItem

type Account = Any  # a row of AUTH_USER_MODEL, which this app does not know

# Sent with `item`, `change`, `by` (an account or None) and `details` (JSON values: ids, states and
# ISO times, never a name).
item_access_changed = Signal()


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


def announce_access_change(
    item: MediaItem, change: AccessChange, *, by: Account | None, **details: Any
) -> None:
    item_access_changed.send(sender=type(item), item=item, change=change, by=by, details=details)
