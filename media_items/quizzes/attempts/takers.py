"""Who takes a quiz: from the identity of a visitor to the row, and from a row to its person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from media_items.catalogue.models import Kind, MediaItem
from media_items.quizzes.attempts.deadlines import follow
from media_items.quizzes.attempts.ending import end_locked
from media_items.quizzes.attempts.locking import lock_people, lock_takers
from media_items.quizzes.attempts.marking import keep_score, person_changed
from media_items.quizzes.attempts.persons import (
    is_proven,
    person_digest,
    proven_persons,
)
from media_items.quizzes.attempts.windows import is_overdue
from media_items.quizzes.choices import UNDER_WAY, AttemptState, Claim
from media_items.quizzes.models import Attempt, Quiz, Taker, TakerKey
from media_items.quizzes.models.takers import IS_PROVEN, PROVEN
from media_items.visitors import Certainty, Identity

_IS_PROVEN = Q(taker__certainty__in=PROVEN) & ~Q(taker__person="")


def keys_of(quiz: Quiz | OuterRef, identity: Identity) -> QuerySet[TakerKey]:
    """The row of this very proof."""
    if not identity.key:
        return TakerKey.objects.none()
    return TakerKey.objects.filter(quiz=quiz, key=identity.key, browser=identity.browser)


def own_keys(quiz: Quiz | OuterRef, identity: Identity) -> QuerySet[TakerKey]:
    """Of somebody proven also that of a row where nobody is proven, with what a host has merged
    there: it is theirs, as if they had been proven before (`claims.confirmed`).

    SECURITY: a proof that was only typed leads to nobody but whoever it made: not to somebody
    proven, nor to whom anybody else has made attempts, nor to whom a host has merged it with."""
    rows = keys_of(quiz, identity)
    if is_proven(identity):
        return rows.filter(~_IS_PROVEN | Q(is_proven=True))
    of_others = Attempt.objects.filter(taker=OuterRef("taker"), by__isnull=False)
    nobody_else = ~Q(Exists(of_others.exclude(by=OuterRef("pk"))))
    return rows.filter(~_IS_PROVEN, nobody_else, moved_from=None)


def takers_of(quiz: Quiz | OuterRef, identity: Identity) -> QuerySet[Taker]:
    """Every row that is this person on the quiz, first the one that stands for them: also by
    another proof of the same address where both are proven. `bring_together` makes one of them.
    `quiz` may be the column of an outer query."""
    mine = Q(pk__in=own_keys(quiz, identity).values("taker"))
    if persons := proven_persons(identity):
        mine |= Q(person__in=persons, certainty__in=PROVEN)
    return (
        Taker.objects.filter(mine, quiz=quiz, erased_at=None, merged_into=None)
        .annotate(proven=IS_PROVEN)
        .order_by("-proven", "is_apart", "pk")
    )


def attempts_of(quiz: Quiz, identity: Identity) -> QuerySet[Attempt]:
    """What they may open: what was made by this very proof, and for somebody proven what was made
    by the proofs of their address, and what they have claimed. SECURITY: every page and file of a
    taker asks this; what a host has merged with them opens nothing."""
    return _theirs(Attempt.objects.filter(quiz=quiz), quiz, identity)


def counted_for(quiz: Quiz, identity: Identity) -> QuerySet[Any]:
    """What counts towards what they may take: besides what they may open (`is_theirs`; `is_here`:
    made by this very proof) what a host has merged with somebody proven. SECURITY: of the rest
    nothing but its number is for them."""
    mine = _opens(quiz, identity)
    counts = mine
    if is_proven(identity):
        counts |= Q(taker__in=takers_of(quiz, identity).values("pk"))
    is_theirs = Case(When(mine, then=Value(True)), default=Value(False))
    here = Q(by__in=keys_of(quiz, identity).values("pk"))
    rows = Attempt.objects.filter(counts, quiz=quiz, taker__erased_at=None)
    is_here = Case(When(here, then=Value(True)), default=Value(False))
    return rows.annotate(is_theirs=is_theirs, is_here=is_here)


def attempts_on(item: MediaItem, identity: Identity) -> QuerySet[Attempt]:
    """As `attempts_of`, without reading the quiz first."""
    return _theirs(Attempt.objects.filter(quiz__item=item), OuterRef("quiz"), identity)


def open_attempt_on(item: MediaItem, identity: Identity) -> Attempt | None:
    """What they are in the middle of. One query; none on an item of another kind."""
    if item.kind != Kind.QUIZ:
        return None
    return attempts_on(item, identity).filter(state=AttemptState.OPEN).first()


def is_counted_by_browser(identity: Identity) -> bool:
    """Whether their attempts are those of this browser, until they leave. Who has to prove who they
    are before they begin is one person."""
    return identity.certainty == Certainty.TYPED and not identity.must_verify


def leaves_attempts_behind(item: MediaItem, identity: Identity) -> bool:
    """Whether somebody has used attempts of a limited number that nobody counts any more once they
    have left."""
    if item.kind != Kind.QUIZ or not is_counted_by_browser(identity):
        return False
    rows = attempts_on(item, identity)
    return rows.filter(quiz__attempts_allowed__isnull=False, is_preview=False).exists()


def _theirs(
    rows: QuerySet[Attempt], quiz: Quiz | OuterRef, identity: Identity
) -> QuerySet[Attempt]:
    return rows.filter(_opens(quiz, identity), taker__erased_at=None)


def _opens(quiz: Quiz | OuterRef, identity: Identity) -> Q:
    mine = Q(by__in=keys_of(quiz, identity).values("pk"))
    if is_proven(identity):
        people = takers_of(quiz, identity).values("pk")
        mine |= Q(by__is_proven=True, by__taker__in=people)
        mine |= Q(taker__in=people, moved_from__claim=Claim.THEIRS)
        mine |= Q(taker__in=people, moved_from=None, by=None)
    return mine


def bring_together(quiz: Quiz, identity: Identity) -> None:
    """What somebody took by this proof before its address was proven, and by other proofs of the
    same address, is one taker's from now on; as `join` does it. The caller holds the lock on the
    quiz."""
    if not is_proven(identity):
        return
    found = list(takers_of(quiz, identity))
    key = own_keys(quiz, identity).filter(is_proven=False).select_related("taker").first()
    if key is not None or len(found) > 1:
        lock_takers([one.pk for one in found])
    if key is not None:
        prove(key, quiz, identity)
        found = list(takers_of(quiz, identity))
    for one in found[1:]:
        join(one, into=found[0])


def who_stands(quiz: Quiz | int, persons: Collection[str]) -> QuerySet[Taker]:
    """The row of whoever has proven the address of these digests."""
    return Taker.objects.filter(
        quiz=quiz, person__in=persons, certainty__in=PROVEN, merged_into=None, is_apart=False
    )


def prove(key: TakerKey, quiz: Quiz, identity: Identity) -> None:
    """They have come by this proof as somebody proven: so is the row of it, which is joined with
    the one that stands for them. What counts, and until when, is found anew. The caller holds the
    locks on the quiz, and on both."""
    TakerKey.objects.filter(pk=key.pk).update(is_proven=True)
    own = key.taker
    other = who_stands(quiz, proven_persons(identity)).exclude(pk=own.pk).first()
    if not own.has_proven_address:
        now = _as_now(identity) | {"is_apart": other is not None}
        if other is not None:
            now["person"] = other.person
        for name, value in now.items():
            setattr(own, name, value)
        own.save(update_fields=list(now))
    if other is None or not join(own, into=other):
        keep_score(own, quiz)
        follow(quiz, takers=[own.pk])


def _as_now(identity: Identity) -> dict[str, Any]:
    """What a row says of whoever comes by it."""
    return {
        "name": identity.name,
        "kind": identity.kind.value,
        "role": identity.role,
        "came_by": identity.came_by,
        "certainty": identity.certainty.value,
        "person": person_digest(identity.email) if identity.is_address_verified else "",
    }


def find_taker(quiz: Quiz, identity: Identity) -> Taker | None:
    """Who they are on this quiz if they have taken it before. One query."""
    return takers_of(quiz, identity).first()


def become_taker(quiz: Quiz, identity: Identity, *, is_preview: bool) -> Taker:
    """Their row as they are now, made where there is none. The caller holds the lock on the quiz,
    has asked `kept_people.keep`, and has brought together what is theirs. Nobody is a preview who
    has made an attempt that is none."""
    taker = find_taker(quiz, identity)
    has_results = taker is not None and taker.attempts.filter(is_preview=False).exists()
    now = _as_now(identity) | {
        "is_apart": False,
        "is_preview": is_preview and not has_results,
        "right_ended_at": None,
    }
    if taker is None:
        taker = Taker.objects.create(quiz=quiz, **now)
    elif changed := [name for name, value in now.items() if getattr(taker, name) != value]:
        for name in changed:
            setattr(taker, name, now[name])
        taker.save(update_fields=changed)
        if not {"name", "certainty"}.isdisjoint(changed):
            person_changed(taker, quiz)
    know_by(quiz, taker, identity)
    return taker


def know_by(quiz: Quiz, taker: Taker, identity: Identity) -> TakerKey:
    """The proof is this taker's from now on; what was taken by it before the address was confirmed
    comes along as `join` does it, unless it has become a part of somebody else. The caller holds
    the lock on the quiz."""
    key = keys_of(quiz, identity).select_related("taker").first()
    proven = is_proven(identity)
    if key is None:
        return TakerKey.objects.create(
            quiz=quiz, taker=taker, key=identity.key, browser=identity.browser, is_proven=proven
        )
    if key.taker_id != taker.pk and own_keys(quiz, identity).exists():
        join(key.taker, into=taker)
        key.refresh_from_db()
    elif key.taker_id != taker.pk:
        key.taker, key.moved_from = taker, None
        key.save(update_fields=["taker", "moved_from"])
    if key.is_proven != proven:
        key.is_proven = proven
        key.save(update_fields=["is_proven"])
    return key


def are_at_it(*takers: Taker) -> bool:
    """Whether more than one of them is in the middle of an attempt, also of one that was
    interrupted. While the caller holds the lock on the quiz nobody begins one."""
    rows = Attempt.objects.filter(taker__in=takers, state__in=UNDER_WAY)
    return len(set(rows.values_list("taker", flat=True))) > 1


def join(source: Taker, *, into: Taker) -> bool:
    """`merge` of two who are one person by what they have proven. Not while both are in the middle
    of an attempt, or one of the two would be handed in unsaid: then the next start brings them
    together, or `claims.join_waiting`, and until then they are two rows of one person."""
    if are_at_it(source, into):
        return False
    merge(source, into=into)
    return True


def merge(source: Taker, *, into: Taker) -> list[Attempt]:
    """All attempts of one are the other's, numbered on; each remembers whose it was, and the score
    that counts is found anew; so is the deadline of an open one. Of two that are open the one begun
    first ends as it stands: who merges asks first whether there are (`are_at_it`), and whether one
    that is under way would come to somebody who does not write it. What was merged into `source` is
    merged into `into`. The caller holds the lock on the quiz. Returns what was moved."""
    rows = lock_people([source.pk, into.pk])
    both = sorted((one for one in rows if one.state == AttemptState.OPEN), key=_begun)
    moment = timezone.now()
    for earlier in both[:-1]:
        is_up = is_overdue(earlier, moment)
        end_locked(earlier, AttemptState.TIME_UP if is_up else AttemptState.HANDED_IN, moment)
    moved = sorted((one for one in rows if one.taker_id == source.pk), key=_begun)
    last = into.attempts.order_by("-number").values_list("number", flat=True).first() or 0
    for attempt in moved:
        last += 1
        attempt.taker, attempt.number = into, last
        attempt.moved_from = attempt.moved_from or source
        attempt.save(update_fields=["taker", "number", "moved_from"])
    source.keys.update(taker=into, moved_from=Coalesce("moved_from", Value(source.pk)))
    if not into.exemptions.exists():
        was = Coalesce("moved_from", Value(source.pk))
        source.exemptions.update(taker=into, moved_from=was)
    source.merged.update(merged_into=into)
    source.merged_into, source.is_apart = into, False
    source.save(update_fields=["merged_into", "is_apart"])
    if into.is_preview and any(not one.is_preview for one in moved):
        into.is_preview = False
        into.save(update_fields=["is_preview"])
    for taker in sorted((source, into), key=attrgetter("pk")):
        keep_score(taker, into.quiz)
    follow(into.quiz, takers=[into.pk])
    return moved


def _begun(attempt: Attempt) -> tuple[datetime, int]:
    return attempt.started_at, attempt.number


def touched_by_split(takers: Collection[int]) -> list[int]:
    """The keys of these, of whom `split` makes people of their own again, and of who has proven the
    address of one of those since."""
    back = list(Taker.objects.filter(merged_into__in=takers))
    rivals = [rival.pk for one in back for rival in rivals_of(one)]
    return sorted({*takers, *(one.pk for one in back), *rivals})


def split(taker: Taker, *, only: Collection[int] | None = None) -> list[Taker]:
    """What was merged into a person is its own again, as before; of these alone where `only` names
    them. Whose address somebody else has proven since is that person. The caller holds the lock on
    the quiz. Returns whose it is."""
    merged = taker.merged.order_by("pk")
    back = list(merged if only is None else merged.filter(pk__in=only))
    lock_people(touched_by_split([taker.pk]))
    for source in back:
        give_back(source, taker)
        rival = rivals_of(source).first()
        if rival is not None:
            merge(source, into=rival)
    for one in sorted((taker, *back), key=attrgetter("pk")):
        keep_score(one, taker.quiz)
    return back


def give_back(source: Taker, taker: Taker) -> None:
    """What `source` had when it was merged into `taker`, but for what that one goes on with
    (`claims.claim`); it stands for itself again unless it has rivals. The caller holds the lock on
    the quiz, and finds the scores anew."""
    taker.keys.filter(moved_from=source).update(taker=source, moved_from=None)
    taker.exemptions.filter(moved_from=source).update(taker=source, moved_from=None)
    theirs = taker.attempts.filter(moved_from=source).exclude(by__in=taker.keys.all())
    for number, attempt in enumerate(theirs.order_by("number"), start=1):
        attempt.taker, attempt.number, attempt.moved_from = source, number, None
        attempt.save(update_fields=["taker", "number", "moved_from"])
    if not rivals_of(source).exists():
        source.merged_into = None
        if source.claim == Claim.THEIRS:
            source.claim = ""
        source.save(update_fields=["merged_into", "claim"])
    follow(taker.quiz, takers=[source.pk, taker.pk])


def rivals_of(taker: Taker) -> QuerySet[Taker]:
    """Who else on the quiz has proven the address that this one has proven, first who stands for
    them."""
    rows = Taker.objects.filter(
        quiz=taker.quiz_id,
        person__in=taker.proven_persons,
        certainty__in=PROVEN,
        merged_into=None,
    )
    return rows.exclude(pk=taker.pk).order_by("is_apart", "pk")


def is_bound(source: Taker, into: Taker) -> bool:
    """Whether separating them would not hold: somebody else has proven the same address, or they
    are one person by what was proven (`bound_to`)."""
    return rivals_of(source).exists() or source.pk in bound_to(into)


def bound_to(into: Taker) -> set[int]:
    """Of whom was merged into them those whose proofs are theirs: the next start would join them
    again. One query, none of somebody who has proven nothing."""
    if not into.has_proven_address:
        return set()
    proven = TakerKey.objects.filter(moved_from=OuterRef("pk"), taker=into, is_proven=True)
    same = Q(person=into.person, certainty__in=PROVEN)
    return set(into.merged.filter(same | Q(Exists(proven))).values_list("pk", flat=True))
