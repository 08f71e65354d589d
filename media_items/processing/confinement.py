"""Runs a program on hostile input, with limits on memory, disk and time and no environment."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import IO, cast

_MEBIBYTE = 1024 * 1024
# A shell sets the limits because `preexec_fn` is not safe in a process with threads (gunicorn).
# A limit that a platform does not know is skipped; time and file size work everywhere.
_SHELL = (
    'ulimit -c 0; ulimit -t "$1"; ulimit -f "$2"; ulimit -v "$3" 2>/dev/null; shift 3;'
    # Where Linux offers it, the child is killed when this process is.
    'setpriv --pdeathsig KILL true 2>/dev/null && set -- setpriv --pdeathsig KILL "$@";'
    'exec nice -n 10 "$@"'
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one confined process may use. `ulimit -f` counts blocks of 512 bytes, `-v` kibibytes."""

    cpu_seconds: int
    file_mebibytes: int = 64
    memory_mebibytes: int = 2048

    def wrap(self, command: Sequence[str]) -> list[str]:
        return [
            "/bin/sh",
            "-c",
            _SHELL,
            "confined",
            str(max(1, self.cpu_seconds)),
            str(self.file_mebibytes * _MEBIBYTE // 512),
            str(self.memory_mebibytes * 1024),
            *command,
        ]


class Watchdog:
    """Kills a process and all it started once `seconds` pass without a `feed()`, which may give it
    less; `rest()` stops the clock until the next `feed()`."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self.fired = False

    def feed(self, seconds: float | None = None) -> None:
        self.rest()
        self._timer = threading.Timer(min(self._seconds, seconds or self._seconds), self._fire)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _fire(self) -> None:
        self.fired = True
        kill_group(self._process)


_beat: ContextVar[Callable[[], None] | None] = ContextVar("beat", default=None)
_SECONDS_BETWEEN_BEATS = 1.0


@contextlib.contextmanager
def beating(beat: Callable[[], None]) -> Iterator[None]:
    """Calls `beat` about every second while a confined process is waited for, and wherever `tick`
    is called. An exception of it ends the process and is passed on: so work stops when nobody
    wants it any more."""
    token = _beat.set(beat)
    try:
        yield
    finally:
        _beat.reset(token)


def tick() -> None:
    """A sign of life of the work under way; nothing where nobody listens."""
    if (beat := _beat.get()) is not None:
        beat()


class Reader:
    """The output of a process, which ticks while it waits."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = bytearray()
        self._selector = selectors.DefaultSelector()
        self._selector.register(pipe, selectors.EVENT_READ)

    def readline(self, most: int = -1) -> bytes:
        at = 0
        while (end := self._kept.find(b"\n", at)) < 0:
            at = len(self._kept)
            if 0 <= most <= at or not self._fill():
                break
        length = end + 1 if end >= 0 else len(self._kept)
        return self._take(length if most < 0 else min(length, most))

    def read(self, size: int = -1) -> bytes:
        while (size < 0 or len(self._kept) < size) and self._fill():
            pass
        return self._take(len(self._kept) if size < 0 else size)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def close(self) -> None:
        self._selector.close()
        self._pipe.close()

    def _fill(self) -> bool:
        tick()
        while not self._selector.select(_SECONDS_BETWEEN_BEATS):
            tick()
        chunk = os.read(self._pipe.fileno(), 65536)
        self._kept += chunk
        return bool(chunk)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._kept[:size])
        del self._kept[:size]
        return taken


@dataclass(frozen=True, kw_only=True)
class Child:
    process: subprocess.Popen[bytes]
    out: Reader
    err: IO[bytes]
    watchdog: Watchdog


@contextlib.contextmanager
def confined(command: Sequence[str], *, limits: Limits, timeout_seconds: float) -> Iterator[Child]:
    """Runs `command` in a process group of its own, which is killed at the end in every case."""
    process = start_confined(command, limits=limits, stdin=subprocess.DEVNULL)
    out, err = Reader(cast("IO[bytes]", process.stdout)), cast("IO[bytes]", process.stderr)
    watchdog = Watchdog(process, timeout_seconds)
    watchdog.feed()
    try:
        yield Child(process=process, out=out, err=err, watchdog=watchdog)
    finally:
        watchdog.rest()
        kill_group(process)
        process.wait()
        out.close()
        err.close()


def start_confined(
    command: Sequence[str], *, limits: Limits, stdin: int, stdout: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Starts `command` in a process group of its own. The caller ends it (`kill_group`, `wait`) and
    closes its pipes. Linux also ends it when the thread that started it ends."""
    # SECURITY: the child sees none of our environment (database address, secret key).
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C"}
    return subprocess.Popen(
        limits.wrap(command),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
        close_fds=True,
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return  # its process id may belong to another process by now
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class Tail(threading.Thread):
    """Reads a pipe to its end so that the writer never blocks, keeping only the last part."""

    def __init__(self, pipe: IO[bytes], *, keep_bytes: int = 64 * 1024) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._keep = keep_bytes
        self._kept = b""
        self.start()

    def run(self) -> None:
        with contextlib.suppress(ValueError, OSError):  # closed meanwhile
            while chunk := os.read(self._pipe.fileno(), 65536):
                self._kept = (self._kept + chunk)[-self._keep :]

    def text(self) -> str:
        self.join(timeout=5)
        return self._kept.decode("utf-8", "replace")
