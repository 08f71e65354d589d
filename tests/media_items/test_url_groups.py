"""Addresses of items stand apart, and each address is still found where it was."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, path, resolve

from media_items.url_groups import items_apart


def patterns_tried(address: str) -> int:
    """By how many patterns of the whole site it is missed."""

    def count(patterns: list, rest: str) -> int:
        tried = 0
        for one in patterns:
            tried += 1
            found = one.pattern.match(rest)
            if found and isinstance(one, URLResolver):
                tried += count(one.url_patterns, found[0])
            elif found:
                break
        return tried

    return count(get_resolver().url_patterns, address)


def leaves(patterns: list) -> Iterator[URLPattern]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from leaves(one.url_patterns)
        else:
            yield one


def test_a_link_is_not_compared_with_the_addresses_of_items():
    assert patterns_tried("g/abc/") < 60 < patterns_tried("media/abc/share/")


def test_none_is_lost_and_none_comes_before_another_of_its_group():
    names = ["media/new/<slug:kind>/", "galleries/", "media/<slug:public_id>/", "i/<token>/"]
    made = [path(name, lambda request: None, name=name) for name in names]
    found = [one.name for one in leaves(items_apart(made))]
    assert found == [names[1], names[3], names[0], names[2]]


def test_new_is_no_item():
    assert resolve("/media/new/video/").url_name == "create_media_item"
    assert resolve("/media/bin/").url_name == "bin"
    assert resolve("/media/abc/").url_name == "media_item"
    assert resolve("/media/abc/guest-links/").namespace == "access"
