"""Somebody is erased from a quiz: points and times stay, without a name and without their words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from media_items.people_behind import people_behind
from media_items.personal_data import Subject
from media_items.quizzes.attempts.ending import interrupt
from media_items.quizzes.attempts.locking import lock_people, lock_quiz
from media_items.quizzes.attempts.persons import person_digest, person_digests
from media_items.quizzes.attempts.spent import remember
from media_items.quizzes.attempts.takers import split, touched_by_split
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
from media_items.quizzes.models.takers import IS_PROVEN

_TYPED = "text"  # in a response: what somebody typed, `scoring.responses`
# In changes: what somebody was told, `grading.marks`; what they were called, `results.trail`.
_NAME = "name"
_PERSONAL = ("comment", _NAME)


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


def is_whole(subject: Subject) -> Q:
    """Whether all attempts of a taker are meant. SECURITY: by a proof that was only typed those
    alone that were made by it, whatever was merged."""
    keys = TakerKey.objects.filter(taker=OuterRef("pk"))
    theirs = Q(Exists(keys.filter(key__in=subject.keys, is_proven=True)))
    theirs |= ~Exists(keys.exclude(key__in=subject.keys)) & ~IS_PROVEN
    if email := proven_email(subject):
        theirs |= Q(person__in=person_digests(email))
    return theirs


def taken_as(subject: Subject) -> QuerySet[Taker]:
    """Who was meant before they were merged with somebody: rows without attempts, with the name
    under which they took the quiz."""
    keys = TakerKey.objects.filter(key__in=subject.keys)
    made = Attempt.objects.filter(by__key__in=subject.keys)
    theirs = Q(pk__in=keys.values("moved_from")) | Q(pk__in=made.values("moved_from"))
    if email := proven_email(subject):
        theirs |= Q(person__in=person_digests(email))
    rows = Taker.objects.filter(theirs, merged_into__isnull=False)
    if subject.item is not None:
        rows = rows.filter(quiz__item=subject.item)
    return rows


def proven_email(subject: Subject) -> str:
    return "" if subject.is_typed else subject.email


def erase(subject: Subject, *, moment: datetime) -> None:
    """In a transaction. What a host has merged with it is somebody else's again, and stays, unless
    it is meant, too. What is only a part of somebody else is taken out of them, and nothing
    besides."""
    quizzes = Quiz.objects.filter(takers__in=takers_of(subject)).distinct().order_by("pk")
    for quiz in quizzes:
        lock_quiz(quiz)
    meant = list(takers_of(subject).values_list("pk", flat=True))
    held = Taker.objects.filter(Q(pk__in=meant) | Q(merged__in=meant)).distinct().order_by("pk")
    lock_people(touched_by_split(list(held.values_list("pk", flat=True))))
    own = set(_by_what_is_their_own(subject).values_list("pk", flat=True))
    parts = set(taken_as(subject).values_list("pk", flat=True))
    for taker in list(held):
        split(taker, only=None if taker.pk in own else parts)
        if taker.pk not in own:
            forget_unstarted(taker)
    ids = list(takers_of(subject).order_by("pk").values_list("pk", flat=True))
    if ids:
        _erase(ids, moment)
    if email := proven_email(subject):
        waiting = Exemption.objects.filter(Q(email=email) | Q(person__in=person_digests(email)))
        if subject.item is not None:
            waiting = waiting.filter(quiz__item=subject.item)
        waiting.delete()


def forget_unstarted(taker: Taker) -> None:
    """Whoever has a row only because somebody was merged with them, who is somebody of their own
    again, has none any more: they have not started. What the host has exempted them from stays with
    their address; without one, and with a second exemption for it, their row stays. The caller
    holds the lock on the quiz."""
    made = Attempt.objects.filter(by__taker=taker)
    if taker.erased_at or made.exists() or taker.attempts.exists() or taker.merged.exists():
        return
    exemption = taker.exemptions.first()
    if exemption is not None and not _leave_to_address(exemption, taker):
        return
    told = Q(was__has_key=_NAME) | Q(now__has_key=_NAME)
    _forget_personal(QuizChange.objects.filter(told, taker=taker))
    taker.delete()


def _leave_to_address(exemption: Exemption, taker: Taker) -> bool:
    keys = list(taker.keys.order_by("pk").values_list("key", flat=True))
    behind = people_behind(keys, taker.quiz.item)
    email = next((behind[key].email for key in keys if key in behind), "").lower()
    same = Exemption.objects.filter(quiz=taker.quiz_id, person__in=person_digests(email))
    if not email or same.exists():
        return False
    exemption.taker = exemption.moved_from = None
    exemption.email, exemption.person = email, person_digest(email)
    exemption.save(update_fields=["taker", "moved_from", "email", "person"])
    return True


def _by_what_is_their_own(subject: Subject) -> QuerySet[Taker]:
    """Of `takers_of`, whoever is meant by a proof, an attempt or an address that no merge has
    brought."""
    keys = TakerKey.objects.filter(key__in=subject.keys, moved_from=None)
    made = Attempt.objects.filter(by__key__in=subject.keys, moved_from=None)
    theirs = Q(pk__in=keys.values("taker")) | Q(pk__in=made.values("taker"))
    if email := proven_email(subject):
        theirs |= Q(person__in=person_digests(email))
    return Taker.objects.filter(theirs)


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
    takers.update(name="", renamed="", person="", waiting=0, is_apart=False, erased_at=moment)


def _forget_personal(changes: QuerySet[QuizChange]) -> None:
    changed = []
    for one in changes.only("was", "now"):
        for value in (one.was, one.now):
            if isinstance(value, dict):
                for name in _PERSONAL:
                    value.pop(name, None)
        changed.append(one)
    QuizChange.objects.bulk_update(changed, ["was", "now"], batch_size=500)
