"""Addresses are the ones that Django says, for every name of the site."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.template import Context, Engine, engines
from django.urls import (
    NoReverseMatch,
    URLResolver,
    clear_script_prefix,
    get_resolver,
    include,
    path,
    re_path,
    register_converter,
    reverse,
    set_script_prefix,
)
from django.urls.converters import get_converters
from django.utils import translation
from django.utils.safestring import mark_safe

from media_items import addresses
from media_items.addresses import AddressNode, address, plain_address
from media_items.catalogue.models import Kind

ITEM = "abcdefgh23456789"
PLAIN = [ITEM, "7", "csv", mark_safe("a-b_c"), 0, 7, 80426193, 2**63 - 1]
OTHERS = [
    "", " ", "a b", "a/b", "/", "//", "..", "a.b", "a:b", "~a", "ä", "٣", "%2F", "%",
    "%(a)s", "{0}", "a\n", "<b>", "'", '"', "&", "?a=b", "#a", "-", "_", "x" * 300,
    -1, 2**63, 10**30, True, None, 1.5, b"a", Kind.VIDEO,
]  # fmt: skip


def names_of_site() -> dict[str, set[int]]:
    """Of all addresses, with how many values each takes."""
    found: dict[str, set[int]] = {}

    def look(resolver: URLResolver, above: str) -> None:
        for name in resolver.reverse_dict:
            if isinstance(name, str):
                for forms, *_rest in resolver.reverse_dict.getlist(name):
                    found.setdefault(above + name, set()).update(len(names) for _, names in forms)
        for namespace, (_beginning, inner) in resolver.namespace_dict.items():
            look(inner, f"{above}{namespace}:")

    look(get_resolver(), "")
    return found


def said_by_django(name: str, values: tuple[object, ...]) -> str | None:
    try:
        return reverse(name, args=values)
    except NoReverseMatch:
        return None


def sets_of_values(number: int) -> Iterator[tuple[object, ...]]:
    """Plain ones, and each other value in each place beside a plain one."""
    yield from product(PLAIN if number == 1 else [ITEM, 7], repeat=number)
    for place, value in product(range(number), OTHERS):
        yield tuple(value if n == place else ITEM for n in range(number))


def test_each_address_is_what_django_says():
    for name, numbers in names_of_site().items():
        for number in {*numbers, 0}:
            for values in sets_of_values(number):
                said = plain_address(name, values)
                assert said in {None, said_by_django(name, values)}, (name, values)


@pytest.mark.parametrize("prefix", ["/", "/some/where/", "/some/%2F/"])
@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_each_language_and_prefix_has_its_own(language, prefix):
    set_script_prefix(prefix)
    try:
        with translation.override(language):
            for name, numbers in names_of_site().items():
                for number in numbers:
                    values = (7,) * number
                    said = plain_address(name, values)
                    assert said in {None, said_by_django(name, values)}, (name, values)
    finally:
        clear_script_prefix()


def test_no_name_of_the_doors_or_of_items_needs_django():
    asked = {
        name
        for name, numbers in names_of_site().items()
        for number in numbers
        for values in product([ITEM, 7], repeat=number)
        if said_by_django(name, values) != plain_address(name, values)
        and name.startswith(("media_items:", "access:"))
    }
    assert asked == set()


@pytest.mark.parametrize("value", OTHERS)
def test_what_is_not_plain_is_said_or_refused_by_django(value):
    for name in ("media_items:media_item", "media_items:certificate_file", "access:join"):
        values = (value,) * min(names_of_site()[name])
        if (said := said_by_django(name, values)) is None:
            with pytest.raises(NoReverseMatch):
                address(name, *values)
        else:
            assert address(name, *values) == said


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("nowhere", ()),
        ("nowhere:at_all", (ITEM,)),
        ("media_items:nowhere", (ITEM,)),
        ("media_items:media_item", ()),
        ("media_items:media_item", (ITEM, ITEM)),
        ("media_items:home", (ITEM,)),
    ],
)
def test_what_nobody_has_raises_as_ever(name, values):
    with pytest.raises(NoReverseMatch) as expected:
        reverse(name, args=values)
    with pytest.raises(NoReverseMatch) as raised:
        address(name, *values)
    assert str(raised.value) == str(expected.value)


def test_no_value_is_kept():
    address("access:join", ITEM)
    kept = addresses._way.cache_info().currsize
    for token in ("Secret1", "Secret2", "not plain", "x" * 300):
        address("access:join", token)
    assert addresses._way.cache_info().currsize == kept


# --- another site ---------------------------------------------------------------------------------


class Fussy:
    regex = "[a-z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        if value == "refused":
            raise ValueError
        return str(value).lower()


class _Site(SimpleNamespace):
    """What a module of addresses is to Django, which keeps it by its hash."""

    __hash__ = object.__hash__


def view(request: HttpRequest) -> None: ...


@pytest.fixture
def another_site(settings):
    if "fussy" not in get_converters():
        register_converter(Fussy, "fussy")
    twice = ([path("of/<slug:a>/", view, name="of")], "twice")
    below = ([path("deep/<int:b>/", view, name="deep")], "below")
    settings.ROOT_URLCONF = _Site(
        urlpatterns=[
            path("a/<int:a>/", view, name="several"),
            path("b/<slug:a>/", view, name="several"),
            path("c/", view, name="one_or_none"),
            path("c/<slug:a>/", view, name="one_or_none"),
            path("fussy/<fussy:a>/", view, name="fussy"),
            path("rest/<path:a>", view, name="rest"),
            path("given/", view, {"a": 1}, name="given"),
            path("ä&'/<slug:a>/", view, name="letters"),
            re_path(r"^maybe/(?:(?P<a>\w+)/)?$", view, name="maybe"),
            re_path(r"^groups/(\d\d)/(\w+)/$", view, name="groups"),
            path("first/", include(twice, namespace="first")),
            path("second/", include(twice, namespace="second")),
            path("<slug:a>/", include(below, namespace="below")),
        ]
    )


def test_another_site_has_its_own(another_site):
    assert plain_address("below:deep", ("x", 7)) == "/x/deep/7/"
    assert plain_address("fussy", ("ABC",)) == "/fussy/abc/"
    assert plain_address("rest", ("a/b.c",)) == "/rest/a/b.c"
    assert plain_address("groups", (12, "x")) == "/groups/12/x/"
    assert plain_address("given", ()) == "/given/"
    names = [*names_of_site(), "twice:of"]
    for name, number in product(names, range(3)):
        for values in [*sets_of_values(number), *product(["refused", "Abc", 12], repeat=number)]:
            said = plain_address(name, values)
            assert said in {None, said_by_django(name, values)}, (name, values)


def test_a_name_of_several_patterns_is_asked_of_django(another_site):
    for name, values in [("several", (7,)), ("one_or_none", ()), ("maybe", ()), ("twice:of", (7,))]:
        assert plain_address(name, values) is None
        assert address(name, *values) == reverse(name, args=values)


def test_two_sites_are_not_taken_for_one(settings):
    assert address("media_items:media_item", ITEM) == f"/media/{ITEM}/"
    settings.ROOT_URLCONF = _Site(
        urlpatterns=[path("", include(([path("m/<a>/", view, name="media_item")], "media_items")))]
    )
    assert address("media_items:media_item", ITEM) == f"/m/{ITEM}/"


# --- in templates ---------------------------------------------------------------------------------

SENTENCES = [
    "{% url 'media_items:media_item' one %}",
    "{% url name one %}",
    "{% url 'media_items:media_item' public_id=one %}",
    "{% url 'media_items:media_item' one as x %}[{{ x }}]",
    "{% url 'nowhere' one as x %}[{{ x }}]",
    "{% url 'media_items:media_item' one two as x %}[{{ x }}]",
    "{% autoescape off %}{% url 'media_items:media_item' one %}{% endautoescape %}",
    "{% url 'media_items:media_item' one|lower %}{% url 'media_items:home' %}",
    "{% url 'nowhere' one %}",
    "{% url missing one %}",
    "{% url 'media_items:media_item' missing %}",
]


def drawn(engine: Engine, text: str, values: dict[str, object]) -> str:
    try:
        return str(engine.from_string(text).render(Context(values)))
    except NoReverseMatch as error:
        return f"raised: {error}"


@pytest.mark.parametrize("one", [*PLAIN, *OTHERS])
@pytest.mark.parametrize("text", SENTENCES)
def test_a_template_says_what_it_said(text, one):
    values = {"one": one, "two": 2, "name": "media_items:media_item"}
    assert drawn(engines["django"].engine, text, values) == drawn(Engine(), text, values)


def test_the_templates_of_the_site_have_it():
    template = engines["django"].from_string("{% url 'media_items:media_item' one %}").template
    assert [type(node) for node in template.nodelist] == [AddressNode]


@pytest.mark.parametrize("here", ["first", "second", "elsewhere"])
def test_the_page_that_asks_still_chooses_between_two_of_an_app(another_site, here):
    request = HttpRequest()
    request.current_app = here
    values = {"request": request}
    said = []
    for engine in (engines["django"].engine, Engine()):
        context = Context(values)
        context.request = request
        said.append(engine.from_string("{% url 'twice:of' 7 %}").render(context))
    assert said[0] == said[1]
    if here != "elsewhere":
        assert said[0] == f"/{here}/of/7/"
