"""What a process that died has left on the disk, told from what somebody is still writing.

Whoever writes below FILE_UPLOAD_TEMP_DIR holds a lock there, which the kernel ends with the
process (`media_items.file_locks`). Stored files have names, and these stand in a held list from
before there are bytes until a row names them (`in_doubt`); names of files that are to be deleted,
too, since a process may die between its commit and the deletion. `clear` takes what nobody holds:
it deletes the stored files of each list that no row names, and all the rest. Rows are asked for
only when no transaction can still be at them. Why: docs/adr/0029.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    models,
    transaction,
)

from media_items.catalogue.models import MediaItem
from media_items.file_locks import MARK, hold, taken
from media_items.processing.models import MediaFile

logger = logging.getLogger(__name__)

WORKING_FOLDER = "prepare-"
_LIST, _FOUND = ".names", ".found"
# `<item>/`, or `<item>/<purpose>/<random>.<extension>`, with another folder before the last where a
# room has them. SECURITY: nothing else is deleted.
_NAME = re.compile(r"[\w-]+/([\w-]+/([\w-]+/)?[\w-]+(\.\w+)*)?", re.ASCII)


@dataclass(frozen=True)
class Column:
    """Where stored files are named. `item` is the lookup from a row to its media item."""

    model: type[models.Model]
    name: str
    item: str

    def named(self, names: Collection[str]) -> set[str]:
        return self._values(models.Q(**{f"{self.name}__in": names}))

    def of_item(self, item: MediaItem) -> set[str]:
        return self._values(models.Q(**{self.item: item.pk}))

    def _values(self, which: models.Q) -> set[str]:
        rows = self.model._default_manager.filter(which)
        return set(rows.values_list(self.name, flat=True)) - {""}


_columns: set[Column] = {
    Column(MediaFile, "file", "item"),
    Column(MediaItem, "thumbnail", "pk"),
}


def register_column(column: Column) -> None:
    """At start-up, for rooms that store files of their own. Twice is once."""
    _columns.add(column)


def names_of(item: MediaItem) -> set[str]:
    """Of all files that rows of this item name, in every room."""
    return {name for column in _columns for name in column.of_item(item)}


@contextlib.contextmanager
def working_folder() -> Iterator[Path]:
    """A folder on the file system of the uploads, so that storing its files is a rename."""
    base = settings.FILE_UPLOAD_TEMP_DIR
    with tempfile.TemporaryDirectory(MARK, WORKING_FOLDER, base) as folder:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            hold(descriptor)
            yield Path(folder)
        finally:
            os.close(descriptor)


# --- stored files that may be nobody's ------------------------------------------------------------


class _Doubt:
    """Names of stored files, in memory and, from the first on, in a list on the disk."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._list: IO[str] | None = None

    def note(self, names: Iterable[str]) -> None:
        new = {name for name in names if name} - self.names
        if not new:
            return
        self.names |= new
        if self._list is None:
            # Not deleted when closed: a list outlives its writer.
            self._list = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed by `end` or `leave`
                "w", suffix=_LIST + MARK, dir=settings.FILE_UPLOAD_TEMP_DIR, delete=False
            )
            hold(self._list.fileno())
        self._list.write("".join(f"{name}\n" for name in sorted(new)))
        self._list.flush()

    def end(self) -> None:
        """Deletes what no row names. What cannot be asked or deleted now is left to `clear`; what
        was done within is done."""
        try:
            _delete_unnamed(self.names)
            if self._list is not None:
                Path(self._list.name).unlink(missing_ok=True)
        except (DatabaseError, InterfaceError, OSError):
            logger.exception("Stored files could not be asked after or deleted; a worker will.")
        finally:
            self.leave()

    def leave(self) -> None:
        """To the next `clear`."""
        if self._list is not None:
            with contextlib.suppress(OSError):  # a full disk; it is closed all the same
                self._list.close()


_doubt: ContextVar[_Doubt | None] = ContextVar("doubt", default=None)


@contextlib.contextmanager
def in_doubt() -> Iterator[None]:
    """Stored files whose names are noted within are deleted at the end, unless a row names them.

    The end is the commit of the transaction around, if there is one; when that is rolled back, the
    next `clear` deletes them: until then its rows are not to be judged by. Within another it is
    that one's.
    """
    if _doubt.get() is not None:
        yield
        return
    doubt = _Doubt()
    token = _doubt.set(doubt)
    try:
        yield
    except BaseException as error:
        if connection.in_atomic_block or not _may_be_committed(error):
            transaction.on_commit(doubt.end)
        else:
            doubt.leave()
        raise
    else:
        if doubt.names:
            transaction.on_commit(doubt.end)
    finally:
        _doubt.reset(token)


def _may_be_committed(error: BaseException) -> bool:
    """Whether a commit may still be under way at the database: the line to it broke, or this
    process was told to stop while it waited for the answer."""
    is_broken = isinstance(error, OperationalError | InterfaceError)
    return is_broken or not isinstance(error, Exception)


def note(*names: str) -> None:
    """Before the bytes are stored, or before the commit of what names them no longer. A name with a
    slash at its end is the folder of an item."""
    doubt = _doubt.get()
    if doubt is None:
        raise LookupError("Files are stored and deleted within in_doubt().")
    doubt.note(names)


def _delete_unnamed(names: Iterable[str]) -> None:
    unnamed = {name for name in names if _NAME.fullmatch(name)}
    if not unnamed:
        return
    for column in _columns:
        unnamed -= column.named(unnamed)
    for name in unnamed:
        if not name.endswith("/"):
            default_storage.delete(name)
    items = {name.partition("/")[0] for name in unnamed}
    items -= set(MediaItem.objects.filter(public_id__in=items).values_list("public_id", flat=True))
    for public_id in items:
        # What is left of its broadcasts as well. A remote storage has no folders.
        with contextlib.suppress(NotImplementedError):
            shutil.rmtree(default_storage.path(public_id), ignore_errors=True)


# --- what nobody holds ----------------------------------------------------------------------------


def clear() -> int:
    """Removes what processes that are gone left in the folder of uploads, and the stored files on
    their lists. Returns how many; called every few seconds by each worker."""
    return sum(_clear_one(path) for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir())


def _clear_one(path: Path) -> bool:
    if path.is_dir() and not path.name.startswith(WORKING_FOLDER):
        return False
    with taken(path) as is_nobodys:
        if not is_nobodys:
            return False
        try:
            if _LIST in path.suffixes:
                if _FOUND not in path.suffixes:
                    # The database may be at the commit of the one that died: a list is read when
                    # it has been nobody's for a while.
                    os.utime(path)
                    path.rename(path.with_name(f"{path.name}{_FOUND}{MARK}"))
                    return False
                _delete_unnamed(path.read_text(encoding="utf-8", errors="replace").splitlines())
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except FileNotFoundError:  # its writer was about to remove it
            return False
        except (OSError, DatabaseError, InterfaceError):
            logger.exception("A leftover could not be removed: %s", path)
            return False
    return True
