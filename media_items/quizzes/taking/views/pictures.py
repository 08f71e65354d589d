"""Pictures of questions."""

from __future__ import annotations

import mimetypes

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.delivery.files import deliver
from media_items.lookups import get_media_item
from media_items.quizzes.attempts.takers import attempts_of
from media_items.quizzes.models import QuestionPicture, Quiz, QuizVersion
from media_items.quizzes.quizzes import quiz_of
from media_items.requests import FoyerRequest


@require_safe
def question_picture(request: FoyerRequest, public_id: str, picture_id: str) -> HttpResponseBase:
    """For those who look after the quiz, and for whoever has it in an attempt of theirs."""
    item = get_media_item(request, public_id)
    quiz = quiz_of(item)
    picture = QuestionPicture.objects.filter(quiz__item=item, public_id=picture_id).first()
    if picture is None or not _may_see(request, item, quiz, picture_id):
        raise Http404
    kind, _encoding = mimetypes.guess_type(picture.file.name or "")
    return deliver(request, picture.file, content_type=kind or "application/octet-stream")


def _may_see(request: FoyerRequest, item: MediaItem, quiz: Quiz, picture_id: str) -> bool:
    if item.abilities & {Ability.EDIT_QUESTIONS, Ability.SEE_RESULTS, Ability.MARK}:
        return True
    mine = attempts_of(quiz, request.visitor.identity_on(item))
    # As JSON writes it: no version is read for it, and none taken apart.
    versions = QuizVersion.objects.annotate(written=Cast("content", TextField()))
    return versions.filter(
        attempts__in=mine.values("pk"), written__contains=f'"{picture_id}"'
    ).exists()
