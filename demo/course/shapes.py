"""The shapes that the demo's people, places and media are written down in.

Times are given from the moment of seeding, which is first rounded down to a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from access.invitations.models import InvitationRole
from access.memberships.models import GalleryRole
from demo import ink
from demo.films import Scale
from media_items.catalogue.models import GalleryKind, Kind, State

Cues = list[tuple[float, float, str]]  # from second, to second, words

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Person:
    key: str
    first_name: str
    last_name: str
    email: str
    what: str


@dataclass(frozen=True)
class Place:
    key: str
    kind: GalleryKind
    name: str
    description: str
    members: dict[str, GalleryRole]


@dataclass(frozen=True)
class Comer:
    """A guest. `state`: inside, left, removed, erased. `ago`: when they came."""

    name: str
    email: str
    ago: timedelta = DAY
    state: str = "inside"


@dataclass(frozen=True, kw_only=True)
class Link:
    """`fate` is what became of it: active, paused, expired."""

    name: str
    ago: timedelta = 3 * DAY
    options: dict[str, Any] = field(default_factory=dict)
    lives: timedelta | None = None
    fate: str = "active"
    guests: list[Comer] = field(default_factory=list)
    shown: str = ""  # a line for the list of links to try


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Somebody invited in person: an account by its key, or a name and an address.

    `fate`: made (nothing mailed), waiting, refused, failed, sent, opened, declined, accepted,
    taken back, blocked. With an account accepted is by signing in, else by code on two devices.
    """

    role: InvitationRole = InvitationRole.VIEWER
    fate: str = "sent"
    account: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    ago: timedelta = 2 * DAY
    lives: timedelta | None = None  # until the last day, from now; negative: it is over
    note: str = ""
    shown: str = ""  # a line for the list of links to try


@dataclass(frozen=True)
class There:
    """Somebody in a session. `who` is an account's key or an address that was invited or came by
    a link; each stay is from minute to minute of the session."""

    who: str
    stays: tuple[tuple[int, int], ...] = ((0, 90),)


@dataclass(frozen=True, kw_only=True)
class Sat:
    """A session that is over, from the item's start on: who was there and what was said.

    Said and asked: minute, who, words. An answer follows its question; "" is answered live.
    """

    minutes: int = 90
    people: list[There] = field(default_factory=list)
    said: list[tuple[int, str, str]] = field(default_factory=list)
    asked: list[tuple[int, str, str, str | None]] = field(default_factory=list)
    polled: tuple[str, dict[str, list[str]]] | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    owner: str
    kind: Kind
    title: str
    description: str
    tags: str = ""
    state: State = State.PRIVATE
    places: tuple[str, ...] = ()
    ago: timedelta = 5 * DAY
    make: Callable[[Path, Scale], None] | None = None
    file_name: str = ""
    captions: dict[str, tuple[str, Cues]] = field(default_factory=dict)
    card: tuple[str, ink.Colour] | None = None
    starts: timedelta | None = None
    ends: timedelta | None = None
    available_from: timedelta | None = None
    time_zone: str = "Europe/Berlin"
    co_editors: tuple[str, ...] = ()
    guest_access: bool = False
    links: list[Link] = field(default_factory=list)
    invited: list[Invited] = field(default_factory=list)
    in_bin: bool = False
    asks: tuple[str, str, str] | None = None  # name, address, message at the first link
    room_of: str = ""
    sat: Sat | None = None
