"""The pages of a quiz for those who look after it, and the row of links between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem


@dataclass(frozen=True)
class QuizPage:
    """`url_name` takes the public id of the item. `count` says how much waits there; 0 and nothing
    are not shown."""

    url_name: str
    label: str | Promise
    needs: Ability
    order: int
    count: Callable[[MediaItem], int] | None = None


@dataclass(frozen=True)
class PageLink:
    """As `templates/media_items/quizzes/_pages.html` shows it."""

    url: str
    label: str
    is_current: bool
    count: int


_pages: dict[str, QuizPage] = {}


def register_page(page: QuizPage) -> None:
    """At start-up. A second call with the same name replaces the first."""
    _pages[page.url_name] = page


def pages_of(item: MediaItem, current: str = "") -> list[PageLink]:
    """Those the visitor of `item` may open, in their order. `current` is a `url_name`."""
    return [
        PageLink(
            url=reverse(page.url_name, args=[item.public_id]),
            label=str(page.label),
            is_current=page.url_name == current,
            count=page.count(item) if page.count else 0,
        )
        for page in sorted(_pages.values(), key=lambda page: page.order)
        if page.needs in item.abilities
    ]
