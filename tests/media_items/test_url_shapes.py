"""An address is found where Django, comparing it with each pattern, would find it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.urls import (
    Resolver404,
    URLResolver,
    get_resolver,
    include,
    path,
    re_path,
    resolve,
)
from django.urls.resolvers import RoutePattern

from access import urls as access_urls
from media_items import urls as media_items_urls
from media_items.live import urls as live_urls
from media_items.url_shapes import by_shape

VALUES = {"slug": "a-b_9", "str": "a.b:c", "number": "7", "int": "12", "path": "x/y/z"}


def view(request) -> HttpResponse:
    return HttpResponse()


def plain(patterns: list) -> list:
    """The same patterns with nothing but Django between them."""
    made: list = []
    for one in patterns:
        if type(one).__name__ == "_ByShape":
            made += plain(one.url_patterns)
        elif isinstance(one, URLResolver):
            made.append(URLResolver(one.pattern, plain(one.url_patterns)))
        else:
            made.append(one)
    return made


def leaves(patterns: list, before: str = "") -> Iterator[str]:
    """The routes of all."""
    for one in patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from leaves(one.url_patterns, route)
        else:
            yield route


def filled(route: str) -> str:
    """An address of this route."""
    for kind, value in VALUES.items():
        while f"<{kind}:" in route:
            beginning, _sign, rest = route.partition(f"<{kind}:")
            route = f"{beginning}{value}{rest.partition('>')[2]}"
    while "<" in route:
        beginning, _sign, rest = route.partition("<")
        route = f"{beginning}a.b:c{rest.partition('>')[2]}"
    return route


def around(address: str) -> Iterator[str]:
    """The address, and others that are nearly it."""
    yield address
    yield f"{address}/"
    yield f"{address}x"
    yield f"x{address}"
    yield f"{address}\n"
    yield address.removesuffix("/")
    yield address.replace("/", "//", 1)
    yield address.replace("7", "99999999999999999999")
    words = address.split("/")
    for number in range(len(words)):
        yield "/".join([*words[:number], *words[number + 1 :]])
        yield "/".join([*words[:number], "chat", *words[number + 1 :]])
        yield "/".join([*words[:number], "media", *words[number:]])


def said(resolver: URLResolver, address: str) -> object:
    try:
        found = resolver.resolve(address)
    except Resolver404:
        return None
    return found.func, found.args, found.kwargs, found.url_name, found.route


def compared(patterns: list) -> Iterator[tuple[str, object, object]]:
    ours = URLResolver(RoutePattern(""), patterns)
    djangos = URLResolver(RoutePattern(""), plain(patterns))
    for route in leaves(patterns):
        for address in around(filled(route)):
            yield address, said(ours, address), said(djangos, address)


@pytest.mark.parametrize("urls", [access_urls, media_items_urls, live_urls])
def test_each_address_of_the_site_and_what_is_nearly_one_is_found_where_django_finds_it(urls):
    found = list(compared(urls.urlpatterns))
    assert [one for one in found if one[1] != one[2]] == []
    assert sum(one[1] is not None for one in found) >= len(set(leaves(urls.urlpatterns)))


def test_patterns_that_say_nothing_of_their_shape_keep_their_place():
    patterns = by_shape(
        [
            path("", view, name="front"),
            path("files/<path:name>", view, name="file"),
            path("files/a/b/", view, name="after"),
            re_path(r"^f(?P<rest>.*)/end/$", view, name="expression"),
            path("fa<slug:rest>/<str:one>/two", view, name="part"),
            path("un", include([path("der/a/b/c/", view, name="within")])),
            path("<slug:any>/<slug:other>/", view, name="any"),
        ]
    )
    found = list(compared(patterns))
    assert [one for one in found if one[1] != one[2]] == []
    names = {one[1][3] for one in found if one[1]}
    assert names == {"front", "file", "part", "within", "any"}
    assert said(URLResolver(RoutePattern(""), patterns), "fa/b/c/end/")[3] == "expression"


@pytest.mark.parametrize(
    "address", ["/g/abc/", "/media/abc/", "/media/abc/session/heartbeat/", "/accounts/sign-in/"]
)
def test_an_address_is_compared_with_few_patterns(address, monkeypatch):
    get_resolver().resolve(address)
    compared_with = []
    match = RoutePattern.match
    monkeypatch.setattr(
        RoutePattern, "match", lambda self, path: compared_with.append(self) or match(self, path)
    )
    get_resolver().resolve(address)
    assert len(compared_with) < 10


def test_what_is_kept_does_not_grow_with_what_is_asked_for():
    [shapes] = by_shape([path("a/<slug:b>/c/", view), path("d/", view)])
    for number in range(50):
        for address in (f"{number}/x/c/", f"a/{number}/c/", f"a/x/{number}/", "/" * number):
            said(shapes, address)
    assert len(shapes._kept) <= 3 * 3 * 3


def test_a_miss_names_what_was_compared():
    [shapes] = by_shape([path("a/b/", view, name="one"), path("a/c/d/", view, name="other")])
    with pytest.raises(Resolver404) as missed:
        shapes.resolve("a/x/")
    assert [[one.name for one in tried] for tried in missed.value.args[0]["tried"]] == [["one"]]


def test_new_is_no_item():
    assert resolve("/media/new/video/").url_name == "create_media_item"
    assert resolve("/media/bin/").url_name == "bin"
    assert resolve("/media/abc/").url_name == "media_item"
    assert resolve("/media/abc/guest-links/").namespace == "access"
