"""Somebody is erased from a quiz: points and times stay, without a name and without their words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from media_items.personal_data import Subject
from media_items.quizzes.attempts.ending import interrupt
from media_items.quizzes.attempts.locking import lock_people, lock_quiz
from media_items.quizzes.attempts.marking import keep_score
from media_items.quizzes.attempts.takers import merged_into, person_digests, split
from media_items.quizzes.models import (
    Answer,
    AnswerEvent,
    Certificate,
    Exemption,
    Quiz,
    QuizChange,
    Taker,
    TakerKey,
)

_TYPED = "text"  # in a response: what somebody typed, `scoring.responses`


def takers_of(subject: Subject) -> QuerySet[Taker]:
    """By the keys; by the address where everything under it is meant."""
    theirs = Q(keys__key__in=subject.keys)
    if subject.email:
        theirs |= Q(person__in=person_digests(subject.email))
    rows = Taker.objects.filter(theirs, erased_at=None)
    if subject.item is not None:
        rows = rows.filter(quiz__item=subject.item)
    return rows.distinct()


def erase(subject: Subject, *, moment: datetime) -> None:
    """In a transaction. What a host has merged with it is somebody else's again, and stays, unless
    it is meant, too."""
    quizzes = Quiz.objects.filter(takers__in=takers_of(subject)).distinct().order_by("pk")
    for quiz in quizzes:
        lock_quiz(quiz)
    meant = list(takers_of(subject).values_list("pk", flat=True))
    lock_people([*meant, *merged_into(meant)])
    for quiz in quizzes:
        for taker in takers_of(subject).filter(quiz=quiz):
            for one in [*split(taker), taker]:
                keep_score(one, quiz)
    ids = list(takers_of(subject).order_by("pk").values_list("pk", flat=True))
    if ids:
        _erase(ids, moment)
    if subject.email:
        waiting = Exemption.objects.filter(
            Q(email=subject.email) | Q(person__in=person_digests(subject.email))
        )
        if subject.item is not None:
            waiting = waiting.filter(quiz__item=subject.item)
        waiting.delete()


def _erase(ids: Collection[int], moment: datetime) -> None:
    interrupt(takers=ids)
    TakerKey.objects.filter(taker__in=ids).delete()
    Answer.objects.filter(attempt__taker__in=ids, response__has_key=_TYPED).update(response=None)
    Answer.objects.filter(attempt__taker__in=ids).exclude(comment="").update(comment="")
    AnswerEvent.objects.filter(attempt__taker__in=ids).delete()
    Certificate.objects.filter(attempt__taker__in=ids).delete()
    Exemption.objects.filter(taker__in=ids).delete()
    changes = QuizChange.objects.filter(Q(taker__in=ids) | Q(attempt__taker__in=ids))
    changes.exclude(reason="").update(reason="")
    takers = Taker.objects.filter(pk__in=ids)
    takers.update(name="", renamed="", person="", erased_at=moment)
