"""Pictures of a file, made anew by us. They come from the file itself and are never fetched."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import unquote

from django.utils.translation import gettext as _

from media_items.processing.errors import NotAcceptedFile
from media_items.processing.pictures import clean_whole_picture
from media_items.quizzes.interchange.neutral import Bank, Notes, shortened
from media_items.quizzes.interchange.rich import Rich

MOST_PICTURES = 100
MOST_BYTES = 20 * 1024 * 1024  # of all of them, as we keep them
_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)


class Pictures:
    """`bytes_of` finds what an address in the HTML stands for, None where the file does not have
    it, and so does the finder. The same picture twice is one."""

    def __init__(self, bank: Bank, bytes_of: Callable[[str], bytes | None]) -> None:
        self._bank = bank
        self._bytes_of = bytes_of

    def rich(self, notes: Notes) -> Rich:
        """For the texts of a question that have them."""
        return Rich(notes, self.finder(notes), self._bank.count)

    def finder(self, notes: Notes) -> Callable[[str], str | None]:
        return lambda source: self._found(source, notes)

    def _found(self, source: str, notes: Notes) -> str | None:
        if is_inside := _DATA_URL.match(source) is not None:
            data = decoded(source.partition(",")[2])
        else:
            data = self._bytes_of(source)
        return self.add(data, notes, "" if is_inside else _name_in(source)) if data else None

    def add(self, data: bytes, notes: Notes, name: str = "") -> str:
        """The key under which the bank has it; "" where it cannot be taken, and a note says why."""
        key = sha256(data).hexdigest()[:16]
        if key in self._bank.pictures:
            return key
        if why := self._bank.refused_pictures.get(key):
            notes.add(f"{name}: {why}" if name else why)
            return ""
        self._bank.check_time()
        kept = sum(map(len, self._bank.pictures.values()))
        if len(self._bank.pictures) >= MOST_PICTURES or kept > MOST_BYTES:
            notes.add(_("There are too many pictures in this file. One was left out."))
            return ""
        try:
            self._bank.pictures[key] = clean_whole_picture(io.BytesIO(data))
        except NotAcceptedFile as refusal:
            self._bank.refused_pictures[key] = str(refusal.message)
            notes.add(f"{name}: {refusal.message}" if name else refusal.message)
            return ""
        return key


def _name_in(source: str) -> str:
    return shortened(unquote(source.partition("?")[0]).rpartition("/")[2], 60)


def decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
