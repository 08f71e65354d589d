"""Storing the files of a media item and deleting them."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from media_items.catalogue.models import MediaItem
from media_items.processing.confinement import tick
from media_items.processing.models import MediaFile


class MovableFile(File):
    """A file of ours that a file-system storage moves (a rename) instead of copying."""

    def __init__(self, path: Path) -> None:
        self._opened = path.open("rb")
        super().__init__(self._opened, name=path.name)
        self._path = path

    def read(self, size: int = -1) -> bytes:
        tick()  # only a remote storage reads, and a large film takes it minutes
        return self._opened.read(size)

    def temporary_file_path(self) -> str:
        return str(self._path)


def store_file(media_file: MediaFile, path: Path, *, extension: str) -> None:
    """Store the file at `path` as `media_file`'s content; the row is not saved."""
    with MovableFile(path) as content:
        media_file.size = content.size
        media_file.file.save(f"file.{extension}", content, save=False)


def store_upload(media_file: MediaFile, upload: Any, *, extension: str) -> None:
    """As `store_file`, for an upload: one that is on disk is moved, never read into memory."""
    media_file.size = upload.size
    media_file.file.save(f"file.{extension}", upload, save=False)
    upload.close()


@contextlib.contextmanager
def working_folder() -> Iterator[Path]:
    """A folder on the file system of the uploads, so that storing its files is a rename."""
    base = getattr(settings, "FILE_UPLOAD_TEMP_DIR", None)
    with tempfile.TemporaryDirectory(prefix="prepare-", dir=base) as folder:
        yield Path(folder)


def remove_leftovers(*, older_than: timedelta = timedelta(days=2)) -> None:
    """Remove what killed workers and broken uploads left in the folder of uploads."""
    base = getattr(settings, "FILE_UPLOAD_TEMP_DIR", None)
    if not base:
        return  # the system cleans its own temporary folder
    before = time.time() - older_than.total_seconds()
    for pattern in ("prepare-*", "*.upload*"):
        for path in Path(base).glob(pattern):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < before:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def local_path(media_file: MediaFile, folder: Path) -> Path:
    """The file on this machine's disk; only from a remote storage it is copied into `folder`."""
    try:
        path = Path(media_file.file.path)
    except NotImplementedError:
        path = folder / "original"
        with media_file.file.open("rb") as source, path.open("wb") as target:
            for chunk in source.chunks(1024 * 1024):
                target.write(chunk)
                tick()
    return path


def delete_rows_and_files(rows: Iterable[MediaFile]) -> None:
    """Delete rows, and after commit their stored files, unless another row names them."""
    rows = list(rows)
    names = {name for row in rows if (name := row.file.name)}
    MediaFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if names:
        transaction.on_commit(partial(delete_unreferenced, names))


def delete_unreferenced(names: Iterable[str]) -> None:
    """Delete the stored files of these names that no row names."""
    names = set(names)
    names -= set(MediaFile.objects.filter(file__in=names).values_list("file", flat=True))
    for name in names:
        default_storage.delete(name)


def delete_unsaved(media_file: MediaFile) -> None:
    """Delete what was stored for a row that was never saved."""
    if name := media_file.file.name:
        default_storage.delete(name)


def delete_files_of(item: MediaItem) -> None:
    """Delete everything stored for `item`, its thumbnail too, after commit."""
    names = {name for name in item.files.values_list("file", flat=True) if name}
    thumbnail = item.thumbnail.name
    item.files.all().delete()
    if thumbnail:
        item.thumbnail = ""
        MediaItem.objects.filter(pk=item.pk).update(thumbnail="")

    def delete() -> None:
        delete_unreferenced(names)
        if thumbnail:
            default_storage.delete(thumbnail)
        _remove_empty_folders(item.public_id)

    transaction.on_commit(delete)


def _remove_empty_folders(public_id: str) -> None:
    try:
        top = Path(default_storage.path(public_id))
    except NotImplementedError:
        return
    if not public_id or not top.is_dir():
        return
    for folder in sorted((p for p in top.rglob("*") if p.is_dir()), reverse=True):
        with contextlib.suppress(OSError):
            folder.rmdir()
    with contextlib.suppress(OSError):
        top.rmdir()
