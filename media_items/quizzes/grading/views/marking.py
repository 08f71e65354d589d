"""Marking: the questions, the answers to one, and one answer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.pagination import page_of
from media_items.quizzes.attempts.reveal import EVERYTHING
from media_items.quizzes.attempts.shown import shown_question
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.grading import queue
from media_items.quizzes.grading.forms.fields import shown
from media_items.quizzes.grading.forms.marks import MarkAnswerForm
from media_items.quizzes.grading.marks import MarkedMeanwhile, give_marks
from media_items.quizzes.grading.trail import changes_of_marks
from media_items.quizzes.grading.views.places import Marking
from media_items.quizzes.models import Answer, Attempt
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.scoring import rules
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import next_of, status_of

PAGE = "media_items:marking"
LAST = "last"  # of the query: whose answer was marked just before


@require_safe
def marking(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.MARK)
    questions = queue.questions_to_mark(quiz_of(item))
    context = {
        "item": item,
        "pages": pages_of(item, PAGE),
        "by_hand": [one for one in questions if one.asked.question.by_hand],
        "by_rule": [
            one
            for one in questions
            if one.asked.question.is_marked and not one.asked.question.by_hand
        ],
    }
    return render(request, "media_items/quizzes/grading/marking.html", context)


@require_safe
def mark_question(request: FoyerRequest, public_id: str, question_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.MARK)
    place = Marking.of(request, quiz_of(item), question_id)
    page = page_of(place.rows, request.GET.get("page"))
    first = queue.answers_to(place.quiz, place.asked, queue.Show.WAITING).first()
    context = {
        "item": item,
        "pages": pages_of(item, PAGE),
        "place": place,
        "page_obj": page,
        "first": place.address_of(first) if first else "",
        "rows": [
            {"answer": one, "url": place.address_of(one), "shown": _shown(one.attempt, one, place)}
            for one in page.object_list
        ],
    }
    return render(request, "media_items/quizzes/grading/mark_question.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mark_answer(
    request: FoyerRequest, public_id: str, question_id: str, attempt_id: str
) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.MARK)
    place = Marking.of(request, quiz_of(item), question_id)
    attempt, answer = _found(place, attempt_id)
    form = MarkAnswerForm(request.POST or None, question=place.asked.question, answer=answer)
    other: Answer | None = None
    if form.is_bound and form.is_valid():
        try:
            _give(request, form, attempt, question_id)
        except MarkedMeanwhile as refusal:
            other = refusal.answer
            form.take_up(other)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _go_on(request, place, attempt, form.marks().points)
    context = {**_context(place, attempt, other or answer), "item": item, "form": form}
    status = 409 if other else status_of(form)
    context |= {"pages": pages_of(item, PAGE), "other": other, "next": next_of(request)}
    context["last_url"] = "" if context["before"] else _last_marked(request, place)
    return render(request, "media_items/quizzes/grading/mark_answer.html", context, status=status)


def _found(place: Marking, attempt_id: str) -> tuple[Attempt, Answer]:
    """A question that was not answered has marks, too. Raises `Http404`."""
    attempt = (
        place.quiz.attempts.filter(public_id=attempt_id, state__in=FINISHED)
        .select_related("taker", "version", "marked_with", "quiz")
        .first()
    )
    if attempt is None or place.asked.question.id not in attempt.version.questions.question_of:
        raise Http404
    question = place.asked.question.id
    answer = attempt.answers.filter(question=question).select_related("marked_by").first()
    return attempt, answer or Answer(attempt=attempt, question=question)


def _give(request: FoyerRequest, form: MarkAnswerForm, attempt: Attempt, question_id: str) -> None:
    give_marks(
        attempt=attempt,
        question_id=question_id,
        marks=form.marks(),
        marking=form.cleaned_data["marking"],
        reason=form.cleaned_data.get("reason", ""),
        by=request.user,
    )


def _go_on(
    request: FoyerRequest, place: Marking, attempt: Attempt, marks: Decimal | None
) -> HttpResponse:
    """To where they came from, to the next answer, or, after the last, to the list; each says what
    was saved."""
    _say_saved(request, place, marks)
    if back := next_of(request):
        return redirect(back)
    following = queue.next_after(place.rows, attempt)
    if following is None and place.show == queue.Show.WAITING:
        following = place.rows.first()
    if following is not None:
        return redirect(f"{place.address_of(following)}&{LAST}={attempt.public_id}")
    if place.show == queue.Show.WAITING:
        messages.success(request, _("All answers to this question are marked."))
    where = [place.quiz.item.public_id, place.asked.question.id]
    return redirect(reverse("media_items:mark_question", args=where) + place.query())


def _say_saved(request: FoyerRequest, place: Marking, marks: Decimal | None) -> None:
    if marks is None:
        messages.success(request, _("Saved: no points given."))
        return
    said = {
        "points": shown(rules.rounded(marks)),
        "possible": shown(rules.rounded(place.asked.question.points)),
    }
    messages.success(request, _("Saved: %(points)s of %(possible)s.") % said)


def _last_marked(request: FoyerRequest, place: Marking) -> str:
    """The address of the answer that was marked just before, which does not wait any more."""
    attempt = Attempt(public_id=request.GET.get(LAST, ""))
    if not place.quiz.attempts.filter(public_id=attempt.public_id).exists():
        return ""
    url = replace(place, show=queue.Show.MARKED).address_of(Answer(attempt=attempt))
    return f"{url}&{urlencode({'next': request.path + place.query()})}"


def _context(place: Marking, attempt: Attempt, answer: Answer) -> dict[str, Any]:
    following, before = (
        queue.next_after(place.rows, attempt),
        queue.last_before(place.rows, attempt),
    )
    return {
        "place": place,
        "nth": queue.place_of(place.rows, attempt),
        "attempt": attempt,
        "answer": answer,
        "shown": _shown(attempt, answer, place),
        "following": place.address_of(following) if following else "",
        "before": place.address_of(before) if before else "",
        "changes": changes_of_marks(attempt, place.asked.question.id) if answer.pk else [],
    }


def _shown(attempt: Attempt, answer: Answer, place: Marking) -> Any:
    question = attempt.version.questions.question_of.get(
        place.asked.question.id, place.asked.question
    )
    return shown_question(attempt, question, answer, number=place.asked.number, revealed=EVERYTHING)
