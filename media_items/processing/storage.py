"""Storing the files of a media item and deleting them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import models

from media_items.catalogue.models import MediaItem
from media_items.processing import leftovers
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


def store(row: models.Model, column: str, content: Any, *, file_name: str) -> None:
    """Store `content` as the file in this column; the row is not saved. Its name is on a list of
    `leftovers` before there are bytes."""
    stored = getattr(row, column)
    name = stored.field.generate_filename(row, file_name)
    leftovers.note(name)
    setattr(row, column, stored.storage.save(name, content, max_length=stored.field.max_length))


def store_file(media_file: MediaFile, path: Path, *, extension: str) -> None:
    """Store the file at `path` as `media_file`'s content; the row is not saved."""
    with MovableFile(path) as content:
        media_file.size = content.size
        store(media_file, "file", content, file_name=f"file.{extension}")


def store_upload(media_file: MediaFile, upload: Any, *, extension: str) -> None:
    """As `store_file`, for an upload: one that is on disk is moved, never read into memory."""
    media_file.size = upload.size
    store(media_file, "file", upload, file_name=f"file.{extension}")
    upload.close()


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
    with leftovers.in_doubt():
        leftovers.note(*(row.file.name or "" for row in rows))
        MediaFile.objects.filter(pk__in=[row.pk for row in rows]).delete()


def delete_files_of(item: MediaItem) -> None:
    """Delete everything stored for `item`, its thumbnail too, after commit. Of an item that is
    deleted in the same transaction its whole folder goes, and what other rooms have stored."""
    with leftovers.in_doubt():
        leftovers.note(f"{item.public_id}/", *leftovers.names_of(item))
        item.files.all().delete()
        if item.thumbnail:
            item.thumbnail = ""
            MediaItem.objects.filter(pk=item.pk).update(thumbnail="")
