"""A person who typed a wrong name, and a person who is there twice."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.attempts import takers
from media_items.quizzes.attempts.locking import lock_people, lock_quiz, lock_takers
from media_items.quizzes.attempts.marking import keep_score, person_changed
from media_items.quizzes.choices import UNDER_WAY
from media_items.quizzes.models import Attempt, QuizChange, Taker, TakerKey
from media_items.quizzes.people.erasing import forget_unstarted
from media_items.quizzes.results import trail
from media_items.quizzes.results.missing import MissingRow
from media_items.refusals import NotNow
from media_items.signals import Account
from media_items.visitors import Certainty, IdentityKind


@transaction.atomic
def rename(*, taker: Taker, name: str, by: Account) -> Taker:
    """An empty name is the one they came with. The trail has both names, until the person is
    erased."""
    quiz = lock_quiz(taker.quiz)
    lock_takers([taker.pk])
    taker = _fresh(taker)
    name = " ".join(name.split())
    if name == taker.name:
        name = ""
    if taker.renamed != name and taker.erased_at is None:
        was = taker.shown_name
        taker.renamed = name
        taker.save(update_fields=["renamed"])
        person_changed(taker, quiz)
        trail.note_change(
            quiz,
            trail.RENAMED,
            by=by,
            taker=taker,
            was={trail.NAME: was},
            now={trail.NAME: taker.shown_name},
        )
    return taker


@transaction.atomic
def merge(*, source: Taker, into: Taker, by: Account) -> QuizChange | None:
    """The attempts of `source` count with those of `into` from now on. SECURITY: it joins rows and
    scores, never rights (`takers.attempts_of`). Whoever has proven an address stands for both, also
    where they are the source. Returns the change, by which it can be undone; None where it was done
    already.

    Raises `NotNow` for one person, for somebody erased, for two who have proven different
    addresses, where both have an attempt open, and while one who is not proven is in the middle of
    one.
    """
    quiz = lock_quiz(source.quiz)
    source, into = _fresh(source), _fresh(into)
    if source.merged_into_id == into.pk or into.merged_into_id == source.pk:
        return None
    _check_merge(source, into)
    if _stands_before(source, into):
        source, into = into, source
    moved = takers.merge(source, into=into)
    now = {"into": into.pk, "attempts": [one.pk for one in moved]}
    return trail.note_change(quiz, trail.MERGED, by=by, taker=source, now=now)


@transaction.atomic
def merge_with_invited(*, source: Taker, invited: MissingRow, by: Account) -> QuizChange | None:
    """As `merge`, with somebody who was invited and has not started: their row is made, as sure as
    `source` is of the name. What they take by the invitation, or signed in to the account that it
    is for, counts with it."""
    quiz = lock_quiz(source.quiz)
    keys = [invited.key, *invited.more_keys]
    known = TakerKey.objects.filter(quiz=quiz, key__in=keys).select_related("taker")
    key = known.order_by("pk").first()
    into = key.taker if key else None
    if into is None:
        into = Taker.objects.create(
            quiz=quiz,
            name=invited.name,
            kind=IdentityKind.INVITEE,
            certainty=Certainty.TYPED,
            first_at=source.first_at,
        )
        for one in keys:
            TakerKey.objects.create(quiz=quiz, taker=into, key=one)
    return merge(source=source, into=into, by=by)


@transaction.atomic
def separate(*, source: Taker, by: Account) -> Taker:
    """Undoes the merge of `source`, whoever has merged it. Twice is once. Raises `NotNow` where
    somebody came by the same address meanwhile, or it is theirs by what they have proven."""
    quiz = lock_quiz(source.quiz)
    source = _fresh(source)
    into = source.merged_into
    if into is None:
        return source
    lock_people([source.pk, into.pk])
    if takers.is_bound(source, into):
        raise NotNow(_("Somebody with the same email address has taken the quiz since."))
    takers.give_back(source, into)
    for taker in sorted((source, into), key=lambda one: one.pk):
        keep_score(taker, quiz)
    trail.note_change(quiz, trail.UNMERGED, by=by, taker=source, now={"from": into.pk})
    forget_unstarted(into)
    return source


def _fresh(taker: Taker) -> Taker:
    return Taker.objects.select_related("merged_into", "quiz").get(pk=taker.pk)


def _stands_before(source: Taker, into: Taker) -> bool:
    if source.has_proven_address != into.has_proven_address:
        return source.has_proven_address
    return into.is_apart and not source.is_apart


def _check_merge(source: Taker, into: Taker) -> None:
    if source.quiz_id != into.quiz_id or source.pk == into.pk:
        raise NotNow(_("These are not two people of this quiz."))
    if source.merged_into_id or into.merged_into_id or source.erased_at or into.erased_at:
        raise NotNow(_("One of them is not there any more."))
    if source.is_preview != into.is_preview:
        raise NotNow(_("One of them edits this quiz."))
    both_proven = source.has_proven_address and into.has_proven_address
    if both_proven and source.person != into.person:
        raise NotNow(
            _("Each of them has verified an email of their own, so they stay two people here.")
        )
    if takers.are_at_it(source, into):
        raise NotNow(_("Both have an attempt in progress. Wait until one of them has ended."))
    typed = [one for one in (source, into) if not one.has_proven_address]
    under_way = Attempt.objects.filter(taker__in=typed, state__in=UNDER_WAY)
    if under_way.exists():
        raise NotNow(
            _(
                "Somebody whose email isn’t verified is still in the middle of an attempt. "
                "Wait until it has ended, or end it first."
            )
        )
