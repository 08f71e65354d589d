"""What `media_items` announces about an item, written into the trail and declared as a change."""

from __future__ import annotations

from typing import Any

from access.audit.models import Act
from access.audit.services import record
from access.rights.services import rights_changed
from access.rights.whose import EVERYBODY
from media_items.models import MediaItem
from media_items.signals import AccessChange, item_access_changed

ACTS: dict[AccessChange, Act] = {
    AccessChange.PUBLISHED: Act.ITEM_PUBLISHED,
    AccessChange.UNLISTED: Act.ITEM_UNLISTED,
    AccessChange.MADE_PRIVATE: Act.ITEM_MADE_PRIVATE,
    AccessChange.TAKEN_OUT: Act.ITEM_TAKEN_OUT,
    AccessChange.MOVED_TO_BIN: Act.ITEM_MOVED_TO_BIN,
    AccessChange.RESTORED: Act.ITEM_RESTORED,
    AccessChange.WINDOW: Act.ITEM_WINDOW_CHANGED,
    AccessChange.ROOM_OF: Act.ITEM_ROOM_OF_CHANGED,
    AccessChange.OWNER: Act.ITEM_OWNER_CHANGED,
}


def listen() -> None:
    """Once, when the app is ready."""
    item_access_changed.connect(_item_changed, dispatch_uid="access.rights.items")


def _item_changed(
    *, item: MediaItem, change: AccessChange, by: Any, details: dict[str, Any], **_rest: Any
) -> None:
    """Taken from nobody in person: people who still see the item stay, at the level they have."""
    event = record(ACTS[change], item=item, by=by, **details)
    rights_changed(event, whose=EVERYBODY, taken=False, everybody_asks=True)
