"""Numbers in pages are written as the reader's language writes them."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from media_items.templatetags.shown_numbers import percent
from tests.media_items.playback.conftest import playback  # noqa: F401 - a fixture


@pytest.mark.parametrize(
    ("language", "written"), [("en", "67%"), ("fr", "67\N{NARROW NO-BREAK SPACE}%"), ("he", "67%")]
)
def test_a_percentage(language, written):
    with override(language):
        assert percent(67) == written


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "written"), [("en", "1.75×"), ("fr", "1,75×"), ("he", "1.75×")]
)
def test_speeds_of_the_player(owner, client_of, item, playback, language, written):  # noqa: F811
    page = client_of(owner).get(item.get_absolute_url(), headers={"accept-language": language})
    button = re.compile(r'data-rate="([\d.]+)">(.*?)</button>', re.DOTALL)
    rates = {rate: re.sub(r"<.*?>", "", words).strip() for rate, words in button.findall(page.text)}
    assert rates["1.75"] == written
    assert len(rates) == 7
