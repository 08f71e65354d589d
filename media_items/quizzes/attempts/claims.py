"""What somebody took before anybody knew that they are who they say.

Once the address of a guest is proven in a browser, what was taken in that browser is its person's,
together with what they took under the same address proven elsewhere. What other browsers took under
it, with the address only typed, may be anybody's: whoever has proven it is asked whether it was
them.

SECURITY: an attempt has one writer. One that is open when it is claimed is the claimer's from then
on, and nobody's who has only typed; so nobody reads or writes what somebody else goes on with.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from media_items.catalogue.models import MediaItem
from media_items.kept_people import keep
from media_items.quizzes.attempts.locking import lock_people, lock_quiz, lock_takers
from media_items.quizzes.attempts.persons import proven_persons
from media_items.quizzes.attempts.takers import (
    are_at_it,
    become_taker,
    find_taker,
    join,
    keys_of,
    merge,
    prove,
    takers_of,
    who_stands,
)
from media_items.quizzes.choices import AttemptState, Claim
from media_items.quizzes.models import Attempt, Quiz, QuizChange, Taker, TakerKey
from media_items.quizzes.models.takers import PROVEN
from media_items.refusals import NotNow
from media_items.visitors import Identity

CLAIMED, DENIED = "claimed", "denied"  # `QuizChange.what`

logger = logging.getLogger(__name__)


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
    lock_people([own.pk, *who_stands(quiz, persons).values_list("pk", flat=True)])
    prove(key, quiz, identity)


def join_waiting() -> int:
    """Brings together whom `takers.join` has left apart, and who have not started anything since.
    Returns how many; called by housekeeping. One that fails keeps nobody else waiting."""
    joined = 0
    apart = Taker.objects.filter(is_apart=True, erased_at=None).select_related("quiz")
    for own in apart.order_by("pk"):
        try:
            joined += _join(own)
        except Exception:
            logger.exception("The person %s could not be brought together.", own.pk)
    return joined


@transaction.atomic
def _join(own: Taker) -> bool:
    """Who stands alone meanwhile, as the other was erased, stands for themselves."""
    keys = list(own.keys.filter(is_proven=True).order_by("pk").values_list("key", flat=True)[:1])
    if not all(keep(key) for key in keys):
        return False
    quiz = lock_quiz(own.quiz)
    fresh = Taker.objects.filter(pk=own.pk, is_apart=True, merged_into=None, erased_at=None).first()
    if fresh is None:
        return False
    other = who_stands(quiz, fresh.proven_persons).first()
    if other is not None:
        return join(fresh, into=other)
    Taker.objects.filter(pk=fresh.pk).update(is_apart=False)
    return False


def unclaimed(quiz: Quiz, identity: Identity) -> QuerySet[Taker]:
    """Whom somebody who has proven their address may be besides, with `total` attempts, the newest
    first: who has only typed it, also where a host has merged them with this very person, and of
    whom they have said nothing yet. Nobody, for whoever has proven none."""
    mine = takers_of(quiz, identity).values("pk")
    by_proof = TakerKey.objects.filter(moved_from=OuterRef("pk"), is_proven=True)
    rows = only_typed(quiz, proven_persons(identity)).filter(
        Q(merged_into=None) & ~Q(pk__in=mine) | Q(merged_into__in=mine) & ~Exists(by_proof),
        claim="",
    )
    own = _number_of(taker=OuterRef("pk"))
    moved = _number_of(moved_from=OuterRef("pk"), taker=OuterRef("merged_into"))
    rows = rows.annotate(total=Coalesce(own, moved, 0)).filter(total__gt=0)
    return rows.order_by("-first_at", "-pk")


def _number_of(**which: OuterRef) -> Subquery:
    rows = Attempt.objects.filter(**which).order_by().values("quiz")
    return Subquery(rows.annotate(number=Count("pk")).values("number"))


def only_typed(quiz: Quiz, persons: Collection[str]) -> QuerySet[Taker]:
    """Who has only typed an address, of which these are the digests, whoever they are now."""
    rows = Taker.objects.filter(quiz=quiz, person__in=persons, erased_at=None, is_preview=False)
    return rows.exclude(certainty__in=PROVEN)


@transaction.atomic
def claim(*, quiz: Quiz, identity: Identity, taker_id: int) -> Taker | None:
    """It was them. Twice is once: None where there is nothing to claim. Attempts count together
    from now on; the trail says so. They go on with one that is open, and nobody else does. The
    caller has asked `kept_people.keep`.

    Raises `NotNow` while they are in the middle of that one and of another one, and where that one
    was interrupted: it would keep them from starting. Where a host has merged it with them already
    they can open it from now on."""
    quiz = lock_quiz(quiz)
    source = unclaimed(quiz, identity).filter(pk=taker_id).first()
    if source is None:
        return None
    person = source.merged_into
    if person is None:
        mine = list(takers_of(quiz, identity))
        _check_claim(source, mine)
        lock_takers([source.pk, *(one.pk for one in mine)])
        person = become_taker(quiz, identity, is_preview=False)
        moved = merge(source, into=person)
        _take_over(moved, keys_of(quiz, identity).get())
    Taker.objects.filter(pk=source.pk).update(claim=Claim.THEIRS)
    QuizChange.objects.create(quiz=quiz, what=CLAIMED, taker=person, now={"from": source.pk})
    return person


def _check_claim(source: Taker, mine: Collection[Taker]) -> None:
    if source.attempts.filter(state=AttemptState.INTERRUPTED).exists():
        raise NotNow(
            _("That attempt was interrupted. The host has to end it or let you continue first.")
        )
    if not any(are_at_it(source, one) for one in mine):
        return
    if not Attempt.objects.open().filter(taker__in=mine).exists():
        raise NotNow(
            _(
                "One of your attempts was interrupted. The host has to end it or let you continue "
                "first."
            )
        )
    raise NotNow(
        _("That attempt is still in progress, and so is one here. Hand in one of them first.")
    )


def _take_over(attempts: Iterable[Attempt], key: TakerKey) -> None:
    """One that is open stays theirs also where what they have claimed is separated again
    (`takers.give_back`)."""
    for attempt in attempts:
        if attempt.state == AttemptState.OPEN:
            attempt.by = key
            attempt.save(update_fields=["by"])


@transaction.atomic
def deny(*, quiz: Quiz, identity: Identity, taker_id: int) -> bool:
    """It was not them: they are not asked again, and the trail says so. Returns whether it is new.
    The caller has asked `kept_people.keep`."""
    quiz = lock_quiz(quiz)
    source = unclaimed(quiz, identity).filter(pk=taker_id).first()
    if source is None:
        return False
    Taker.objects.filter(pk=source.pk).update(claim=Claim.NOT_THEIRS)
    person = find_taker(quiz, identity)
    now = {"from": person.pk} if person else {}
    QuizChange.objects.create(quiz=quiz, what=DENIED, taker=source, now=now)
    return True
