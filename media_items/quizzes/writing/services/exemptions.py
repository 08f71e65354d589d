"""More time, more attempts, other dates for one person; during an attempt, too."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from media_items.quizzes.attempts import deadlines
from media_items.quizzes.attempts.exemptions import came
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.persons import person_digest, person_digests
from media_items.quizzes.models import Exemption, QuizChange
from media_items.quizzes.models.takers import PROVEN
from media_items.quizzes.writing.tasks import keep_scores_anew
from media_items.refusals import Invalid
from media_items.signals import Account

_TOLD = ("time_factor", "extra_attempts", "opens_at", "closes_at")


@transaction.atomic
def save_exemption(*, exemption: Exemption, by: Account) -> Exemption:
    """New or changed; deadlines of open attempts follow. Raises Invalid where this person has
    one."""
    quiz = lock_quiz(exemption.quiz)
    exemption.email = exemption.email.lower()
    exemption.person = person_digest(exemption.email)
    if quiz.exemptions.exclude(pk=exemption.pk).filter(_same_person(exemption)).exists():
        raise Invalid(_("This person already has an exemption."))
    before = quiz.exemptions.filter(pk=exemption.pk).first() if exemption.pk else None
    if before is None:
        exemption.made_by = by
    exemption.save()
    _note(exemption, before, exemption, by=by)
    deadlines.bring_up_to_date(quiz)
    transaction.on_commit(partial(keep_scores_anew.enqueue, quiz.pk))
    return exemption


def _same_person(exemption: Exemption) -> Q:
    """Of the exemptions of a quiz those that bind the person of this one, by whichever proof."""
    taker = exemption.taker
    if taker is None:
        persons = person_digests(exemption.email)
        proven = Q(taker__person__in=persons, taker__certainty__in=PROVEN)
        return Q(person__in=persons) | proven
    by_address = Q(person=taker.person) if taker.has_proven_address and taker.person else Q()
    return Q(taker=taker) | by_address


@transaction.atomic
def end_exemption(*, exemption: Exemption, by: Account) -> None:
    """What is for everybody is for this person again."""
    quiz = lock_quiz(exemption.quiz)
    _note(exemption, exemption, None, by=by)
    exemption.delete()
    deadlines.bring_up_to_date(quiz)
    transaction.on_commit(partial(keep_scores_anew.enqueue, quiz.pk))


def _note(of: Exemption, was: Exemption | None, now: Exemption | None, *, by: Account) -> None:
    taker = of.taker or came([of]).get(of.pk)
    QuizChange.objects.create(
        quiz=of.quiz, what="exemption", taker=taker, was=_told(was), now=_told(now), by=by
    )


def _told(exemption: Exemption | None) -> dict[str, Any] | None:
    if exemption is None:
        return None
    found = {name: getattr(exemption, name) for name in _TOLD}
    return {name: str(value) for name, value in found.items() if value is not None}
