"""Parts of a list that are drawn once: what comes out is what the template says."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product

import pytest
from django.utils import translation
from django.utils.safestring import mark_safe

from media_items import outlines
from media_items.catalogue.choices import Kind, State
from media_items.library.cards import GALLERY_CARD, OWN_CARD, Look, _Progress
from media_items.outlines import NotAnOutline, Outline
from media_items.processing.models import PreparationState


@pytest.fixture
def outline(settings, tmp_path):
    """`outline(text, *values)`: of a template that says so."""
    (templates,) = settings.TEMPLATES
    settings.TEMPLATES = [{**templates, "DIRS": [tmp_path, *templates["DIRS"]]}]

    def made(text: str, *values: str, numbers: Collection[str] = ()) -> Outline:
        (tmp_path / "part.html").write_text(text)
        return Outline("part.html", *values, numbers=numbers)

    return made


def test_values_are_put_where_the_template_writes_them(outline):
    part = outline("<b title='{{ a }}'>{{ b }} {{ a }} {x} 100%</b>", "a", "b")
    for a, b in [("1", 2), ("Zq7stands0n", "{0}"), ("{% a %}", "ä")]:
        assert part.drawn({}, a=a, b=b) == part.anew({}, a=a, b=b)


def test_a_value_is_escaped_unless_it_is_safe(outline):
    part = outline("<b>{{ a }}</b>", "a")
    assert part.drawn({}, a="<i>'&\"") == "<b>&lt;i&gt;&#x27;&amp;&quot;</b>"
    assert part.drawn({}, a=mark_safe("<i>")) == "<b><i></b>"


def test_a_number_stands_in_an_address_that_takes_digits_alone(outline):
    address = "{% url 'access:change_invitation_role' item pk %}"
    text = f"<a href='{address}' id='n-{{{{ pk }}}}'>{{{{ name }}}}</a>"
    part = outline(text, "item", "name", numbers=["pk"])
    item = "abcdefgh23456789"
    for pk, name in [(7, "x"), (2**63 - 1, "80426193028042619380426193"), (0, "{2}")]:
        values = {"item": item, "name": name, "pk": pk}
        assert part.drawn({}, **values) == part.anew({}, **values)


def test_the_template_decides_by_choices(outline):
    part = outline("{% if is_new %}{{ a }}{% else %}-{% endif %}", "a")
    assert [part.drawn({"is_new": new}, a=1) for new in (True, False, True)] == ["1", "-", "1"]
    assert len(part._kept) == 2


def test_each_language_has_its_own(outline):
    part = outline("{% load i18n %}{% translate 'Cancel' %} {{ a }}", "a")
    said = set()
    for language in ("en", "fr", "he"):
        with translation.override(language):
            said.add(part.drawn({}, a=1))
            assert part.drawn({}, a=2) == part.anew({}, a=2)
    assert len(said) == 3


@pytest.mark.parametrize(
    "text",
    [
        "{% if a %}x{% endif %}{{ a }}",
        "{% if a == 'x' %}x{% endif %}",
        "{{ a|default:'x' }}",
        "{{ a|upper }}",
        "{{ a|slice:':5' }}",
        "{{ a|yesno }}",
        "{{ a|length }}",
    ],
)
def test_a_template_that_does_more_with_a_value_is_refused(outline, text):
    part = outline(text, "a")
    for _again in range(2):
        with pytest.raises(NotAnOutline):
            part.drawn({}, a="x")


def test_a_value_that_is_missing_is_refused(outline):
    with pytest.raises(KeyError):
        outline("{{ a }}", "a").drawn({})


def test_no_more_are_kept_than_a_few(outline, monkeypatch):
    monkeypatch.setattr(outlines, "MOST_KEPT", 3)
    part = outline("{{ n }}{{ a }}", "a")
    for number in range(10):
        assert part.drawn({"n": number}, a="x") == f"{number}x"
        assert len(part._kept) <= 3


def test_what_is_edited_is_seen_while_debugging(outline, settings):
    settings.DEBUG = True
    part = outline("{{ a }}", "a")
    part.drawn({}, a=1)
    assert not part._kept


VALUES = {
    "public_id": "abcdefgh23456789",
    "title": '<Cells> & "division" {0} %s',
    "stamp": "p4",
    "length": "24:00",
    "owner": "Noa O'Neill",
    "day": mark_safe("<time>28 Nov 2026</time>"),
    "pk": 40_000,
    "next": "next=%2Fmedia%2F%3Fq%3Dcell",
    "gallery_id": "stuvwxyz23456789",
    "token": "k" * 64,
}
PROGRESS = [None, *(_Progress(state, 40) for state in PreparationState)]


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_each_card_is_what_its_template_says(language):
    looks = product(Kind, State, PROGRESS, (True, False), (True, False))
    with translation.override(language):
        for look in (Look(*one) for one in looks):
            for sort, is_shared in (("changed", True), ("", False)):
                choices = {"look": look, "show_owner": is_shared, "sort": sort}
                assert OWN_CARD.drawn(choices, **VALUES) == OWN_CARD.anew(choices, **VALUES)
            for may in (True, False):
                choices = {"look": look, "may_take_out": may}
                assert GALLERY_CARD.drawn(choices, **VALUES) == GALLERY_CARD.anew(choices, **VALUES)
