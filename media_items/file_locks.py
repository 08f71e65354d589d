"""Locks that say who is still writing a file: the kernel ends them with their process.

Between machines that share a folder they are not to be trusted (NFS knows others than the disk it
stands on), so a name ends with the mark of the machine that wrote it. What another one wrote, or a
disk keeps that knows no locks, is judged by its age alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

# Between the making of a file and its lock nobody may take it for a dead one's.
SPARED_SECONDS = 15
OLD_SECONDS = 2 * 24 * 60 * 60
MARK = "." + hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def hold(descriptor: int) -> None:
    """Until the descriptor is closed, or its process is gone, however that ended. A disk that knows
    no locks gives none. To be called when the file has just been made: then nobody else locks it.
    """
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def taken(path: Path) -> Iterator[bool]:
    """Whether nobody holds this file or folder; then we do until this ends."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:  # gone meanwhile, or a link
        yield False
        return
    try:
        age = time.time() - os.fstat(descriptor).st_mtime
        if age <= SPARED_SECONDS:
            # Not even locked for a moment: who has made it may be about to, and would not have it.
            yield False
            return
        held = _is_held(descriptor)
        is_certain = held is not None and path.name.endswith(MARK)
        yield not held and (is_certain or age > OLD_SECONDS)
    finally:
        os.close(descriptor)


def _is_held(descriptor: int) -> bool | None:
    """By somebody else; else it is ours from now on. None where the disk knows no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False
