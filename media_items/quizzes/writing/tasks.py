"""What takes longer than a request."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from media_items.quizzes.attempts.marking import keep_score
from media_items.quizzes.models import Quiz

TELL_EVERY = 10


@task
def keep_scores_anew(quiz_id: int) -> None:
    """Another attempt counts from now on. Person by person; safe to run twice, and beside
    itself: the rule is read for each. Of people who were erased the points stay."""
    quiz = Quiz.objects.filter(pk=quiz_id).first()
    if quiz is None:
        return
    rule = quiz.kept_score
    theirs = quiz.takers.filter(finished__gt=0, erased_at=None)
    for done, taker_id in enumerate(list(theirs.values_list("pk", flat=True))):
        if done % TELL_EVERY == 0:
            Quiz.objects.filter(pk=quiz_id).update(scores_done=done)
        with transaction.atomic():
            quiz = Quiz.objects.filter(pk=quiz_id).first()
            taker = quiz and quiz.takers.filter(pk=taker_id, erased_at=None).first()
            if quiz and taker:
                keep_score(taker, quiz)
    # Changed again meanwhile it is due again.
    Quiz.objects.filter(pk=quiz_id, kept_score=rule).update(scores_by=rule)


def take_up() -> int:
    """Queues it for each quiz whose scores are of another rule and that nobody is at. Returns how
    many; called every few seconds by each worker."""
    due = set(Quiz.objects.exclude(scores_by=F("kept_score")).values_list("pk", flat=True))
    if not due:
        return 0
    at_work = DBTaskResult.objects.filter(
        task_path=keep_scores_anew.module_path,
        status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING],
    )
    due -= {called["args"][0] for called in at_work.values_list("args_kwargs", flat=True)}
    for quiz_id in sorted(due):
        keep_scores_anew.enqueue(quiz_id)
    return len(due)
