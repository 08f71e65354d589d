"""Which exemption binds whom: nothing else says so.

Somebody's own comes first. Then, of a proof that was merged with others that were only typed, what
they have: its next attempts are a row of their own, and the host has given it to the person. It
keeps that when its address is proven. Then, of somebody proven, that of their address.

SECURITY: an exemption is not told to whoever has typed its address, nor is one of somebody proven
to a proof that was only typed, whatever was merged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.conf import settings
from django.db.models import F, Q, QuerySet

from media_items.quizzes.attempts.persons import person_digests
from media_items.quizzes.models import Attempt, Exemption, Quiz, Taker, TakerKey
from media_items.quizzes.models.takers import IS_PROVEN, PROVEN

MOST_NAMED = 100  # in a query


class Exemptions:
    """Of several takers. One query, none without takers; a second one where somebody has what
    others have with whom they were merged."""

    def __init__(self, takers: Collection[Taker]) -> None:
        self._of_takers: dict[int, Exemption] = {}
        self._of_persons: dict[tuple[int, str], Exemption] = {}
        self._made_in: dict[int, list[int]] = defaultdict(list)
        if takers:
            self._read(takers)

    def _read(self, takers: Collection[Taker]) -> None:
        pks = [one.pk for one in takers]
        wanted = Q(taker__in=pks) | Q(taker__in=_others(pks).values("taker"))
        if addressed := [one for one in takers if one.has_proven_address]:
            wanted |= _of_addresses(addressed)
        for one in Exemption.objects.filter(wanted).order_by("-pk"):
            if one.taker_id is not None:
                self._of_takers[one.taker_id] = one
            for person in persons_of(one):
                self._of_persons[one.quiz_id, person] = one
        others = self._of_takers.keys() - set(pks)
        if others:
            rows = _others(pks).filter(taker__in=others)
            for taker, other in rows.values_list("by__taker", "taker").distinct():
                self._made_in[taker].append(other)

    def of(self, taker: Taker) -> Exemption | None:
        found = [self._of_takers.get(one) for one in (taker.pk, *self._made_in[taker.pk])]
        found += [self._of_persons.get((taker.quiz_id, one)) for one in taker.proven_persons]
        return _first((one for one in found if one is not None), taker)


def _of_addresses(takers: Collection[Taker]) -> Q:
    """Of the proven addresses of these. What was stored before a change of the key is known by its
    email alone."""
    quizzes = {one.quiz_id for one in takers}
    if settings.SECRET_KEY_FALLBACKS or len(takers) > MOST_NAMED:
        return Q(quiz__in=quizzes) & ~Q(person="")
    return Q(quiz__in=quizzes, person__in={one.person for one in takers})


def _others(takers: Collection[int]) -> QuerySet[Attempt]:
    """Attempts that the proofs of these have made, of others, who are not proven."""
    proven = Q(taker__certainty__in=PROVEN) & ~Q(taker__person="")
    rows = Attempt.objects.filter(by__taker__in=takers).exclude(taker=F("by__taker"))
    found: QuerySet[Attempt] = rows.exclude(proven)
    return found


def exemption_of(taker: Taker) -> Exemption | None:
    return Exemptions([taker]).of(taker)


def exemption_by(
    quiz: Quiz, taker: Taker | None, *, persons: Collection[str], keys: Iterable[TakerKey]
) -> Exemption | None:
    """Of a visitor who is `taker` where they have taken the quiz, as `Exemptions` says it of that
    row. `persons`: the digests of an address that is proven. `keys` as a query: the rows of the
    proof by which they come. One query."""
    theirs = Q(keys__in=keys) | Q(attempts__by__in=keys)
    if taker is not None:
        theirs |= Q(attempts__by__taker=taker)
    typed = Taker.objects.filter(theirs).exclude(IS_PROVEN)
    wanted = Q(taker__in=typed.values("pk"))
    if persons:
        wanted |= Q(person__in=persons)
    if taker is not None:
        wanted |= Q(taker=taker)
    return _first(Exemption.objects.filter(wanted, quiz=quiz), taker)


def persons_of(exemption: Exemption) -> set[str]:
    """The digests of its address: what was stored before a change of the key, too."""
    return {exemption.person, *person_digests(exemption.email)} - {""}


def came(exemptions: Iterable[Exemption]) -> dict[int, Taker]:
    """Of those that are for an address who has come by it, by the id of the exemption. One
    query."""
    waiting = [one for one in exemptions if one.person]
    if not waiting:
        return {}
    wanted = {(one.quiz_id, person): one.pk for one in waiting for person in persons_of(one)}
    rows = Taker.objects.filter(
        quiz__in={quiz for quiz, _person in wanted},
        person__in={person for _quiz, person in wanted},
        certainty__in=PROVEN,
        erased_at=None,
    )
    found: dict[int, Taker] = {}
    # Whoever is merged comes first, and last whoever stands for themselves.
    for taker in sorted(rows, key=lambda one: one.merged_into_id is None):
        if (pk := wanted.get((taker.quiz_id, taker.person))) is not None:
            found[pk] = taker
    return found


def _first(rows: Iterable[Exemption], taker: Taker | None) -> Exemption | None:
    own = taker.pk if taker else None
    ranked = sorted(rows, key=lambda one: (one.taker_id is None, one.taker_id != own, one.pk))
    return ranked[0] if ranked else None
