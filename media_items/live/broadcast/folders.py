"""Where a broadcast lies on disk, until its recording is made.

MEDIA_ROOT/<item>/broadcast/<broadcast>/runs/<run>/00000000.chunk   what the sender sent
MEDIA_ROOT/<item>/broadcast/<broadcast>/hls/live.m3u8, 000000.ts    what viewers get
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage, default_storage

from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.public_ids import LENGTH

# Free space left for the database and everything else.
LEFT_FREE = 1024 * 1024 * 1024
PLAYLIST = "live.m3u8"
SEGMENT_PATTERN = "%06d.ts"
# SECURITY: the only names ever asked of the disk for somebody outside.
_DELIVERED = re.compile(r"live\.m3u8|[0-9]{6,9}\.ts")
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
SEGMENT_TYPE = "video/mp2t"
_FOLDER, _HLS = "broadcast", "hls"
_MODE = 0o750


@dataclass(frozen=True)
class StoredFile:
    """What `delivery.files.deliver` needs to know of a file that has no row."""

    name: str

    @property
    def storage(self) -> Storage:
        return default_storage


def folder_of(broadcast: Broadcast) -> Path:
    """Needs `broadcast.session.item` at hand."""
    name = _name_of(broadcast.session.item.public_id, broadcast.pk)
    return Path(settings.MEDIA_ROOT) / name


def _name_of(public_id: str, broadcast_id: int) -> str:
    return f"{public_id}/{_FOLDER}/{broadcast_id}"


def hls_folder(broadcast: Broadcast) -> Path:
    return folder_of(broadcast) / _HLS


def playlist_of(broadcast: Broadcast) -> Path:
    return hls_folder(broadcast) / PLAYLIST


def run_folder(broadcast: Broadcast, run: BroadcastRun) -> Path:
    return folder_of(broadcast) / "runs" / str(run.pk)


def chunk_path(folder: Path, number: int) -> Path:
    return folder / f"{number:08d}.chunk"


def ensure_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=_MODE)
    return folder


def find_delivered(public_id: str, broadcast_id: int, name: str) -> tuple[StoredFile, str] | None:
    """The file of the stream with that name and its type; None when there is none."""
    stored = StoredFile(f"{_name_of(public_id, broadcast_id)}/{_HLS}/{name}")
    if not _DELIVERED.fullmatch(name) or not (Path(settings.MEDIA_ROOT) / stored.name).is_file():
        return None
    return stored, PLAYLIST_TYPE if name == PLAYLIST else SEGMENT_TYPE


def remove(folder: Path) -> None:
    """Removes the folder, and those above it that are empty then, up to the item's own."""
    shutil.rmtree(folder, ignore_errors=True)
    for above in (folder.parent, folder.parent.parent):
        try:
            above.rmdir()
        except OSError:
            return


def all_folders() -> Iterator[tuple[int, Path]]:
    """Every broadcast's folder on the disk, with the broadcast's key, which is its name."""
    for path in Path(settings.MEDIA_ROOT).glob(f"{'?' * LENGTH}/{_FOLDER}/*"):
        if path.name.isdecimal() and path.is_dir():
            yield int(path.name), path
