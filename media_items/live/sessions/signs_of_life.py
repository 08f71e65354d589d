"""What a page that is open writes again and again: that its reader is there, and so the host."""

from __future__ import annotations

from datetime import datetime

from media_items.commits import NoDiskIsWaitedFor
from media_items.live.sessions.models import LiveSession, Stay
from media_items.updates import Update, compiled_update


@compiled_update
def renew_stay(*, participant: int, moment: datetime, is_alone: bool) -> Update:
    """The open one, if any. Of a sign of life that is a transaction by itself (`is_alone`) a crash
    of the database may forget the last moment: nobody waits for its disk."""
    stays = Stay.objects.filter(participant=participant, left_at=None)
    if is_alone:
        stays = stays.filter(NoDiskIsWaitedFor())
    return Update(stays, seen_at=moment)


@compiled_update
def host_is_back(*, session: int) -> Update:
    gone = LiveSession.objects.filter(pk=session, host_gone_since__isnull=False)
    return Update(gone, host_gone_since=None, warned_at=None)
