"""Certificates of those whose score passes: made and withdrawn as scores are found.

A certificate is of one attempt and says what was so when it was made. It stands until the score of
its person does not pass any more, and again when it does.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from media_items.quizzes.attempts.passing import has_passed, share_of
from media_items.quizzes.attempts.reveal import revealed, standing_of
from media_items.quizzes.attempts.windows import closed_for_everybody_at, exemption_of, window_of
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Certificate, Quiz, Taker
from media_items.quizzes.scoring import rules
from media_items.requests import FoyerRequest

# Databases divide with fewer decimals than fractions have.
_HARDLY_LESS = Decimal("0.000001")


def settle(taker: Taker, quiz: Quiz) -> None:
    """In the transaction in which the score was found, the person's row locked. Nobody gets one
    while answers wait to be marked, nor who edits the quiz, nor who was erased."""
    verdict = has_passed(quiz, taker.score, taker.possible)
    if verdict is False:
        standing_of_person(taker).update(withdrawn_at=timezone.now())
    elif verdict and _is_due(taker, quiz) and not standing_of_person(taker).exists():
        _issue(taker, quiz)


def standing_of_person(taker: Taker) -> QuerySet[Certificate]:
    return Certificate.objects.filter(attempt__taker=taker, withdrawn_at=None)


def _is_due(taker: Taker, quiz: Quiz) -> bool:
    is_somebody = not taker.is_preview and taker.erased_at is None
    return quiz.gives_certificate and not taker.waiting and is_somebody


def _issue(taker: Taker, quiz: Quiz) -> None:
    attempt = taker.attempts.filter(is_kept=True).order_by("-number").first()
    share = share_of(taker.score, taker.possible)
    if attempt is None or share is None:
        return
    owner = quiz.item.owner
    Certificate.objects.update_or_create(
        attempt=attempt,
        defaults={"withdrawn_at": None},
        create_defaults={
            "name": taker.shown_name,
            "certainty": taker.certainty,
            "title": quiz.item.title,
            "host": str(owner) if owner else "",
            "percent": rules.rounded(100 * share),
            "passed_at": attempt.ended_at or timezone.now(),
        },
    )


def take_up() -> int:
    """For those who have passed and have none, as when a task was lost. Returns how many; called by
    housekeeping."""
    numbers = list(_due().order_by("pk").values_list("pk", flat=True))
    for number in numbers:
        with transaction.atomic():
            taker = Taker.objects.select_for_update(of=("self",), no_key=True).get(pk=number)
            settle(taker, Quiz.objects.select_related("item__owner").get(pk=taker.quiz_id))
    return len(numbers)


def _due() -> QuerySet[Taker]:
    """All who have passed and have none; `settle` has the last word."""
    standing = Certificate.objects.filter(attempt__taker=OuterRef("pk"), withdrawn_at=None)
    return Taker.objects.filter(
        ~Exists(standing),
        quiz__gives_certificate=True,
        quiz__is_scored=True,
        quiz__pass_percent__isnull=False,
        is_preview=False,
        erased_at=None,
        waiting=0,
        possible__gt=0,
        score__gte=F("possible") * F("quiz__pass_percent") / 100 - _HARDLY_LESS,
    )


def certificate_of(attempt: Attempt) -> Certificate | None:
    """Of the person whose attempt it is, for that person: as soon as they may see their score."""
    found: Certificate | None = standing_of_person(attempt.taker).order_by("-passed_at").first()
    return found if found and _may_see_score(attempt) else None


def result_part(request: FoyerRequest, attempt: Attempt, score: Any) -> dict[str, str] | None:
    """For the page of a result that passes (`_certificate_part.html`)."""
    if score is None or not score.is_passed or certificate_of(attempt) is None:
        return None
    where = [attempt.quiz.item.public_id, attempt.public_id]
    return {"certificate_url": reverse("media_items:certificate_file", args=where)}


def _may_see_score(attempt: Attempt) -> bool:
    quiz, taker = attempt.quiz, attempt.taker
    allowed = window_of(quiz, exemption_of(quiz, taker, [taker.person])).attempts
    used = taker.attempts.exclude(state=AttemptState.VOIDED).count()
    return revealed(
        quiz,
        standing_of(
            attempt,
            attempts_left=None if allowed is None else max(0, allowed - used),
            closed_at=closed_for_everybody_at(quiz),
            moment=timezone.now(),
        ),
    ).score
