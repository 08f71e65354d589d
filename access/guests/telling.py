"""Telling hosts who are inside a session that somebody at a guest link asks to be let in."""

from __future__ import annotations

from media_items.live.events.announcing import announce
from media_items.live.events.facts import MODERATORS, FactKind
from media_items.live.sessions.models import LiveSession
from media_items.models import MediaItem


def tell_inside(item: MediaItem, *, is_new: bool = True) -> None:
    """After commit. A knock, which says nothing of who it is: a page that may know asks for it.

    Once it is answered no knock is heard, and pages that show it ask again.
    """
    if not item.is_live_kind:
        return
    for session in LiveSession.objects.under_way().filter(item=item):
        kind = FactKind.KNOCK if is_new else FactKind.PARTICIPANTS
        announce(session, kind, to=MODERATORS)
