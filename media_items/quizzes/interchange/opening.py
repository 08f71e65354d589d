"""Opening what was uploaded: XML and ZIP.

SECURITY: made by anybody. No DTD, no entities, nothing fetched; a file that would unpack into more
than it may is refused before and while it is read; names in an archive are keys and never paths.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import ParseError, iterparse
from django.utils.translation import gettext as _

from media_items.processing.confinement import tick
from media_items.quizzes.interchange.neutral import NotReadable

MOST_ENTRIES = 2_000
MOST_UNPACKED_BYTES = 60 * 1024 * 1024
MOST_OF_ONE_BYTES = 15 * 1024 * 1024
MOST_XML_BYTES = 15 * 1024 * 1024
_MOST_RATIO = 150
_SMALL_BYTES = 1024 * 1024  # a text of blanks packs well
# Others take as much memory as the file says, and fail in ways of their own.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
MOST_ELEMENTS = 200_000  # of all XML files of a package together
_MOST_DEPTH = 80
_ELEMENTS_BETWEEN_SIGNS = 1_000


class TooManyParts(NotReadable):
    """More elements than are read, or too deep within each other."""

    def __init__(self) -> None:
        super().__init__(_("This file has too many parts within each other."))


def xml_of(data: bytes, *, most_elements: int = MOST_ELEMENTS) -> Element:
    """The root element. Raises NotReadable."""
    if len(data) > MOST_XML_BYTES:
        raise NotReadable(_("This file is too large. Import it in parts."))
    depth, count, root = 0, 0, None
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            count += event == "start"
            if root is None:
                root = element
            if not count % _ELEMENTS_BETWEEN_SIGNS:
                tick()
            if depth > _MOST_DEPTH or count > most_elements:
                raise TooManyParts
    except DTDForbidden as error:
        raise NotReadable(
            _(
                "This file has a document type (DOCTYPE). For safety we don’t read such files. "
                "Remove the line that begins with <!DOCTYPE and try again."
            )
        ) from error
    except DefusedXmlException as error:
        raise NotReadable(_("This file has parts that we don’t read, for safety.")) from error
    except (ParseError, LookupError, ValueError) as error:
        raise NotReadable(_("This XML file is damaged: it could not be read.")) from error
    if root is None:
        raise NotReadable(_("This XML file is damaged: it could not be read."))
    return root


class Package:
    """A ZIP. `read` gives the bytes of an entry, None where there is none of the name; what was
    read is kept, and counts once."""

    def __init__(self, data: bytes) -> None:
        self._left = MOST_UNPACKED_BYTES
        self._kept: dict[str, bytes] = {}
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise NotReadable(_("This ZIP file is damaged: it could not be read.")) from error
        if len(entries) > MOST_ENTRIES:
            raise NotReadable(_("This ZIP file has too many files in it."))
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            self._check(entry)
            if not entry.is_dir():
                self._entries[entry.filename] = entry
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
            raise NotReadable(_("Unpacked, this ZIP file would be too large."))

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def read(self, name: str) -> bytes | None:
        entry = self._entries.get(name)
        if entry is None:
            return None
        if name in self._kept:
            return self._kept[name]
        most = min(MOST_OF_ONE_BYTES, self._left)
        try:
            with self._zip.open(entry) as opened:
                data = opened.read(most + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            RuntimeError,
        ) as error:
            raise NotReadable(_("This ZIP file is damaged: it could not be read.")) from error
        self._left -= len(data)
        if len(data) > most:
            raise NotReadable(_("Unpacked, this ZIP file would be too large."))
        self._kept[name] = data
        return data

    def _check(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise NotReadable(_("This ZIP file has names that lead outside of it."))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise NotReadable(_("This ZIP file has names that lead outside of it."))
        if entry.flag_bits & 0x1:
            raise NotReadable(_("This ZIP file is locked with a password."))
        if entry.compress_type not in _METHODS:
            raise NotReadable(
                _("This ZIP file is packed in a way that we don’t read. Make an ordinary ZIP.")
            )
        packs_too_well = entry.file_size > _MOST_RATIO * max(1, entry.compress_size)
        if entry.file_size > _SMALL_BYTES and packs_too_well:
            raise NotReadable(_("Unpacked, this ZIP file would be too large."))
