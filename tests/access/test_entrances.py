"""What `access` adds to the pages of media items can be drawn, at places that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from access.entrances import IN_SESSIONS, ON_GALLERIES, ON_ITEMS
from media_items.entrances import Place, registered

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "media_items"


def test_what_access_adds_is_registered():
    assert {*ON_ITEMS, *IN_SESSIONS, *ON_GALLERIES} <= set(registered())


@pytest.mark.parametrize("template", sorted({one.template for one in registered()}))
def test_the_template_of_an_entrance_exists(template):
    get_template(template)


def test_every_place_is_drawn_by_a_template():
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    assert set(re.findall(r"{% entrances \"(\w+)\"", text)) == {place.value for place in Place}
