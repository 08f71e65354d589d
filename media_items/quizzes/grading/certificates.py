"""Certificates of those whose score passes: made and withdrawn as scores are found.

A certificate is of one attempt and says what was so when it was made. It stands until its attempt
counts for nothing, or the score of its person does not pass any more, and again when it does.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from media_items.quizzes.attempts.passing import has_passed, share_of
from media_items.quizzes.attempts.reveal import revealed, revealed_of_finished
from media_items.quizzes.attempts.standings import standing_of_taker
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.models import Attempt, Certificate, Quiz, Taker
from media_items.quizzes.scoring import rules
from media_items.requests import FoyerRequest

# Databases divide with fewer decimals than fractions have.
_HARDLY_LESS = Decimal("0.000001")


def settle(taker: Taker, quiz: Quiz) -> None:
    """In the transaction in which the score was found, the person's row locked. Nobody gets one
    while answers wait to be marked, nor who edits the quiz, nor who was erased."""
    verdict = has_passed(quiz, taker.score, taker.possible)
    if verdict is False or taker.score is None:
        _withdraw(taker)
    elif verdict and _is_due(taker, quiz) and not standing_of_person(taker).exists():
        _withdraw(taker)
        _issue(taker, quiz)


def standing_of_person(taker: Taker) -> QuerySet[Certificate]:
    return _standing().filter(attempt__taker=taker)


def _standing() -> QuerySet[Certificate]:
    """Of an attempt that counts for nothing none stands."""
    return Certificate.objects.filter(withdrawn_at=None, attempt__state__in=FINISHED)


def _withdraw(taker: Taker) -> None:
    rows = Certificate.objects.filter(attempt__taker=taker, withdrawn_at=None)
    rows.update(withdrawn_at=timezone.now())


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
            "host": (owner.get_full_name() if owner else "") or settings.SITE_NAME,
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
    standing = _standing().filter(attempt__taker=OuterRef("pk"))
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
    attempt.taker.quiz = attempt.quiz
    may_see = revealed(attempt.quiz, attempt, standing_of_taker(attempt.taker))
    return found if found and may_see.score else None


def with_number(number: str) -> Certificate | None:
    """For anybody: as soon as its person may see their score, whatever has become of the attempt
    since."""
    rows = Certificate.objects.select_related("attempt__taker__quiz__item")
    found: Certificate | None = rows.filter(number=number).first()
    if found is None or (found.withdrawn_at is None and found.attempt.state not in FINISHED):
        return None
    taker = found.attempt.taker
    return found if revealed_of_finished(taker.quiz, standing_of_taker(taker)).score else None


def result_part(request: FoyerRequest, attempt: Attempt, score: Any) -> dict[str, str] | None:
    """For the page of a result that passes (`_certificate_part.html`)."""
    if score is None or not score.is_passed or certificate_of(attempt) is None:
        return None
    where = [attempt.quiz.item.public_id, attempt.public_id]
    return {"certificate_url": reverse("media_items:certificate_file", args=where)}
