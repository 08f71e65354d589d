import contextlib
import io
import itertools
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from media_items.processing import documents
from media_items.processing.documents import page_count, render_pages
from media_items.processing.errors import PreparationError
from tests.media_samples import PAGES, samples

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
    assert pages[1].text == "Page 2 could not be drawn."
    picture = Image.open(io.BytesIO(pages[1].webp))
    assert picture.size == (pages[1].width, pages[1].height)
    assert picture.convert("L").getextrema()[0] < 150  # words stand on it
    assert all(page.width * page.height <= 6_100_000 for page in pages)
    assert all(max(page.width, page.height) <= 8000 for page in pages)


@pytest.mark.parametrize(
    ("name", "drawn", "empty"),
    [
        ("pdf", [1, 2, 3], []),
        ("pdf_with_a_lost_page", [1, 3], []),
        ("pdf_with_a_damaged_page", [1, 2, 3], [2]),
    ],
)
def test_pages_that_the_renderer_really_fails_at(name, drawn, empty):
    pages = list(render_pages(getattr(samples(), name)))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.number for page in pages if page.is_drawn] == drawn
    assert [page.number for page in pages if page.is_empty] == empty


def test_a_document_that_another_program_lost_a_page_of_is_whole_here():
    """Nothing is wrong with it: each page decodes, and PDFium draws all four."""
    pages = list(render_pages(CASES / "one-bad.pdf"))
    assert [page.text for page in pages] == [f"Page {number}" for number in (1, 2, 3, 4)]
    assert all(page.is_drawn and not page.is_empty for page in pages)


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
    [("encrypted_pdf", "asks for a password"), ("broken_pdf", "damaged"), ("png", "damaged")],
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
