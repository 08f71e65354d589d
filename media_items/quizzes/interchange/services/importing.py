"""Taking from what was read what somebody chose: once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.content import Option, Question
from media_items.quizzes.interchange import batches
from media_items.quizzes.kinds import TRUE_FALSE_WORDS, QuestionKind
from media_items.quizzes.models import (
    ImportBatch,
    ImportFile,
    QuestionOption,
    QuestionPicture,
    Quiz,
)
from media_items.quizzes.models import Question as Draft
from media_items.quizzes.models.questions import MOST_QUESTIONS
from media_items.quizzes.writing.publishing import questions_changed
from media_items.quizzes.writing.services.pictures import keep_picture
from media_items.refusals import ChangedMeanwhile, Invalid, NotNow
from media_items.signals import Account

KEPT_FOR = timedelta(days=1)
_COLUMNS = (
    "kind", "text", "points", "rule", "hint", "explanation", "is_required", "may_be_negative",
    "case_matters", "accents_matter", "unit", "picture_alt", "at_ms",
)  # fmt: skip


def expiry() -> datetime:
    return timezone.now() + KEPT_FOR


def delete_expired() -> int:
    """With their pictures. Returns how many there were; called by housekeeping."""
    expired = ImportBatch.objects.filter(expires_at__lte=timezone.now())
    _rows, of = expired.delete()
    return of.get(ImportBatch._meta.label, 0)


@dataclass(frozen=True)
class Wanted:
    """The questions of these numbers. `encoding` is that of the reading in which they were chosen,
    None for any."""

    batch: ImportBatch
    numbers: Collection[int]
    encoding: str | None = None


def take(
    *,
    batch: ImportBatch,
    numbers: Collection[int],
    after: str,
    by: Account | None,
    encoding: str | None = None,
) -> ImportBatch:
    """As `take_all`, of one. Returns it as it is then."""
    return take_all(wanted=[Wanted(batch, numbers, encoding)], after=after, by=by)[0]


@transaction.atomic
def take_all(*, wanted: Sequence[Wanted], after: str, by: Account | None) -> list[ImportBatch]:
    """What is wanted of imports in one quiz becomes questions behind the one with the public id
    `after`, at the beginning for “start”, else at the end, in this order. What is taken already
    changes nothing; one of which nothing is wanted stays.

    Raises Invalid where nothing was chosen or there would be too many questions, ChangedMeanwhile
    where the file has been read in other letters since.
    """
    quiz = lock_quiz(wanted[0].batch.quiz)
    now_ = ImportBatch.objects.select_for_update(of=("self",)).in_bulk(
        sorted(one.batch.pk for one in wanted)
    )
    every = [replace(one, batch=now_.get(one.batch.pk, one.batch)) for one in wanted]
    due = [(one.batch, _chosen(one)) for one in every if not one.batch.taken_at]
    order = list(quiz.questions.live().order_by("position", "pk"))
    count = sum(len(chosen) for _batch, chosen in due)
    if not count:
        if len(due) < len(every):
            return [one.batch for one in every]
        raise Invalid(_("Choose at least one question."))
    if len(order) + count > MOST_QUESTIONS:
        raise Invalid(_("A quiz has at most %(most)d questions.") % {"most": MOST_QUESTIONS})
    made = [one for batch, chosen in due if chosen for one in _taken(quiz, batch, chosen, by)]
    at = _place(order, after)
    _number([*order[:at], *made, *order[at:]])
    questions_changed(quiz)
    return [one.batch for one in every]


def _chosen(wanted: Wanted) -> list[Question]:
    """None of what could not be read.

    Raises NotNow where it has expired or is not read yet, ChangedMeanwhile where it was read in
    other letters since.
    """
    batch = wanted.batch
    if batch.expires_at <= timezone.now():
        raise NotNow(_("This import has expired. Upload the file again."))
    if batch.read_at is None:
        raise NotNow(_("This file is still being read."))
    if wanted.encoding not in {None, batch.encoding} or (batch.problem and wanted.numbers):
        raise ChangedMeanwhile
    if batch.problem:
        return []
    return [
        one.found.question
        for one in batches.found_in(batch)
        if one.number in wanted.numbers and one.found.question is not None
    ]


def _taken(
    quiz: Quiz, batch: ImportBatch, chosen: list[Question], by: Account | None
) -> list[Draft]:
    made = _made(quiz, chosen, _pictures(batch, chosen), by)
    batch.taken_at, batch.taken = timezone.now(), len(made)
    batch.save(update_fields=["taken_at", "taken"])
    batch.pictures.all().delete()
    ImportFile.objects.filter(batch=batch).delete()
    return made


def _place(order: list[Draft], after: str) -> int:
    if after == "start":
        return 0
    return next((n for n, one in enumerate(order, 1) if one.public_id == after), len(order))


def _pictures(batch: ImportBatch, chosen: Iterable[Question]) -> dict[str, QuestionPicture]:
    wanted = {one.picture for one in chosen if one.picture}
    made = {}
    for one in batch.pictures.filter(key__in=wanted):
        made[one.key] = keep_picture(quiz=batch.quiz, data=bytes(one.data))
    return made


def _made(
    quiz: Quiz,
    chosen: list[Question],
    pictures: dict[str, QuestionPicture],
    by: Account | None,
) -> list[Draft]:
    drafts = [
        Draft(
            quiz=quiz,
            picture=pictures.get(one.picture),
            changed_by=by,
            **{name: getattr(one, name) for name in _COLUMNS},
        )
        for one in chosen
    ]
    for draft in drafts:
        draft.save()
    QuestionOption.objects.bulk_create(
        option for draft, one in zip(drafts, chosen, strict=True) for option in _options(draft, one)
    )
    return drafts


def _options(draft: Draft, question: Question) -> list[QuestionOption]:
    rows = [
        QuestionOption(
            question=draft,
            text=_text_of(question, one),
            credit=one.credit,
            feedback=one.feedback,
            at_end=one.at_end,
            match=question.choice_of[one.match].text if one.match else "",
            tolerance=one.tolerance,
            margin=one.margin,
        )
        for one in question.options
    ]
    if question.kind == QuestionKind.MATCHING:
        matched = {one.match for one in question.options}
        rows += [
            QuestionOption(question=draft, match=one.text)
            for one in question.choices
            if one.id not in matched
        ]
    for position, row in enumerate(rows):
        row.position = position
    return rows


def _text_of(question: Question, option: Option) -> str:
    """Of true or false in the words of whoever imports it, as what is written here has them."""
    is_word = question.kind == QuestionKind.TRUE_FALSE
    return str(TRUE_FALSE_WORDS.get(option.text, option.text)) if is_word else option.text


def _number(order: list[Draft]) -> None:
    moved = []
    for position, one in enumerate(order):
        if one.position != position:
            one.position = position
            moved.append(one)
    Draft.objects.bulk_update(moved, ["position"])
