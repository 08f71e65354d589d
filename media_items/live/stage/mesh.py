"""The mesh: every browser on stage is connected to every other and to everybody who watches.

Nothing to install and no media on the server. The rows are all there is: after each change
everybody looks at them anew, browsers connect to those who are there and close the connection to
those who are not. So most of what the engine is told means the same to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from media_items.live.events.announcing import announce
from media_items.live.events.facts import only
from media_items.live.stage.models import Seat, SeatKind, Signal
from media_items.live.stage.turn import CREDENTIAL_LASTS, ice_servers

# Each sender encodes and sends once for everybody else; what a home's uplink carries is shared.
UPLINK_KBIT = 1_600
MOST_KBIT_A_PERSON = 600
LEAST_KBIT_A_PERSON = 150


class MeshEngine:
    def capacity(self, kind: SeatKind) -> int:
        seats: int = {
            SeatKind.STAGE: settings.LIVE_STAGE_SEATS,
            SeatKind.WATCH: settings.LIVE_WATCH_SEATS,
        }[kind]
        return seats

    def join(self, seat: Seat) -> None:
        self._look_anew(seat)

    def watch(self, seat: Seat) -> None:
        # The list of people does not say who watches.
        announce(seat.session, "stage")

    def promote(self, watched: Seat, seat: Seat) -> None:
        self._forget(watched)
        self._look_anew(seat)

    def publish(self, seat: Seat) -> None:
        self._look_anew(seat)

    def mute(self, seat: Seat) -> None:
        """Felt at once: their page mutes itself, and everybody else's plays them no more."""
        announce(seat.session, "me", to=only(seat.participant_id))
        self._look_anew(seat)

    def demote(self, seat: Seat) -> None:
        announce(seat.session, "me", to=only(seat.participant_id))
        self.leave(seat)

    def leave(self, seat: Seat) -> None:
        self._forget(seat)
        self._look_anew(seat)

    def remove(self, seat: Seat) -> None:
        self.leave(seat)

    def relay(self, sender: Seat, receiver: Seat, kind: str, payload: dict[str, Any]) -> None:
        """Into a row, and a word to the receiver's page that there is one."""
        Signal.objects.create(
            sender=sender, receiver=receiver, kind=kind, payload=payload, sent_at=timezone.now()
        )
        announce(receiver.session, "signal", to=only(receiver.participant_id), seat=receiver.pk)

    def client_configuration(self, seat: Seat, moment: datetime) -> dict[str, Any]:
        return {
            "engine": "mesh",  # static/js/stage/mesh.js
            "iceServers": ice_servers(str(seat.pk), moment),
            "lastsSeconds": int(CREDENTIAL_LASTS.total_seconds()),
            "uplinkKbit": UPLINK_KBIT,
            "mostKbit": MOST_KBIT_A_PERSON,
            "leastKbit": LEAST_KBIT_A_PERSON,
        }

    @staticmethod
    def _look_anew(seat: Seat) -> None:
        announce(seat.session, "stage")
        announce(seat.session, "people")

    @staticmethod
    def _forget(seat: Seat) -> None:
        Signal.objects.filter(Q(sender=seat) | Q(receiver=seat)).delete()
