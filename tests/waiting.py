"""Waiting for what a test needs to see, however busy the machine is, and not a moment longer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

PATIENCE_SECONDS = 120
REST_SECONDS = 0.5


def until[Seen](look: Callable[[], Seen], *, seconds: float = PATIENCE_SECONDS) -> Seen:
    """What `look` sees as soon as that counts as true; fails when it never does."""
    give_up_at = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < give_up_at, "It never came to be."
        time.sleep(0.01)
    return seen


def at_rest[Seen](look: Callable[[], Seen]) -> Seen:
    """What `look` sees once that has stayed the same for a while; fails when it never does."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    seen, since = look(), time.monotonic()
    while time.monotonic() - since < REST_SECONDS:
        assert time.monotonic() < give_up_at, "It never came to rest."
        time.sleep(0.02)
        if (now := look()) != seen:
            seen, since = now, time.monotonic()
    return seen


def machine_is_busy() -> bool:
    """With other things: what is promised in seconds is promised for a machine that has time."""
    return os.getloadavg()[0] > 2 * (os.cpu_count() or 1)
