"""How often one person may signal and change their place on the stage."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from media_items.live.sessions.models import Participant
from media_items.rate_limits import count_try


def count_signal(request: HttpRequest, me: Participant) -> None:
    """Raises `TooManyTries`. A person coming on connects to everybody at once, so it is many."""
    count_try(request, "stage-signal", of=str(me.pk), rate=settings.SIGNAL_RATE_PER_PERSON)


def count_move(request: HttpRequest, me: Participant) -> None:
    """Raises `TooManyTries`. Every change makes everybody's page look at the stage anew."""
    count_try(request, "stage-move", of=str(me.pk), rate=settings.STAGE_RATE_PER_PERSON)
