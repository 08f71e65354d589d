"""What the bar under the picture shows; asked only where the bar is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from media_items.abilities import Ability
from media_items.live.interactions.models import ReactionKind
from media_items.live.interactions.reactions import NO_COUNTS, REACTIONS, recent_counts
from media_items.live.interactions.results import POLL, PollView, card_of
from media_items.live.page.there import may_be_there
from media_items.live.sessions.lookups import Place
from media_items.outlines import Outline

_BUTTON = Outline("media_items/live/interactions/_reaction.html", "count")


@dataclass(frozen=True)
class ReactionButton:
    """`is_button`: it is pressed, not only shown."""

    kind: ReactionKind
    count: int
    is_button: bool

    @property
    def drawn(self) -> SafeString:
        choices = {"kind": self.kind, "is_button": self.is_button, "is_any": bool(self.count)}
        return _BUTTON.drawn(choices, count=self.count)


class Bar:
    """In the context of every page inside: the panels that are asked for alone never query it."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @cached_property
    def reactions(self) -> list[ReactionButton]:
        is_any = may_be_there(self._place, REACTIONS)
        counts = recent_counts(self._place.session) if is_any else NO_COUNTS
        return [ReactionButton(one, counts[one], self.may_react) for one in ReactionKind]

    @cached_property
    def poll(self) -> PollView | None:
        return card_of(self._place) if may_be_there(self._place, POLL) else None

    @property
    def may_react(self) -> bool:
        return self._place.session.is_live and Ability.INTERACT in self._place.item.abilities


def page_part(place: Place) -> dict[str, Any]:
    return {"bar": Bar(place)}
