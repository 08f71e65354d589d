"""Runs a program on hostile input, with limits on memory, disk and time and no environment."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
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
    """Kills a process and all it started once `seconds` pass without a `feed()`; `rest()` stops the
    clock until the next `feed()`."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self.fired = False

    def feed(self) -> None:
        self.rest()
        self._timer = threading.Timer(self._seconds, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _fire(self) -> None:
        self.fired = True
        kill_group(self._process)


@dataclass(frozen=True, kw_only=True)
class Child:
    process: subprocess.Popen[bytes]
    out: IO[bytes]
    err: IO[bytes]
    watchdog: Watchdog


@contextlib.contextmanager
def confined(command: Sequence[str], *, limits: Limits, timeout_seconds: float) -> Iterator[Child]:
    """Runs `command` in a process group of its own, which is killed at the end in every case."""
    process = start_confined(command, limits=limits, stdin=subprocess.DEVNULL)
    out, err = cast("IO[bytes]", process.stdout), cast("IO[bytes]", process.stderr)
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
