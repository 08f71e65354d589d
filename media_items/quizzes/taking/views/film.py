"""What the player of an attempt tells."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from media_items.numbers import whole_number
from media_items.quizzes.attempts.refusals import AttemptInterrupted, AttemptOver
from media_items.quizzes.attempts.watching import watch
from media_items.quizzes.taking.acts import LONGEST_MS
from media_items.quizzes.taking.lookups import get_attempt
from media_items.quizzes.taking.result_page import over_said
from media_items.quizzes.taking.tries import count_watch
from media_items.requests import FoyerRequest


@never_cache
@require_POST
def watch_film(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    """JSON: how far the film is open now."""
    attempt = get_attempt(request, public_id, attempt_id)
    count_watch(request, attempt)
    at_ms = whole_number(request.POST.get("at", ""), at_most=LONGEST_MS, default=0)
    try:
        attempt = watch(attempt=attempt, at_ms=at_ms)
    except AttemptInterrupted:
        return JsonResponse({"interrupted": True}, status=409)
    except AttemptOver:
        return JsonResponse(over_said(attempt), status=409)
    return JsonResponse({"watched": attempt.watched_ms})
