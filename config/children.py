"""The processes that `python -m config.serve` starts, keeps alive and stops."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

# One that dies at once is started again after a pause that doubles each time.
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
# Stopping: first asked, then asked again (a worker drops its task), then killed.
ASK_AGAIN_SECONDS, KILL_SECONDS = 2.0, 6.0


@dataclass
class Child:
    """One process, in a group of its own: Ctrl+C reaches the parent alone, which stops its children
    in order."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    pause_seconds: float = 0.0
    start_again_at: float = field(default=0.0)
    started_at: float = field(default=0.0)

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command, cwd=BASE_DIR, stdin=subprocess.DEVNULL, start_new_session=True
        )

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_alive(self, say: Callable[[str], None]) -> None:
        """To be called again and again: starts it anew when it has died, after a pause."""
        now = time.monotonic()
        if self.runs:
            return
        if not self.start_again_at:
            self._end_group()
            ran_long = now - self.started_at > LONGEST_PAUSE_SECONDS
            self.pause_seconds = (
                SHORTEST_PAUSE_SECONDS
                if ran_long or not self.pause_seconds
                else min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS)
            )
            self.start_again_at = now + self.pause_seconds
            say(f"The {self.name} stopped; starting it again in {self.pause_seconds:g} s.")
        elif now >= self.start_again_at:
            self.start_again_at = 0.0
            self.start()

    def send(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """Kills the whole group: the child and what it started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _end_group(self) -> None:
        """What a child that died has left running, such as an ffmpeg, is not left alone."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return


def stop(children: Sequence[Child]) -> None:
    asked_at = time.monotonic()
    for child in children:
        child.send(signal.SIGTERM)
    asked_again = False
    while any(child.runs for child in children):
        waited = time.monotonic() - asked_at
        if waited > ASK_AGAIN_SECONDS and not asked_again:
            asked_again = True
            for child in children:
                child.send(signal.SIGTERM)
        if waited > KILL_SECONDS:
            for child in children:
                child.kill()
        time.sleep(0.05)
