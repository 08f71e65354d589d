"""One broadcast on its way from the disk to its ffmpeg: which run, from which chunk on, and what
happens when the ffmpeg dies or falls behind.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from media_items.live.broadcast import folders
from media_items.live.broadcast.containers import Head, UnknownRecording, read_head
from media_items.live.broadcast.encoder import Encoder
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.broadcast.pictures import Picture

logger = logging.getLogger(__name__)

# An ffmpeg that gets nothing for so long is ended; the next chunk starts another.
IDLE_AFTER = timedelta(seconds=30)
# Further behind than this, chunks are skipped: viewers see the present.
MOST_CHUNKS_BEHIND = 20
CHUNKS_BACK = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0


@dataclass
class Channel:
    """One broadcast being fed. `next_chunk` is the first that its ffmpeg has not been given."""

    broadcast: Broadcast
    lock: IO[bytes]
    run_id: int | None = None
    head: Head | None = None
    next_chunk: int = 0
    encoder: Encoder | None = None
    # Bytes in which no place to begin has been found yet; None while an ffmpeg takes all.
    unmatched: bytearray | None = None
    pause_seconds: float = FIRST_PAUSE_SECONDS
    not_before: float = 0.0
    is_unreadable: bool = False
    picture: Picture | None = None
    done: set[int] = field(default_factory=set)

    # --- which run ----------------------------------------------------------------------------

    def feed(self, runs: list[BroadcastRun], moment: datetime) -> None:
        run = next((one for one in runs if one.pk == self.run_id), None)
        if run is None or run.pk in self.done:
            run = self._next_run(runs)
            if run is None:
                return
        self._watch(run)
        if self.encoder is None or not self.encoder.is_finishing:
            self._read(run)
        if self.encoder is None:
            if run.stopped_at and self._has_given_all(run):
                self.done.add(run.pk)
            return
        is_idle = (run.last_chunk_at or run.started_at) < moment - IDLE_AFTER
        if self._has_given_all(run) and (run.stopped_at or is_idle):
            self.encoder.finish()

    def _next_run(self, runs: list[BroadcastRun]) -> BroadcastRun | None:
        """The next in order. Runs that were over before this process began are skipped."""
        if self.run_id is None:
            self.done = {one.pk for one in runs if one.stopped_at}
        fresh = [one for one in runs if one.pk > (self.run_id or 0) and one.pk not in self.done]
        if not fresh:
            return None
        run = fresh[0]
        self.run_id, self.head, self.is_unreadable = run.pk, None, False
        self.unmatched = None
        self.pause_seconds, self.not_before = FIRST_PAUSE_SECONDS, 0.0
        self.next_chunk = 0
        if run.next_chunk > MOST_CHUNKS_BEHIND // 2:
            self._jump_to_the_present(run)
        return run

    def _has_given_all(self, run: BroadcastRun) -> bool:
        return self.is_unreadable or self.next_chunk >= run.next_chunk

    def _jump_to_the_present(self, run: BroadcastRun) -> None:
        self.next_chunk = max(0, run.next_chunk - CHUNKS_BACK)
        self.unmatched = bytearray()

    # --- its ffmpeg ---------------------------------------------------------------------------

    def _watch(self, run: BroadcastRun) -> None:
        """Removes an ffmpeg that has ended. After a crash the next one waits, each time longer."""
        if self.encoder is None or not self.encoder.has_ended:
            return
        failed = self.encoder.has_failed
        said = self.encoder.close()
        self.encoder = None
        self.unmatched = bytearray()
        if not failed:
            return
        logger.warning("The ffmpeg of broadcast %s ended: %s", self.broadcast.pk, said[-500:])
        self.not_before = time.monotonic() + self.pause_seconds
        self.pause_seconds = min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    def _read(self, run: BroadcastRun) -> None:
        """From the disk to where the ffmpeg takes it."""
        if self.is_unreadable or time.monotonic() < self.not_before:
            return
        folder = folders.run_folder(self.broadcast, run)
        if self.head is None and not self._read_head(folder, run):
            return
        if run.next_chunk - self.next_chunk > MOST_CHUNKS_BEHIND:
            logger.warning("Broadcast %s is too far behind; going on now.", self.broadcast.pk)
            self._end_encoder()
            self._jump_to_the_present(run)
        while self.next_chunk < run.next_chunk:
            if self.encoder is not None and self.encoder.is_full:
                return
            try:
                content = folders.chunk_path(folder, self.next_chunk).read_bytes()
            except FileNotFoundError:
                self.is_unreadable = True  # taken away: the recording is made, or the item is gone
                return
            self.next_chunk += 1
            self._give(content)

    def _read_head(self, folder: Path, run: BroadcastRun) -> bool:
        content = bytearray()
        for number in range(run.next_chunk):
            try:
                content += folders.chunk_path(folder, number).read_bytes()
                self.head = read_head(content)
            except FileNotFoundError:
                self.is_unreadable = True
                return False
            except UnknownRecording:
                logger.warning("Run %s of broadcast %s is no recording.", run.pk, self.broadcast.pk)
                self.is_unreadable = True
                return False
            if self.head is not None:
                if self.unmatched is None:
                    # From the start: the chunks read so far, with the head in its place.
                    self._start(bytes(content[len(self.head.content) :]))
                    self.next_chunk = number + 1
                return True
        return False

    def _start(self, content: bytes) -> None:
        if self.head is None:
            return
        self.encoder = Encoder(self.head, folders.hls_folder(self.broadcast))
        self.encoder.offer(content)
        self.unmatched = None

    def _give(self, content: bytes) -> None:
        if self.unmatched is None and self.encoder is not None:
            self.encoder.offer(content)
            return
        looked_at = self.unmatched if self.unmatched is not None else bytearray()
        looked_at += content
        entry = self.head.entry_in(looked_at) if self.head else None
        if entry is None:
            self.unmatched = looked_at[-16:]  # a mark may be cut in two
        else:
            self._start(bytes(looked_at[entry:]))

    def _end_encoder(self) -> None:
        if self.encoder is not None:
            self.encoder.kill()
            self.encoder = None

    # --- its end ------------------------------------------------------------------------------

    def is_finished(self, runs: list[BroadcastRun]) -> bool:
        if self.broadcast.stopped_at is None or self.encoder is not None:
            return False
        return not runs or runs[-1].pk in self.done

    def close(self, *, for_good: bool = False) -> None:
        self._end_encoder()
        if for_good:
            _end_playlist(folders.playlist_of(self.broadcast))
        self.lock.close()


def _end_playlist(playlist: Path) -> None:
    """So that players stop asking for more."""
    if playlist.is_file():
        ended = playlist.with_suffix(".ended")
        ended.write_text(playlist.read_text(encoding="utf-8") + "#EXT-X-ENDLIST\n", "utf-8")
        ended.replace(playlist)
