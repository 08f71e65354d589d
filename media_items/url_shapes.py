"""An address is compared with those patterns only that it may be one of.

Django compares it with one pattern after the other, of which there are some three hundred. Words of
an address that stand in a pattern as they are, and the number of its slashes, leave a few of them,
in their order (docs/adr/0064).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, override

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter
from django.urls.resolvers import RoutePattern

from media_items.numbers import NumberConverter

type _Pattern = URLPattern | URLResolver

# What these read has no slash in it. Of any other kind of converter it is not known.
_OF_ONE_WORD = (IntConverter, NumberConverter, SlugConverter, StringConverter)


class _Shape(NamedTuple):
    """The number of slashes and two of the words between them; the third tells most addresses
    under `/media/<public_id>/` apart. `None`: of a pattern any, of an address what none says."""

    slashes: int | None = None
    first: str | None = None
    third: str | None = None


class _ByShape(URLResolver):
    """Says what these patterns, one after the other, would say."""

    def __init__(self, patterns: Iterable[_Pattern]) -> None:
        super().__init__(RoutePattern("", is_endpoint=False), list(patterns))
        self._shapes = [(_shape_of(one), one) for one in self.url_patterns]
        shapes = [shape for shape, _one in self._shapes]
        self._known = [frozenset(said) for said in zip(*shapes, strict=True)]
        # No more than what patterns say can make, whatever addresses are asked for.
        self._kept: dict[_Shape, list[_Pattern]] = {}

    @override
    def resolve(self, path: str) -> ResolverMatch:
        path = str(path)
        tried: list[list[_Pattern]] = []
        for pattern in self._possible(path):
            try:
                found = pattern.resolve(path)
            except Resolver404 as missed:
                within = missed.args[0].get("tried") or [[]]
                tried += [[pattern, *those] for those in within]
                continue
            if found:
                if isinstance(pattern, URLResolver) and (beginning := str(pattern.pattern)):
                    found.route = beginning + found.route.removeprefix("^")
                return found
            tried.append([pattern])
        raise Resolver404({"tried": tried, "path": path})

    def _possible(self, path: str) -> list[_Pattern]:
        words = path.split("/")
        slashes, first, third = len(words) - 1, words[0], words[2] if len(words) > 2 else ""
        numbers, firsts, thirds = self._known
        shape = _Shape(
            slashes if slashes in numbers else None,
            first if first in firsts else None,
            third if third in thirds else None,
        )
        if (found := self._kept.get(shape)) is None:
            found = self._kept[shape] = [
                pattern for own, pattern in self._shapes if _lets_through(own, shape)
            ]
        return found


def _lets_through(own: _Shape, asked: _Shape) -> bool:
    return all(word is None or word == other for word, other in zip(own, asked, strict=True))


def _shape_of(one: _Pattern) -> _Shape:
    pattern = one.pattern
    route = vars(pattern).get("_route")  # may be one text for each language
    if type(pattern) is not RoutePattern or not isinstance(route, str):
        return _Shape()
    if any(type(each) not in _OF_ONE_WORD for each in pattern.converters.values()):
        return _Shape()
    words = [None if "<" in word else word for word in route.split("/")]
    if isinstance(one, URLPattern):
        return _Shape(len(words) - 1, words[0], words[2] if len(words) > 2 else "")
    words.pop()  # is the beginning of a word that goes on in the patterns within
    return _Shape(None, words[0] if words else None, words[2] if len(words) > 2 else None)


def by_shape(patterns: Iterable[_Pattern]) -> list[_Pattern]:
    """The same addresses in the same order."""
    return [_ByShape(patterns)]
