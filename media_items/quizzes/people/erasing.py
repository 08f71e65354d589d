"""Somebody is erased from a quiz: points and times stay, without a name and without their words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from media_items.personal_data import Subject
from media_items.quizzes.attempts.ending import interrupt
from media_items.quizzes.attempts.locking import lock_people, lock_quiz
from media_items.quizzes.attempts.spent import remember
from media_items.quizzes.attempts.takers import person_digests, split, touched_by_split
from media_items.quizzes.models import (
    Answer,
    AnswerEvent,
    Attempt,
    Certificate,
    Exemption,
    Quiz,
    QuizChange,
    Taker,
    TakerKey,
)

_TYPED = "text"  # in a response: what somebody typed, `scoring.responses`
# In changes: what somebody was told, `grading.marks`; what they were called, `results.trail`.
_PERSONAL = ("comment", "name")


def takers_of(subject: Subject) -> QuerySet[Taker]:
    """By the keys, and by what was made by them; by the address where everything under it is
    meant. SECURITY: an address that was only typed is nobody's."""
    theirs = Q(pk__in=TakerKey.objects.filter(key__in=subject.keys).values("taker"))
    theirs |= Q(pk__in=Attempt.objects.filter(by__key__in=subject.keys).values("taker"))
    if email := proven_email(subject):
        theirs |= Q(person__in=person_digests(email))
    rows = Taker.objects.filter(theirs, erased_at=None)
    if subject.item is not None:
        rows = rows.filter(quiz__item=subject.item)
    return rows


def proven_email(subject: Subject) -> str:
    return "" if subject.is_typed else subject.email


def erase(subject: Subject, *, moment: datetime) -> None:
    """In a transaction. What a host has merged with it is somebody else's again, and stays, unless
    it is meant, too."""
    quizzes = Quiz.objects.filter(takers__in=takers_of(subject)).distinct().order_by("pk")
    for quiz in quizzes:
        lock_quiz(quiz)
    meant = list(takers_of(subject).values_list("pk", flat=True))
    held = Taker.objects.filter(Q(pk__in=meant) | Q(merged__in=meant)).distinct().order_by("pk")
    lock_people(touched_by_split(list(held.values_list("pk", flat=True))))
    for taker in list(held):
        split(taker)
    ids = list(takers_of(subject).order_by("pk").values_list("pk", flat=True))
    if ids:
        _erase(ids, moment)
    if email := proven_email(subject):
        waiting = Exemption.objects.filter(Q(email=email) | Q(person__in=person_digests(email)))
        if subject.item is not None:
            waiting = waiting.filter(quiz__item=subject.item)
        waiting.delete()


def _erase(ids: Collection[int], moment: datetime) -> None:
    for taker in Taker.objects.filter(pk__in=ids).select_related("quiz").order_by("pk"):
        remember(taker)
    interrupt(takers=ids)
    TakerKey.objects.filter(taker__in=ids).delete()
    Answer.objects.filter(attempt__taker__in=ids, response__has_key=_TYPED).update(response=None)
    Answer.objects.filter(attempt__taker__in=ids).exclude(comment="").update(comment="")
    AnswerEvent.objects.filter(attempt__taker__in=ids).delete()
    Certificate.objects.filter(attempt__taker__in=ids).delete()
    Exemption.objects.filter(taker__in=ids).delete()
    changes = QuizChange.objects.filter(Q(taker__in=ids) | Q(attempt__taker__in=ids))
    changes.exclude(reason="").update(reason="")
    has_any = Q(was__has_any_keys=_PERSONAL) | Q(now__has_any_keys=_PERSONAL)
    _forget_personal(changes.filter(has_any))
    takers = Taker.objects.filter(pk__in=ids)
    takers.update(name="", renamed="", person="", waiting=0, erased_at=moment)


def _forget_personal(changes: QuerySet[QuizChange]) -> None:
    changed = []
    for one in changes.only("was", "now"):
        for value in (one.was, one.now):
            if isinstance(value, dict):
                for name in _PERSONAL:
                    value.pop(name, None)
        changed.append(one)
    QuizChange.objects.bulk_update(changed, ["was", "now"], batch_size=500)
