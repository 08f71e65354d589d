"""How often somebody may start, save, and tell where the film is. Handing in is never refused."""

from __future__ import annotations

from django.conf import settings

from media_items.quizzes.models import Attempt, Quiz
from media_items.rate_limits import count_try
from media_items.requests import FoyerRequest
from media_items.visitors import Identity


def count_start(request: FoyerRequest, quiz: Quiz, identity: Identity) -> None:
    """Raises `TooManyTries`. Whoever has no key cannot start."""
    if identity.key:
        of = f"{quiz.pk}\0{identity.key}\0{identity.browser}"
        count_try(request, "quiz:start", of=of, rate=settings.START_RATE_PER_PERSON)


def count_save(request: FoyerRequest, attempt: Attempt) -> None:
    """Raises `TooManyTries`. A page saves every few seconds, and at each click; a hint that is read
    is written down, too."""
    count_try(request, "quiz:save", of=str(attempt.pk), rate=settings.SAVE_RATE_PER_ATTEMPT)


def count_watch(request: FoyerRequest, attempt: Attempt) -> None:
    """Raises `TooManyTries`. Apart from saves: a player tells by itself."""
    count_try(request, "quiz:watch", of=str(attempt.pk), rate=settings.SAVE_RATE_PER_ATTEMPT)
