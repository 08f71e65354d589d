"""More time, more attempts, other dates for one person; during an attempt, too."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from media_items.quizzes.attempts import deadlines
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.takers import person_digest, person_digests
from media_items.quizzes.models import Exemption, QuizChange
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
    others = quiz.exemptions.exclude(pk=exemption.pk)
    is_double = (
        others.filter(taker=exemption.taker_id).exists()
        if exemption.taker_id
        else others.filter(person__in=person_digests(exemption.email)).exists()
    )
    if is_double:
        raise Invalid(_("This person already has an exemption."))
    before = quiz.exemptions.filter(pk=exemption.pk).first() if exemption.pk else None
    if before is None:
        exemption.made_by = by
    exemption.save()
    _note(exemption, before, exemption, by=by)
    deadlines.bring_up_to_date(quiz)
    transaction.on_commit(partial(keep_scores_anew.enqueue, quiz.pk))
    return exemption


@transaction.atomic
def end_exemption(*, exemption: Exemption, by: Account) -> None:
    """What is for everybody is for this person again."""
    quiz = lock_quiz(exemption.quiz)
    _note(exemption, exemption, None, by=by)
    exemption.delete()
    deadlines.bring_up_to_date(quiz)
    transaction.on_commit(partial(keep_scores_anew.enqueue, quiz.pk))


def _note(of: Exemption, was: Exemption | None, now: Exemption | None, *, by: Account) -> None:
    QuizChange.objects.create(
        quiz=of.quiz, what="exemption", taker=of.taker, was=_told(was), now=_told(now), by=by
    )


def _told(exemption: Exemption | None) -> dict[str, Any] | None:
    if exemption is None:
        return None
    found = {name: getattr(exemption, name) for name in _TOLD}
    return {name: str(value) for name, value in found.items() if value is not None}
