"""What an item does not show of its file: noted while it is prepared, said to its editors.

A note is kept as its name and numbers, and put into words in the language of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_items.processing.documents import Facts
from media_items.processing.probe import Probe

Note = dict[str, Any]
_MOST_NUMBERS = 10


def of_document(
    facts: Facts, *, shown: int, undrawn: Sequence[int], empty: Sequence[int] = ()
) -> list[Note]:
    notes: list[Note] = []
    if shown < facts.pages:
        notes.append({"note": "pages_left_out", "shown": shown, "total": facts.pages})
    for name, pages in (("pages_undrawn", undrawn), ("pages_empty", empty)):
        if pages:
            notes.append({"note": name, "pages": pages[:_MOST_NUMBERS], "total": len(pages)})
    if facts.is_xfa:
        notes.append({"note": "xfa"})
    if facts.attachments:
        notes.append({"note": "attachments", "total": facts.attachments})
    return notes


def of_recording(found: Probe, *, breaks_off: bool = False) -> list[Note]:
    notes: list[Note] = []
    if breaks_off:
        notes.append({"note": "breaks_off"})
    if found.subtitles:
        notes.append({"note": "subtitles", "total": found.subtitles})
    if found.chapters:
        notes.append({"note": "chapters", "total": found.chapters})
    if found.audios > 1:
        notes.append({"note": "audios", "total": found.audios, "number": found.audio_number + 1})
    return notes


def in_words(notes: Sequence[Note]) -> list[str]:
    """One sentence each; an unknown note, of a later version say, is passed over."""
    return [_SENTENCES[one["note"]](one) for one in notes if one.get("note") in _SENTENCES]


def _pages_left_out(note: Note) -> str:
    return (
        ngettext(
            "This document has %(total)d page. It is shown up to page %(shown)d.",
            "This document has %(total)d pages. It is shown up to page %(shown)d.",
            note["total"],
        )
        % note
    )


def _numbers(note: Note) -> str:
    numbers = ", ".join(str(number) for number in note["pages"])
    return f"{numbers} …" if note["total"] > len(note["pages"]) else numbers


def _pages_empty(note: Note) -> str:
    return ngettext(
        "Page %(numbers)s looks empty, although it has content. Export the PDF again.",
        "%(total)d pages look empty (%(numbers)s), although they have content. "
        "Export the PDF again.",
        note["total"],
    ) % {"numbers": _numbers(note), "total": note["total"]}


def _pages_undrawn(note: Note) -> str:
    return ngettext(
        "Page %(numbers)s could not be shown. A blank page with a note replaces it.",
        "%(total)d pages could not be shown (%(numbers)s). Blank pages with a note replace them.",
        note["total"],
    ) % {"numbers": _numbers(note), "total": note["total"]}


def _xfa(_note: Note) -> str:
    return _(
        "This PDF is an XFA form, which only Adobe’s programs can show. Print it to "
        "a PDF there and upload that. Otherwise people may see only a “Please wait” "
        "page."
    )


def _attachments(note: Note) -> str:
    return ngettext(
        "This PDF contains %(total)d attached file, which is not shown.",
        "This PDF contains %(total)d attached files, which are not shown.",
        note["total"],
    ) % {"total": note["total"]}


def _breaks_off(_note: Note) -> str:
    return _(
        "This recording seems to be cut off at the end. If something is missing, "
        "copy the file again from the original and replace this one."
    )


def _subtitles(note: Note) -> str:
    return ngettext(
        "This file contains %(total)d subtitle track, which is not shown. Add it as captions.",
        "This file contains %(total)d subtitle tracks, which are not shown. Add them as captions.",
        note["total"],
    ) % {"total": note["total"]}


def _chapters(note: Note) -> str:
    return ngettext(
        "This file contains %(total)d chapter marker, which is not shown.",
        "This file contains %(total)d chapter markers, which are not shown.",
        note["total"],
    ) % {"total": note["total"]}


def _audios(note: Note) -> str:
    return (
        ngettext(
            "This file has %(total)d audio track. Only track %(number)d is played.",
            "This file has %(total)d audio tracks. Only track %(number)d is played.",
            note["total"],
        )
        % note
    )


_SENTENCES: dict[str, Callable[[Note], str]] = {
    "pages_left_out": _pages_left_out,
    "pages_undrawn": _pages_undrawn,
    "pages_empty": _pages_empty,
    "xfa": _xfa,
    "attachments": _attachments,
    "breaks_off": _breaks_off,
    "subtitles": _subtitles,
    "chapters": _chapters,
    "audios": _audios,
}
