"""What a printer gets, by Chromium's own print to PDF."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image

from media_items.catalogue.models import Kind
from media_items.processing.models import Purpose
from tests import factories
from tests.media_items.playback.conftest import store

PAGES = 3
ALL_PICTURES = """() => Promise.all([...document.images].map((one) => {
  one.loading = "eager";
  return one.decode();
}))"""


@pytest.mark.parametrize("size", [(1240, 1754), (1600, 900)], ids=["upright", "slides"])
def test_a_document_prints_one_sheet_a_page(open_page, size):
    item = factories.MediaItemFactory(kind=Kind.DOCUMENT, description="Words. " * 400)
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, "WEBP")
    for number in range(1, PAGES + 1):
        more = {"number": number, "width": size[0], "height": size[1], "text": "Words " * 200}
        store(item, Purpose.PAGE, drawn.getvalue(), **more)
    page = open_page(user=item.owner)
    page.goto(item.get_absolute_url())
    page.evaluate(ALL_PICTURES)  # a printer waits for them; Chromium's print to PDF may not
    for paper in ("A4", "Letter"):
        sheets = pypdfium2.PdfDocument(page.pdf(format=paper, print_background=True))
        assert len(sheets) == PAGES
        for sheet in sheets:  # the page is on it, and fills its width or height
            grey = sheet.render(scale=0.25).to_pil().convert("L")
            shown = grey.point([255] * 200 + [0] * 56)
            left, top, right, bottom = shown.getbbox()
            fills = max((right - left) / shown.width, (bottom - top) / shown.height)
            assert fills > 0.85
