"""What a room asks of whatever carries its picture and sound, and which one carries it here.

The rows say who is on stage and who watches; `services` writes them and then tells the engine,
in the same transaction. An engine decides nothing about rights: it is told of seats and of what
their holders may do, and how browsers and servers find each other is its own matter, with rows,
forms and addresses of its own where it needs them (`mesh/`).

One engine so far: the mesh, every browser connected to every other, nothing to install. Two more
have their place behind the same protocol, when their issues come:

- Janus, for one machine: a process of ours holds the one socket to its VideoRoom and a handle for
  each seat. `muted` and `seats_ended` are requests to the room, and `capacity` is what the
  machine's network carries.
- LiveKit, beyond one machine: `client_configuration` gives the address and a signed grant whose
  `canPublish` is the seat's kind; `seat_taken` and `seats_ended` change or end it by the server's
  API, except for a seat that was `MOVED`, whose successor follows at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings

from media_items.live.stage.models import Seat, SeatEnd, SeatKind


class StageEngine(Protocol):
    """Told under the session's lock, in the transaction that wrote the rows: an engine that speaks
    to a server does so after commit.
    """

    name: str  # as LIVE_STAGE_ENGINE spells it, and the browser's module for it

    def capacity(self, kind: SeatKind) -> int:
        """How many seats of the kind a session has."""
        ...

    def seat_taken(self, seat: Seat) -> None:
        """Its holder may send and receive (`STAGE`), or receive only (`WATCH`), from now on. A seat
        that they had before has ended with `SeatEnd.MOVED`."""
        ...

    def media_changed(self, seat: Seat) -> None:
        """They send something else than before: microphone, camera or screen."""
        ...

    def muted(self, seat: Seat) -> None:
        """A moderator has muted them."""
        ...

    def seats_ended(self, seats: Sequence[Seat], why: SeatEnd) -> None:
        """Nobody sends or receives from these any more; at least one, all of one session."""
        ...

    def client_configuration(self, seat: Seat, moment: datetime) -> dict[str, Any]:
        """What the script of the seat's holder needs to connect. Contains secrets of theirs.
        `engine` is the name; the rest is between the engine and its script."""
        ...


_engines: dict[str, type[StageEngine]] = {}


def register_engine(engine: type[StageEngine]) -> None:
    """At start-up (`live.wiring`). Twice is once."""
    _engines[engine.name] = engine


@cache
def current_engine() -> StageEngine:
    return _engines[settings.LIVE_STAGE_ENGINE]()
