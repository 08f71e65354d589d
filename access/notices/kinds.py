"""The kinds of notices: one class for each, in the room whose rows it is about.

A kind says who is meant and how it is put. It is registered by importing its module, which the app
does when it is ready; `User.notice_<name>` is how soon an account wants to hear of it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from django.utils.functional import Promise

from media_items.abilities import Ability

if TYPE_CHECKING:
    from access.accounts.models import User
    from media_items.models import MediaItem

MOST_NAMED = 10  # of the people in one list; the others are a number


class NoticeKind:
    """Something that happens on an item because of other people."""

    name: ClassVar[str]
    label: ClassVar[Promise]
    needs: ClassVar[Ability]  # of whoever is told, when they are told
    order: ClassVar[int]  # in a mail

    def people(self, item: MediaItem, ids: Collection[int]) -> tuple[int, list[str]]:
        """How many of the rows are still worth telling, and the names of the first `MOST_NAMED`.

        Nobody who has been erased, nor what has been settled since. Two queries at most.
        """
        raise NotImplementedError

    def said(self, count: int) -> str:
        """A sentence without names, before the list of them."""
        raise NotImplementedError

    def subject(self, count: int, title: str) -> str:
        """Of a mail that tells this and nothing else. SECURITY: without names."""
        raise NotImplementedError

    def url(self, item: MediaItem) -> str:
        """The path of the page that shows all of them."""
        raise NotImplementedError


KINDS: dict[str, NoticeKind] = {}


def register[Kind: NoticeKind](kind: type[Kind]) -> type[Kind]:
    """A class decorator. Raises `ValueError` where the name is taken."""
    if type(KINDS.setdefault(kind.name, kind())) is not kind:
        raise ValueError(f"Two kinds of notices are called {kind.name}.")
    return kind


def kind_choices() -> list[tuple[str, Promise]]:
    return [(name, kind.label) for name, kind in KINDS.items()]


def pace_of(account: User, kind: str) -> str:
    pace: str = getattr(account, f"notice_{kind}")
    return pace
