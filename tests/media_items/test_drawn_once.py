"""What a template says to everybody alike is drawn once for each language, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import Context, Engine, engines
from django.template.base import Node, NodeList
from django.template.defaulttags import IfNode
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from access.accounts.models import User
from media_items.drawn_once import DrawnOnce, Loader
from media_items.drawn_whole import drawn_whole

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
LOADER = "media_items.drawn_once.Loader"
LIBRARIES = {
    "access_addresses": "access.templatetags.addresses",
    "i18n": "django.templatetags.i18n",
    "moments": "media_items.templatetags.moments",
    "static": "django.templatetags.static",
}
ICON = '<svg class="icon{% if flips %} icon-flips{% endif %}">{{ name }}</svg>'


def engine(parts: dict[str, str], *, debug: bool = False) -> Engine:
    loaders = [(LOADER, [("django.template.loaders.locmem.Loader", parts)])]
    return Engine(loaders=loaders, libraries=LIBRARIES, debug=debug)


def runs_in(nodes: NodeList) -> list[DrawnOnce]:
    found = []
    for node in nodes:
        if isinstance(node, DrawnOnce):
            found.append(node)
        found += [one for part in lists_of(node) for one in runs_in(part)]
    return found


def lists_of(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [part for _condition, part in node.conditions_nodelists]
    return [getattr(node, name) for name in node.child_nodelists if getattr(node, name, None)]


@pytest.mark.parametrize(
    "text",
    [
        "{% load i18n %}<b>{% translate 'Cancel' %}</b>",
        "{% load i18n %}{% translate 'New' context 'button' %}",
        "{% load i18n %}{% blocktranslate %}Cancel{% endblocktranslate %}",
        "{% load static %}<link href=\"{% static 'img/favicon.svg' %}\">",
        "<a href=\"{% url 'media_items:home' %}\">",
        "{% include 'icon' with name='door' only %}",
        "{% include 'icon' with name='door' flips=True only %}",
        "{% include 'icon' with name=_('Cancel') only %}",
        "{% include './icon' with name='door' only %}",
        "{% include 'plain' %}",
        "{% with name='door' %}{{ name }}{% endwith %}",
        "{% load moments %}{% moment_words %}",
    ],
)
def test_what_is_given_literals_is_drawn_once(text):
    made = engine({"page": text, "icon": ICON, "plain": "<b>{{ 'x' }}</b>"}).get_template("page")
    [run] = made.nodelist
    assert isinstance(run, DrawnOnce)
    assert made.render(Context()) == made.render(Context({"name": "window", "flips": True})) != ""


@pytest.mark.parametrize(
    "text",
    [
        "{{ name }}",
        "{{ 'x'|default:name }}",
        "{% if name %}a{% endif %}",
        "{% if not name %}a{% endif %}",
        "{% for one in name %}{{ one }}{% endfor %}",
        "{% include 'icon' with name=name only %}",
        "{% include 'icon' with name='door' %}",  # `flips` is for the page to say
        "{% include name %}",
        "{% include 'says' only %}",
        "{% include 'missing' only %}",
        "{% include 'page' only %}",
        "{% with one=name %}{{ one }}{% endwith %}",
        "{% load i18n %}{% translate name %}",
        "{% load i18n %}{% translate 'Cancel' as said %}",
        "{% load i18n %}{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}",
        "{% load i18n %}{% blocktranslate count n=1 %}a{% plural %}b{% endblocktranslate %}",
        "{% load i18n %}{% get_current_language as said %}",
        "{% load i18n %}{% language name %}{{ said }}{% endlanguage %}",
        "{% load static %}{% static name %}",
        "{% load static %}{% static 'img/favicon.svg' as said %}",
        "{% url name %}",
        "{% url 'media_items:home' as said %}",
        "{% csrf_token %}",
        "{% now 'c' %}",
        "{% load moments %}{% reader_clock %}",
        "{% block part %}{% endblock %}",
    ],
)
def test_what_depends_on_anything_else_is_drawn_each_time(text):
    parts = {"page": text, "icon": ICON, "says": "{% now 'c' %}"}
    assert runs_in(engine(parts).get_template("page").nodelist) == []


def test_the_runs_within_blocks_conditions_and_parts_are_found():
    text = "{% load i18n %}{% block a %}{% if x %}{% translate 'Cancel' %}{% endif %}{% endblock %}"
    made = engine({"page": text}).get_template("page")
    assert len(runs_in(made.nodelist)) == 1
    assert made.render(Context({"x": True})) == "Cancel"
    assert made.render(Context({"x": False})) == ""


def test_a_partial_is_drawn_as_its_page():
    text = (
        "{% load i18n %}{% partialdef p inline %}<b>{% translate 'Cancel' %}</b>{% endpartialdef %}"
    )
    made = engine({"page": "{% load i18n %}" + text})
    for name in ("page", "page#p"):
        assert made.get_template(name).render(Context()) == "<b>Cancel</b>"


def test_each_language_has_its_own():
    made = engine({"page": "{% load i18n %}{% translate 'Cancel' %}"}).get_template("page")
    said = {}
    for language in ("en", "fr", "he", "en", "fr"):
        with translation.override(language):
            said.setdefault(language, made.render(Context()))
            assert said[language] == made.render(Context()) == translation.gettext("Cancel")
    assert len(set(said.values())) == 3


def test_a_part_in_another_language_is_in_that_language():
    words = "{% translate 'Cancel' %}"
    text = f"{{% load i18n %}}{words} {{% language 'fr' %}}{words} {{% include 'part' %}}"
    part = "{% load i18n %}{% translate 'Cancel' %}"
    made = engine({"page": f"{text}{{% endlanguage %}} {words}", "part": part}).get_template("page")
    said = {}
    for language in ("fr", "he", "en"):
        with translation.override(language):
            said[language] = translation.gettext("Cancel")
    for language in ("he", "en", "he"):
        context = Context()
        with translation.override(language):
            here, there = said[language], said["fr"]
            for _again in range(2):
                assert made.render(context) == f"{here} {there} {there} {here}"


def test_no_template_of_the_site_has_a_part_in_another_language():
    """A block or a partial that is drawn in one would be in the language of the page."""
    for path in TEMPLATES.rglob("*.*"):
        assert "{% language " not in path.read_text(), path


def test_a_page_in_debug_is_drawn_as_it_was_written():
    made = engine({"page": "{% load i18n %}{% translate 'Cancel' %}"}, debug=True)
    assert runs_in(made.get_template("page").nodelist) == []


def test_the_site_reads_its_templates_so():
    [loader] = engines["django"].engine.template_loaders
    assert type(loader) is Loader


class _Everything(Context):
    """Whatever is asked for is there."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__()
        self.request = request

    def new(self, values: dict[str, object] | None = None) -> Context:
        alone = super().new(values)
        alone.__class__ = Context
        return alone

    def __getitem__(self, key: str) -> object:
        return next((one[key] for one in reversed(self.dicts) if key in one), "zqsaid")

    def __contains__(self, key: str) -> bool:
        return True

    def get(self, key: str, otherwise: object = None) -> object:
        return self[key]


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_no_run_of_any_template_reads_what_a_page_is_given(language):
    """The page of whoever comes first is nobody else's."""
    site = engines["django"].engine
    request = RequestFactory().get("/some/where/", headers={"accept-language": language})
    request.user = AnonymousUser()
    seen = 0
    for path in sorted(TEMPLATES.rglob("*.*")):
        made = site.get_template(str(path.relative_to(TEMPLATES)))
        for run in runs_in(made.nodelist):
            with translation.override(language):
                drawn = []
                for context in (Context(), _Everything(request)):
                    with context.bind_template(made):
                        drawn.append(run.nodes.render(context))
            assert drawn[0] == drawn[1], (path, run)
            assert "zqsaid" not in drawn[0]
            seen += 1
    assert seen > 1000


# --- whole pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ["guests", "invitations"])
def test_the_page_of_a_forged_link_says_nothing_of_who_asks(rf, room):
    """Drawn for nobody it is the same as for a request."""
    template = f"access/{room}/refusals/bad_link.html"
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for user in (AnonymousUser(), User(pk=7, email="noa@example.edu", first_name="Noa")):
                request = rf.get("/g/secret/")
                request.user = user
                assert drawn_whole(template) == render_to_string(template, {"token": "x"}, request)


def test_a_whole_page_is_drawn_once_for_each_language(monkeypatch):
    template = "access/guests/refusals/bad_link.html"
    drawn = {}
    for _ in range(2):
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                page = drawn_whole(template)
                assert drawn.setdefault(code, page) is page
                assert f'lang="{code}"' in page
    assert len(set(drawn.values())) == len(settings.LANGUAGES)


def test_with_debug_a_whole_page_is_drawn_each_time(settings):
    settings.DEBUG = True
    template = "access/guests/refusals/bad_link.html"
    assert drawn_whole(template) is not drawn_whole(template)
