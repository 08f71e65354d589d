"""How far somebody has watched the film of a quiz, and which questions are open by that.

The site knows it from what the player tells, and believes no more than the time since the start
allows; that the player does not skip is a courtesy. Where skipping is allowed, or the film is not
there any more, every question is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.processing.models import MediaFile, Purpose
from media_items.quizzes.attempts.locking import lock_to_answer
from media_items.quizzes.attempts.refusals import NotReached
from media_items.quizzes.content import Question
from media_items.quizzes.models import Attempt, Quiz

FASTEST = 2  # the players offer no more
# A player tells where it is a little before or after the moment itself.
SLACK_MS = 3_000
# What a player takes for the end may be a little before what the site does.
_END_SLACK_MS = 500


class FilmState(Enum):
    NONE = "none"
    GONE = "gone"  # in the bin, or there is nothing to play and nothing comes
    PREPARING = "preparing"
    READY = "ready"


@dataclass(frozen=True)
class Film:
    """`length_ms` is None where it is not known."""

    state: FilmState
    length_ms: int | None = None

    @property
    def is_there(self) -> bool:
        """One that is being prepared is: what it will come to is not shown before it."""
        return self.state in {FilmState.PREPARING, FilmState.READY}


def film_state(quiz: Quiz) -> FilmState:
    """One query; none for a quiz without a film."""
    return film_found(quiz).state


def film_found(quiz: Quiz) -> Film:
    """One query; none for a quiz without a film."""
    if quiz.film_id is None:
        return Film(FilmState.NONE)
    files = MediaFile.objects.filter(item=OuterRef("pk"))
    found = (
        MediaItem.objects.live()
        .filter(pk=quiz.film_id)
        .annotate(
            is_playable=Exists(files.filter(purpose=Purpose.PLAYBACK)),
            length_ms=Subquery(files.filter(purpose=Purpose.PLAYBACK).values("duration_ms")[:1]),
            has_original=Exists(files.filter(purpose=Purpose.ORIGINAL)),
        )
        .values_list("is_playable", "length_ms", "has_original", "preparation__failed_at")
        .first()
    )
    if found is None:
        return Film(FilmState.GONE)
    is_playable, length_ms, has_original, failed_at = found
    if is_playable:
        return Film(FilmState.READY, length_ms)
    is_coming = has_original and failed_at is None
    return Film(FilmState.PREPARING if is_coming else FilmState.GONE)


def is_after_end(at_ms: int | None, film_ms: int | None) -> bool:
    """Whether nobody ever gets there. The second in which the film ends belongs to it."""
    return at_ms is not None and film_ms is not None and at_ms > -(-film_ms // 1000) * 1000


def opens_at(at_ms: int | None, film_ms: int | None) -> int | None:
    """Where on a film a question opens: at its moment, and where the film ends before it, as
    another one may that was chosen later, at its end. None where it is open from the start."""
    if at_ms is None or film_ms is None:
        return at_ms
    return min(at_ms, max(0, film_ms - _END_SLACK_MS))


def openings_of(attempt: Attempt, film: Film | None = None) -> dict[str, int]:
    """Of each question with a moment where it opens. One query where there is a film, none where
    the caller has found it."""
    questions = [one for one in attempt.version.questions.questions if one.at_ms is not None]
    film_ms = (film or film_found(attempt.quiz)).length_ms if questions else None
    found = {one.id: opens_at(one.at_ms, film_ms) for one in questions}
    return {name: at_ms for name, at_ms in found.items() if at_ms is not None}


def open_questions(
    attempt: Attempt, questions: Iterable[Question], film: Film | None = None
) -> list[Question]:
    """Those of `questions` that have been reached. One query where there is a film, none where the
    caller has found it."""
    wanted = list(questions)
    if not attempt.quiz.no_seeking:
        return wanted
    film = film or film_found(attempt.quiz)
    if not film.is_there:
        return wanted
    return [one for one in wanted if _is_reached(attempt, one, film.length_ms)]


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


def _is_reached(attempt: Attempt, question: Question, film_ms: int | None = None) -> bool:
    at_ms = opens_at(question.at_ms, film_ms)
    return at_ms is None or at_ms <= attempt.watched_ms


def _waiting_at(attempt: Attempt) -> list[int]:
    """Where questions open that must be answered, are not, and still can be."""
    required = [one.id for one in attempt.version.questions.questions if one.is_required]
    if not required:
        return []
    done = Q(response__isnull=False) | Q(is_final=True)
    answered = set(attempt.answers.filter(done).values_list("question", flat=True))
    openings = openings_of(attempt)
    return [openings[one] for one in required if one in openings and one not in answered]
