"""Entrances: what other apps add to the pages of `media_items`, at named places.

`media_items` never imports `access`, and its templates name none of its addresses. An app that
builds on it registers its entrances when it is ready; `{% entrances "item_menu_people" %}` draws
those of a place, in their order, with the context of the template around it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Self

from django.template import Context
from django.utils.functional import Promise

from media_items.abilities import Ability, GalleryAbility
from media_items.catalogue.choices import LIVE_KINDS, Kind, State
from media_items.outlines import Outline

if TYPE_CHECKING:
    from media_items.catalogue.models import MediaItem


class Place(StrEnum):
    """A place in a template of `media_items`. Each has `item` in its context, or `gallery`, or what
    stands here."""

    # The page of a media item, whatever its kind
    ITEM_BAR = "item_bar"  # above the page, and above the entrance of a session; `identity`
    ITEM_ACTIONS = "item_actions"  # buttons beside the title, before the three dots
    ITEM_MENU_EDITING = "item_menu_editing"  # three dots: with Edit and Publish
    ITEM_MENU_PEOPLE = "item_menu_people"  # three dots: a group of its own
    ITEM_STATE = "item_state"  # under the title
    ITEM_OVER = "item_over"  # in the picture of a live item that is over
    CARD_MENU_PEOPLE = "card_menu_people"  # the same on a card, with what its page has as buttons
    DELETE_ITEM = "delete_item"  # in the dialog that asks before deleting

    # A live session
    SESSION_LEAVE = (
        "session_leave"  # in its head, in place of the session's own way out; `identity`
    )
    SESSION_ENTRANCE = "session_entrance"  # below the ways in; `ended`: the session before, or None
    EMPTY_STAGE = "empty_stage"  # buttons beside Go on stage, while nobody is there
    SESSION_KNOCKS = "session_knocks"  # unseen: <div data-knocks="id" data-address="…">
    PARTICIPANTS_MENU_INVITE = "participants_menu_invite"  # a group of its own; `here_url`
    PARTICIPANTS_MENU_DOOR = "participants_menu_door"  # with Lock and Admit all waiting
    PARTICIPANT_MENU_EDITING = "participant_menu_editing"  # with Copy name; `id`: the participant's
    PARTICIPANT_MENU_REMOVING = "participant_menu_removing"  # a group of its own; `id`

    # A quiz
    QUIZ_START = "quiz_start"  # on the start page, after its button; `identity`
    QUIZ_LIMITS = "quiz_limits"  # in the settings, where attempts are limited
    QUIZ_RESULT = "quiz_result"  # under the score of one's own attempt; `attempt`, `identity`

    # The list of galleries: `may_make_galleries`
    GALLERIES_ACTIONS = "galleries_actions"  # buttons beside the title

    # A gallery
    GALLERY_ACTIONS = "gallery_actions"  # buttons beside the title


def _always(context: Context) -> bool:
    return True


@dataclass(frozen=True)
class ItemLook:
    """What the outline of an entrance or a menu may ask of an item."""

    kind: Kind
    state: State
    abilities: frozenset[Ability]

    @classmethod
    def of(cls, item: MediaItem) -> Self:
        return cls(Kind(item.kind), State(item.state), item.abilities)

    @property
    def is_live_kind(self) -> bool:
        return self.kind in LIVE_KINDS

    def get_state_display(self) -> str | Promise:
        return self.state.label


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """One template at one place. It is drawn where the visitor has `needs` and `when` returns True.

    Neither `when` nor the template asks the database: the number of queries of a page does not
    depend on what is registered. `is_outline`: the template writes the item's `public_id`, and
    decides by nothing but its `ItemLook`, which is called `item` there.
    """

    place: Place
    template: str  # a name, or `name#partial`
    order: int  # among those of the place
    needs: Ability | GalleryAbility | None = None
    when: Callable[[Context], bool] = _always
    is_outline: bool = False

    @cached_property
    def outline(self) -> Outline:
        return Outline(self.template, "public_id", in_addresses=["public_id"])

    def is_open(self, context: Context) -> bool:
        if self.needs is not None:
            of = "gallery" if isinstance(self.needs, GalleryAbility) else "item"
            if self.needs not in context[of].abilities:
                return False
        return self.when(context)


_registered: list[Entrance] = []


def register(*entrances: Entrance) -> None:
    """Called from `AppConfig.ready`. Raises ValueError when one is registered a second time."""
    for entrance in entrances:
        if any(
            (one.place, one.template) == (entrance.place, entrance.template) for one in _registered
        ):
            raise ValueError(f"{entrance.template} is already at {entrance.place}.")
        _registered.append(entrance)
    _registered.sort(key=lambda entrance: entrance.order)


def registered() -> tuple[Entrance, ...]:
    """All of them, sorted by `order`."""
    return tuple(_registered)


def open_at(place: Place, context: Context) -> list[Entrance]:
    """Those of a place that are drawn in this context."""
    return [one for one in _registered if one.place is place and one.is_open(context)]
