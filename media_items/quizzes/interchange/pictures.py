"""Pictures of a file, made anew by us. They come from the file itself and are never fetched."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Callable
from hashlib import sha256

from django.utils.translation import gettext as _

from media_items.processing.confinement import tick
from media_items.processing.errors import NotAcceptedFile
from media_items.processing.pictures import clean_whole_picture
from media_items.quizzes.interchange.neutral import Bank, Notes

MOST_PICTURES = 100
MOST_BYTES = 20 * 1024 * 1024  # of all of them, as we keep them
_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)


class Pictures:
    """`bytes_of` finds what an address in the HTML stands for, None where the file does not have
    it. The same picture twice is one."""

    def __init__(self, bank: Bank, bytes_of: Callable[[str], bytes | None]) -> None:
        self._bank = bank
        self._bytes_of = bytes_of

    def finder(self, notes: Notes) -> Callable[[str], str]:
        return lambda source: self._found(source, notes)

    def _found(self, source: str, notes: Notes) -> str:
        data = _inside(source) or self._bytes_of(source)
        return self.add(data, notes) if data else ""

    def add(self, data: bytes, notes: Notes) -> str:
        """The key under which the bank has it; "" where it cannot be taken."""
        key = sha256(data).hexdigest()[:16]
        if key in self._bank.pictures:
            return key
        kept = sum(map(len, self._bank.pictures.values()))
        if len(self._bank.pictures) >= MOST_PICTURES or kept > MOST_BYTES:
            notes.add(_("There are too many pictures in this file. One was left out."))
            return ""
        tick()
        try:
            self._bank.pictures[key] = clean_whole_picture(io.BytesIO(data))
        except NotAcceptedFile as refusal:
            notes.add(refusal.message)
            return ""
        return key


def _inside(source: str) -> bytes | None:
    if match := _DATA_URL.match(source):
        return decoded(source[match.end() :])
    return None


def decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
