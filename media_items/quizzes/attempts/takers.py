"""Who takes a quiz: from the identity of a visitor to the row, and from a row to its person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter

from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from media_items.keyed_digests import keyed_digest, keyed_digests
from media_items.quizzes.attempts.ending import end_locked
from media_items.quizzes.attempts.locking import lock_people, lock_takers
from media_items.quizzes.attempts.marking import keep_score
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Quiz, Taker, TakerKey
from media_items.quizzes.models.attempts import PROVEN
from media_items.visitors import Certainty, Identity

_PERSON = "media_items.quizzes.person"


def person_digest(email: str) -> str:
    """The same for every proof of one address, and useless to a reader of the table."""
    return keyed_digest(_PERSON, email.lower()) if email else ""


def person_digests(email: str) -> list[str]:
    """Under every key that is good: what was stored before a change of the key, too."""
    return keyed_digests(_PERSON, email.lower()) if email else []


def proven_persons(identity: Identity) -> list[str]:
    """The digests of their address where it is proven; an address that was typed is nobody's."""
    return person_digests(identity.email) if is_proven(identity) else []


def is_proven(identity: Identity) -> bool:
    return identity.certainty in {Certainty.SIGNED_IN, Certainty.CONFIRMED}


def takers_of(quiz: Quiz | OuterRef, identity: Identity) -> QuerySet[Taker]:
    """Every row that is this person on the quiz, the proven first: also by another proof of the
    same address where both are proven. `bring_together` makes one of them.
    `quiz` may be the column of an outer query."""
    if not identity.key:
        return Taker.objects.none()
    mine = Q(pk__in=TakerKey.objects.filter(quiz=quiz, key=identity.key).values("taker"))
    if persons := proven_persons(identity):
        mine |= Q(person__in=persons, certainty__in=PROVEN)
    return (
        Taker.objects.filter(mine, quiz=quiz, erased_at=None)
        .annotate(proven=Q(certainty__in=PROVEN))
        .order_by("-proven", "pk")
    )


def bring_together(quiz: Quiz, identity: Identity) -> None:
    """What somebody took by this proof before its address was proven, and by other proofs of the
    same address, is one taker's from now on. The caller holds the lock on the quiz."""
    if is_proven(identity):
        found = list(takers_of(quiz, identity))
        if len(found) > 1:
            lock_takers([one.pk for one in found])
        for one in found[1:]:
            merge(one, into=found[0])


def find_taker(quiz: Quiz, identity: Identity) -> Taker | None:
    """Who they are on this quiz if they have taken it before. One query."""
    return takers_of(quiz, identity).first()


def become_taker(quiz: Quiz, identity: Identity, *, is_preview: bool) -> Taker:
    """Their row as they are now, made where there is none. The caller holds the lock on the quiz,
    has asked `kept_people.keep`, and has brought together what is theirs. What is known of somebody
    proven is not replaced by what is only typed."""
    taker = find_taker(quiz, identity)
    now = {
        "name": identity.name,
        "kind": identity.kind.value,
        "role": identity.role,
        "came_by": identity.came_by,
        "certainty": identity.certainty.value,
        "person": person_digest(identity.email),
        "is_preview": is_preview,
        "right_ended_at": None,
    }
    if taker is None:
        taker = Taker.objects.create(quiz=quiz, **now)
    elif taker.has_proven_address and not is_proven(identity):
        Taker.objects.filter(pk=taker.pk).update(right_ended_at=None)
    elif changed := [name for name, value in now.items() if getattr(taker, name) != value]:
        for name in changed:
            setattr(taker, name, now[name])
        taker.save(update_fields=changed)
    know_by(quiz, taker, identity)
    return taker


def know_by(quiz: Quiz, taker: Taker, identity: Identity) -> None:
    """The proof is this taker's from now on; what was taken by it before the address was confirmed
    comes along. The caller holds the lock on the quiz."""
    before = TakerKey.objects.filter(quiz=quiz, key=identity.key).select_related("taker").first()
    if before is None:
        TakerKey.objects.create(quiz=quiz, taker=taker, key=identity.key)
    elif before.taker_id != taker.pk:
        merge(before.taker, into=taker)


def merge(source: Taker, *, into: Taker) -> list[Attempt]:
    """All attempts of one are the other's, numbered on; each remembers whose it was, and the score
    that counts is found anew. Of two that are open the one begun first ends as it stands. The
    caller holds the lock on the quiz. Returns what was moved."""
    rows = lock_people([source.pk, into.pk])
    both = sorted((one for one in rows if one.state == AttemptState.OPEN), key=_begun)
    for earlier in both[:-1]:
        end_locked(earlier, AttemptState.HANDED_IN, timezone.now())
    moved = sorted((one for one in rows if one.taker_id == source.pk), key=_begun)
    last = into.attempts.order_by("-number").values_list("number", flat=True).first() or 0
    for attempt in moved:
        last += 1
        attempt.taker, attempt.number = into, last
        attempt.moved_from = attempt.moved_from or source
        attempt.save(update_fields=["taker", "number", "moved_from"])
    source.keys.update(taker=into, moved_from=Coalesce("moved_from", Value(source.pk)))
    if not into.exemptions.exists():
        source.exemptions.update(taker=into)
    for taker in sorted((source, into), key=attrgetter("pk")):
        keep_score(taker, into.quiz)
    return moved


def _begun(attempt: Attempt) -> tuple[datetime, int]:
    return attempt.started_at, attempt.number


def merged_into(takers: Collection[int]) -> list[int]:
    """The keys of those that `split` makes people of their own again."""
    moved = TakerKey.objects.filter(taker__in=takers, moved_from__isnull=False)
    return list(
        moved.exclude(moved_from=F("taker")).values_list("moved_from", flat=True).distinct()
    )


def split(taker: Taker) -> list[Taker]:
    """What was merged into a person is its own again, as before. The caller holds the lock on the
    quiz. Returns whose it is."""
    back = list(Taker.objects.filter(pk__in=merged_into([taker.pk])))
    lock_people([taker.pk, *(one.pk for one in back)])
    for source in back:
        taker.keys.filter(moved_from=source).update(taker=source, moved_from=None)
        theirs = taker.attempts.filter(moved_from=source).order_by("number")
        for number, attempt in enumerate(theirs, start=1):
            attempt.taker, attempt.number, attempt.moved_from = source, number, None
            attempt.save(update_fields=["taker", "number", "moved_from"])
    for one in sorted((taker, *back), key=attrgetter("pk")):
        keep_score(one, taker.quiz)
    return back
