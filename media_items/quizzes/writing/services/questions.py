"""Adding, changing, copying, moving and deleting the questions of a quiz.

Each change counts `Quiz.draft` up. Attempts never feel it: they have a published version.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.public_ids import new_public_id
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.kinds import Tolerance
from media_items.quizzes.models import Question, QuestionOption
from media_items.quizzes.models.questions import MOST_QUESTIONS
from media_items.quizzes.writing.publishing import questions_changed
from media_items.refusals import ChangedMeanwhile, Invalid, Refusal
from media_items.signals import Account


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a question as it was typed. `key` is the public id of the option it was before."""

    key: str = ""
    text: str = ""
    credit: Decimal = Decimal(0)
    feedback: str = ""
    at_end: bool = False
    match: str = ""
    tolerance: str = Tolerance.EXACT
    margin: str = ""


class QuestionChanged(ChangedMeanwhile):
    """Somebody else saved the question since it was opened; `now` is what it is now."""

    def __init__(self, now: Question) -> None:
        self.now = now
        super().__init__(
            _(
                "Somebody else changed this question while you were editing. What you typed is "
                "still here but not saved. Their version is shown below. "
                "Save again to replace it."
            )
        )


class QuestionGone(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This question was deleted while you were editing."))


@transaction.atomic
def add_question(
    *,
    question: Question,
    lines: Sequence[Line] = (),
    by: Account | None,
    after: str | None = None,
) -> Question:
    """Save a new one, behind the question with the public id `after`, else at the end. Raises
    Invalid where there are too many."""
    quiz = lock_quiz(question.quiz)
    order = list(quiz.questions.live().order_by("position", "pk"))
    if len(order) >= MOST_QUESTIONS:
        raise Invalid(_("A quiz has at most %(most)d questions.") % {"most": MOST_QUESTIONS})
    at = next((n for n, one in enumerate(order, 1) if one.public_id == after), len(order))
    question.position = at
    question.changed_at, question.changed_by = timezone.now(), by
    question.save()
    _write_lines(question, lines)
    order.insert(at, question)
    _number(order)
    questions_changed(quiz)
    return question


@transaction.atomic
def save_question(
    *,
    question: Question,
    fields: Collection[str],
    lines: Sequence[Line],
    revision: int,
    by: Account | None,
) -> Question:
    """The columns `fields` of the instance `question`, and its lines; those with a `key` stay the
    same options, others are deleted. `revision` is the one it was opened with.

    Raises QuestionChanged when it has another by now, and QuestionGone.
    """
    quiz = lock_quiz(question.quiz)
    stored = quiz.questions.live().filter(pk=question.pk).first()
    if stored is None:
        raise QuestionGone
    if stored.revision != revision:
        raise QuestionChanged(stored)
    question.revision = revision + 1
    question.changed_at, question.changed_by = timezone.now(), by
    question.save(update_fields=[*fields, "revision", "changed_at", "changed_by"])
    _write_lines(question, lines)
    questions_changed(quiz)
    return question


@transaction.atomic
def duplicate(*, question: Question, by: Account | None) -> Question:
    """A copy right behind it. Its ids are new."""
    lines = [
        Line(
            text=one.text,
            credit=one.credit,
            feedback=one.feedback,
            at_end=one.at_end,
            match=one.match,
            tolerance=one.tolerance,
            margin=one.margin,
        )
        for one in question.options.order_by("position", "pk")
    ]
    original = question.public_id
    copy = Question.objects.get(pk=question.pk)
    copy.pk, copy.public_id, copy.revision = None, new_public_id(), 1
    copy._state.adding = True
    return add_question(question=copy, lines=lines, by=by, after=original)


@transaction.atomic
def move(*, question: Question, to: int) -> None:
    """To the place `to`, counted from 1; beyond an end is at that end."""
    quiz = lock_quiz(question.quiz)
    order = list(quiz.questions.live().order_by("position", "pk"))
    if question not in order:
        raise QuestionGone
    before = [one.pk for one in order]
    order.remove(question)
    order.insert(max(0, to - 1), question)
    if [one.pk for one in order] != before:
        _number(order)
        questions_changed(quiz)


@transaction.atomic
def delete(*, question: Question, by: Account | None) -> None:
    """Twice is once. It can be restored until the quiz is published the next time."""
    quiz = lock_quiz(question.quiz)
    deleted = quiz.questions.live().filter(pk=question.pk)
    if deleted.update(deleted_at=timezone.now(), changed_by=by):
        questions_changed(quiz)


@transaction.atomic
def restore(*, question: Question) -> None:
    """Where it was. Twice is once. Raises Invalid where there are too many by now."""
    quiz = lock_quiz(question.quiz)
    if quiz.questions.live().count() >= MOST_QUESTIONS:
        raise Invalid(_("A quiz has at most %(most)d questions.") % {"most": MOST_QUESTIONS})
    if quiz.questions.filter(pk=question.pk).exclude(deleted_at=None).update(deleted_at=None):
        questions_changed(quiz)


def _number(order: Sequence[Question]) -> None:
    """One question for all that moved. Deleted ones keep theirs, beside those they stood at."""
    moved = []
    for position, one in enumerate(order):
        if one.position != position:
            one.position = position
            moved.append(one)
    Question.objects.bulk_update(moved, ["position"])


def _write_lines(question: Question, lines: Sequence[Line]) -> None:
    """In their order. SECURITY: a key that is not of this question makes a new option."""
    before = {one.public_id: one for one in question.options.all()}
    kept, new = [], []
    for position, line in enumerate(lines):
        values = {name: value for name, value in asdict(line).items() if name != "key"}
        option = before.pop(line.key, None)
        if option is None:
            new.append(QuestionOption(question=question, position=position, **values))
            continue
        for name, value in (values | {"position": position}).items():
            setattr(option, name, value)
        kept.append(option)
    columns = [name for name in asdict(Line()) if name != "key"]
    QuestionOption.objects.bulk_update(kept, [*columns, "position"])
    QuestionOption.objects.bulk_create(new)
    question.options.filter(public_id__in=before).delete()
