import contextlib
import io
import itertools
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from media_items.processing import documents
from media_items.processing.documents import lost_among, page_count, render_pages
from media_items.processing.errors import PreparationError
from tests.media_samples import PAGES, pdf_by_hand, pdf_page, pdf_stream, samples

CASES = Path(__file__).parents[2] / "cases" / "documents"


def test_pages_are_counted():
    assert page_count(samples().pdf) == 3


def test_each_page_comes_as_a_picture_with_its_words():
    pages = list(render_pages(samples().pdf))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.text.strip() for page in pages] == PAGES
    for page in pages:
        picture = Image.open(io.BytesIO(page.webp))
        assert (picture.format, picture.size) == ("WEBP", (page.width, page.height))
        assert page.width == pytest.approx(1400, abs=2)


def test_no_more_pages_are_drawn_than_the_site_allows(settings):
    settings.DOCUMENT_MAX_PAGES = 2
    assert len(list(render_pages(samples().pdf))) == 2


def test_a_reader_may_stop_early():
    pages = render_pages(samples().pdf)
    assert next(pages).number == 1
    pages.close()


def test_a_page_that_cannot_be_drawn_stands_in_its_place_and_says_so():
    pages = list(render_pages(samples().pdf_with_huge_page))
    assert [(page.number, page.is_drawn) for page in pages] == [(1, True), (2, False), (3, True)]
    assert pages[1].text == "Page 2 could not be shown."
    picture = Image.open(io.BytesIO(pages[1].webp))
    assert picture.size == (pages[1].width, pages[1].height)
    assert picture.convert("L").getextrema()[0] < 150  # words stand on it
    assert all(page.width * page.height <= 6_100_000 for page in pages)
    assert all(max(page.width, page.height) <= 8000 for page in pages)


def test_a_page_that_is_lost_is_not_drawn():
    pages = list(render_pages(samples().pdf_with_a_lost_page))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.number for page in pages if page.is_drawn] == [1, 3]


def came_out_empty(path):
    """The numbers that their owner is told."""
    pages = list(render_pages(path))
    assert all(page.is_drawn for page in pages)
    bare = [page.number for page in pages if page.is_bare]
    empty = [page.number for page in pages if page.is_empty]
    return sorted([*empty, *lost_among(path, bare, pages=len(pages))])


CONTENT = pdf_page(b"/Contents 7 0 R")
PACKED = b"/Filter /FlateDecode"
PICTURE = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray"
SHOWS_PICTURE = b"q 595 0 0 842 0 0 cm /X1 Do Q"
LETTERS = b"q 1 0 0 1 72 700 cm " * 40 + b"BT /F1 24 Tf (Words) Tj ET"


@pytest.mark.parametrize(
    "second",
    [
        pytest.param([pdf_page(b"")], id="no content"),
        pytest.param([CONTENT, pdf_stream(b"")], id="empty content"),
        pytest.param([CONTENT, pdf_stream(zlib.compress(b""), PACKED)], id="nothing, packed"),
        pytest.param(
            [CONTENT, pdf_stream(b"0.1 w q 0 0.028 595 841 re W* n Q")],
            id="it only clips",
        ),
        pytest.param([CONTENT, pdf_stream(b"BT /F1 11 Tf [()] TJ ET")], id="no letters"),
        pytest.param([CONTENT, pdf_stream(b"BT /F1 11 Tf [( )] TJ ET")], id="a space"),
        pytest.param([CONTENT, pdf_stream(b"1 g 0 0 595 842 re f")], id="painted white"),
        pytest.param(
            [CONTENT, pdf_stream(b"1 g BT /F1 24 Tf 72 700 Td (Words) Tj ET")], id="white letters"
        ),
        pytest.param(
            [
                CONTENT,
                pdf_stream(SHOWS_PICTURE + b" BT 3 Tr /F1 24 Tf 72 700 Td (read by OCR) Tj ET"),
                pdf_stream(b"\xff", PICTURE + b" /BitsPerComponent 8"),
            ],
            id="the scan of an empty page",
        ),
    ],
)
def test_of_a_page_that_is_blank_on_purpose_nothing_is_told(tmp_path, second):
    assert came_out_empty(pdf_by_hand(tmp_path / "blank.pdf", *second)) == []


@pytest.mark.parametrize(
    "second",
    [
        pytest.param([CONTENT, pdf_stream(b"\x00" * 50, PACKED)], id="cannot be unpacked"),
        pytest.param(
            [CONTENT, pdf_stream(zlib.compress(LETTERS)[:20], PACKED)], id="breaks off in its head"
        ),
        pytest.param([CONTENT, pdf_stream(b"/X9 Do")], id="a picture that is not there"),
        pytest.param(
            [
                CONTENT,
                pdf_stream(SHOWS_PICTURE),
                pdf_stream(b"no picture", PICTURE + b" /BitsPerComponent 8 /Filter /DCTDecode"),
            ],
            id="a picture that cannot be decoded",
        ),
    ],
)
def test_a_page_that_lost_what_it_is_to_show_is_told(tmp_path, second):
    assert came_out_empty(pdf_by_hand(tmp_path / "lost.pdf", *second)) == [2]


def test_of_a_document_that_is_counted_otherwise_no_page_is_told():
    """Its second page may be another."""
    assert lost_among(samples().pdf_with_a_damaged_page, [2], pages=3) == [2]
    assert lost_among(samples().pdf_with_a_damaged_page, [2], pages=4) == []
    assert lost_among(samples().wav, [1], pages=1) == []


def test_a_document_that_another_program_lost_a_page_of_is_whole_here():
    """Nothing is wrong with it: each page decodes, and PDFium draws all four."""
    pages = list(render_pages(CASES / "one-bad.pdf"))
    assert [page.text for page in pages] == [f"Page {number}" for number in (1, 2, 3, 4)]
    assert all(page.is_drawn and not page.is_empty and not page.is_bare for page in pages)


def test_a_document_has_an_overall_bound(settings, monkeypatch):
    """60 s for each of 1,000 pages would hold everybody else's for hours."""
    clock = itertools.count(step=25.0)
    monkeypatch.setattr(documents, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    settings.DOCUMENT_TIMEOUT_MINUTES = 1
    shown = []
    with pytest.raises(PreparationError, match="too long"):
        shown.extend(render_pages(samples().pdf))


def test_the_look_while_a_person_waits_is_short_and_leaves_a_slow_file_to_the_worker(monkeypatch):
    monkeypatch.setattr(documents, "_SECONDS_TO_LOOK", 0.001)
    documents.refuse_unreadable(samples().encrypted_pdf)


@pytest.mark.parametrize(("name", "problem"), [("encrypted_pdf", "password"), ("png", "damaged")])
def test_the_look_refuses_what_it_sees(name, problem):
    with pytest.raises(PreparationError, match=problem):
        documents.refuse_unreadable(getattr(samples(), name))


@pytest.mark.parametrize(
    ("name", "problem"),
    [("encrypted_pdf", "protected with a password"), ("broken_pdf", "damaged"), ("png", "damaged")],
)
def test_a_pdf_that_cannot_be_opened_is_refused_with_a_reason(name, problem):
    with pytest.raises(PreparationError, match=problem):
        page_count(getattr(samples(), name))
    with pytest.raises(PreparationError, match=problem):
        next(render_pages(getattr(samples(), name)))


def test_a_pdf_cut_short_does_not_break_us(tmp_path):
    whole = samples().pdf.read_bytes()
    path = tmp_path / "half.pdf"
    path.write_bytes(whole[: len(whole) // 2])
    with contextlib.suppress(PreparationError):
        assert len(list(render_pages(path))) <= 3
