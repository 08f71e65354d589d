"""The questions that are being written get a corrected key, too: the next version is published with
it. Full marks and dropping concern attempts that were made, and leave the question as it is."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from media_items.quizzes.content import Question
from media_items.quizzes.grading.keys import Correction
from media_items.quizzes.kinds import CHOICE_KINDS, TYPED_KINDS, QuestionKind
from media_items.quizzes.models import Question as Draft
from media_items.quizzes.models import QuestionOption, Quiz, QuizVersion
from media_items.quizzes.models.trail import RegradeWay
from media_items.quizzes.writing.publishing import questions_changed
from media_items.signals import Account


def correct_draft(quiz: Quiz, key: Question, correction: Correction, by: Account) -> None:
    """Where the question is still there and of the same kind. In a transaction, the quiz locked."""
    draft = quiz.questions.filter(public_id=key.id, kind=key.kind).first()
    if draft is None or correction.way != RegradeWay.NEW_KEY or key.by_hand:
        return
    options = {one.public_id: one for one in draft.options.all()}
    if key.kind in TYPED_KINDS:
        _replace_accepted(draft, options, key)
    else:
        _change_options(options, key)
    Draft.objects.filter(pk=draft.pk).update(
        revision=F("revision") + 1, changed_at=timezone.now(), changed_by=by
    )
    questions_changed(quiz)
    published = quiz.published
    if published and published.draft == quiz.draft:  # attempts are marked like that already
        QuizVersion.objects.filter(pk=published.pk).update(draft=quiz.draft + 1)


def _replace_accepted(draft: Draft, options: dict[str, QuestionOption], key: Question) -> None:
    draft.options.exclude(public_id__in=[one.id for one in key.options]).delete()
    for position, one in enumerate(key.options):
        row = options.get(one.id) or QuestionOption(question=draft, public_id=one.id)
        row.text, row.credit, row.position = one.text, one.credit, position
        row.tolerance, row.margin = one.tolerance, one.margin
        row.save()


def _change_options(options: dict[str, QuestionOption], key: Question) -> None:
    for position, one in enumerate(key.options):
        row = options.get(one.id)
        if row is None:
            continue
        if key.kind in CHOICE_KINDS:
            row.credit = one.credit
        elif key.kind == QuestionKind.ORDERING:
            row.position = position
        elif choice := key.choice_of.get(one.match):
            row.match, row.match_id = choice.text, choice.id
        row.save()
