"""What `media_items` announces about an item, written into the trail and declared as a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from access.audit.models import Act
from access.audit.services import record_on_items
from access.rights.services import rights_changed_on_items
from media_items.signals import AccessChange, ItemChange, item_access_changed

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
    item_access_changed.connect(_items_changed, dispatch_uid="access.rights.items")


def _items_changed(*, changes: Sequence[ItemChange], by: Any, **_rest: Any) -> None:
    """Taken from nobody in person: people who still see an item stay, at the level they have."""
    events = record_on_items(
        [(ACTS[one.change], one.item, one.details) for one in changes],
        by=by,
    )
    rights_changed_on_items(events)
