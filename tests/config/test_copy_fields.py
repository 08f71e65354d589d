"""What is there to be copied is laid out as it is typed, in a page of any language."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from tests.reading import tags_of

ADDRESS = "https://media.example.edu/media/PicfxMknsuicBR93"


@pytest.mark.parametrize(
    ("more", "direction"),
    [({}, "ltr"), ({"rows": 4}, "ltr"), ({"rows": 5, "is_prose": True}, "auto")],
)
def test_addresses_and_code_read_from_left_to_right(more, direction):
    context = {"id": "one", "label": "Link", "value": ADDRESS, **more}
    with translation.override("he"):
        drawn = render_to_string("components/_copy_field.html", context)
    (field,) = [tag for tag in tags_of(HttpResponse(drawn)) if "id" in tag and tag["id"] == "one"]
    assert field["dir"] == direction
