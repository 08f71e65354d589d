"""The paper: all questions in their order, and what is done to them without a form."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.delivery.files import deliver
from media_items.lookups import get_media_item
from media_items.numbers import whole_number
from media_items.quizzes.film.films import film_ms_of
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import Question, QuestionPicture
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.writing.paper import (
    PaperQuestion,
    drafts_of,
    paper_of,
    summary_of,
    title_of,
)
from media_items.quizzes.writing.services import questions as services
from media_items.refusals import Invalid
from media_items.requests import FoyerRequest
from media_items.responses import fragment_or_redirect, render_varied
from media_items.signals import Account

PAPER = "media_items/quizzes/writing/quiz_questions.html"


@require_safe
def quiz_questions(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    context = paper_context(item)
    context["pages"] = pages_of(item, "media_items:quiz_questions")
    deleted = request.GET.get("deleted", "")
    context["deleted"] = _just_deleted(item, deleted, context["questions"])
    return render_varied(request, PAPER, context)


def paper_context(item: MediaItem) -> dict[str, Any]:
    quiz = quiz_of(item)
    questions = paper_of(drafts_of(item), film_ms=film_ms_of(quiz))
    return {
        "item": item,
        "quiz": quiz,
        "questions": questions,
        "summary": summary_of(quiz, questions),
        "kinds": QuestionKind.choices,
    }


def row_context(item: MediaItem, public_id: str) -> dict[str, Any]:
    """Of one question, with what its change changes on the page. Raises Http404."""
    context = paper_context(item)
    rows: list[PaperQuestion] = context["questions"]
    found = next((one for one in rows if one.id == public_id), None)
    if found is None:
        raise Http404
    return context | {"question": found}


def find_question(item: MediaItem, public_id: str, *, deleted: bool = False) -> Question:
    rows = Question.objects.select_related("quiz", "picture").filter(quiz__item=item)
    rows = rows.exclude(deleted_at=None) if deleted else rows.filter(deleted_at=None)
    question: Question = get_object_or_404(rows, public_id=public_id)
    question.quiz.item = item
    return question


def address_of(item: MediaItem, question: str = "") -> str:
    """Of the paper, at one of its questions."""
    paper = reverse("media_items:quiz_questions", args=[item.public_id])
    return f"{paper}#q-{question}" if question else paper


def editor_of(request: FoyerRequest) -> Account | None:
    """None of an invitee without an account, who may write, too."""
    return request.user if request.user.is_authenticated else None


def _just_deleted(
    item: MediaItem, public_id: str, questions: list[PaperQuestion]
) -> dict[str, str] | None:
    """To be undone at its place: `before` is the question that stands there now, "" at the end."""
    rows = Question.objects.filter(quiz__item=item, public_id=public_id).exclude(deleted_at=None)
    found = rows.first() if public_id else None
    if found is None:
        return None
    behind = (one.id for one in questions if one.order >= (found.position, found.pk))
    return {"id": found.public_id, "title": title_of(found), "before": next(behind, "")}


# --- acts -----------------------------------------------------------------------------------------


@require_POST
def duplicate_question(request: FoyerRequest, public_id: str, question_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    copy = services.duplicate(question=find_question(item, question_id), by=editor_of(request))
    return _paper_again(request, item, copy.public_id)


@require_POST
def move_question(request: FoyerRequest, public_id: str, question_id: str) -> HttpResponse:
    """`to` is a place counted from 1, or `up` or `down`."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    question = find_question(item, question_id)
    order = list(drafts_of(item).prefetch_related(None).values_list("public_id", flat=True))
    here = order.index(question_id) + 1
    wanted = request.POST.get("to", "")
    steps = {"up": here - 1, "down": here + 1}
    to = steps[wanted] if wanted in steps else whole_number(wanted, default=0)
    if not to and wanted not in steps:
        raise Invalid(_("Enter a number from 1 to %(most)d.") % {"most": len(order)})
    services.move(question=question, to=to)
    return _paper_again(request, item, question_id)


@require_POST
def delete_question(request: FoyerRequest, public_id: str, question_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    services.delete(question=find_question(item, question_id), by=editor_of(request))
    to = f"{address_of(item)}?deleted={question_id}#undo"

    def undo() -> HttpResponse:
        context = paper_context(item) | {"is_changed": True}
        context["deleted"] = _just_deleted(item, question_id, context["questions"])
        return render(request, f"{PAPER}#paper", context)

    return fragment_or_redirect(request, undo, to=to)


@require_POST
def restore_question(request: FoyerRequest, public_id: str, question_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    try:
        question = find_question(item, question_id, deleted=True)
    except Http404:
        find_question(item, question_id)  # pressed twice: it is back already
    else:
        services.restore(question=question)
    return _paper_again(request, item, question_id, focus=question_id)


def _paper_again(
    request: FoyerRequest, item: MediaItem, question: str, *, focus: str = ""
) -> HttpResponse:
    """`focus`: the question that the keyboard goes on at, where its button has gone."""

    def paper() -> HttpResponse:
        changed = {"is_changed": True, "focus": focus}
        return render(request, f"{PAPER}#paper", paper_context(item) | changed)

    return fragment_or_redirect(request, paper, to=address_of(item, question))


# --- what a question shows ------------------------------------------------------------------------


@require_safe
def draft_picture(request: FoyerRequest, public_id: str, picture_id: str) -> HttpResponseBase:
    """For editors: also of questions that were never published."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    picture = get_object_or_404(QuestionPicture, quiz__item=item, public_id=picture_id)
    return deliver(request, picture.file, content_type="image/jpeg")
