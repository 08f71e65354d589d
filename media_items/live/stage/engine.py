"""What a room asks of whatever carries its picture and sound, and which one carries it here.

The rows say who is on stage and who watches; `services` writes them and then tells the engine,
in the same transaction. An engine decides nothing about rights.

One engine so far: the mesh (`mesh.py`), every browser connected to every other, nothing to
install. Two more have their place behind the same protocol, when their issues come:

- Janus, for one machine: a process of ours holds the one socket to its VideoRoom and a handle for
  each seat. Browsers send the same signals to the same address; `relay` hands them to the handle
  instead of to another seat, `demote`, `mute` and `remove` are requests to the room, and
  `capacity` is what the machine's network carries.
- LiveKit, beyond one machine: `client_configuration` gives the address and a signed grant whose
  `canPublish` is the seat's kind, `promote` and `demote` change it by the server's API, and
  `relay` is never called, because its client talks to it directly.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings

from media_items.live.stage.mesh import MeshEngine
from media_items.live.stage.models import Seat, SeatKind


class StageEngine(Protocol):
    def capacity(self, kind: SeatKind) -> int:
        """How many seats of the kind a sitting has."""
        ...

    def join(self, seat: Seat) -> None:
        """Somebody came on stage who had no seat before."""
        ...

    def watch(self, seat: Seat) -> None:
        """Somebody watches from now on."""
        ...

    def promote(self, watched: Seat, seat: Seat) -> None:
        """Whoever watched from the one seat is on stage in the other."""
        ...

    def publish(self, seat: Seat) -> None:
        """They send something else than before: microphone, camera or screen."""
        ...

    def mute(self, seat: Seat) -> None:
        """A moderator has muted them."""
        ...

    def demote(self, seat: Seat) -> None:
        """A moderator has taken them off the stage; they stay in the room."""
        ...

    def leave(self, seat: Seat) -> None:
        """They have given up the seat themself, or moved to a new one."""
        ...

    def remove(self, seat: Seat) -> None:
        """They are not in the room any more: gone, put out, or it has ended."""
        ...

    def relay(self, sender: Seat, receiver: Seat, kind: str, payload: dict[str, Any]) -> None:
        """Hands on what one browser says; who may say it to whom has been judged."""
        ...

    def client_configuration(self, seat: Seat, moment: datetime) -> dict[str, Any]:
        """What the script of whoever holds the seat needs to connect. Holds secrets of theirs."""
        ...


@cache
def current_engine() -> StageEngine:
    engines: dict[str, type[StageEngine]] = {"mesh": MeshEngine}
    return engines[settings.LIVE_STAGE_ENGINE]()
