"""A certificate as a PDF: one page of A4, in the reader's language, with names of many scripts.

DejaVu Sans lies beside this module: Latin, Greek, Cyrillic, Hebrew, Arabic and more. Chinese,
Japanese and Korean are drawn with the fonts that every PDF reader has for them. ReportLab draws
characters as they come, so lines that run right to left are put into their visual order here.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

import arabic_reshaper
import segno
from bidi.algorithm import get_display
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from media_items.moments import written
from media_items.quizzes.grading.certificate_words import share_words, words_of
from media_items.quizzes.models import Certificate

_FONTS = Path(__file__).parent / "fonts"
_PLAIN, _BOLD = "Foyer", "Foyer-Bold"
# Of each, the characters that it has: from, to.
_CID = {
    "HeiseiKakuGo-W5": ((0x3040, 0x30FF),),
    "HYGothic-Medium": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3)),
    "STSong-Light": ((0x3000, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)),
}
_INK, _SOFT, _ACCENT = HexColor("#10201f"), HexColor("#4a5a58"), HexColor("#0f6b66")
_WIDTH, _HEIGHT = landscape(A4)
_MIDDLE, _MARGIN, _QR = _WIDTH / 2, 56, 84


def written_file(certificate: Certificate, *, address: str) -> bytes:
    """`address` is where anybody checks it; it stands on the page, also as a QR code."""
    _fonts()
    file = BytesIO()
    canvas = Canvas(file, pagesize=(_WIDTH, _HEIGHT), invariant=True)
    canvas.setTitle(f"{_('Certificate')}: {certificate.title}")
    canvas.setAuthor(certificate.host)
    canvas.setStrokeColor(_ACCENT)
    canvas.setLineWidth(2)
    canvas.roundRect(28, 28, _WIDTH - 56, _HEIGHT - 56, 12)
    _words(canvas, certificate)
    _foot(canvas, certificate, address)
    canvas.save()
    return file.getvalue()


def _words(canvas: Canvas, certificate: Certificate) -> None:
    day, share = written(certificate.passed_at, "day"), share_words(certificate.percent)
    lines = [
        (_("Certificate"), _BOLD, 34, _ACCENT, 474),
        (_("This is to certify that"), _PLAIN, 14, _SOFT, 424),
        (certificate.name, _BOLD, 30, _INK, 380),
        (words_of(certificate.certainty), _PLAIN, 11, _SOFT, 356),
        (_("has passed the quiz"), _PLAIN, 14, _SOFT, 316),
        (certificate.title, _BOLD, 24, _INK, 278),
        (
            _("with %(share)s of the points") % {"share": share},
            _PLAIN,
            14,
            _INK,
            238,
        ),
        (day, _PLAIN, 14, _INK, 212),
        (certificate.host, _PLAIN, 14, _INK, 176),
    ]
    for text, font, size, ink, height in lines:
        _centred(canvas, text, font, size, ink, height)


def _foot(canvas: Canvas, certificate: Certificate, address: str) -> None:
    is_rtl = get_language_bidi()
    left = _MARGIN if is_rtl else _WIDTH - _MARGIN - _QR
    _draw_qr(canvas, address, left, 52)
    lines = [
        (_("Number: %(number)s") % {"number": certificate.number}, 10),
        (_("Anybody can check this certificate here:"), 10),
        (address, 10),
    ]
    for place, (text, size) in enumerate(lines):
        height = 92 - 16 * place
        runs = _runs(_visual(text), _PLAIN)
        start = _WIDTH - _MARGIN - _width(runs, size) if is_rtl else _MARGIN
        _draw(canvas, runs, size, _SOFT, start, height)


def _centred(
    canvas: Canvas, text: str, font: str, size: float, ink: HexColor, height: float
) -> None:
    """Smaller where it is too long for its line, and cut where it is far too long."""
    most, shown = _WIDTH - 2 * _MARGIN - 40, text
    while True:
        runs = _runs(_visual(shown), font)
        if _width(runs, size) <= most:
            break
        if size > 12:
            size -= 1
        else:
            shown = f"{shown.rstrip('…')[:-4]}…"
    _draw(canvas, runs, size, ink, _MIDDLE - _width(runs, size) / 2, height)


def _visual(text: str) -> str:
    """As drawn from left to right."""
    plain = " ".join(text.split())
    return str(get_display(arabic_reshaper.reshape(plain)))


def _runs(text: str, font: str) -> list[tuple[str, str]]:
    """Font and text, piece by piece."""
    runs: list[tuple[str, str]] = []
    for character in text:
        name = _font_of(character, font)
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + character)
        else:
            runs.append((name, character))
    return runs


def _font_of(character: str, font: str) -> str:
    code = ord(character)
    if code in pdfmetrics.getFont(font).face.charToGlyph:
        return font
    for name, ranges in _CID.items():
        if any(first <= code <= last for first, last in ranges):
            return name
    return font


def _width(runs: list[tuple[str, str]], size: float) -> float:
    return sum(pdfmetrics.stringWidth(text, font, size) for font, text in runs)


def _draw(
    canvas: Canvas,
    runs: list[tuple[str, str]],
    size: float,
    ink: HexColor,
    left: float,
    height: float,
) -> None:
    canvas.setFillColor(ink)
    for font, text in runs:
        canvas.setFont(font, size)
        canvas.drawString(left, height, text)
        left += pdfmetrics.stringWidth(text, font, size)


def _draw_qr(canvas: Canvas, address: str, left: float, bottom: float) -> None:
    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
    step = _QR / len(rows)
    canvas.setFillColor(_INK)
    for y, row in enumerate(reversed(rows)):
        for x, is_dark in enumerate(row):
            if is_dark:
                canvas.rect(left + x * step, bottom + y * step, step, step, stroke=0, fill=1)


@cache
def _fonts() -> None:
    """Once per process."""
    pdfmetrics.registerFont(TTFont(_PLAIN, _FONTS / "DejaVuSans.ttf"))
    pdfmetrics.registerFont(TTFont(_BOLD, _FONTS / "DejaVuSans-Bold.ttf"))
    for name in _CID:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
