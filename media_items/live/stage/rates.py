"""How often one person may signal and change their place on the stage."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage

from media_items.live.sessions.models import Participant


class TooOften(Exception):
    """The rate is passed; the sentence is for the person."""

    def __init__(self) -> None:
        super().__init__(_("That was a lot in a short time. Wait a moment, then try again."))


def count_signal(request: HttpRequest, me: Participant) -> None:
    """Raises `TooOften`. A person coming on connects to everybody at once, so it is many."""
    _count(request, "stage-signal", me, settings.SIGNAL_RATE_PER_PERSON)


def count_move(request: HttpRequest, me: Participant) -> None:
    """Raises `TooOften`. Every change makes everybody's page look at the stage anew."""
    _count(request, "stage-move", me, settings.STAGE_RATE_PER_PERSON)


def _count(request: HttpRequest, group: str, me: Participant, rate: str) -> None:
    usage = get_usage(request, group=group, key=lambda *_: str(me.pk), rate=rate, increment=True)
    if usage and usage["should_limit"]:
        raise TooOften
