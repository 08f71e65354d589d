"""What somebody took before anybody knew that they are who they say.

Once the address of a guest is proven in a browser, what was taken in that browser is its person's,
together with what they took under the same address proven elsewhere. What other browsers took under
it, with the address only typed, may be anybody's: whoever has proven it is asked whether it was
them.

SECURITY: an attempt has one writer. One that is open when it is claimed is the claimer's from then
on, and nobody's who has only typed; so nobody reads or writes what somebody else goes on with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from media_items.catalogue.models import MediaItem
from media_items.kept_people import keep
from media_items.quizzes.attempts.deadlines import follow
from media_items.quizzes.attempts.locking import lock_people, lock_quiz, lock_takers
from media_items.quizzes.attempts.marking import keep_score
from media_items.quizzes.attempts.persons import person_digest, proven_persons
from media_items.quizzes.attempts.takers import (
    are_at_it,
    become_taker,
    join,
    keys_of,
    merge,
    takers_of,
)
from media_items.quizzes.choices import AttemptState, Claim
from media_items.quizzes.models import Attempt, Quiz, QuizChange, Taker, TakerKey
from media_items.quizzes.models.takers import PROVEN
from media_items.refusals import NotNow
from media_items.visitors import Identity

CLAIMED = "claimed"  # `QuizChange.what`


@transaction.atomic
def confirmed(item: MediaItem, identity: Identity) -> None:
    """The address of this identity is proven from now on. Twice is once. What a host has merged
    with them counts with theirs, as it does where the address was proven before, and stays with
    somebody else who is proven. The caller has asked `kept_people.keep`."""
    quiz = Quiz.objects.filter(item=item).first()
    if quiz is None or not (persons := proven_persons(identity)):
        return
    quiz = lock_quiz(quiz)
    key = keys_of(quiz, identity).select_related("taker").first()
    if key is None or key.taker.erased_at:
        return
    own = key.taker
    if own.has_proven_address and own.person not in persons:
        return
    TakerKey.objects.filter(pk=key.pk).update(is_proven=True)
    proven = Taker.objects.filter(
        quiz=quiz, person__in=persons, certainty__in=PROVEN, merged_into=None, erased_at=None
    )
    if other := proven.exclude(pk=own.pk).first():
        join(own, into=other)
    else:
        lock_people([own.pk])
        own.certainty, own.person = identity.certainty.value, person_digest(identity.email)
        own.save(update_fields=["certainty", "person"])
        keep_score(own, quiz)
        follow(quiz, takers=[own.pk])


def join_waiting() -> int:
    """Brings together whom `takers.join` has left apart, and who have not started anything since:
    who has come by a proof, and somebody else proven at that address. Returns how many; called by
    housekeeping."""
    others = Taker.objects.filter(
        quiz=OuterRef("taker__quiz"), person=OuterRef("taker__person"), merged_into=None
    )
    waiting = (
        TakerKey.objects.filter(is_proven=True, taker__merged_into=None, taker__erased_at=None)
        .exclude(taker__person="")
        .exclude(taker__certainty__in=PROVEN)
        .filter(Exists(others.filter(certainty__in=PROVEN)))
    )
    return sum(_join(key) for key in waiting.select_related("quiz").order_by("pk"))


@transaction.atomic
def _join(key: TakerKey) -> bool:
    if not keep(key.key):
        return False
    lock_quiz(key.quiz)
    own = Taker.objects.filter(keys=key.pk, merged_into=None, erased_at=None).first()
    if own is None or own.has_proven_address or not own.person:
        return False
    proven = Taker.objects.filter(
        quiz=key.quiz_id, person=own.person, certainty__in=PROVEN, merged_into=None
    )
    other = proven.first()
    return other is not None and join(own, into=other)


def unclaimed(quiz: Quiz, identity: Identity) -> QuerySet[Taker]:
    """Whom somebody who has proven their address may be besides, with `total` attempts, the newest
    first: who has only typed it, and of whom they have not said that it was not them. Nobody, for
    whoever has proven none."""
    rows = unclaimed_under(quiz, proven_persons(identity))
    rows = rows.exclude(pk__in=takers_of(quiz, identity).values("pk"))
    return rows.annotate(total=Count("attempts")).order_by("-first_at", "-pk")


def unclaimed_under(quiz: Quiz, persons: Collection[str]) -> QuerySet[Taker]:
    """Who has attempts under an address, of which these are the digests, and has only typed it."""
    rows = Taker.objects.filter(
        quiz=quiz,
        person__in=persons,
        erased_at=None,
        merged_into=None,
        is_preview=False,
    )
    with_attempts = Exists(Attempt.objects.filter(taker=OuterRef("pk")))
    return rows.filter(with_attempts).exclude(certainty__in=PROVEN).exclude(claim=Claim.NOT_THEIRS)


@transaction.atomic
def claim(*, quiz: Quiz, identity: Identity, taker_id: int) -> Taker | None:
    """It was them. Twice is once: None where there is nothing to claim. Attempts count together
    from now on; the trail says so. They go on with one that is open, and nobody else does. The
    caller has asked `kept_people.keep`.

    Raises `NotNow` while they are in the middle of that one and of another one, and where that one
    was interrupted: it would keep them from starting."""
    quiz = lock_quiz(quiz)
    source = unclaimed(quiz, identity).filter(pk=taker_id).first()
    if source is None:
        return None
    mine = list(takers_of(quiz, identity))
    if any(are_at_it(source, one) for one in mine):
        raise NotNow(
            _("That attempt is still in progress, and so is one here. Hand in one of them first.")
        )
    if source.attempts.filter(state=AttemptState.INTERRUPTED).exists():
        raise NotNow(
            _("That attempt was interrupted. The host has to end it or let you continue first.")
        )
    lock_takers([source.pk, *(one.pk for one in mine)])
    person = become_taker(quiz, identity, is_preview=False)
    moved = merge(source, into=person)
    Taker.objects.filter(pk=source.pk).update(claim=Claim.THEIRS)
    _take_over(moved, keys_of(quiz, identity).get())
    QuizChange.objects.create(quiz=quiz, what=CLAIMED, taker=person, now={"from": source.pk})
    return person


def _take_over(attempts: Iterable[Attempt], key: TakerKey) -> None:
    """One that is open stays theirs also where what they have claimed is separated again."""
    for attempt in attempts:
        if attempt.state == AttemptState.OPEN:
            attempt.by, attempt.moved_from = key, None
            attempt.save(update_fields=["by", "moved_from"])


@transaction.atomic
def deny(*, quiz: Quiz, identity: Identity, taker_id: int) -> bool:
    """It was not them: they are not asked again. Returns whether it is new. The caller has asked
    `kept_people.keep`."""
    quiz = lock_quiz(quiz)
    source = unclaimed(quiz, identity).filter(pk=taker_id).first()
    if source is None:
        return False
    Taker.objects.filter(pk=source.pk).update(claim=Claim.NOT_THEIRS)
    return True
