"""Regrading one question: the corrected key, what it would change, and what was done before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.numbers import page_number, whole_number
from media_items.pagination import PER_PAGE
from media_items.quizzes.grading import drafts, regrading
from media_items.quizzes.grading.forms.keys import RegradeForm
from media_items.quizzes.grading.keys import Change
from media_items.quizzes.grading.preview import preview_of, versions_with
from media_items.quizzes.grading.queue import asked_questions
from media_items.quizzes.models import Quiz, QuizVersion, Regrade
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.refusals import ChangedMeanwhile, Refusal
from media_items.requests import FoyerRequest
from media_items.responses import page_or_fragment, reload_page

MARKING = "media_items:marking"  # the page that it belongs to
TEMPLATE = "media_items/quizzes/grading/regrade_question.html"
_MOST_BEFORE = 20
_DRAFT_STAYS: Promise = _(
    "This question was changed under Questions since it was published. What is written there stays "
    "as it is: correct it there, too."
)


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
    if request.method == "POST" and "undo" in request.POST:
        _undo(request, quiz, question_id)
        return redirect(request.path)
    versions = versions_with(quiz, question_id)
    typed = request.POST or (request.GET if "way" in request.GET else None)
    form = RegradeForm(
        typed,
        question=asked.question,
        key_number=regrading.newest_key_number(versions),
        with_percents="percents" in request.GET,
    )
    if request.method == "POST" and form.is_valid() and _is_applied(request, quiz, form):
        return redirect(request.path)
    context: dict[str, Any] = {"item": item, "asked": asked, "form": form, "current": current}
    if request.method != "POST":
        context |= _previewed(request, quiz, form, versions)
    if not request.htmx:
        context |= {"pages": pages_of(item, MARKING), "before": _before(quiz, question_id)}
    context["has_given_up"] = current is not None and current.has_given_up
    status = 422 if form.is_bound and form.errors else 200
    return page_or_fragment(request, TEMPLATE, context, fragment="progress", status=status)


def _is_applied(request: FoyerRequest, quiz: Quiz, form: RegradeForm) -> bool:
    try:
        row = regrading.regrade(
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
    _say(request, row)
    return True


def _undo(request: FoyerRequest, quiz: Quiz, question_id: str) -> None:
    try:
        change = _undoing(quiz, question_id, request.POST["undo"])
        if change is None:
            raise ChangedMeanwhile
        row = regrading.regrade(
            quiz=quiz,
            question_id=question_id,
            correction=change,
            key_number=whole_number(request.POST.get("key_number"), default=0),
            by=request.user,
        )
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        _say(request, row)


def _say(request: FoyerRequest, row: Regrade) -> None:
    if row.draft_stays:
        messages.warning(request, str(_DRAFT_STAYS))


def _undoing(quiz: Quiz, question_id: str, name: object) -> Change | None:
    """What takes back the regrading that is named; None where it cannot be taken back."""
    rows = quiz.regrades.filter(question=question_id, pk=whole_number(name, default=0))
    row = rows.first()
    return regrading.undoing(row) if row else None


def _previewed(
    request: FoyerRequest, quiz: Quiz, form: RegradeForm, versions: list[QuizVersion]
) -> dict[str, Any]:
    """What the address asks for, if anything: a corrected key, or the undoing of one."""
    question_id = form.question.id
    change: Change | None = None
    if "undo" in request.GET:
        change = _undoing(quiz, question_id, request.GET["undo"])
        hidden = [("undo", request.GET["undo"]), ("key_number", form["key_number"].initial)]
    elif form.is_bound and form.is_valid():
        change, hidden = form.correction, form.hidden()
    if change is None:
        return {}
    preview = preview_of(quiz, question_id, change, versions)
    pages = Paginator(preview.changes, PER_PAGE)
    stays = drafts.stays(quiz, *regrading.changed_question(versions[-1], question_id, change))
    return {
        "preview": preview,
        "page_obj": pages.get_page(page_number(request.GET.get("page"))),
        "hidden": hidden,
        "undoes": "undo" in request.GET,
        "draft_stays": _DRAFT_STAYS if stays else "",
    }


def _before(quiz: Quiz, question_id: str) -> list[Before]:
    """The newest first, which alone can be undone. One query."""
    rows = quiz.regrades.filter(question=question_id).select_related("made_by")
    return [
        Before(row, f"?undo={row.pk}" if number == 0 and row.keys_before else "")
        for number, row in enumerate(rows.order_by("-pk")[:_MOST_BEFORE])
    ]
