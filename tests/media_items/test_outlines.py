"""Parts of a list that are drawn once: what comes out is what the template says."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time
from decimal import Decimal
from itertools import product

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from access.entrances import ON_ITEMS
from access.templatetags.doors import JOIN_DOOR
from access.templatetags.here_as import GUEST_BAR, INVITEE_BAR
from config.templatetags.site import FOOTER, HOST_HEADER
from media_items import outlines
from media_items.abilities import Ability
from media_items.catalogue.choices import Kind, State
from media_items.entrances import ItemLook
from media_items.library.cards import GALLERY_CARD, OWN_CARD, Look, _Progress
from media_items.library.lists import FIND_FORM, FindMedia, Sort
from media_items.outlines import NotAnOutline, Outline
from media_items.processing.models import PreparationState
from media_items.templatetags.entrances import ITEM_ACTIONS
from media_items.templatetags.players import (
    CAPTION_ENTRY,
    DOCUMENT_PAGE,
    PLAYERS,
    TRACK,
    file_addresses,
)


@pytest.fixture
def outline(settings, tmp_path):
    """`outline(text, *values)`: of a template that says so."""
    (templates,) = settings.TEMPLATES
    settings.TEMPLATES = [{**templates, "DIRS": [tmp_path, *templates["DIRS"]]}]

    def made(text: str, *values: str, **kinds: Collection[str]) -> Outline:
        (tmp_path / "part.html").write_text(text)
        return Outline("part.html", *values, **kinds)

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
    part = outline(text, "item", "name", "pk", in_addresses=["item"], numbers=["pk"])
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
        "{% if a is None %}-{% endif %}{{ a }}",
        "{{ a|default_if_none:'-' }}",
        "{{ a|add:'1' }}",
        "{{ a|urlencode }}",
        "{{ a|escapejs }}",
        "{{ a|linebreaksbr }}",
        "{{ a|safe }}",
        "{{ a|urlize }}",
        "{{ a|striptags }}",
        "{{ a|truncatewords:8 }}",
        "{{ a|truncatechars:80 }}",
        "{{ a|cut:'q' }}",
        "{{ a|wordcount }}",
        "{{ a|title }}",
        "{{ a|capfirst }}",
        "{{ a|ljust:5 }}",
        "{% autoescape off %}{{ a }}{% endautoescape %}",
        "{% url 'media_items:media_item' a %}",
        "{% url 'media_items:media_item' a as there %}{{ there }}",
        "{% with b=a|title %}{{ b }}{% endwith %}",
        "{% load i18n %}{% blocktranslate with b=a|title %}{{ b }}{% endblocktranslate %}",
        "{{ a.split.0 }}",
        "{{ a.title }}",
    ],
)
def test_a_template_that_does_more_with_a_value_is_refused(outline, text):
    part = outline(text, "a")
    for _again in range(2):
        with pytest.raises(NotAnOutline):
            part.drawn({}, a="x")


def test_an_address_has_only_what_is_said_to_be_in_addresses(settings, outline):
    text = "{% url 'media_items:media_item' a %} {{ b }}"
    outline(text, "a", "b")
    part = Outline("part.html", "a", "b", in_addresses=["a"])
    assert part.drawn({}, a="x-1", b="é/") == part.anew({}, a="x-1", b="é/")


@pytest.mark.parametrize("value", [1.5, Decimal("1.5"), date(2026, 11, 30), time(9, 30)])
def test_a_value_that_a_language_writes_in_its_way_is_refused(outline, value):
    with pytest.raises(NotAnOutline):
        outline("{{ a }}", "a").drawn({}, a=value)


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
            for yes in (True, False):
                choices = {"look": look, "show_owner": yes, "is_by_change": yes}
                assert OWN_CARD.drawn(choices, **VALUES) == OWN_CARD.anew(choices, **VALUES)
            for may in (True, False):
                choices = {"look": look, "may_take_out": may}
                assert GALLERY_CARD.drawn(choices, **VALUES) == GALLERY_CARD.anew(choices, **VALUES)


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_the_form_above_a_list_is_what_its_template_says(language):
    asked = product([None, *Kind], [None, *State], [None, *Sort], [(), ("kind", "state", "sort")])
    with translation.override(language):
        for kind, state, sort, by in asked:
            find = FindMedia("Zellen & <b>", kind, state, sort, by)
            for is_shared, layout in ((True, "list"), (False, "cards")):
                shape = FindMedia("", kind, state, sort, by)
                choices = {"find": shape, "is_shared": is_shared, "layout": layout}
                anew = FIND_FORM.anew(choices, path="/media/", words=find.words)
                assert find.form("/media/", is_shared=is_shared, layout=layout) == anew


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_the_head_of_a_page_is_what_its_template_says(language):
    values = {
        "user_name": "Noa <O'Neill>",
        "initials": "N<",
        "address": "a@b",
        "token": "k" * 64,
        "tone": "3",
    }
    with translation.override(language):
        for here, is_staff in product(["", "my_media", "galleries", "people"], [True, False]):
            choices = {"here": here, "is_staff": is_staff}
            assert HOST_HEADER.drawn(choices, **values) == HOST_HEADER.anew(choices, **values)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, FindMedia(sort=Sort.NEWEST, by=("kind", "state", "sort"))),
        ({"q": " a b "}, FindMedia("a b", sort=Sort.NEWEST, by=("kind", "state", "sort"))),
        ({"q": "a" * 201}, FindMedia("a" * 200, sort=Sort.NEWEST, by=("kind", "state", "sort"))),
        ({"q": "a\0b"}, FindMedia("a b", sort=Sort.NEWEST, by=("kind", "state", "sort"))),
        ({"q": "\0"}, FindMedia(sort=Sort.NEWEST, by=("kind", "state", "sort"))),
        (
            {"kind": "gone", "state": "private", "sort": "title"},
            FindMedia(state=State.PRIVATE, sort=Sort.TITLE, by=("kind", "state", "sort")),
        ),
    ],
)
def test_what_a_list_does_not_know_is_left_out(query, expected):
    assert FindMedia.of(query) == expected


def each_way(*flags):
    """None of them, all, and each apart from the others."""
    for chosen in (frozenset(), frozenset(flags), *({one} for one in flags)):
        yield {one: one in chosen for one in flags}


def of_players():
    flags = ("awaits", "begins", "captions", "may_download", "has_picture", "has_cover")
    flags += ("has_width", "has_height", "has_length", "has_waveform")
    pictures = ("media_items:thumbnail", "media_items:quiz_film_picture")
    for (kind, outline), picture, yes in product(PLAYERS.items(), pictures, each_way(*flags)):
        yield outline, {"kind": kind, "picture_url": picture, **yes}
    yield from ((one, {}) for one in (TRACK, CAPTION_ENTRY))
    for yes in each_way("is_asked", "is_first", "has_text"):
        yield DOCUMENT_PAGE, yes


def of_doors_and_bars():
    yield from ((GUEST_BAR, yes) for yes in each_way("is_only_shown", "leaving_asks"))
    for role in ("moderator", "speaker", "collaborator", "viewer", ""):
        yield INVITEE_BAR, {"role": role}
    for languages_of in ("", "quiz-form"):
        yield FOOTER, {"has_choice": True, "languages_of": languages_of}
    yield FOOTER, {"has_choice": False}
    flags = ("for_results", "in_session", "gives_date", "is_closed", "is_full", "asks_for_code")
    flags += ("has_notice", "is_signed_in", "is_only_shown")
    words = {"kind": "Film & <b>", "phase": "Open", "join_label": "Watch now", "fill": "fill"}
    for days, yes in product((1, 30), each_way(*flags)):
        yield JOIN_DOOR, {**words, "kept_days": days, **yes}


def of_entrances():
    abilities = (frozenset(), frozenset(Ability))
    for item in (ItemLook(*one) for one in product(Kind, State, abilities)):
        yield from ((one.outline, {"item": item}) for one in ON_ITEMS if one.is_outline)
        for menu, yes in product(abilities, each_way("has_actions", "has_editing", "has_people")):
            yield ITEM_ACTIONS, {"item": item, "menu": menu, **yes}


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_each_part_of_a_page_is_what_its_template_says(language):
    with translation.override(language):
        for outline, choices in (*of_players(), *of_doors_and_bars(), *of_entrances()):
            values = {name: f"<{name}> & '{{0}}'" for name in outline.values}
            # What stands in an address is what an address can have in it.
            values |= {
                one: "abcdefgh23456789" for one in ("public_id", "link_token") if one in values
            }
            assert outline.drawn(choices, **values) == outline.anew(choices, **values)


def test_addresses_of_files_are_those_that_lead_to_them():
    for named in ("media_items:media_file", "media_items:quiz_film_file"):
        found = file_addresses("abcdefgh23456789", [1, 11, 2**63 - 1], named=named)
        assert found == {pk: reverse(named, args=["abcdefgh23456789", pk]) for pk in found}
