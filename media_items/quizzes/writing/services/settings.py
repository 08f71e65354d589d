"""What the owner of a quiz sets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q

from media_items.library.services import editing
from media_items.library.services.editing import SavedMeanwhile
from media_items.quizzes.attempts import deadlines
from media_items.quizzes.attempts.locking import lock_item_of, lock_quiz
from media_items.quizzes.models import Certificate, Quiz, QuizChange
from media_items.quizzes.writing.tasks import keep_scores_anew
from media_items.signals import Account

TIMES = ("starts_at", "ends_at", "time_zone")
COLUMNS = (
    "preset",
    "welcome",
    "is_scored",
    "attempts_allowed",
    "kept_score",
    "time_limit_minutes",
    "shuffle_questions",
    "shuffle_options",
    "one_at_a_time",
    "may_go_back",
    "score_when",
    "feedback_when",
    "answers_when",
    "pass_percent",
    "gives_certificate",
    "certificate_tells_score",
    "no_seeking",
)

# What decides who has one, and whether it is true (`grading.certificates`).
_OF_CERTIFICATES = frozenset(
    {"is_scored", "pass_percent", "gives_certificate", "certificate_tells_score"}
)


class SettingsChanged(SavedMeanwhile):
    """Somebody else saved the settings since they were opened; `seen` is what they are now."""

    def __init__(self, quiz: Quiz) -> None:
        self.seen = seen_of(quiz)
        super().__init__(quiz.item.updated_at)


def seen_of(quiz: Quiz) -> str:
    """Of the settings as they are: another one after each change of them, and of nothing else."""
    values = [getattr(quiz, name) for name in COLUMNS]
    values += [getattr(quiz.item, name) for name in TIMES]
    return sha256(repr([str(one) for one in values]).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class LimitChanged:
    """How many are in the middle of an attempt while the time limit changes, and whether they keep
    the longer one that held until now."""

    people: int
    is_shorter: bool


@transaction.atomic
def save_settings(
    *, quiz: Quiz, columns: Collection[str], seen: str, by: Account
) -> LimitChanged | None:
    """The columns of the instance `quiz`, and the times of `quiz.item`. `seen` is `seen_of` when
    this editor opened the settings. Deadlines of open attempts follow, but a shorter time limit is
    for those that start later; where another attempt counts now or certificates say something
    else, everybody's score is found anew, by a task. None where nobody is concerned by the limit.

    Raises SettingsChanged where it is another by now, and Refusal where it was deleted.
    """
    lock_item_of(quiz)
    stored = lock_quiz(quiz)
    if seen_of(stored) != seen:
        raise SettingsChanged(stored)
    seen_at = stored.item.updated_at
    editing.edit_media_item(item=quiz.item, seen_at=seen_at, by=by, only=TIMES)
    before, after = _values(stored, columns), _values(quiz, columns)
    changed = [name for name in columns if before[name] != after[name]]
    quiz.save(update_fields=[*columns])
    if changed:
        QuizChange.objects.create(
            quiz=quiz,
            what="settings",
            was={name: before[name] for name in changed},
            now={name: after[name] for name in changed},
            by=by,
        )
    if "time_limit_minutes" in changed:
        deadlines.promise(quiz, before["time_limit_minutes"])
        deadlines.bring_up_to_date(quiz)
    if "attempts_allowed" in changed and quiz.kept_score == stored.scores_by:
        stored.scores_by = Quiz.NOT_FOUND
    are_due = quiz.kept_score != stored.scores_by
    if are_due:
        Quiz.objects.filter(pk=quiz.pk).update(scores_by=stored.scores_by, scores_done=0)
    if are_due or _concerns_certificates(quiz, changed):
        transaction.on_commit(partial(keep_scores_anew.enqueue, quiz.pk))
    if "time_limit_minutes" not in changed:
        return None
    return _limit_changed(quiz)


def _limit_changed(quiz: Quiz) -> LimitChanged | None:
    rows = quiz.attempts.under_way()
    people = rows.values("taker").distinct().count()
    now = quiz.time_limit_minutes
    keeps_more = Q(promised_minutes=0) | Q(promised_minutes__gt=now or 0)
    is_shorter = now is not None and rows.filter(keeps_more).exists()
    return LimitChanged(people, is_shorter) if people else None


def _concerns_certificates(quiz: Quiz, changed: Collection[str]) -> bool:
    """Whether some are made or withdrawn by it."""
    if _OF_CERTIFICATES.isdisjoint(changed):
        return False
    stands = Certificate.objects.filter(attempt__quiz=quiz, withdrawn_at=None)
    return quiz.gives_certificate or stands.exists()


def _values(quiz: Quiz, columns: Collection[str]) -> dict[str, Any]:
    return {name: getattr(quiz, name) for name in columns}
