"""The one process that brings the chunks of every broadcast to ffmpeg, in order, from the disk.

The chunks on the disk outlive every crash. An ffmpeg that crashed, or this process, is started
again and goes on at the next place where reading may begin. Viewers miss what was sent meanwhile;
the recording misses nothing, for it is made from the chunks.
"""

from __future__ import annotations

import fcntl
import logging
import select
import threading
import time
from collections.abc import Iterable
from datetime import datetime

from django.db import close_old_connections, connections
from django.db.models import Prefetch, Q
from django.utils import timezone

from media_items.live.broadcast import folders, services
from media_items.live.broadcast.channel import Channel
from media_items.live.broadcast.encoder import Encoder
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.broadcast.pictures import picture_of
from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind

logger = logging.getLogger(__name__)

STEP_SECONDS = 0.5
# The longest that one step writes to ffmpegs that take it slowly.
WRITE_SECONDS = 0.4


class Feeder:
    """`step()` does what is to be done now; a thread of the process calls it twice a second."""

    def __init__(self) -> None:
        self._channels: dict[int, Channel] = {}

    def step(self) -> None:
        """Two queries, whatever is on air, and one while nothing is."""
        moment = timezone.now()
        for broadcast in self._broadcasts():
            if services.is_due_to_stop(broadcast, moment):
                services.stop(session=broadcast.session)
                continue
            channel = self._channel_of(broadcast)
            if channel is None:
                continue
            channel.broadcast = broadcast
            runs = list(broadcast.runs.all())
            channel.feed(runs, moment)
            self._announce_picture(channel, runs, moment)
            if channel.is_finished(runs):
                self._channels.pop(broadcast.pk).close(for_good=True)
        self._write()

    def encoder_of(self, broadcast: Broadcast) -> Encoder | None:
        channel = self._channels.get(broadcast.pk)
        return channel.encoder if channel else None

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def _broadcasts(self) -> Iterable[Broadcast]:
        found = {
            broadcast.pk: broadcast
            for broadcast in Broadcast.objects.filter(
                Q(stopped_at=None) | Q(pk__in=list(self._channels))
            )
            .select_related("session__item")
            .prefetch_related(Prefetch("runs", BroadcastRun.objects.order_by("pk")))
            .order_by("pk")
        }
        for gone in set(self._channels) - set(found):
            self._channels.pop(gone).close()
        return found.values()

    def _channel_of(self, broadcast: Broadcast) -> Channel | None:
        """None where another process feeds it: a lock on the disk, gone with its process."""
        if broadcast.pk not in self._channels:
            folder = folders.ensure_folder(folders.folder_of(broadcast))
            lock = (folder / "feeder.lock").open("wb")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                return None
            self._channels[broadcast.pk] = Channel(broadcast, lock)
        return self._channels[broadcast.pk]

    def _announce_picture(
        self, channel: Channel, runs: list[BroadcastRun], moment: datetime
    ) -> None:
        """Announces what no act writes: the picture is there, lost, back again."""
        run = next((one for one in runs if one.stopped_at is None), None)
        has_playlist = folders.playlist_of(channel.broadcast).is_file()
        now = picture_of(channel.broadcast, run, has_playlist=has_playlist, moment=moment)
        if now != channel.picture:
            channel.picture = now
            announce(channel.broadcast.session, FactKind.BROADCAST)

    def _write(self) -> None:
        until = time.monotonic() + WRITE_SECONDS
        while True:
            waiting = [
                channel.encoder
                for channel in self._channels.values()
                if channel.encoder is not None and channel.encoder.has_waiting
            ]
            for encoder in waiting:
                encoder.write()
            waiting = [encoder for encoder in waiting if encoder.has_waiting]
            left = until - time.monotonic()
            if not waiting or left <= 0:
                return
            select.select([], waiting, [], left)


class FeederThread(threading.Thread):
    """Calls `step()` until it is told to stop. An error in one step is logged."""

    def __init__(self) -> None:
        super().__init__(name="broadcast-feeder", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        feeder = Feeder()
        try:
            while not self.stopping.wait(STEP_SECONDS):
                close_old_connections()
                try:
                    feeder.step()
                except Exception:
                    logger.exception("A step of the broadcast feeder failed.")
        finally:
            feeder.close()
            connections.close_all()


_thread: FeederThread | None = None


def start_feeder() -> None:
    """In the process that carries the event streams. Twice is once."""
    global _thread  # noqa: PLW0603 - one a process
    if _thread is None:
        _thread = FeederThread()
        _thread.start()


def stop_feeder() -> None:
    """Every ffmpeg is ended; the next process goes on from the disk."""
    global _thread  # noqa: PLW0603
    if _thread is not None:
        _thread.stopping.set()
        _thread.join(timeout=10)
        _thread = None
