"""The mesh: every browser on stage is connected to every other and to everybody who watches.

Nothing to install and no media on the server. The rows are all there is: after each change
everybody looks at them again, browsers connect to those who are there and close the connection to
those who are not. So most of what the engine is told means the same to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.models import LiveSession
from media_items.live.stage.mesh.models import Signal
from media_items.live.stage.mesh.turn import CREDENTIAL_LASTS, ice_servers
from media_items.live.stage.models import Seat, SeatEnd, SeatKind

# Each sender encodes and sends once for everybody else; what a home's uplink carries is shared.
UPLINK_KBIT = 1_600
MOST_KBIT_A_PERSON = 600
LEAST_KBIT_A_PERSON = 150


class MeshEngine:
    name = "mesh"

    def capacity(self, kind: SeatKind) -> int:
        seats: int = {
            SeatKind.STAGE: settings.LIVE_STAGE_SEATS,
            SeatKind.WATCH: settings.LIVE_WATCH_SEATS,
        }[kind]
        return seats

    def seat_taken(self, seat: Seat) -> None:
        self._announce_change(seat.session, on_stage=seat.publishes)

    def media_changed(self, seat: Seat) -> None:
        self._announce_change(seat.session)

    def muted(self, seat: Seat) -> None:
        """At once: their page mutes itself, and the pages of the others stop playing them."""
        announce(seat.session, FactKind.ME, to=only(seat.participant_id))
        self._announce_change(seat.session)

    def seats_ended(self, seats: Sequence[Seat], why: SeatEnd) -> None:
        Signal.objects.filter(Q(sender__in=seats) | Q(receiver__in=seats)).delete()
        if why in {SeatEnd.MOVED, SeatEnd.SESSION_ENDED}:
            return  # every page hears of what comes in their place
        session = seats[0].session
        if why == SeatEnd.TAKEN_OFF:
            for seat in seats:
                announce(session, FactKind.ME, to=only(seat.participant_id))
        self._announce_change(session, on_stage=any(seat.publishes for seat in seats))

    def client_configuration(self, seat: Seat, moment: datetime) -> dict[str, Any]:
        return {
            "engine": self.name,
            "iceServers": ice_servers(str(seat.pk), moment),
            "lastsSeconds": int(CREDENTIAL_LASTS.total_seconds()),
            "uplinkKbit": UPLINK_KBIT,
            "mostKbit": MOST_KBIT_A_PERSON,
            "leastKbit": LEAST_KBIT_A_PERSON,
        }

    @staticmethod
    def _announce_change(session: LiveSession, *, on_stage: bool = True) -> None:
        """The list of people does not say who watches."""
        announce(session, FactKind.STAGE)
        if on_stage:
            announce(session, FactKind.PARTICIPANTS)
