"""What somebody took before anybody knew that they are who they say.

Once the address of a guest is proven in a browser, what was taken in that browser is its person's,
together with what they took under the same address proven elsewhere. What other browsers took under
it, with the address only typed, may be anybody's: whoever has proven it is asked whether it was
them.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, QuerySet

from media_items.catalogue.models import MediaItem
from media_items.quizzes.attempts.locking import lock_quiz, lock_takers
from media_items.quizzes.attempts.marking import person_changed
from media_items.quizzes.attempts.takers import (
    become_taker,
    merge,
    own_keys,
    person_digest,
    proven_persons,
    takers_of,
)
from media_items.quizzes.models import Quiz, QuizChange, Taker, TakerKey
from media_items.quizzes.models.takers import PROVEN
from media_items.visitors import Identity

CLAIMED = "claimed"  # `QuizChange.what`


@transaction.atomic
def confirmed(item: MediaItem, identity: Identity) -> None:
    """The address of this identity is proven from now on. Twice is once. The caller has asked
    `kept_people.keep`."""
    quiz = Quiz.objects.filter(item=item).first()
    if quiz is None or not (persons := proven_persons(identity)):
        return
    quiz = lock_quiz(quiz)
    key = own_keys(quiz, identity).select_related("taker").first()
    if key is None or key.taker.erased_at:
        return
    own = key.taker
    TakerKey.objects.filter(pk=key.pk).update(is_proven=True)
    proven = Taker.objects.filter(
        quiz=quiz, person__in=persons, certainty__in=PROVEN, merged_into=None, erased_at=None
    )
    if other := proven.exclude(pk=own.pk).first():
        merge(own, into=other)
    else:
        own.certainty, own.person = identity.certainty.value, person_digest(identity.email)
        own.save(update_fields=["certainty", "person"])
        person_changed(own, quiz)


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
    from now on; the trail says so. The caller has asked `kept_people.keep`."""
    quiz = lock_quiz(quiz)
    source = unclaimed(quiz, identity).filter(pk=taker_id).first()
    if source is None:
        return None
    mine = takers_of(quiz, identity).values_list("pk", flat=True)
    lock_takers([source.pk, *mine])
    person = become_taker(quiz, identity, is_preview=False)
    merge(source, into=person)
    QuizChange.objects.create(quiz=quiz, what=CLAIMED, taker=person, now={"from": source.pk})
    return person
