"""Most addresses are those of a media item. Django compares an address with one pattern after the
other; grouped, a page elsewhere is compared with none of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

_ITEMS = "media/"


class _BeginsWith(RoutePattern):
    """Lets through what begins so, and takes nothing off: the patterns within are whole."""

    def __init__(self, beginning: str) -> None:
        super().__init__("", is_endpoint=False)
        self._beginning = beginning

    def match(self, path: str) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
        return (path, (), {}) if path.startswith(self._beginning) else None


def items_apart(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Those under `/media/` in one group, in their order, behind all others."""
    groups: dict[bool, list[URLPattern | URLResolver]] = {True: [], False: []}
    for one in patterns:
        groups[str(one.pattern).startswith(_ITEMS)].append(one)
    return [*groups[False], URLResolver(_BeginsWith(_ITEMS), groups[True])]
