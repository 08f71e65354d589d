"""Regrading one question: the corrected key, what it would change, and what was done before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.numbers import page_number
from media_items.pagination import PER_PAGE
from media_items.quizzes.content import FORMAT, from_json
from media_items.quizzes.grading import regrading
from media_items.quizzes.grading.forms.keys import RegradeForm, query_of
from media_items.quizzes.grading.preview import preview_of, versions_with
from media_items.quizzes.grading.queue import asked_questions
from media_items.quizzes.models import Quiz, QuizChange, Regrade
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import page_or_fragment, reload_page

TEMPLATE = "media_items/quizzes/grading/regrade_question.html"
_MOST_BEFORE = 20


@dataclass(frozen=True)
class Before:
    """A regrading of the question. `undo` is the address of the preview of going back."""

    row: Regrade
    undo: str


@require_http_methods(["GET", "HEAD", "POST"])
def regrade_question(request: FoyerRequest, public_id: str, question_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.MARK)
    quiz = quiz_of(item)
    asked = asked_questions(quiz).get(question_id)
    if asked is None:
        raise Http404
    current = quiz.regrades.filter(finished_at=None).first()
    if request.method == "POST" and "continue" in request.POST and current:
        regrading.try_again(current)
        return redirect(request.path)
    if request.htmx and current is None:
        return reload_page()
    number = regrading.newest_key_number(versions_with(quiz, question_id))
    typed = request.POST or (request.GET if "way" in request.GET else None)
    form = RegradeForm(typed, question=asked.question, key_number=number)
    if request.method == "POST" and form.is_valid() and _is_applied(request, quiz, form):
        return redirect(request.path)
    context: dict[str, Any] = {"item": item, "asked": asked, "form": form, "current": current}
    if request.method != "POST" and form.is_bound and form.is_valid():
        context |= _preview(request, quiz, form)
    if not request.htmx:
        context |= {"pages": pages_of(item), "before": _before(quiz, question_id, number)}
    context["has_given_up"] = current is not None and regrading.has_given_up(current)
    status = 422 if form.is_bound and form.errors else 200
    return page_or_fragment(request, TEMPLATE, context, fragment="progress", status=status)


def _is_applied(request: FoyerRequest, quiz: Quiz, form: RegradeForm) -> bool:
    try:
        regrading.regrade(
            quiz=quiz,
            question_id=form.question.id,
            correction=form.correction,
            key_number=form.cleaned_data["key_number"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _preview(request: FoyerRequest, quiz: Quiz, form: RegradeForm) -> dict[str, Any]:
    preview = preview_of(quiz, form.question.id, form.correction)
    pages = Paginator(preview.changes, PER_PAGE)
    return {"preview": preview, "page_obj": pages.get_page(page_number(request.GET.get("page")))}


def _before(quiz: Quiz, question_id: str, number: int) -> list[Before]:
    """The newest first. Two queries."""
    rows = quiz.regrades.filter(question=question_id).select_related("made_by")
    rows = rows.order_by("-made_at", "-pk")[:_MOST_BEFORE]
    keys = {
        change.regrade_id: change.was
        for change in QuizChange.objects.filter(
            quiz=quiz, question=question_id, what=regrading.KEY, regrade__isnull=False
        )
    }
    return [Before(row, _undo(keys.get(row.pk), number)) for row in rows]


def _undo(was: Any, number: int) -> str:
    if not was:
        return ""
    [question] = from_json({"format": FORMAT, "questions": [was]}).questions
    return f"?{query_of(question, number)}"
