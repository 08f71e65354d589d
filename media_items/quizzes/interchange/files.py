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


def read_file(data: bytes) -> Bank:
    """Raises NotReadable, with the sentence why."""
    if data.startswith(b"PK"):
        bank = read_package(data)
    elif _XML.match(data) or data.startswith(_WIDE_XML):
        bank = read_document(data)
    else:
        bank = _read_text(data)
    if not bank.found:
        raise NotReadable(_no_questions(bank))
    return bank


def _no_questions(bank: Bank) -> str:
    said = " ".join(bank.notes.all())
    return f"{_('We found no questions in this file.')} {said}".strip()


def _read_text(data: bytes) -> Bank:
    if len(data) > MOST_TEXT_BYTES:
        raise NotReadable(_("This file is too large. Import it in parts."))
    found = readings(data)
    if not found:
        raise NotReadable(_("We can’t read this file. Choose one in GIFT, Moodle XML, QTI or CSV."))
    text = found[0].text
    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0].casefold()
    is_sheet = re.search(r"\bkind\b", first) and re.search(r"\bquestion\b", first)
    if not is_sheet and "{" not in text:
        raise NotReadable(_no_questions(Bank()))
    bank = read_sheet(text) if is_sheet else read_gift(text)
    if not found[0].certain:
        bank.notes.add(
            _(
                "We read this file as %(encoding)s. If words look wrong below, "
                "save the file as UTF-8 and upload it again."
            )
            % {"encoding": found[0].label}
        )
    return bank
