"""What the page of a session is put together from: panels, one picture, and what stands around.

The rooms hand these in at start-up (`live.wiring`); the page knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpResponse
from django.utils.functional import Promise

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSettings
from media_items.requests import FoyerRequest


@dataclass(frozen=True)
class Panel:
    """A tab. `name` is its URL name, the folder of its template and the kind of fact that refreshes
    it. `needs` is the ability of those who have the tab at all."""

    name: str
    label: str | Promise
    needs: Ability = Ability.VIEW

    @property
    def url_name(self) -> str:
        return f"media_items:{self.name}"


class PictureContext(Protocol):
    def __call__(
        self, request: FoyerRequest, place: Place, live: LiveSettings, /
    ) -> dict[str, Any]: ...


def _leave_as_it_is(response: HttpResponse) -> None:
    """For pictures that change nothing about the answer."""


@dataclass(frozen=True)
class Picture:
    """What stands beside the panels for one kind of item. `context` is what `template` shows, asked
    for where the whole page is, not with each panel; `finish` is done to every answer."""

    template: str
    context: PictureContext
    finish: Callable[[HttpResponse], None] = _leave_as_it_is


# What a room shows around the panels, in the context of every page inside. A part asks the
# database only where a template asks the part.
type PagePart = Callable[[Place], dict[str, Any]]

_panels: dict[str, Panel] = {}
_pictures: dict[Kind, Picture] = {}
_parts: dict[str, PagePart] = {}


def register_panel(panel: Panel) -> None:
    """In the order of the tabs; the first is shown on coming in. Twice is once."""
    _panels[panel.name] = panel


def register_picture(kind: Kind, picture: Picture) -> None:
    _pictures[kind] = picture


def register_part(name: str, part: PagePart) -> None:
    _parts[name] = part


def panels() -> list[Panel]:
    return list(_panels.values())


def first_panel() -> Panel:
    return panels()[0]


def picture_of(place: Place) -> Picture:
    return _pictures[Kind(place.item.kind)]


def page_parts() -> list[PagePart]:
    return list(_parts.values())
