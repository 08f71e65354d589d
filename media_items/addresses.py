"""Addresses by their names, as Django's `reverse` says them, without looking for them each time.

    address("media_items:chat", item.public_id)
    {% url "media_items:chat" item.public_id %}

For each name, language and prefix of the site it is found once how the address is written and by
which pattern it is read. Values are written by their converters and the whole is compared with the
pattern each time, as Django does. Where this is not enough to be sure, Django is asked: a name of
several patterns or of nothing, a value that is refused, or a sign that stands otherwise in an
address or in a page (docs/adr/0056).

SECURITY: what is kept has no value in it, so no token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, override

from django import template
from django.template import Context, defaulttags
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.urls import (
    URLResolver,
    get_ns_resolver,
    get_resolver,
    get_script_prefix,
    get_urlconf,
    reverse,
)
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

MOST_KEPT = 5_000  # there are some six hundred names, and three languages
# Nothing of it is written otherwise in an address or escaped in a page, nor names another host.
_PLAIN = re.compile(r"/(?!/)[A-Za-z0-9_.~/-]*")


class _Way(NamedTuple):
    """How an address is written and read: `/media/%(public_id)s/`."""

    text: str
    places: tuple[tuple[str, Callable[[Any], str]], ...]
    pattern: re.Pattern[str]


def address(name: str, *values: object) -> str:
    """`reverse(name, args=values)`."""
    plain = plain_address(name, values)
    return reverse(name, args=values) if plain is None else plain


def plain_address(name: object, values: Sequence[object]) -> str | None:
    """None: Django is to be asked. What is not None is safe in a page."""
    if not isinstance(name, str):
        return None
    here = get_resolver(get_urlconf()), get_script_prefix(), get_language()
    way = _way(here, name, len(values))
    if way is None:
        return None
    try:
        texts = {
            place: text_of(value)
            for (place, text_of), value in zip(way.places, values, strict=True)
        }
    except ValueError:
        return None
    said = way.text % texts
    return said if _PLAIN.fullmatch(said) and way.pattern.search(said) else None


@lru_cache(maxsize=MOST_KEPT)
def _way(here: tuple[URLResolver, str, str | None], name: str, number: int) -> _Way | None:
    """The only one that the name has, where it takes so many values; found as `reverse` finds it,
    which keeps the patterns of each language."""
    resolver, prefix, _language = here
    *namespaces, last = name.split(":")
    beginning = ""
    converters: dict[str, Any] = {}
    for namespace in namespaces:
        installed = resolver.app_dict.get(namespace, [namespace])
        if installed != [namespace] or namespace not in resolver.namespace_dict:
            return None  # one of several, by the page that asks; or missing
        more, resolver = resolver.namespace_dict[namespace]
        beginning += more
        converters |= resolver.pattern.converters
    if beginning:
        resolver = get_ns_resolver(beginning, resolver, tuple(converters.items()))
    found = [
        (text, names, pattern, converters)
        for forms, pattern, _defaults, converters in resolver.reverse_dict.getlist(last)
        for text, names in forms
    ]
    if len(found) != 1:
        return None
    [(text, names, pattern, converters)] = found
    if len(names) != number:
        return None
    places = tuple((one, converters[one].to_url if one in converters else str) for one in names)
    read = re.compile(f"^{re.escape(prefix)}{pattern}")
    return _Way(prefix.replace("%", "%%") + text, places, read)


class AddressNode(URLNode):
    @override
    def render(self, context: Context) -> str:
        said = None
        if not self.kwargs:
            values = [one.resolve(context) for one in self.args]
            said = plain_address(self.view_name.resolve(context), values)
        if said is None:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = said
            return SafeString()
        return SafeString(said)


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    """Django's own reads what stands in it. In all templates: `builtins` in the settings."""
    node = defaulttags.url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
