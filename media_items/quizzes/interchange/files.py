"""Which format an uploaded file has, told by what is in it."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from media_items.quizzes.interchange.gift import read_gift
from media_items.quizzes.interchange.neutral import Bank, NotReadable
from media_items.quizzes.interchange.packages import read_document, read_package
from media_items.quizzes.interchange.sheet import read_sheet
from media_items.text_encodings import readings

MOST_BYTES = 20 * 1024 * 1024
MOST_TEXT_BYTES = 3 * 1024 * 1024
ACCEPT = ".xml,.zip,.imscc,.gift,.txt,.csv,.tsv,.qti"
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z])")
_WIDE_XML = (b"\xff\xfe<\x00", b"\xfe\xff\x00<")


def read_file(data: bytes, *, encoding: str = "", bank: Bank | None = None) -> Bank:
    """Raises NotReadable, with the sentence why. `encoding` is one that a person chose for a text
    that does not say it."""
    bank = bank or Bank()
    if data.startswith(b"PK"):
        read_package(data, bank)
    elif _XML.match(data) or data.startswith(_WIDE_XML):
        read_document(data, bank)
    else:
        _read_text(data, encoding, bank)
    if not bank.found:
        raise NotReadable(_no_questions(bank))
    return bank


def _no_questions(bank: Bank) -> str:
    said = " ".join(bank.notes.all())
    return f"{_('We found no questions in this file.')} {said}".strip()


def _read_text(data: bytes, encoding: str, bank: Bank) -> None:
    if len(data) > MOST_TEXT_BYTES:
        raise NotReadable(_("This file is too large. Import it in parts."))
    found = readings(data)
    if not found:
        raise NotReadable(_("We can’t read this file. Choose one in GIFT, Moodle XML, QTI or CSV."))
    reading = next((one for one in found if one.encoding == encoding), found[0])
    bank.encoding, bank.is_guessed = reading.encoding, len(found) > 1
    text = reading.text.replace("\x00", "")  # which no database keeps
    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0].casefold()
    is_sheet = re.search(r"\bkind\b", first) and re.search(r"\bquestion\b", first)
    if not is_sheet and "{" not in text:
        raise NotReadable(_no_questions(Bank()))
    if is_sheet:
        read_sheet(text, bank)
    else:
        read_gift(text, bank)
