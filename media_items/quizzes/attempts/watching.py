"""How far somebody has watched the film of a quiz, and which questions are open by that.

The site knows it from what the player tells, and believes no more than the time since the start
allows; that the player does not skip is a courtesy. Where skipping is allowed, or the film is not
there any more, every question is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.processing.models import MediaFile, Purpose
from media_items.quizzes.attempts.locking import lock_to_answer
from media_items.quizzes.attempts.refusals import AttemptOver, NotReached
from media_items.quizzes.attempts.windows import is_overdue
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.content import Question
from media_items.quizzes.models import Attempt, Quiz

FASTEST = 2  # the players offer no more
# A player tells where it is a little before or after the moment itself.
SLACK_MS = 3_000


class FilmState(Enum):
    NONE = "none"
    GONE = "gone"  # in the bin, or there is nothing to play and nothing comes
    PREPARING = "preparing"
    READY = "ready"


def film_state(quiz: Quiz) -> FilmState:
    """One query; none for a quiz without a film."""
    if quiz.film_id is None:
        return FilmState.NONE
    files = MediaFile.objects.filter(item=OuterRef("pk"))
    found = (
        MediaItem.objects.live()
        .filter(pk=quiz.film_id)
        .annotate(
            is_playable=Exists(files.filter(purpose=Purpose.PLAYBACK)),
            has_original=Exists(files.filter(purpose=Purpose.ORIGINAL)),
        )
        .values_list("is_playable", "has_original", "preparation__failed_at")
        .first()
    )
    if found is None:
        return FilmState.GONE
    is_playable, has_original, failed_at = found
    if is_playable:
        return FilmState.READY
    return FilmState.PREPARING if has_original and failed_at is None else FilmState.GONE


def has_film(quiz: Quiz) -> bool:
    """One that is being prepared is there: what it will come to is not shown before it."""
    return film_state(quiz) in {FilmState.PREPARING, FilmState.READY}


def open_questions(attempt: Attempt, questions: Iterable[Question]) -> list[Question]:
    """Those of `questions` that have been reached."""
    wanted = list(questions)
    if not attempt.quiz.no_seeking or not has_film(attempt.quiz):
        return wanted
    return [one for one in wanted if _is_reached(attempt, one)]


def refuse_later(attempt: Attempt, question: Question) -> None:
    """Raises `NotReached`. Asks the database only for a question that is further on."""
    if not _is_reached(attempt, question) and not open_questions(attempt, [question]):
        raise NotReached


def watch(*, attempt: Attempt, at_ms: int) -> Attempt:
    """The film stands at `at_ms`. Never goes back; not past a question that must be answered and is
    not, and not further than the time since the start allows. Raises `AttemptOver`."""
    with transaction.atomic():
        attempt = lock_to_answer(attempt)
        moment = timezone.now()
        if attempt.state != AttemptState.OPEN or is_overdue(attempt, moment):
            raise AttemptOver
        given_back = timedelta(seconds=attempt.given_back_seconds)
        passed_ms = int((moment - attempt.started_at - given_back).total_seconds() * 1000)
        furthest = min([at_ms, passed_ms * FASTEST + SLACK_MS, *_waiting_at(attempt)])
        if furthest > attempt.watched_ms:
            attempt.watched_ms = furthest
            attempt.save(update_fields=["watched_ms"])
    return attempt


def is_held(attempt: Attempt) -> bool:
    """Whether the film stands at a question that must be answered first."""
    return any(at_ms <= attempt.watched_ms for at_ms in _waiting_at(attempt))


def _is_reached(attempt: Attempt, question: Question) -> bool:
    return question.at_ms is None or question.at_ms <= attempt.watched_ms


def _waiting_at(attempt: Attempt) -> list[int]:
    """The moments of questions that must be answered, are not, and still can be."""
    done = Q(response__isnull=False) | Q(is_final=True)
    answered = set(attempt.answers.filter(done).values_list("question", flat=True))
    return [
        one.at_ms
        for one in attempt.version.questions.questions
        if one.is_required and one.at_ms is not None and one.id not in answered
    ]
