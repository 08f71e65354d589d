"""Who stands before the session of an item, and where: outside, waiting or inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from media_items.catalogue.models import MediaItem
from media_items.live.sessions.lookups import find_live_item, find_newest_session
from media_items.live.sessions.models import LiveSession, LiveSettings, Participant
from media_items.requests import FoyerRequest
from media_items.visitors import Identity


@dataclass(frozen=True)
class Visit:
    """One visitor and the sessions of an item. `session` is the one under way, `me` their row in
    it; `ended` is the last one, where none is under way, and `was` their row in that."""

    item: MediaItem
    identity: Identity
    session: LiveSession | None
    ended: LiveSession | None
    me: Participant | None
    live: LiveSettings  # what the host has set for the sessions of the item
    was: Participant | None = None

    @property
    def is_inside(self) -> bool:
        return self.me is not None and self.me.is_inside and not self.identity.is_blocked

    @property
    def is_waiting(self) -> bool:
        return self.me is not None and self.me.is_waiting and not self.identity.is_blocked

    def came_to_what_ended(self, over_at: datetime | None) -> bool:
        """Whether they were in the session that ended last, where it is what ended then."""
        if self.ended is None or self.ended.ended_at != over_at:
            return False
        return self.was is not None and self.was.admitted_at is not None

    @property
    def newest(self) -> LiveSession | None:
        return self.session or self.ended


def visit_of(request: FoyerRequest, public_id: str) -> Visit:
    found = find_live_item(request, public_id)
    item = found.item
    identity = request.visitor.identity_on(item)
    if found.session is not None:
        me = found.one_with(identity.key)
        return Visit(item, identity, found.session, None, me, found.live)
    newest, one = find_newest_session(item, identity.key)
    if newest is None or newest.ended_at is None:
        return Visit(item, identity, newest, None, one, found.live)
    return Visit(item, identity, None, newest, None, found.live, was=one)
