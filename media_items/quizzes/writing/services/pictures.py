"""The pictures of questions: stored, and deleted when no question and no version has them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from media_items.processing import leftovers
from media_items.processing.leftovers import in_doubt
from media_items.processing.pictures import clean_whole_picture
from media_items.processing.storage import store
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.models import QuestionPicture, Quiz

NAMES = leftovers.Column(QuestionPicture, "file", "quiz__item")
# Until then whoever has just added it may be about to save its question.
_SPARED = timedelta(days=1)


def add_picture(*, quiz: Quiz, uploaded: Any) -> QuestionPicture:
    """Encoded anew, with nothing but its pixels. Raises NotAcceptedFile."""
    return keep_picture(quiz=quiz, data=clean_whole_picture(uploaded))


def keep_picture(*, quiz: Quiz, data: bytes) -> QuestionPicture:
    """`data` was made by us."""
    picture = QuestionPicture(quiz=quiz)
    with in_doubt():
        store(picture, "file", ContentFile(data), file_name=f"{secrets.token_hex(12)}.jpg")
        picture.save()
    return picture


def delete_unused() -> int:
    """Pictures that no question and no version has, and their files. Returns how many; called by
    housekeeping."""
    quizzes = Quiz.objects.filter(pk__in=_without_question().values("quiz"))
    return sum(_delete_unused_of(quiz) for quiz in quizzes.order_by("pk"))


@transaction.atomic
def _delete_unused_of(quiz: Quiz) -> int:
    quiz = lock_quiz(quiz)
    shown = {
        one.picture
        for version in quiz.versions.iterator(chunk_size=20)
        for one in version.questions.questions
    }
    rows = [one for one in _without_question().filter(quiz=quiz) if one.public_id not in shown]
    return _delete(rows)


def _without_question() -> QuerySet[QuestionPicture]:
    old_enough = timezone.now() - _SPARED
    return QuestionPicture.objects.filter(questions=None, made_at__lt=old_enough)


def _delete(rows: Iterable[QuestionPicture]) -> int:
    rows = list(rows)
    with in_doubt():
        leftovers.note(*(one.file.name or "" for one in rows))
        QuestionPicture.objects.filter(pk__in=[one.pk for one in rows]).delete()
    return len(rows)
