"""Who stands before the session of an item, and where: outside, waiting or inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from media_items.catalogue.models import MediaItem
from media_items.live.sessions import services
from media_items.live.sessions.lookups import find_me, get_live_item
from media_items.live.sessions.models import LiveSession, Participant
from media_items.requests import FoyerRequest
from media_items.visitors import Identity


@dataclass(frozen=True)
class Visit:
    """One visitor and the sessions of an item. `session` is the one under way, `me` their row in
    it; `ended` is the last one, where none is under way."""

    item: MediaItem
    identity: Identity
    session: LiveSession | None
    ended: LiveSession | None
    me: Participant | None

    @property
    def is_inside(self) -> bool:
        return self.me is not None and self.me.is_inside and not self.identity.is_blocked

    @property
    def is_waiting(self) -> bool:
        return self.me is not None and self.me.is_waiting and not self.identity.is_blocked

    def came_to_what_ended(self, over_at: datetime | None) -> bool:
        """Whether they were in the session that ended last, where it is what ended then. One query
        there, else none."""
        if self.ended is None or self.ended.ended_at != over_at:
            return False
        me = find_me(self.ended, self.identity)
        return me is not None and me.admitted_at is not None

    @property
    def newest(self) -> LiveSession | None:
        return self.session or self.ended


def visit_of(request: FoyerRequest, public_id: str) -> Visit:
    item = get_live_item(request, public_id)
    identity = request.visitor.identity_on(item)
    newest = services.newest_session_of(item)
    session = newest if newest and newest.ended_at is None else None
    me = find_me(session, identity)
    if me is not None and session is not None:
        me.session = session
    return Visit(item, identity, session, None if session else newest, me)
