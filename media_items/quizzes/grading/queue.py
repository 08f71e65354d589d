"""What there is to mark: the questions with their counts, and the answers to one, in an order that
stays and says nothing of who gave them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from media_items.catalogue.models import MediaItem
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.content import Question
from media_items.quizzes.models import Answer, Attempt, Quiz, QuizVersion
from media_items.quizzes.numbering import numbers_in

_WAITING = Q(earned=None, given=None, response__isnull=False)
_MARKED = Q(given__isnull=False)


class Show(StrEnum):
    WAITING = "waiting"
    MARKED = "marked"
    ALL = "all"


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it is marked now."""

    question: Question
    number: int
    version: QuizVersion


@dataclass(frozen=True)
class ToMark:
    """`marked`: by people."""

    asked: AskedQuestion
    waiting: int = 0
    marked: int = 0
    answered: int = 0

    def of(self, show: Show) -> int:
        return {Show.WAITING: self.waiting, Show.MARKED: self.marked}.get(show, self.answered)


def asked_questions(quiz: Quiz) -> dict[str, AskedQuestion]:
    """Of the versions that somebody has taken, and of the published one: each under its newest key,
    in the order of their numbers. One query."""
    if quiz.pk is None:
        return {}
    taken = Attempt.objects.filter(version=OuterRef("pk"))
    versions = list(quiz.versions.annotate(is_taken=Exists(taken)).order_by("-number"))
    numbers = numbers_in(quiz, versions)
    keys: dict[int, QuizVersion] = {}
    for one in versions:
        if one.key_of_id:
            keys.setdefault(one.key_of_id, one)
    found: dict[str, AskedQuestion] = {}
    papers = (one for one in versions if one.key_of_id is None)
    for version in (one for one in papers if one.is_taken or one.pk == quiz.published_id):
        key = keys.get(version.pk, version)
        for question in key.questions.questions:
            asked = AskedQuestion(question, numbers[question.id], version)
            found.setdefault(question.id, asked)
    return dict(sorted(found.items(), key=lambda one: one[1].number))


def questions_to_mark(quiz: Quiz) -> list[ToMark]:
    """Two queries."""
    if quiz.pk is None:
        return []
    counts: dict[str, Any] = {
        row["question"]: row
        for row in _answers(quiz)
        .values("question")
        .annotate(
            waiting=Count("pk", filter=_WAITING),
            marked=Count("pk", filter=_MARKED),
            answered=Count("pk", filter=Q(response__isnull=False) | _MARKED),
        )
        .order_by()
    }
    return [
        _to_mark(asked, counts.get(asked.question.id, {}))
        for asked in asked_questions(quiz).values()
    ]


def _to_mark(asked: AskedQuestion, counts: dict[str, int]) -> ToMark:
    waits = asked.question.by_hand and asked.question.is_marked
    return ToMark(
        asked=asked,
        waiting=counts.get("waiting", 0) if waits else 0,
        marked=counts.get("marked", 0),
        answered=counts.get("answered", 0),
    )


def answers_to(quiz: Quiz, asked: AskedQuestion, show: Show) -> QuerySet[Answer]:
    """By the random ids of their attempts: the order stays, and is nobody's."""
    rows = _answers(quiz).filter(question=asked.question.id)
    if show == Show.WAITING:
        waits = asked.question.by_hand and asked.question.is_marked
        rows = rows.filter(_WAITING) if waits else rows.none()
    elif show == Show.MARKED:
        rows = rows.filter(_MARKED)
    else:
        rows = rows.filter(Q(response__isnull=False) | _MARKED)
    return (
        rows.select_related("attempt__taker", "marked_by")
        # Each version once, however many answers point to it.
        .prefetch_related("attempt__version", "attempt__marked_with")
        .order_by("attempt__public_id")
    )


def next_after(rows: QuerySet[Answer], attempt: Attempt) -> Answer | None:
    return rows.filter(attempt__public_id__gt=attempt.public_id).first()


def last_before(rows: QuerySet[Answer], attempt: Attempt) -> Answer | None:
    earlier = rows.filter(attempt__public_id__lt=attempt.public_id)
    return earlier.order_by("-attempt__public_id").first()


def place_of(rows: QuerySet[Answer], attempt: Attempt) -> tuple[int, int] | None:
    """Which of them it is, from 1, and how many there are; None where it is none of them. One
    query."""
    here = Q(attempt__public_id__lte=attempt.public_id)
    found = rows.order_by().aggregate(
        place=Count("pk", filter=here),
        total=Count("pk"),
        own=Count("pk", filter=Q(attempt=attempt)),
    )
    return (found["place"], found["total"]) if found["own"] else None


def waiting_on(item: MediaItem) -> int:
    """How many answers wait on this item. One query."""
    found = Attempt.objects.filter(
        quiz__item=item,
        state__in=FINISHED,
        is_preview=False,
        taker__erased_at=None,
        waiting__gt=0,
    ).aggregate(waiting=Sum("waiting"))
    return found["waiting"] or 0


def _answers(quiz: Quiz) -> QuerySet[Answer]:
    """Not of those who edit the quiz, nor of people who were erased."""
    return Answer.objects.filter(
        attempt__quiz=quiz,
        attempt__state__in=FINISHED,
        attempt__is_preview=False,
        attempt__taker__erased_at=None,
    )
