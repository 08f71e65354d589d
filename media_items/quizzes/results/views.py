"""The results of a quiz: its people, its questions, one attempt, and who changed what."""

from __future__ import annotations

import math
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.lookups import get_media_item
from media_items.pagination import page_of
from media_items.quizzes.attempts.ending import close_if_overdue
from media_items.quizzes.models import Attempt, Quiz
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.results import analysis, mailing, people, psychometrics, sums, trail
from media_items.quizzes.results.choices import choices_of
from media_items.quizzes.results.forms import FindTakersForm
from media_items.quizzes.results.missing import expected
from media_items.quizzes.results.one import attempt_page
from media_items.quizzes.results.rows import distribution, rows_of
from media_items.requests import FoyerRequest
from media_items.responses import page_or_fragment, render_varied, wants_fragment

PEOPLE = "media_items:quiz_results"
QUESTIONS = "media_items:quiz_results_questions"
_TEMPLATES = "media_items/quizzes/results/"


def result_item(request: FoyerRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.SEE_RESULTS)


def attempt_on(item: MediaItem, attempt_id: str) -> Attempt:
    """Raises `Http404` for one of another quiz."""
    found: Attempt | None = (
        Attempt.objects.filter(public_id=attempt_id, quiz__item=item)
        .select_related("quiz__published", "taker", "version", "marked_with")
        .first()
    )
    if found is None:
        raise Http404
    found.quiz.item = item
    return found


@require_safe
def quiz_results(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = result_item(request, public_id)
    quiz = quiz_of(item)
    if request.htmx and "mailing" in request.GET:
        return render_varied(
            request, f"{_TEMPLATES}people.html#mailing", mailing_context(item, quiz)
        )
    form = FindTakersForm(request.GET)
    counts = people.counts_of(quiz) if quiz.pk else people.NOBODY
    invited = expected()
    found = invited.missing(item, form.words) if form.is_of_missing else form.found_in(quiz)
    page = page_of(found, request.GET.get("page"), per_page=people.PER_PAGE)
    shown = counts.shown | {people.NOT_COME: invited.missing(item).count()}
    rows = [] if form.is_of_missing else rows_of(list(page), quiz, item)
    context = {
        "item": item,
        "quiz": quiz,
        "form": form,
        "shown": form.shown,
        "counts": [(key, name, shown[key]) for key, name in people.SHOWN.items()],
        "found": counts,
        "page_obj": page,
        "rows": rows,
        "has_typed": quiz.attempts_allowed is not None and any(one.is_typed for one in rows),
        "missing": invited.told(page) if form.is_of_missing else [],
    }
    # The rows alone, where htmx asks for them, need neither picture nor links.
    if not wants_fragment(request):
        context |= {"pages": pages_of(item, PEOPLE), "drawing": _drawing(quiz, counts.scored)}
        context |= mailing_context(item, quiz)
    return page_or_fragment(request, f"{_TEMPLATES}people.html", context, fragment="results")


def mailing_context(item: MediaItem, quiz: Quiz) -> dict[str, Any]:
    """How far the emailing of the results is."""
    row = mailing.under_way(quiz)
    has_given_up = row is not None and row.has_given_up
    return {"item": item, "mailing": row, "has_given_up": has_given_up}


def _drawing(quiz: Quiz, scored: int) -> Any:
    """None where there are too few scores for a picture."""
    if not quiz.is_scored or scored < psychometrics.FEWEST:
        return None
    return distribution(people.distribution_of(quiz), people.band_labels())


@require_safe
def quiz_results_questions(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = result_item(request, public_id)
    quiz = quiz_of(item)
    found = analysis.analysis_of(quiz) if quiz.pk else None
    is_hardest_first = request.GET.get("sort") == "hardest"
    questions = list(found.questions) if found else []
    if is_hardest_first:  # what nobody can tell of comes last
        questions.sort(key=lambda one: math.inf if one.facility is None else one.facility)
    context = {
        "item": item,
        "quiz": quiz,
        "questions": questions,
        "is_hardest_first": is_hardest_first,
        "pages": pages_of(item, QUESTIONS),
        "found": found,
        "fewest": psychometrics.FEWEST,
        "fewest_for_discrimination": psychometrics.FEWEST_FOR_DISCRIMINATION,
    }
    return render(request, f"{_TEMPLATES}questions.html", context)


@require_safe
def quiz_results_question(request: FoyerRequest, public_id: str, question_id: str) -> HttpResponse:
    item = result_item(request, public_id)
    quiz = quiz_of(item)
    found = analysis.analysis_of(quiz) if quiz.pk else None
    questions = found.questions if found else []
    one = next((one for one in questions if one.question.id == question_id), None)
    if one is None:
        raise Http404
    context = {
        "item": item,
        "pages": pages_of(item, QUESTIONS),
        "one": one,
        "questions": questions,
        "choices": None,
        "fewest": psychometrics.FEWEST,
        "fewest_for_discrimination": psychometrics.FEWEST_FOR_DISCRIMINATION,
    }
    if one.people >= psychometrics.FEWEST:
        context["choices"] = choices_of(one.question, sums.given_to(quiz, one.question))
    return render(request, f"{_TEMPLATES}question.html", context)


@require_safe
def attempt_results(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    """Whoever reads an overdue attempt closes it, and marks it."""
    item = result_item(request, public_id)
    attempt = attempt_on(item, attempt_id)
    if close_if_overdue(attempt, timezone.now()) is not attempt:
        attempt = attempt_on(item, attempt_id)
    context = {"item": item, "pages": pages_of(item, PEOPLE), **attempt_page(attempt)}
    return render(request, f"{_TEMPLATES}attempt.html", context)


@require_safe
def quiz_trail(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = result_item(request, public_id)
    quiz = quiz_of(item)
    page = page_of(trail.changes_of(quiz), request.GET.get("page"), per_page=trail.PER_PAGE)
    rows = trail.rows_of_changes(quiz, page)
    context = {"item": item, "pages": pages_of(item, PEOPLE), "page_obj": page, "rows": rows}
    return render(request, f"{_TEMPLATES}trail.html", context)
