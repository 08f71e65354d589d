"""What the owner of a quiz sets."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.quizzes.models import Quiz
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of, saved_quiz_of
from media_items.quizzes.writing.forms.settings import QuizSettingsForm
from media_items.quizzes.writing.services import settings as services
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import render_varied


@require_http_methods(["GET", "HEAD", "POST"])
def quiz_settings(request: FoyerRequest, public_id: str) -> HttpResponse:
    """*Use* fills in what the chosen preset sets, and saves nothing."""
    item = get_media_item(request, public_id, needs=Ability.SEE_RESULTS)
    quiz = saved_quiz_of(item) if request.method == "POST" else quiz_of(item)
    form = QuizSettingsForm(request.POST if request.method == "POST" else None, instance=quiz)
    status = 200
    if "use" in request.POST:
        form.use_preset()
    elif request.method == "POST":
        if form.is_valid() and _save(request, form):
            return redirect("media_items:quiz_settings", item.public_id)
        status = 422
    context = {
        "item": item,
        "form": form,
        "pages": pages_of(item, "media_items:quiz_settings"),
        "is_filled_in": "use" in request.POST,
        "exemptions": quiz.exemptions.count() if quiz.pk else 0,
        "is_limited": quiz.attempts_allowed is not None,
        "scores": _scores_under_way(quiz),
    }
    template = "media_items/quizzes/writing/quiz_settings.html"
    if request.htmx:
        return render_varied(request, f"{template}#progress", context)
    return render_varied(request, template, context, status=status)


@dataclass(frozen=True)
class ScoresUnderWay:
    """Everybody's scores are being found by another rule: how far it is."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def _scores_under_way(quiz: Quiz) -> ScoresUnderWay | None:
    """As it is stored: a form may have put another rule onto `quiz`."""
    stored = Quiz.objects.filter(pk=quiz.pk).exclude(scores_by=F("kept_score")).first()
    if stored is None:
        return None
    total = stored.takers.filter(finished__gt=0).count()
    return ScoresUnderWay(min(stored.scores_done, total), total) if total else None


def _save(request: FoyerRequest, form: QuizSettingsForm) -> bool:
    form.put_times()
    try:
        limit = services.save_settings(
            quiz=form.instance,
            columns=form.columns,
            seen=form.cleaned_data["seen"],
            by=request.user,
        )
    except services.SettingsChanged as refusal:
        form.say_changed_meanwhile(str(refusal), seen=refusal.seen)
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, " ".join([_("Saved."), *([_limit_in_words(limit)] if limit else [])]))
    return True


def _limit_in_words(limit: services.LimitChanged) -> str:
    """What the new time limit means for those who are taking the quiz."""
    sentence = (
        ngettext(
            "%(number)d person is taking the quiz now and keeps the time they started with. The "
            "new limit is for whoever starts from now on.",
            "%(number)d people are taking the quiz now and keep the time they started with. The "
            "new limit is for whoever starts from now on.",
            limit.people,
        )
        if limit.is_shorter
        else ngettext(
            "%(number)d person is taking the quiz now: the new limit is for them, too.",
            "%(number)d people are taking the quiz now: the new limit is for them, too.",
            limit.people,
        )
    )
    return sentence % {"number": limit.people}
