"""Whom a key of a proof names: the address to show a host, and to write to.

`media_items` keeps keys, not addresses; `access` knows who is behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from media_items.catalogue.models import MediaItem


@dataclass(frozen=True)
class PersonBehind:
    """`may_be_mailed`: nobody has taken from them the way in by which they came, and who was
    invited has not declined. The address of a guest is as they typed it."""

    email: str
    may_be_mailed: bool


type Ask = Callable[[Collection[str], MediaItem], dict[str, PersonBehind]]

_ask: list[Ask] = []


def know_people_by(ask: Ask) -> None:
    """Called once from `AppConfig.ready`."""
    _ask[:] = [ask]


def people_behind(keys: Collection[str], item: MediaItem) -> dict[str, PersonBehind]:
    """By `Identity.key`, on this item. Who was erased is left out. A fixed number of queries, none
    without keys."""
    found: dict[str, PersonBehind] = {}
    for ask in _ask if keys else ():
        found |= ask(keys, item)
    return found
