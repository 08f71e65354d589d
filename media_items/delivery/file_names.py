"""The names under which a browser saves a media item, and lists that belong to one."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

_NOT_IN_NAMES = frozenset('/\\:*?"<>|')
_MOST_CHARACTERS = 120
_MOST_BYTES = 180  # file systems take 255 for a whole name; a letter may have four


def file_name_for(title: str, *, stored_name: str, original_name: str = "") -> str:
    """The title, else the name it was uploaded under, with the extension of what is stored.

    SECURITY: invisible and direction-changing characters are dropped, so that no name can show
    another extension.
    """
    extension = PurePosixPath(stored_name).suffix
    for candidate in (title, PurePosixPath(original_name).stem, "file"):
        words = _clean(candidate)
        if words:
            return f"{words}{extension}"
    return f"file{extension}"


def exported_name(title: str, what: str, *, extension: str) -> str:
    """For a list that belongs to a media item: what it is about, then what it lists."""
    words = " – ".join(part for part in (_clean(title), _clean(what)) if part)
    return f"{words or 'file'}.{extension}"


def _clean(words: str) -> str:
    shown = "".join(
        " " if letter in _NOT_IN_NAMES or letter.isspace() else letter
        for letter in words
        if letter.isspace() or not unicodedata.category(letter).startswith("C")
    )
    name = " ".join(shown.split())[:_MOST_CHARACTERS]
    return name.encode()[:_MOST_BYTES].decode(errors="ignore").strip(" .")
