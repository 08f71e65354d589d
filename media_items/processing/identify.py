"""What an upload really is, by its content and never by its name."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import puremagic
from django.conf import settings
from django.utils.translation import gettext as _

from media_items.file_locks import MARK, hold
from media_items.processing import chunks, documents, matroska, mp4_boxes
from media_items.processing.errors import NotAcceptedFile, PreparationError
from media_items.processing.probe import Probe, probe

_HEAD_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Identified:
    """`probe` is set for audio and video."""

    content_type: str
    extension: str
    probe: Probe | None = None


# container: ((type, extension) with a picture, the same without)
_CONTAINERS = {
    "mp4": (("video/mp4", "mp4"), ("audio/mp4", "m4a")),
    "mov": (("video/quicktime", "mov"), ("audio/mp4", "m4a")),
    "3gp": (("video/3gpp", "3gp"), ("audio/3gpp", "3gp")),
    "webm": (("video/webm", "webm"), ("audio/webm", "weba")),
    "matroska": (("video/x-matroska", "mkv"), ("audio/x-matroska", "mka")),
    "ogg": (("video/ogg", "ogv"), ("audio/ogg", "ogg")),
    "asf": (("video/x-ms-wmv", "wmv"), ("audio/x-ms-wma", "wma")),
    "avi": (("video/x-msvideo", "avi"), ("audio/x-msvideo", "avi")),
    "flv": (("video/x-flv", "flv"), ("audio/x-flv", "flv")),
    "mpegts": (("video/mp2t", "ts"), ("audio/mp2t", "ts")),
    "mpeg": (("video/mpeg", "mpg"), ("audio/mpeg", "mpg")),
    "mpegvideo": (("video/mpeg", "mpg"), ("audio/mpeg", "mpg")),
    "mxf": (("application/mxf", "mxf"), ("application/mxf", "mxf")),
    "dv": (("video/dv", "dv"), ("audio/dv", "dv")),
    "rm": (("application/vnd.rn-realmedia", "rm"), ("audio/x-pn-realaudio", "ra")),
    "mp3": (("audio/mpeg", "mp3"), ("audio/mpeg", "mp3")),
    "wav": (("audio/wav", "wav"), ("audio/wav", "wav")),
    "w64": (("audio/x-w64", "w64"), ("audio/x-w64", "w64")),
    "flac": (("audio/flac", "flac"), ("audio/flac", "flac")),
    "aac": (("audio/aac", "aac"), ("audio/aac", "aac")),
    "ac3": (("audio/ac3", "ac3"), ("audio/ac3", "ac3")),
    "aiff": (("audio/aiff", "aiff"), ("audio/aiff", "aiff")),
    "amr": (("audio/amr", "amr"), ("audio/amr", "amr")),
    "caf": (("audio/x-caf", "caf"), ("audio/x-caf", "caf")),
}


def identify(file_or_path: Any, *, kind: str) -> Identified:
    """Raises NotAcceptedFile with a sentence for the form when the content does not fit `kind`.

    Takes a path, or an uploaded file (read where it is on disk).
    """
    with on_disk(file_or_path) as path:
        head = _read_head(path)
        if not head:
            raise NotAcceptedFile(_("This file is empty."))
        if kind == "document":
            return _identify_document(path, head)
        return _identify_recording(path, head, kind=kind, name=_name_of(file_or_path))


def kind_of(file_or_path: Any) -> str:
    """The kind of item that the content can become: video, audio or document. `identify` has the
    last word. Raises NotAcceptedFile with a sentence for the form."""
    with on_disk(file_or_path) as path:
        head = _read_head(path)
        if not head:
            raise NotAcceptedFile(_("This file is empty."))
        if b"%PDF-" in head[:1024]:
            return "document"
        if what := _describe(head, path):
            hint = _("You can upload videos, audio recordings and PDFs.")
            raise NotAcceptedFile(f"{what} {hint}")
        try:
            return "video" if probe(path).has_video else "audio"
        except PreparationError as error:
            raise NotAcceptedFile(
                _("We could not find a video or sound in this file. It may be damaged.")
            ) from error


@contextlib.contextmanager
def on_disk(file_or_path: Any) -> Iterator[Path]:
    """A path to the content; only an upload held in memory is written to disk for it."""
    if isinstance(file_or_path, (str, os.PathLike)):
        yield Path(file_or_path)
        return
    if hasattr(file_or_path, "temporary_file_path"):
        file_or_path.flush()
        yield Path(file_or_path.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(suffix=MARK, dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
        hold(copy.fileno())
        file_or_path.seek(0)
        for chunk in iter(lambda: file_or_path.read(1024 * 1024), b""):
            copy.write(chunk)
        copy.flush()
        file_or_path.seek(0)
        yield Path(copy.name)


def _identify_document(path: Path, head: bytes) -> Identified:
    if b"%PDF-" not in head[:1024]:
        what = _describe(head, path) or _("This file is not a PDF.")
        hint = _("Export it as a PDF and choose that.")
        raise NotAcceptedFile(f"{what} {hint}")
    try:
        documents.refuse_unreadable(path)
    except PreparationError as error:
        raise NotAcceptedFile(error.problem) from error
    return Identified(content_type="application/pdf", extension="pdf")


def _identify_recording(path: Path, head: bytes, *, kind: str, name: str) -> Identified:
    if what := _describe(head, path):
        ending = Path(name).suffix.lower()
        if ending in _RECORDING_ENDINGS:
            hint = _(
                "The name of the file ends in %(ending)s, but that is not what the file contains."
            )
            hint %= {"ending": ending}
        else:
            hint = _("Choose a video.") if kind == "video" else _("Choose an audio recording.")
        raise NotAcceptedFile(f"{what} {hint}")
    try:
        found = probe(path)
    except PreparationError as error:
        raise NotAcceptedFile(
            _("We could not find a video in this file. It may be damaged.")
            if kind == "video"
            else _("We could not find any sound in this file. It may be damaged.")
        ) from error
    if not found.has_video and not found.has_audio:
        raise NotAcceptedFile(_("This file has no video or sound."))
    if kind == "video" and not found.has_video:
        raise NotAcceptedFile(_("This file has sound but no video. Upload it as audio instead."))
    if kind == "audio" and found.has_video:
        raise NotAcceptedFile(_("This file is a video. Upload it as a video instead."))
    if kind == "video" and not (found.width and found.height):
        raise NotAcceptedFile(_("This video has a format we cannot read."))
    _refuse_cut_short(path, found)
    with_picture, without = _CONTAINERS.get(
        found.container, (("application/octet-stream", "bin"),) * 2
    )
    content_type, extension = with_picture if found.has_video else without
    return Identified(content_type=content_type, extension=extension, probe=found)


def _refuse_cut_short(path: Path, found: Probe) -> None:
    """Its length was written when it was finished, and it is shorter."""
    if found.container in {"mp4", "mov", "3gp"}:
        missing = mp4_boxes.missing_share(path)
    elif found.container in {"webm", "matroska"}:
        missing = matroska.missing_share(path)
    elif found.container in {"wav", "w64", "avi", "aiff", "caf"}:
        missing = chunks.missing_share(path)
    else:
        return  # it does not say how long it is, at least not reliably: see `endings`
    if missing > 0:
        raise NotAcceptedFile(
            _(
                "This file is incomplete: %(percent)d%% of it is missing. Copy it "
                "again from the original, then choose it."
            )
            % {"percent": max(1, round(missing * 100))}
        )


_RECORDING_ENDINGS = {f".{x}" for pair in _CONTAINERS.values() for _type, x in pair} | {".m4v"}
_ZIPPED = {b"word/document": "Word", b"ppt/presentation": "PowerPoint", b"xl/workbook": "Excel"}
_OLD_OFFICE = {"WordDocument": "Word", "PowerPoint Document": "PowerPoint", "Workbook": "Excel"}


def _describe(head: bytes, path: Path) -> str:
    """A sentence about content that is certainly no recording; "" where it may be one."""
    if b"%PDF-" in head[:1024]:
        return _("This file is a PDF.")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _describe_office(_ends_of(path))
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"#EXTM3U", b"[playlist]", b"ffconcat")):
        return _("This file is a playlist that points to other files.")
    if head[:2] == b"MZ" or head[:4] == b"\x7fELF":
        return _("This file is a program.")
    if _is_picture(head):
        return _("This file is a picture.")
    if _looks_like_text(head):
        lowered = head.lower()
        if b"<svg" in lowered:
            return _("This file is a picture.")
        if b"<html" in lowered or b"<!doctype html" in lowered:
            return _("This file is a web page.")
        return _("This file is a text file.")
    return ""


def _describe_office(ends: bytes) -> str:
    # SECURITY: an archive is never unpacked, only searched for names: it may be a zip bomb.
    if ends.startswith(b"PK"):
        for mark, program in _ZIPPED.items():
            if mark in ends:
                return _("This file is a %(program)s document.") % {"program": program}
        if b"vnd.oasis.opendocument" in ends[:200]:
            return _("This file is a LibreOffice document.")
        return _("This file is a ZIP archive.")
    for name, program in _OLD_OFFICE.items():
        if name.encode("utf-16-le") in ends:
            return _("This file is a %(program)s document.") % {"program": program}
    return _("This file is an Office document.")


def _is_picture(head: bytes) -> bool:
    # Without a file name puremagic reads these bytes only and opens nothing.
    guesses = puremagic.magic_string(head)
    if guesses and guesses[0].confidence >= 0.6:
        return (guesses[0].mime_type or "").startswith("image/")
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    return head.startswith((b"\xff\xd8\xff", b"GIF8", b"BM")) or brand in {b"heic", b"avif"}


def _looks_like_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(head) > 64
    return True


def _read_head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _ends_of(path: Path, size: int = 64 * 1024) -> bytes:
    with path.open("rb") as file:
        start = file.read(size)
        length = file.seek(0, os.SEEK_END)
        file.seek(max(size, length - size))
        return start + file.read(size)


def _name_of(file_or_path: Any) -> str:
    return str(getattr(file_or_path, "name", "") or file_or_path)
