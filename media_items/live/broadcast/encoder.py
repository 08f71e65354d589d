"""One ffmpeg that turns a recorder's bytes into HLS, fed without ever waiting for it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
from pathlib import Path
from typing import IO, cast

from django.conf import settings

from media_items.live.broadcast import folders
from media_items.live.broadcast.containers import Head
from media_items.processing.confinement import Limits, Tail, kill_group, start_confined
from media_items.processing.ffmpeg import find_ffmpeg, reading_pipe

SEGMENT_SECONDS = 2
# How far back a viewer may go: a minute and a half.
SEGMENTS_KEPT = 45
# More than this waiting: reading from the disk can wait too.
FULL_BYTES = 2 * 1024 * 1024
_PIPE_BYTES = 1024 * 1024
_COPY = ["-c:v", "copy"]
# For recorders without H.264: quick to make, even sides, a picture to begin with every two seconds.
_ENCODE = [
    *("-vf", "scale=w='min(1280,iw)':h=-2,format=yuv420p", "-fpsmax", "30"),
    *("-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-profile:v", "main"),
    *("-crf", "24", "-maxrate", "2500k", "-bufsize", "5000k"),
    *("-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"),
]
_SOUND = [
    *("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"),
    *("-af", "aresample=async=1000"),  # fills the holes that a lost connection leaves
]
_FLAGS = (
    "append_list+discont_start+omit_endlist+program_date_time+temp_file+delete_segments"
    "+independent_segments"
)


class Encoder:
    """Ends in one of two ways: by `finish()` once everything is read, or by `kill()`."""

    def __init__(self, head: Head, folder: Path) -> None:
        folders.ensure_folder(folder)
        self._waiting = bytearray(head.content)
        self._finishing = False
        # SECURITY: limited like every ffmpeg of Foyer; CPU time for as long as a broadcast may
        # last.
        limits = Limits(
            cpu_seconds=settings.LIVE_BROADCAST_MAX_HOURS * 3600 * 4,
            file_mebibytes=256,
            memory_mebibytes=4 * 1024,
        )
        self._process = start_confined(
            self._command(head, folder),
            limits=limits,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        self._stdin = cast("IO[bytes]", self._process.stdin)
        self._stderr = cast("IO[bytes]", self._process.stderr)
        self._said = Tail(self._stderr, keep_bytes=4096)
        os.set_blocking(self._stdin.fileno(), False)
        with contextlib.suppress(AttributeError, OSError):  # Linux only, and a wish only
            fcntl.fcntl(self._stdin.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @staticmethod
    def _command(head: Head, folder: Path) -> list[str]:
        return [
            *(find_ffmpeg(), "-nostdin", "-hide_banner", "-y", "-loglevel", "error"),
            *reading_pipe(head.demuxers),
            *("-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-sn", "-dn"),
            *(_COPY if head.copies else _ENCODE),
            *_SOUND,
            *("-max_muxing_queue_size", "1024", "-f", "hls", "-hls_flags", _FLAGS),
            *("-hls_time", str(SEGMENT_SECONDS), "-hls_list_size", str(SEGMENTS_KEPT)),
            *("-hls_delete_threshold", "10", "-hls_segment_type", "mpegts"),
            *("-hls_segment_filename", f"file:{folder / folders.SEGMENT_PATTERN}"),
            f"file:{folder / folders.PLAYLIST}",
        ]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def is_finishing(self) -> bool:
        return self._finishing

    @property
    def has_failed(self) -> bool:
        """Ended without being asked to, or with an error."""
        return self.has_ended and (self._process.returncode != 0 or not self._finishing)

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= FULL_BYTES

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    def fileno(self) -> int:
        """For `select`; only while something is waiting."""
        return self._stdin.fileno()

    def offer(self, content: bytes) -> None:
        self._waiting += content

    def write(self) -> None:
        """Writes as much as ffmpeg takes now; the rest waits."""
        while self._waiting and not self._stdin.closed:
            try:
                written = os.write(self._stdin.fileno(), self._waiting[: 256 * 1024])
            except BlockingIOError:
                return
            except OSError:  # it has ended; `has_failed` says so
                self._waiting.clear()
                return
            del self._waiting[:written]
        if self._finishing:
            self._close_stdin()

    def finish(self) -> None:
        """No more bytes come: once ffmpeg has read all, it writes its last segment and ends."""
        self._finishing = True
        self.write()

    def kill(self) -> None:
        kill_group(self._process)
        self.close()

    def close(self) -> str:
        """After it has ended. Returns what ffmpeg wrote to stderr."""
        self._waiting.clear()
        self._close_stdin()
        self._process.wait()
        said = self._said.text()
        self._stderr.close()
        return said.strip()

    def _close_stdin(self) -> None:
        if not self._stdin.closed:
            with contextlib.suppress(OSError):
                self._stdin.close()
