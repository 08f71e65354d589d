"""A certificate as a PDF: one page of A4, in the reader's language, with names of many scripts.

DejaVu Sans lies beside this module: Latin, Greek, Cyrillic, Hebrew, Arabic and more. Chinese,
Japanese and Korean are drawn with the fonts that every PDF reader has for them. ReportLab draws
characters as they come, so lines that run right to left are put into their visual order here.

No letter becomes an empty box. A name, a title or a host with one that none of these fonts has
(Devanagari, Thai, …) is drawn with a font of this machine (`certificate_letters`). Where there is
none the page says that it stands at the address below, where every browser writes it. Signs that
are no letters, such as emoji, are left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
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
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from media_items.moments import written
from media_items.quizzes.grading.certificate_letters import (
    JOINERS,
    DrawnWords,
    FontFile,
    drawn_words,
)
from media_items.quizzes.grading.certificate_words import share_words, words_of
from media_items.quizzes.models import Certificate

_FONTS = Path(__file__).parent / "fonts"
_PLAIN, _BOLD = "Foyer", "Foyer-Bold"
_FILES = {_PLAIN: _FONTS / "DejaVuSans.ttf", _BOLD: _FONTS / "DejaVuSans-Bold.ttf"}
# Of each, the characters that it has: from, to.
_CID = {
    "HeiseiKakuGo-W5": ((0x3041, 0x3094), (0x309B, 0x309E), (0x30A1, 0x30FE)),
    "HYGothic-Medium": ((0x3131, 0x318E), (0xAC00, 0xD7A3)),
    "STSong-Light": ((0x3000, 0x3029), (0x3400, 0x4DB5), (0x4E00, 0x9FA5)),
}
_INK, _SOFT, _ACCENT = HexColor("#10201f"), HexColor("#4a5a58"), HexColor("#0f6b66")
_WIDTH, _HEIGHT = landscape(A4)
_MIDDLE, _MARGIN, _QR = _WIDTH / 2, 56, 84


def written_file(certificate: Certificate, *, address: str, tells_score: bool = True) -> bytes:
    """`address` is where anybody checks it; it stands on the page, also as a QR code."""
    _fonts()
    file = BytesIO()
    canvas = Canvas(file, pagesize=(_WIDTH, _HEIGHT), invariant=True)
    canvas.setTitle(f"{_('Certificate')}: {certificate.title}")
    canvas.setAuthor(certificate.host)
    canvas.setSubject(certificate.name)
    canvas.setStrokeColor(_ACCENT)
    canvas.setLineWidth(2)
    canvas.roundRect(28, 28, _WIDTH - 56, _HEIGHT - 56, 12)
    _words(canvas, certificate, tells_score=tells_score)
    _foot(canvas, certificate, address)
    canvas.save()
    return file.getvalue()


def _words(canvas: Canvas, certificate: Certificate, *, tells_score: bool) -> None:
    day, share = written(certificate.passed_at, "day"), share_words(certificate.percent)
    score = _("with %(share)s of the points") % {"share": share} if tells_score else ""
    name, name_size = certificate.name, 30
    if not can_be_shown(name, _BOLD):
        name, name_size = _("the person whose name is shown at the link below"), 20
    title, title_size = certificate.title, 24
    if not can_be_shown(title, _BOLD):
        title, title_size = _("whose title is shown at the link below"), 18
    host = certificate.host if can_be_shown(certificate.host, _PLAIN) else ""
    lines = [
        (_("Certificate"), _BOLD, 34, _ACCENT, 474),
        (_("This is to certify that"), _PLAIN, 14, _SOFT, 424),
        (name, _BOLD, name_size, _INK, 380),
        (words_of(certificate.certainty), _PLAIN, 11, _SOFT, 356),
        (_("has passed the quiz"), _PLAIN, 14, _SOFT, 316),
        (title, _BOLD, title_size, _INK, 278),
        (score, _PLAIN, 14, _INK, 238),
        (day, _PLAIN, 14, _INK, 212 if score else 238),
        (host, _PLAIN, 14, _INK, 176),
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
    if text and not can_be_drawn(text) and (drawn := _of_this_machine(text, font, size, ink)):
        part = min(1, most / drawn.width)
        canvas.drawImage(
            ImageReader(drawn.picture),
            _MIDDLE - part * drawn.width / 2,
            height - part * drawn.below,
            width=part * drawn.width,
            height=part * drawn.height,
            mask="auto",
        )
        return
    while True:
        runs = _runs(_visual(shown), font)
        if _width(runs, size) <= most:
            break
        if size > 12:
            size -= 1
        else:
            shown = f"{shown.rstrip('…')[:-4]}…"
    _draw(canvas, runs, size, ink, _MIDDLE - _width(runs, size) / 2, height)


def can_be_drawn(text: str) -> bool:
    """Whether a font has each of its letters, and there are any."""
    _fonts()
    drawn = _visual(text)
    return bool(drawn) and all(_font_of(one, _PLAIN) for one in drawn)


def can_be_shown(text: str, font: str) -> bool:
    """Also with the fonts of this machine."""
    return can_be_drawn(text) or _of_this_machine(text, font, 12, _INK) is not None


def _of_this_machine(text: str, font: str, size: float, ink: HexColor) -> DrawnWords | None:
    return drawn_words(
        _plain(text, keep=JOINERS),
        size=size,
        ink=(round(255 * ink.red), round(255 * ink.green), round(255 * ink.blue)),
        has=lambda character: ord(character) in pdfmetrics.getFont(_PLAIN).face.charToGlyph,
        own=FontFile(str(_FILES[font]), 0),
        is_bold=font == _BOLD,
    )


def _plain(text: str, *, keep: Collection[str] = ()) -> str:
    """In one line and composed, with compatible letters for those that no font has, and without
    signs that none has and what is never seen, but for what is to be kept."""
    made = []
    for one in unicodedata.normalize("NFC", " ".join(text.split())):
        if _font_of(one, _PLAIN) or one in keep:
            made.append(one)
            continue
        other = unicodedata.normalize("NFKC", one)
        if all(_font_of(part, _PLAIN) for part in other):
            made.append(other)
        elif not _is_sign(one):
            made.append(one)
    return " ".join("".join(made).split())


def _is_sign(character: str) -> bool:
    """No letter, mark or figure; and what only changes how a sign looks."""
    is_variation = 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
    return is_variation or unicodedata.category(character)[0] in "SC"


def _visual(text: str) -> str:
    """As drawn from left to right."""
    return str(get_display(arabic_reshaper.reshape(_plain(text))))


def _runs(text: str, font: str) -> list[tuple[str, str]]:
    """Font and text, piece by piece."""
    runs: list[tuple[str, str]] = []
    for character in text:
        name = _font_of(character, font) or font
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + character)
        else:
            runs.append((name, character))
    return runs


def _font_of(character: str, font: str) -> str:
    """Empty where none has it. What Bold lacks is drawn plain."""
    code = ord(character)
    for name in (font, _PLAIN):
        if code in pdfmetrics.getFont(name).face.charToGlyph:
            return name
    for name, ranges in _CID.items():
        if any(first <= code <= last for first, last in ranges):
            return name
    return ""


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
    for name, path in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, path))
    for name in _CID:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
