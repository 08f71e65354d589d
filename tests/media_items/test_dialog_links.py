"""Links that open a dialog say so in one way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def draw(tag: str, **context: object) -> str:
    return engines["django"].from_string("{% load dialogs %}" + tag).render(context)


def test_a_dialog_link_is_a_real_link_that_htmx_opens_in_the_dialog():
    drawn = draw("{% dialog_link url %}", url="/a/?b=1&c")
    assert drawn == (
        'href="/a/?b=1&amp;c" hx-get="/a/?b=1&amp;c" hx-target="#dialog-body" data-dialog'
    )


def test_the_page_knows_where_to_go_back_to_and_the_dialog_need_not():
    drawn = draw("{% dialog_link '/a/' back_to=back %}", back="/media/?q=1")
    assert 'href="/a/?next=%2Fmedia%2F%3Fq%3D1" hx-get="/a/" ' in drawn


@pytest.mark.parametrize(
    "tag", ["{% dialog_link '/a/'|with_next:back %}", "{% dialog_link '/a/' carry=carry %}"]
)
def test_both_may_know(tag):
    drawn = draw(tag, back="/media/", carry="?next=%2Fmedia%2F")
    assert 'href="/a/?next=%2Fmedia%2F" hx-get="/a/?next=%2Fmedia%2F" ' in drawn


def test_no_template_writes_a_dialog_link_by_hand():
    found = [
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if re.search(r"\bdata-dialog\b", path.read_text(encoding="utf-8"))
    ]
    assert found == []
