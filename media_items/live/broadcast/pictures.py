"""What a viewer is told of the picture of a live event, and who may watch it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live.broadcast import folders
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.sessions.entering import declined_as, must_wait, removed_as
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSession
from media_items.visitors import Identity

# A recorder sends every second.
LOST_AFTER = timedelta(seconds=8)


class Picture(models.TextChoices):
    """Read from the rows and the disk at each asking; nothing of it is stored."""

    OFF = "off", pgettext_lazy("state of a picture", "Not started")
    STARTING = "starting", pgettext_lazy("state of a picture", "Starting")
    ON = "on", pgettext_lazy("state of a picture", "On air")
    LOST = "lost", pgettext_lazy("state of a picture", "Video lost")
    PAUSED = "paused", pgettext_lazy("state of a picture", "Paused")
    OVER = "over", pgettext_lazy("state of a picture", "Ended")


@dataclass(frozen=True)
class Showing:
    """`last_run` is the newest, `run` the same while it is under way."""

    picture: Picture
    broadcast: Broadcast | None = None
    last_run: BroadcastRun | None = None
    has_playlist: bool = False

    @property
    def run(self) -> BroadcastRun | None:
        return _under_way(self.last_run)


def showing_in(session: LiveSession, moment: datetime) -> Showing:
    """Two queries at most."""
    broadcast = Broadcast.objects.filter(session=session).first()
    if broadcast is None:
        return Showing(Picture.OFF)
    broadcast.session = session
    last_run = broadcast.runs.select_related("sender").order_by("-pk").first()
    has_playlist = folders.playlist_of(broadcast).is_file()
    run = _under_way(last_run)
    picture = picture_of(broadcast, run, has_playlist=has_playlist, moment=moment)
    return Showing(picture, broadcast, last_run, has_playlist)


def page_part(place: Place) -> dict[str, Any]:
    """`on_air`: whether the picture of a live event is sent now, asked where a template asks. In a
    lobby nothing is sent, and nothing asked."""
    if place.item.kind != Kind.LIVE_EVENT or not place.session.is_live:
        return {}
    return {"on_air": partial(is_on_air, place.session)}


def is_on_air(session: LiveSession) -> bool:
    return showing_in(session, timezone.now()).picture == Picture.ON


def _under_way(last_run: BroadcastRun | None) -> BroadcastRun | None:
    return last_run if last_run is not None and last_run.stopped_at is None else None


def picture_of(
    broadcast: Broadcast, run: BroadcastRun | None, *, has_playlist: bool, moment: datetime
) -> Picture:
    if broadcast.stopped_at:
        return Picture.OVER
    if run is None:
        return Picture.PAUSED
    if is_lost(run, moment):
        return Picture.LOST
    return Picture.ON if has_playlist else Picture.STARTING


def is_lost(run: BroadcastRun, moment: datetime) -> bool:
    """No chunk has come for `LOST_AFTER`."""
    return (run.last_chunk_at or run.started_at) < moment - LOST_AFTER


def lost_by(moment: datetime) -> Q:
    """`is_lost`, of rows of runs."""
    latest = moment - LOST_AFTER
    return Q(last_chunk_at__lt=latest) | Q(last_chunk_at=None, started_at__lt=latest)


def may_watch(session: LiveSession, identity: Identity, abilities: Collection[Ability]) -> bool:
    """Those inside; and those who may see the item and would walk in (`must_wait`). One query; two
    for whoever has a proof and has not come in.

    SECURITY: whoever was removed or declined is known by address too, as at the entrance. A browser
    without any proof may watch unless everybody waits.
    """
    if not identity.key:
        return not must_wait(session, {Ability.WALK_IN})
    mine = Q(key=identity.key) | removed_as(identity) | declined_as(identity)
    rows = list(session.participants.filter(mine))
    if any(row.removed_at for row in rows):
        return False
    me = next((row for row in rows if row.key == identity.key), None)
    if me is not None:
        return me.is_inside
    if any(row.declined_at for row in rows):
        return False
    return not must_wait(session, abilities)
