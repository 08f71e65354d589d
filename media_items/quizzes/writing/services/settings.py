"""What the owner of a quiz sets."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction

from media_items.library.services import editing
from media_items.quizzes.attempts import deadlines
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.models import Quiz, QuizChange
from media_items.quizzes.writing.tasks import keep_scores_anew
from media_items.signals import Account

TIMES = ("starts_at", "ends_at", "time_zone")


@transaction.atomic
def save_settings(*, quiz: Quiz, columns: Collection[str], by: Account) -> None:
    """The columns of the instance `quiz`, and the times of `quiz.item`. Deadlines of open attempts
    follow; where another attempt counts now, everybody's score is found anew, by a task.

    Raises Refusal where the item was changed or deleted meanwhile.
    """
    stored = lock_quiz(quiz)
    editing.edit_media_item(item=quiz.item, seen_at=quiz.item.updated_at, by=by, only=TIMES)
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
        deadlines.bring_up_to_date(quiz)
    if quiz.kept_score != stored.scores_by:
        transaction.on_commit(partial(keep_scores_anew.enqueue, quiz.pk))


def _values(quiz: Quiz, columns: Collection[str]) -> dict[str, Any]:
    return {name: getattr(quiz, name) for name in columns}
