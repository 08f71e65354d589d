"""What follows from a change of rights for those in the middle of a quiz.

Whoever may not take it any more is out at their next request anyway; what is done here is that
their attempt is *interrupted*: what they have answered stays, its time stands still, and whoever
marks the quiz may let them go on. It is judged after the commit, by what is true then. What fails
is found by `sweep`.

Of those who edit the quiz nothing is interrupted: they only try it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from access import proof_kinds
from access.policies import let_in_by
from access.proofs import ProofKey
from access.rights.whose import EVERYBODY, Whose
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.kept_people import keep
from media_items.live.sessions.models import LiveSession
from media_items.models import Gallery, MediaItem
from media_items.quizzes.attempts import claims
from media_items.quizzes.attempts.ending import interrupt
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Quiz, Taker, TakerKey
from media_items.quizzes.models.takers import PROVEN

AT_ONCE = 1_000  # people per look


def follow(item: MediaItem | None, gallery: Gallery | None, whose: Whose) -> None:
    """Concerned are the takers of the item; those of the quizzes published in the gallery; else
    those on any. No query for an item of another kind, one where nobody of them is at it."""
    if item is not None:
        found = open_on([item.pk], whose) if item.kind == Kind.QUIZ else []
    elif gallery is not None:
        shown = MediaItem.objects.filter(let_in_by([gallery.pk]), kind=Kind.QUIZ)
        found = open_on(shown.values("pk"), whose)
    else:
        found = open_of(whose)
    _look_after_commit(found)


def follow_on_items(items: Collection[MediaItem]) -> None:
    """Everybody's on these items."""
    quizzes = [one.pk for one in items if one.kind == Kind.QUIZ]
    _look_after_commit(open_on(quizzes, EVERYBODY) if quizzes else [])


def open_on(items: Collection[int] | QuerySet, whose: Whose) -> list[int]:
    return _ids(_open().filter(whose.takers or Q(), quiz__item__in=items))


def open_of(whose: Whose) -> list[int]:
    """On every quiz."""
    return _ids(_open().filter(whose.takers or Q()))


def is_under_way(item: str) -> Q:
    """A condition on the column `item`: a live session is under way on it, or somebody is at the
    quiz."""
    at_it = Quiz.objects.filter(attempts__state=AttemptState.OPEN)
    return Q(**{f"{item}__in": LiveSession.objects.under_way().values("item")}) | Q(
        **{f"{item}__in": at_it.values("item")}
    )


def address_proven(key: ProofKey) -> None:
    """Of whoever comes by this proof the address is proven from now on: on every quiz they have
    taken by it what is their person's is theirs, at once, also in the middle of an attempt. Call it
    inside the transaction of the change. After the commit and quiz by quiz, as nobody who holds the
    row of an account asks for a quiz; what fails is joined by their next start."""
    transaction.on_commit(partial(_prove_everywhere, key), robust=True)


def _prove_everywhere(key: ProofKey) -> None:
    taken = TakerKey.objects.filter(key=str(key)).values("quiz")
    for item in MediaItem.objects.filter(quiz__in=taken).order_by("pk"):
        with transaction.atomic():
            if keep(str(key)):
                proven_on(item, key)


def proven_on(item: MediaItem, key: ProofKey) -> None:
    """The caller has asked `kept_people.keep`."""
    visitor = Visitor.of_keys({key.pk: str(key)}, item=item)[key.pk]
    claims.confirmed(item, visitor.identity_on(item))


def sweep() -> int:
    """Everybody who is at a quiz: for housekeeping. Returns how many attempts were interrupted."""
    done, last = 0, 0
    while some := _ids(_open().filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        done += interrupt_who_may_no_more(some)
        last = some[-1]
    return done


def interrupt_who_may_no_more(takers: Collection[int]) -> int:
    """Of these takers those who may not take their quiz by any proof that opens the attempt they
    are in. A fixed number of queries for each quiz; none without takers. Returns how many attempts
    were interrupted."""
    if not takers:
        return 0
    by_quiz: dict[int, list[tuple[int, TakerKey]]] = defaultdict(list)
    for taker, key in _opening(takers):
        by_quiz[key.quiz_id].append((taker, key))
    return sum(interrupt(takers=gone) for keys in by_quiz.values() if (gone := _gone(keys)))


def _opening(takers: Collection[int]) -> list[tuple[int, TakerKey]]:
    """The proofs that open the attempts these takers are in: the one it was made by, and where that
    is proven the others by which its person has come as somebody proven
    (`quizzes.attempts.takers.attempts_of`), also in another row of theirs. What was merged with it
    opens its own."""
    rows = Attempt.objects.open().filter(taker__in=takers)
    at_it = list(rows.select_related("taker", "by__quiz__item").only("taker", "by"))
    made_by = {one.taker_id: one.by for one in at_it}
    found = [(taker, key) for taker, key in made_by.items() if key is not None]
    for key in TakerKey.objects.filter(taker__in=takers).select_related("quiz__item"):
        by = made_by.get(key.taker_id)
        if by is None or (by.is_proven and key.is_proven and key != by):
            found.append((key.taker_id, key))
    return found + _opening_apart([one for one in at_it if one.by and one.by.is_proven])


def _opening_apart(attempts: Collection[Attempt]) -> list[tuple[int, TakerKey]]:
    """Of somebody proven what is known of them in another row (`Taker.is_apart`)."""
    waiting = Taker.objects.filter(is_apart=True).exists() if attempts else False
    if not waiting:
        return []
    keys = TakerKey.objects.filter(
        is_proven=True,
        quiz__in={one.taker.quiz_id for one in attempts},
        taker__person__in={one.taker.person for one in attempts} - {""},
        taker__certainty__in=PROVEN,
    )
    of_person: dict[tuple[int, str], list[TakerKey]] = defaultdict(list)
    for key in keys.select_related("taker", "quiz__item"):
        of_person[key.quiz_id, key.taker.person].append(key)
    return [
        (one.taker_id, key)
        for one in attempts
        for key in of_person[one.taker.quiz_id, one.taker.person]
        if key.taker_id != one.taker_id
    ]


def _gone(keys: Collection[tuple[int, TakerKey]]) -> set[int]:
    item = next(iter(keys))[1].quiz.item
    visitors = Visitor.of_keys({one.pk: one.key for _taker, one in keys}, item=item)
    may = {taker for taker, one in keys if Ability.TAKE_QUIZ in visitors[one.pk].abilities_on(item)}
    gone = {taker for taker, _key in keys} - may
    return gone - _left_by_choice([(taker, one) for taker, one in keys if taker in gone], item)


def _left_by_choice(keys: Collection[tuple[int, TakerKey]], item: MediaItem) -> set[int]:
    """Whoever has left by themselves may come back: their attempt stays open, and its time runs
    on."""
    left = proof_kinds.left_quiz([ProofKey.parse(one.key) for _taker, one in keys], item)
    return {taker for taker, one in keys if ProofKey.parse(one.key) in left}


def _open() -> QuerySet[Taker]:
    return Taker.objects.filter(attempts__state=AttemptState.OPEN, attempts__is_preview=False)


def _ids(rows: QuerySet[Taker]) -> list[int]:
    return list(dict.fromkeys(rows.values_list("pk", flat=True)))


def _look_after_commit(takers: Collection[int]) -> None:
    if takers:
        transaction.on_commit(partial(interrupt_who_may_no_more, takers), robust=True)
