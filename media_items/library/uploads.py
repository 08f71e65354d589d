"""Receiving files: how many bytes may reach the disk, decided before and while they arrive.

A view that takes files has two halves:

    @csrf_exempt
    @login_required
    def create_media_item(request, kind):
        receive_files(request, {"file": …})
        return _create_media_item(request, kind)

    @csrf_protect
    def _create_media_item(request, kind): …

SECURITY: Django's CSRF middleware reads `request.POST`, and with it the whole body, before the
view: it would store gigabytes for people who may not upload at all. So the outer half is exempt; it
only checks who asks and installs the upload handler. Everything with an effect is in the inner
half, behind `csrf_protect`. (Django documentation, “Modifying upload handlers on the fly”.)
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db import connections
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from media_items.file_locks import MARK, hold
from media_items.requests import FoyerRequest

logger = logging.getLogger(__name__)

MB = 1024 * 1024
LEFT_FREE = 500 * MB  # of the disk, for the database and everything else
_OTHER_FIELDS = 2 * MB  # of the request, for the other fields of the form
MOST_BYTES_OF_A_FORM = 4 * MB  # whose view takes no files


def most_bytes_of_media() -> int:
    return settings.UPLOAD_MAX_MB * MB


def most_bytes_of_thumbnail() -> int:
    return settings.THUMBNAIL_MAX_MB * MB


def most_bytes_of_captions() -> int:
    return settings.CAPTIONS_MAX_MB * MB


def receive_files(
    request: FoyerRequest,
    most_bytes: Mapping[str, int],
    *,
    most_files: Mapping[str, int] | None = None,
) -> None:
    """Accept one file in each of these fields, or as many as `most_files` says, none larger than
    its limit.

    A file that is refused is read and thrown away, so that the rest of the form arrives;
    `refused_files(request)` has the reason as a sentence. Must run before anything reads
    `request.POST`.
    """
    if request.method != "POST":
        return
    handler = _MeasuringHandler(request, most_bytes, most_files or {})
    request.upload_handlers = [handler]
    request.refused_files = handler.refused


def refused_files(request: FoyerRequest) -> dict[str, str]:
    """Field name → why its file was refused; where it takes several, by the name of each."""
    return getattr(request, "refused_files", {})


def named(file_name: str, reason: str) -> str:
    """Of one of several files."""
    said = {"name": file_name, "reason": reason}
    return _("“%(name)s”: %(reason)s") % said


def _too_large(most: int) -> str:
    return _("This file is too large. The limit is %(size)s.") % {"size": filesizeformat(most)}


class ThrowFilesAway(FileUploadHandler):
    """The default: drops every file of a form whose view does not call `receive_files`.

    SECURITY: CSRF protection reads the body of every POST, and anybody may send one, the sign-in
    form's for instance. Nothing of a file sent there may reach the disk, and a large body is
    refused before it is read: it would hold a thread for as long as it is sent.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any) -> None:  # noqa: N803 (Django's name)
        if content_length > MOST_BYTES_OF_A_FORM:
            raise RequestDataTooBig("This form takes no files.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class _MeasuringHandler(FileUploadHandler):
    """Writes the bytes to disk as they arrive, up to a limit per field."""

    def __init__(
        self, request: HttpRequest, most_bytes: Mapping[str, int], most_files: Mapping[str, int]
    ) -> None:
        super().__init__(request)
        self.most_bytes = most_bytes
        self.most_files = most_files
        self.refused: dict[str, str] = {}
        self._seen: Counter[str] = Counter()
        self._length = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 (Django's name)
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        self._length = content_length
        _let_go_of_the_database()

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, file_name, *args, **kwargs)
        # Django closes and removes `self.file` when a file is skipped or its upload ends early: it
        # must never be the file of the field before.
        self.__dict__.pop("file", None)
        if field_name not in self.most_bytes:
            raise SkipFile
        self._seen[field_name] += 1
        most = self.most_files.get(field_name, 1)
        if self._seen[field_name] > most:
            if most > 1:
                said = _("Only the first %(most)d files were taken.") % {"most": most}
                before = self.refused.get(field_name, "").removesuffix(said)
                self.refused[field_name] = f"{before} {said}".strip()
            raise SkipFile
        if reason := self._reason_to_refuse():
            self._refuse(reason)
        self.file = self._temporary_file()

    def _reason_to_refuse(self) -> str:
        most = self.most_bytes[self.field_name]
        whole = sum(size * self.most_files.get(name, 1) for name, size in self.most_bytes.items())
        if self._length > whole + _OTHER_FIELDS and most == max(self.most_bytes.values()):
            return _too_large(most)
        free = shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free
        if free < self._length + LEFT_FREE:
            logger.error("Upload of %d bytes refused: only %d are free.", self._length, free)
            return self._no_room()
        return ""

    def _temporary_file(self) -> TemporaryUploadedFile:
        # The name on disk is ours: an uploaded file's name may have an extension of any length.
        file = TemporaryUploadedFile(
            f"file{MARK}", self.content_type, 0, self.charset, self.content_type_extra
        )
        hold(file.fileno())
        file.name = self.file_name
        return file

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.most_bytes[self.field_name]:
            self._refuse(_too_large(self.most_bytes[self.field_name]))
        try:
            self.file.write(raw_data)
        except OSError:
            logger.exception("An upload could not be written.")
            self._refuse(self._no_room())

    def file_complete(self, file_size: int) -> TemporaryUploadedFile:
        self.file.flush()
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if "file" in self.__dict__:
            self.file.close()

    def _refuse(self, reason: str) -> None:
        if self.field_name in self.most_files:
            before = self.refused.get(self.field_name, "")
            reason = f"{before} {named(self.file_name or '', reason)}".strip()
        self.refused[self.field_name] = reason
        raise SkipFile

    def _no_room(self) -> str:
        return _(
            "The site doesn’t have enough space for this file right now. Tell your "
            "administrator, or try again later."
        )


def _let_go_of_the_database() -> None:
    """A connection of the pool is taken back when next needed. An upload of an hour would keep it
    that long, and with eight such uploads nobody else would have any."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
