"""Publishing the questions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.lookups import get_media_item
from media_items.quizzes.film.effects import without_effect
from media_items.quizzes.film.moments import stray_moments
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of, saved_quiz_of
from media_items.quizzes.writing.contradictions import by_sentence, contradictions, settings_of
from media_items.quizzes.writing.differences import differences_of
from media_items.quizzes.writing.publishing import publish
from media_items.quizzes.writing.views.paper import editor_of
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest


@require_http_methods(["GET", "HEAD", "POST"])
def publish_quiz(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    problem = ""
    if request.method == "POST":
        try:
            publish(quiz=saved_quiz_of(item), by=editor_of(request))
        except Refusal as refusal:
            problem = str(refusal)
        else:
            messages.success(request, _published(item))
            return redirect("media_items:quiz_questions", item.public_id)
    quiz = quiz_of(item)
    context = {
        "item": item,
        "quiz": quiz,
        "problem": problem,
        "differences": differences_of(quiz),
        "stray": stray_moments(quiz),
        # Such as a test that was made without its dates.
        "contradictions": by_sentence(contradictions(settings_of(quiz))),
        "without_effect": list(without_effect(quiz)),
        "phase": item.phase_at(timezone.now()),
        "pages": pages_of(item, "media_items:quiz_questions"),
    }
    template = "media_items/quizzes/writing/publish_quiz.html"
    return render(request, template, context, status=422 if problem else 200)


def _published(item: MediaItem) -> str:
    """With the next step, for those whose step it is."""
    if Ability.EDIT not in item.abilities:
        return _("The questions are published.")
    return _(
        "The questions are published. Next, share the quiz: invite people, or use a guest link."
    )
