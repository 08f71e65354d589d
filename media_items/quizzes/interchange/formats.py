"""The formats in which questions leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.content import Content
from media_items.quizzes.interchange import (
    gift_writing,
    moodle_writing,
    qti1_writing,
    qti2_writing,
    sheet_writing,
)
from media_items.quizzes.interchange.narrowing import Carries

type Write = Callable[[Content, Mapping[str, bytes], str], bytes]


@dataclass(frozen=True)
class Format:
    """`write` takes what `narrowed` has left, the pictures by their public ids, and a title."""

    name: str
    label: str | Promise
    ending: str
    content_type: str
    carries: Carries
    write: Write


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            "moodle",
            _("Moodle XML"),
            "xml",
            "application/xml",
            moodle_writing.CARRIES,
            lambda content, pictures, _title: moodle_writing.write_moodle(content, pictures),
        ),
        Format(
            "canvas",
            _("QTI 1.2 package (Canvas and others)"),
            "zip",
            "application/zip",
            qti1_writing.CARRIES,
            qti1_writing.write_qti1,
        ),
        Format(
            "qti22",
            _("QTI 2.2 package"),
            "zip",
            "application/zip",
            qti2_writing.CARRIES_2,
            qti2_writing.write_qti2,
        ),
        Format(
            "qti3",
            _("QTI 3.0 package"),
            "zip",
            "application/zip",
            qti2_writing.CARRIES_3,
            qti2_writing.write_qti3,
        ),
        Format(
            "gift",
            _("GIFT (Moodle and others)"),
            "gift.txt",
            "text/plain; charset=utf-8",
            gift_writing.CARRIES,
            lambda content, _pictures, _title: gift_writing.write_gift(content).encode(),
        ),
        Format(
            "csv",
            _("Spreadsheet (CSV)"),
            "csv",
            "text/csv; charset=utf-8",
            sheet_writing.CARRIES,
            lambda content, _pictures, _title: sheet_writing.write_sheet(content).encode(),
        ),
    )
}
