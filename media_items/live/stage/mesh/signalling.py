"""What one browser tells another: judged at every POST, kept for minutes, read by the receiver.

Only those on stage make offers; those who watch answer, name candidates, or ask for a new offer.
The rows say who is what at this moment, so somebody taken off is refused at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.models import Participant
from media_items.live.stage.mesh import sdp
from media_items.live.stage.mesh.models import Signal, SignalKind
from media_items.live.stage.models import Seat
from media_items.live.stage.services import own_seat
from media_items.refusals import Forbidden

# Nobody asks for one later than this; a page that missed it asks for a new offer.
KEPT = timedelta(minutes=2)
PAYLOAD_MAX_BYTES = 64 * 1024
MOST_AT_ONCE = 200


class SignalRefused(Forbidden):
    """Nothing was handed on."""

    message = _("You don’t have a seat in this session.")


@transaction.atomic
def send_signal(
    *, me: Participant, seat_id: int, to: int, kind: str, payload: dict[str, Any]
) -> None:
    """From one's own seat to another's of the same session. Raises `SignalRefused`.

    Stores a row, and tells the receiver's page that there is one. For a seat that has just been
    given up it does nothing, and is no error.

    SECURITY: this is where the server decides who may publish. Two who watch do not signal to each
    other; somebody who watches makes no offer, and their answer must not send.
    """
    sender = own_seat(me, seat_id)
    if sender is None or not sender.session.is_live:
        raise SignalRefused
    receiver = sender.session.seats.exclude(participant=me).filter(pk=to).first()
    if receiver is None or not (sender.publishes or receiver.publishes):
        raise SignalRefused
    if kind == SignalKind.OFFER and not sender.publishes:
        raise SignalRefused
    if kind in {SignalKind.OFFER, SignalKind.ANSWER}:
        try:
            sdp.check_directions(payload["sdp"], allowed=_directions(sender, receiver))
        except sdp.WrongDescription as error:
            raise SignalRefused from error
    if not sender.session.seats.current().filter(pk=receiver.pk).exists():
        return
    forget_old_signals()
    Signal.objects.create(
        sender=sender, receiver=receiver, kind=kind, payload=payload, sent_at=timezone.now()
    )
    announce(sender.session, FactKind.SIGNAL, to=only(receiver.participant_id), seat=receiver.pk)


def _directions(sender: Seat, receiver: Seat) -> frozenset[str]:
    if not sender.publishes:
        return sdp.ONLY_RECEIVING
    return sdp.DIRECTIONS if receiver.publishes else sdp.ONLY_SENDING


def signals_for(seat: Seat, *, after: int) -> list[Signal]:
    """In the order in which they were sent, from those who still have their seats."""
    senders = Seat.objects.current().filter(session=seat.session)
    waiting = Signal.objects.filter(
        receiver=seat, pk__gt=after, sender__in=senders, sent_at__gt=timezone.now() - KEPT
    )
    return list(waiting.order_by("pk")[:MOST_AT_ONCE])


def forget_old_signals() -> int:
    """They hold network addresses and have done their work."""
    return Signal.objects.filter(sent_at__lt=timezone.now() - KEPT).delete()[0]
