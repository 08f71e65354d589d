"""The question that is being written gets a corrected key, too: the next version is published with
it. Not where somebody has changed it since it was published: what they wrote stays, and the host is
told."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone

from media_items.quizzes.content import Question
from media_items.quizzes.kinds import CHOICE_KINDS, TYPED_KINDS, QuestionKind
from media_items.quizzes.models import Question as Draft
from media_items.quizzes.models import QuestionOption, Quiz, QuizVersion
from media_items.quizzes.writing.publishing import frozen, questions_changed
from media_items.signals import Account


def stays(quiz: Quiz, was: Question, now: Question) -> bool:
    """Whether `follow` would leave what is being written, though the key changes."""
    draft = _draft_of(quiz, was)
    return draft is not None and was != now and _stays(draft, frozen(draft), was, now)


def _stays(draft: Draft, written: Question, was: Question, now: Question) -> bool:
    return draft.deleted_at is None and written not in {was, now}


def follow(quiz: Quiz, was: Question, now: Question, by: Account) -> bool:
    """`was` and `now`: the question as it is marked, before and after, the way somebody writes it.
    Returns whether what is being written stays as it is, though the key changes. In a transaction,
    the quiz locked."""
    draft = _draft_of(quiz, was)
    if draft is None or was == now:
        return False
    written = frozen(draft)
    if written != was:
        return _stays(draft, written, was, now)
    if now.kind in TYPED_KINDS:
        _replace_accepted(draft, now)
    else:
        _change_options(draft, now)
    Draft.objects.filter(pk=draft.pk).update(
        revision=F("revision") + 1, changed_at=timezone.now(), changed_by=by
    )
    questions_changed(quiz)
    published = quiz.published
    if published and published.draft == quiz.draft:  # attempts are marked like that already
        QuizVersion.objects.filter(pk=published.pk).update(draft=quiz.draft + 1)
    return False


def _draft_of(quiz: Quiz, question: Question) -> Draft | None:
    """Also a deleted one that may still be restored."""
    found: Draft | None = quiz.questions.filter(public_id=question.id).first()
    return found


def _replace_accepted(draft: Draft, key: Question) -> None:
    options = {one.public_id: one for one in draft.options.all()}
    draft.options.exclude(public_id__in=[one.id for one in key.options]).delete()
    for position, one in enumerate(key.options):
        row = options.get(one.id) or QuestionOption(question=draft, public_id=one.id)
        row.text, row.credit, row.position = one.text, one.credit, position
        row.tolerance, row.margin, row.feedback = one.tolerance, one.margin, one.feedback
        row.save()


def _change_options(draft: Draft, key: Question) -> None:
    rows = list(draft.options.order_by("position", "pk"))
    options = {one.public_id: one for one in rows}
    for position, one in enumerate(key.options):
        row = options[one.id]
        if key.kind in CHOICE_KINDS:
            row.credit = one.credit
        elif key.kind == QuestionKind.ORDERING:
            row.position = position
        elif choice := key.choice_of.get(one.match):
            row.match, row.match_id = choice.text, choice.id
        row.save()
    if key.kind == QuestionKind.MATCHING:
        _keep_choices(draft, key, [one for one in rows if one.public_id not in key.option_of])


def _keep_choices(draft: Draft, key: Question, distractors: Iterable[QuestionOption]) -> None:
    """What fits no prompt any more goes on distracting; what fits one does not stand twice."""
    fitting = {one.match for one in key.options}
    distracting = {one.id: one for one in key.choices if one.id not in fitting}
    for row in distractors:
        if distracting.pop(row.match_id, None) is None:
            row.delete()
    last = max((one.position for one in draft.options.all()), default=0)
    for position, choice in enumerate(distracting.values(), start=last + 1):
        QuestionOption.objects.create(
            question=draft, position=position, match=choice.text, match_id=choice.id
        )
