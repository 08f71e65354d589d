import contextlib
import io

import pytest
from PIL import Image

from media_items.processing.documents import page_count, render_pages
from media_items.processing.errors import PreparationError
from tests.media_samples import PAGES, samples


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


def test_pages_of_absurd_size_stay_bounded_or_are_left_out():
    pages = list(render_pages(samples().pdf_with_huge_page))
    assert [page.number for page in pages] == [1, 3]
    assert all(page.width * page.height <= 6_100_000 for page in pages)
    assert all(max(page.width, page.height) <= 8000 for page in pages)


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
