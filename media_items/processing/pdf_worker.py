"""The process that opens a PDF: PDFium is C code on hostile input, so it runs alone and confined.

Run by path with `python -I`, never imported by the site. Writes to standard output: for `count` one
JSON line {"pages": n, "xfa": …, "attachments": n}; for `render` a JSON line per page followed by
exactly `size` bytes of WebP. A page is `bare` when PDFium found nothing on it (what it cannot
decode it passes over in silence), and `empty` when it found what is to be seen and drew nothing.
A failure is one JSON line {"problem": "password" | "damaged"}.
"""

from __future__ import annotations

import ctypes
import io
import json
import math
import sys

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageOps

MOST_PIXELS = 6_000_000  # in one rendered page: 24 MB while it is drawn
LONGEST_SIDE = 8000
MOST_TEXT = 100_000  # characters of one page
SENSIBLE_POINTS = 20_000  # the format's own limit is 14,400
WHITE = 255
SEEN = [pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_IMAGE]
HIDDEN = {pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP}


def say(message: dict[str, object], data: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


def sensible(points: float) -> float:
    return min(max(points, 1.0), SENSIBLE_POINTS) if math.isfinite(points) else 1.0


def scale_for(width: float, height: float, wanted: int) -> float:
    """The scale to `wanted` pixels across, less where the page's shape would need too many."""
    width, height = sensible(width), sensible(height)
    return min(
        wanted / width,
        math.sqrt(MOST_PIXELS / (width * height)),
        LONGEST_SIDE / max(width, height),
    )


def text_of(page: pdfium.PdfPage) -> str:
    try:
        textpage = page.get_textpage()
        count = min(textpage.count_chars(), MOST_TEXT)
        text = textpage.get_text_range(0, count) if count > 0 else ""
    except pdfium.PdfiumError:
        return ""
    # A database refuses NUL; PDFium marks a hyphen at a line's end with U+FFFE or U+0002.
    return text.replace("\x00", "").replace("\ufffe", "").replace("\x02", "").replace("\r\n", "\n")


def is_bare(page: pdfium.PdfPage) -> bool:
    return not pdfium_c.FPDFPage_CountObjects(page)


def is_empty(page: pdfium.PdfPage, picture: Image.Image) -> bool:
    """Paper that is white all over, with letters on it or with a picture that cannot be decoded."""
    if ImageOps.invert(picture).getbbox():
        return False
    try:
        objects = page.get_objects(SEEN, textpage=page.get_textpage())
        return any(is_to_be_seen(one) or is_undecoded(one) for one in objects)
    except (pdfium.PdfiumError, MemoryError):
        return False


def is_to_be_seen(one: pdfium.PdfObject) -> bool:
    """Letters, not white, nor hidden as those of a scanned page are."""
    if not isinstance(one, pdfium.PdfTextObj) or not one.extract().strip():
        return False
    if pdfium_c.FPDFTextObj_GetTextRenderMode(one) in HIDDEN:
        return False
    colour = [ctypes.c_uint() for _ in "rgba"]
    if not pdfium_c.FPDFPageObj_GetFillColor(one, *colour):
        return True
    *rgb, opacity = (part.value for part in colour)
    return opacity > 0 and min(rgb) < WHITE


def is_undecoded(one: pdfium.PdfObject) -> bool:
    if one.type != pdfium_c.FPDF_PAGEOBJ_IMAGE:
        return False
    bitmap = pdfium_c.FPDFImageObj_GetBitmap(one)
    if bitmap:
        pdfium_c.FPDFBitmap_Destroy(bitmap)
    return not bitmap


def render(document: pdfium.PdfDocument, number: int, wanted: int) -> None:
    page = document[number - 1]
    width, height = page.get_size()
    if not (0 < width <= SENSIBLE_POINTS and 0 < height <= SENSIBLE_POINTS):
        say({"number": number, "problem": "page"})
        return
    bitmap = page.render(scale=scale_for(width, height, wanted))
    picture = bitmap.to_pil().convert("RGB")
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82, method=2)
    data = out.getvalue()
    say(
        {
            "number": number,
            "width": picture.width,
            "height": picture.height,
            "text": text_of(page),
            "bare": is_bare(page),
            "empty": is_empty(page, picture),
            "size": len(data),
        },
        data,
    )
    page.close()


def main(mode: str, path: str, first: int, last: int, wanted: int) -> None:
    try:
        document = pdfium.PdfDocument(path)
        pages = len(document)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD
        say({"problem": "password" if locked else "damaged"})
        return
    if mode == "count":
        if pages:
            document[0].close()  # a page tree that only claims pages fails here
        xfa = document.get_formtype() in {
            pdfium_c.FORMTYPE_XFA_FULL,
            pdfium_c.FORMTYPE_XFA_FOREGROUND,
        }
        say({"pages": pages, "xfa": xfa, "attachments": document.count_attachments()})
        return
    document.init_forms()  # so that filled-in forms show what was filled in
    for number in range(first, min(pages, last) + 1):
        try:
            render(document, number, wanted)
        except (pdfium.PdfiumError, MemoryError, ValueError, OSError):
            say({"number": number, "problem": "page"})


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], *(int(value) for value in sys.argv[3:6]))
    except (pdfium.PdfiumError, MemoryError):
        say({"problem": "damaged"})
