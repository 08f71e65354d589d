"""The data classes in which the demo's people, galleries and media are described.

What has happened is so long `ago`; what is planned is `On` a day after that of seeding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from access.invitations.models import InvitationRole
from access.memberships.models import GalleryRole
from demo import drawing
from demo.course.quiz_shapes import DemoQuiz
from demo.days import On
from demo.films import Scale
from media_items.catalogue.models import GalleryKind, Kind, State

Cues = list[tuple[float, float, str]]  # from second, to second, text

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class DemoGallery:
    key: str
    kind: GalleryKind
    name: str
    description: str
    members: dict[str, GalleryRole]


@dataclass(frozen=True)
class DemoGuest:
    """A guest. `state`: inside, left, removed, erased. `ago`: when they joined."""

    name: str
    email: str
    ago: timedelta = DAY
    state: str = "inside"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A guest link. `state`: active, paused, expired. `expires_in`: from now to its last day."""

    name: str
    ago: timedelta = 3 * DAY
    options: dict[str, Any] = field(default_factory=dict)
    expires_in: timedelta | None = None
    state: str = "active"
    guests: list[DemoGuest] = field(default_factory=list)
    shown: str = ""  # a line for the list of links to try


@dataclass(frozen=True, kw_only=True)
class Invited:
    """An invitation of an account, by its key, or of a name and an address.

    `state`: made (nothing mailed), waiting, refused, failed, sent, opened, declined, accepted,
    taken back, blocked. An account accepts by signing in, others by code in two browsers.
    """

    role: InvitationRole = InvitationRole.VIEWER
    state: str = "sent"
    account: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    ago: timedelta = 2 * DAY
    expires_in: timedelta | None = None  # until the last day, from now; negative: it is over
    note: str = ""
    shown: str = ""  # a line for the list of links to try


@dataclass(frozen=True)
class Attendee:
    """Somebody in a session. `who` is an account's key, or the address of an invitation or a guest;
    each stay is from minute to minute of the session."""

    who: str
    stays: tuple[tuple[int, int], ...] = ((0, 90),)


@dataclass(frozen=True, kw_only=True)
class PastSession:
    """A session that is over and began when the item starts: who was there, and what they wrote.

    `chat` and `questions`: minute, who, text. A question has its answer as well: "" is one given
    live, None is none.
    """

    minutes: int = 90
    people: list[Attendee] = field(default_factory=list)
    chat: list[tuple[int, str, str]] = field(default_factory=list)
    questions: list[tuple[int, str, str, str | None]] = field(default_factory=list)
    poll: tuple[str, dict[str, list[str]]] | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    owner: str
    kind: Kind
    title: str
    description: str
    tags: str = ""
    state: State = State.PRIVATE
    galleries: tuple[str, ...] = ()
    ago: timedelta = 5 * DAY
    make: Callable[[Path, Scale], None] | None = None
    file_name: str = ""
    captions: dict[str, tuple[str, Cues]] = field(default_factory=dict)
    card: tuple[str, drawing.Colour] | None = None
    starts: On | None = None
    ends: On | None = None
    available_from: On | None = None
    co_editors: tuple[str, ...] = ()
    guest_access: bool = False
    links: list[Link] = field(default_factory=list)
    invited: list[Invited] = field(default_factory=list)
    in_bin: bool = False
    access_request: tuple[str, str, str] | None = None  # name, address, message; first link
    room_of: str = ""
    past_session: PastSession | None = None
    quiz: DemoQuiz | None = None
