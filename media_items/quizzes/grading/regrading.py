"""Regrading: a new key for one question, and every attempt marked with it.

The key is there at once, in one transaction; attempts that end from then on are marked with it. The
others are marked by a task, each in a transaction of its own under its own lock. What is left to do
is read from the attempts: those that were marked with an older key. So the task may run twice, or
be killed anywhere. Undone by the keys before, which the row of the regrading names.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.quizzes import turns
from media_items.quizzes.attempts.locking import lock_quiz, lock_to_score
from media_items.quizzes.attempts.marking import keep_score, key_for, mark_attempt
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.content import Content, Question, to_json
from media_items.quizzes.grading import drafts
from media_items.quizzes.grading.keys import Change, Undoing, as_written
from media_items.quizzes.grading.preview import changed_content, versions_with
from media_items.quizzes.models import Attempt, Quiz, QuizChange, QuizVersion, Regrade
from media_items.quizzes.models.work import QUIET
from media_items.refusals import ChangedMeanwhile, Invalid, NotNow
from media_items.signals import Account

# `QuizChange.what`
KEY, REGRADED = "key", "regraded"
AT_ONCE = 100
_MAY_BE_BEHIND = timedelta(hours=1)


@transaction.atomic
def regrade(
    *,
    quiz: Quiz,
    question_id: str,
    correction: Change,
    key_number: int,
    by: Account,
    reason: str = "",
) -> Regrade:
    """`key_number` is that of the newest key that `by` has seen. The question being written follows
    where it is as it was published; `draft_stays` says that it does not.

    Raises `NotNow` while another regrading is under way, `ChangedMeanwhile` where the key is
    another one by now, `Invalid` where nothing would change.
    """
    quiz = lock_quiz(quiz)
    if quiz.regrades.filter(finished_at=None).exists():
        raise NotNow(_("A regrading is in progress. Wait until it has finished."))
    versions = versions_with(quiz, question_id)
    if not versions or newest_key_number(versions) != key_number:
        raise ChangedMeanwhile
    was, now = changed_question(versions[-1], question_id, correction)
    made = [
        (key, _new_key(version, key, content, by))
        for version in versions
        if (key := key_for(version))
        and (content := changed_content(version, key, question_id, correction)) != key.questions
    ]
    if not made:
        raise Invalid(_("This is how the question is marked already."))
    row: Regrade = Regrade.objects.create(
        quiz=quiz,
        question=question_id,
        way=correction.way,
        reason=reason,
        keys_before={str(after.key_of_id): before.pk for before, after in made},
        made_by=by,
        attempts_total=behind(quiz).count(),
    )
    before, after = made[-1]
    QuizChange.objects.create(
        quiz=quiz,
        what=KEY,
        question=question_id,
        was=_as_json(before, question_id),
        now=_as_json(after, question_id),
        reason=reason,
        regrade=row,
        version=after,
        by=by,
    )
    row.draft_stays = drafts.stays(quiz, was, now)
    drafts.follow(quiz, was, now, by)
    transaction.on_commit(partial(regrade_attempts.enqueue, row.pk))
    return row


def changed_question(
    version: QuizVersion, question_id: str, change: Change
) -> tuple[Question, Question]:
    """As it is marked now in this version and as it would be, the way somebody writes it."""
    original, key = version.questions.question_of[question_id], key_for(version)
    after = changed_content(version, key, question_id, change)
    return (
        as_written(key.questions.question_of[question_id], original),
        as_written(after.question_of[question_id], original),
    )


def undoing(row: Regrade) -> Undoing | None:
    """What takes a regrading back; None where another one of its question has come after it."""
    later = Regrade.objects.filter(quiz=row.quiz_id, question=row.question, pk__gt=row.pk)
    if not row.keys_before or later.exists():
        return None
    keys = QuizVersion.objects.in_bulk(row.keys_before.values())
    before = {
        int(version): keys[key].questions.question_of[row.question]
        for version, key in row.keys_before.items()
    }
    return Undoing(before)


def newest_key_number(versions: list[QuizVersion]) -> int:
    """Of the newest of `versions`."""
    return key_for(versions[-1]).number if versions else 0


def behind(quiz: Quiz) -> QuerySet[Attempt]:
    """What was marked with an older key than the newest of its version. Of somebody erased the
    points stay."""
    newest = QuizVersion.objects.filter(key_of=OuterRef("version")).order_by("-number")
    rows: QuerySet[Attempt] = quiz.attempts.filter(
        Q(state__in=FINISHED) | Q(marked_with__isnull=False), taker__erased_at=None
    )
    return rows.annotate(
        newest_key=Coalesce(Subquery(newest.values("pk")[:1]), F("version"))
    ).filter(Q(marked_with=None) | ~Q(marked_with=F("newest_key")))


def regrade_next(*, regrade_id: int, most: int = AT_ONCE) -> bool:
    """Marks the next attempts; False when none is left."""
    row = Regrade.objects.filter(pk=regrade_id, finished_at=None).select_related("quiz").first()
    if row is None:
        return False
    waiting = list(behind(row.quiz).order_by("pk").values_list("pk", flat=True)[:most])
    keys: dict[int, QuizVersion] = {}
    for attempt_id in waiting:
        _regrade_one(row, attempt_id, keys)
    if waiting:
        return True
    Regrade.objects.filter(pk=row.pk, finished_at=None).update(finished_at=timezone.now())
    return False


@transaction.atomic
def _regrade_one(row: Regrade, attempt_id: int, keys: dict[int, QuizVersion]) -> None:
    attempt = lock_to_score(Attempt(pk=attempt_id))
    if attempt.version_id not in keys:
        keys[attempt.version_id] = key_for(attempt.version)
    key = keys[attempt.version_id]
    if attempt.marked_with_id == key.pk:
        return
    was = _score_of(attempt)
    mark_attempt(attempt, key=key)
    keep_score(attempt.taker, row.quiz)
    now = _score_of(attempt)
    if now != was:
        QuizChange.objects.create(
            quiz=row.quiz,
            what=REGRADED,
            taker=attempt.taker,
            attempt=attempt,
            question=row.question,
            was=was,
            now=now,
            reason=row.reason,
            regrade=row,
            version=key,
            by_id=row.made_by_id,
        )
    Regrade.objects.filter(pk=row.pk).get_on(
        attempts_done=F("attempts_done") + 1,
        attempts_changed=F("attempts_changed") + int(now != was),
    )


@task()
def regrade_attempts(regrade_id: int) -> None:
    """Attempt by attempt, each committed. Running it again marks nothing twice."""
    step = partial(regrade_next, regrade_id=regrade_id)
    turns.take_turn(Regrade, regrade_id, step=step, task=regrade_attempts)


def try_again(row: Regrade) -> None:
    """For whoever looks after the quiz; nothing where it is under way."""
    if Regrade.objects.filter(pk=row.pk).begin_anew():
        regrade_attempts.enqueue(row.pk)


def take_up() -> int:
    """Queues a task for each regrading that has stopped, and for what ended with the old key in the
    very moment of the new one. Returns how many; called every few seconds by each worker."""
    now = timezone.now()
    for row in Regrade.objects.filter(finished_at__gt=now - _MAY_BE_BEHIND).select_related("quiz"):
        if behind(row.quiz).exists():
            Regrade.objects.filter(pk=row.pk).update(
                finished_at=None, starts=0, seen_at=now - 2 * QUIET
            )
    return turns.take_up(Regrade, regrade_attempts)


def _new_key(version: QuizVersion, key: QuizVersion, content: Content, by: Account) -> QuizVersion:
    last = version.quiz.versions.order_by("-number").values_list("number", flat=True)[0]
    made: QuizVersion = QuizVersion.objects.create(
        quiz_id=version.quiz_id,
        number=last + 1,
        content=to_json(content),
        draft=key.draft,
        key_of=version,
        made_by=by,
    )
    return made


def _as_json(version: QuizVersion, question_id: str) -> object:
    question = version.questions.question_of[question_id]
    return to_json(Content((question,)))["questions"][0]


def _score_of(attempt: Attempt) -> dict[str, str | None]:
    return {
        "score": None if attempt.score is None else str(attempt.score),
        "possible": None if attempt.possible is None else str(attempt.possible),
    }
