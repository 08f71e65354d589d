"""What somebody took before anybody knew that they are who they say.

Once the address of a guest is proven in a browser, what was taken in that browser is its person's,
together with what they took under the same address proven elsewhere. What other browsers took under
it, with the address only typed, may be anybody's: whoever has proven it is asked whether it was
them.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from media_items.catalogue.models import MediaItem
from media_items.kept_people import keep
from media_items.quizzes.attempts.deadlines import follow
from media_items.quizzes.attempts.locking import lock_people, lock_quiz, lock_takers
from media_items.quizzes.attempts.marking import person_changed
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.attempts.takers import (
    are_at_it,
    become_taker,
    join,
    keys_of,
    merge,
    proven_persons,
    takers_of,
)
from media_items.quizzes.models import Quiz, QuizChange, Taker, TakerKey
from media_items.quizzes.models.takers import PROVEN
from media_items.refusals import NotNow
from media_items.visitors import Identity

CLAIMED = "claimed"  # `QuizChange.what`


@transaction.atomic
def confirmed(item: MediaItem, identity: Identity) -> None:
    """The address of this identity is proven from now on. Twice is once. What a host has merged
    with them is theirs, as it is where the address was proven before, and stays with somebody else
    who is proven. The caller has asked `kept_people.keep`."""
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
        person_changed(own, quiz)
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
    """Whom somebody who has proven their address may be besides, with `total` attempts: who has
    only typed it. Nobody, for whoever has proven none."""
    mine = takers_of(quiz, identity)
    rows = Taker.objects.filter(
        quiz=quiz,
        person__in=proven_persons(identity),
        erased_at=None,
        merged_into=None,
        is_preview=False,
    ).exclude(certainty__in=PROVEN)
    rows = rows.exclude(pk__in=mine.values("pk")).annotate(total=Count("attempts"))
    return rows.filter(total__gt=0).order_by("first_at", "pk")


@transaction.atomic
def claim(*, quiz: Quiz, identity: Identity, taker_id: int) -> Taker | None:
    """It was them. Twice is once: None where there is nothing to claim. Attempts count together
    from now on; the trail says so. The caller has asked `kept_people.keep`.

    Raises `NotNow` while they are in the middle of that one and of another one."""
    quiz = lock_quiz(quiz)
    source = unclaimed(quiz, identity).filter(pk=taker_id).first()
    if source is None:
        return None
    mine = list(takers_of(quiz, identity))
    if any(are_at_it(source, one) for one in mine):
        raise NotNow(
            _("That attempt is still in progress, and so is one here. Hand in one of them first.")
        )
    lock_takers([source.pk, *(one.pk for one in mine)])
    person = become_taker(quiz, identity, is_preview=False)
    merge(source, into=person)
    QuizChange.objects.create(quiz=quiz, what=CLAIMED, taker=person, now={"from": source.pk})
    return person
