"""Exporting: the formats with what each leaves out, and the files."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.lookups import get_media_item
from media_items.numbers import whole_number
from media_items.quizzes.content import Content
from media_items.quizzes.interchange.formats import FORMATS, Format
from media_items.quizzes.interchange.narrowing import SENTENCES, narrowed
from media_items.quizzes.models import Quiz
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.writing.publishing import content_of
from media_items.requests import FoyerRequest

_MOST_NUMBERS = 12


@dataclass(frozen=True)
class _Offered:
    """`losses`: a sentence, and the numbers of the questions."""

    format: Format
    losses: list[tuple[str, str]]


@require_safe
def export_questions(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    quiz = quiz_of(item)
    version = request.GET.get("version", "")
    content = _content(quiz, version)
    offered = [_Offered(one, _losses(content, one)) for one in FORMATS.values()]
    context = {
        "item": item,
        "offered": offered,
        "count": len(content.questions),
        "version": version,
        "published": quiz.published,
        "pages": pages_of(item, "media_items:quiz_questions"),
    }
    return render(request, "media_items/quizzes/interchange/export_questions.html", context)


@require_safe
def export_questions_file(request: FoyerRequest, public_id: str, form: str) -> HttpResponse:
    """SECURITY: with the key; for those who may write the questions."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    chosen = FORMATS.get(form)
    if chosen is None:
        raise Http404
    quiz = quiz_of(item)
    left = narrowed(_content(quiz, request.GET.get("version", "")), chosen.carries).content
    data = chosen.write(left, _pictures(quiz, left), item.title)
    headers = {
        "Content-Disposition": f'attachment; filename="{_name(item)}.{chosen.ending}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(data, content_type=chosen.content_type, headers=headers)


def _name(item: MediaItem) -> str:
    return slugify(item.title)[:60] or "questions"


def _content(quiz: Quiz, version: str) -> Content:
    """Of the version with this number; without one, the questions as they stand."""
    if quiz.pk is None:
        return Content()
    if not version:
        return content_of(quiz)
    number = whole_number(version, at_most=2**31 - 1, default=0)
    found = quiz.versions.filter(number=number).first()
    if found is None:
        raise Http404
    return found.questions


def _pictures(quiz: Quiz, content: Content) -> dict[str, bytes]:
    wanted = {one.picture for one in content.questions if one.picture}
    if not wanted:
        return {}
    found = {}
    for picture in quiz.pictures.filter(public_id__in=wanted):
        with picture.file.open("rb") as file:
            found[picture.public_id] = file.read()
    return found


def _losses(content: Content, chosen: Format) -> list[tuple[str, str]]:
    return [
        (str(SENTENCES[loss]), _numbers(numbers))
        for loss, numbers in narrowed(content, chosen.carries).losses.items()
    ]


def _numbers(numbers: list[int]) -> str:
    listed = ", ".join(str(one) for one in numbers[:_MOST_NUMBERS])
    return f"{listed} …" if len(numbers) > _MOST_NUMBERS else listed
