"""The Q&A panel, and what everybody does there: ask, take back, vote.

What moderators do with a question is in `moderating_views.py`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from media_items.abilities import Ability
from media_items.live.page.rendering import after_act, arrive, back_to, page_context, render_panel
from media_items.live.qna import services, voting
from media_items.live.qna.forms import AskQuestionForm
from media_items.live.qna.lists import may_vote, moderates, panel_context
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions.lookups import Place, get_place, panel_page
from media_items.lookups import AbilityMissing
from media_items.rate_limits import TooManyTries, count_try
from media_items.refusals import NotNow, Refusal
from media_items.requests import FoyerRequest
from media_items.responses import fragment_or_redirect, render_varied, with_events, with_toast


@never_cache
@require_GET
@panel_page
def qna(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id)
    return _panel(request, place, _ask_form(place))


@require_POST
def ask_question(request: FoyerRequest, public_id: str) -> HttpResponse:
    """htmx gets the form alone, empty again or with what is wrong with it."""
    place = get_place(request, public_id, needs=Ability.ASK_QUESTIONS)
    form = _ask_form(place, request.POST)
    if not form.is_valid() or not _asked(request, place, form):
        if request.htmx:
            return _form_alone(request, place, form, status=422)
        return _panel(request, place, form, status=422)
    response = fragment_or_redirect(
        request,
        lambda: with_events(_form_alone(request, place, _ask_form(place)), ["live:qna"]),
        # Without script one goes on where one wrote.
        to=f"{back_to(request, place, panel='qna')}#question-ask",
    )
    said = _("Sent to the moderators. You can follow your question here.")
    return with_toast(request, response, said, tone="success")


@require_POST
def take_question_back(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    """One's own, while nobody has begun with it; also for those who may not ask any more."""
    place = get_place(request, public_id)
    question = find_question(place, question_id)
    response = after_act(request, place, panel="qna")
    try:
        services.take_back(question=question, author=place.me)
    except services.Changed:
        said = _("Somebody is already answering this question, so it can no longer be deleted.")
        return with_toast(request, response, said)
    return response


@require_POST
def vote_for_question(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    place, question = _voting(request, public_id, question_id)
    response = after_act(request, place, panel="qna")
    try:
        _count(request, place, "vote", settings.REACTION_RATE_PER_PERSON)
        voting.vote(question=question, voter=place.me)
    except TooManyTries:
        return with_toast(
            request, response, _("That was a lot at once. Wait a moment, then try again.")
        )
    except Refusal as refusal:
        return with_toast(request, response, str(refusal))
    return response


@require_POST
def take_vote_back(request: FoyerRequest, public_id: str, question_id: int) -> HttpResponse:
    place, question = _voting(request, public_id, question_id)
    response = after_act(request, place, panel="qna")
    try:
        _count(request, place, "vote", settings.REACTION_RATE_PER_PERSON)
    except TooManyTries:
        return with_toast(
            request, response, _("That was a lot at once. Wait a moment, then try again.")
        )
    voting.unvote(question=question, voter=place.me)
    return response


def find_question(place: Place, question_id: int) -> AudienceQuestion:
    """One that this person sees. Any other is 404, as if it were not there."""
    seen = place.session.questions.visible_to(place.me, moderates=moderates(place))
    question: AudienceQuestion | None = (
        seen.select_related("taken_by").filter(pk=question_id).first()
    )
    if question is None:
        raise Http404
    question.session = place.session
    return question


def _voting(
    request: FoyerRequest, public_id: str, question_id: int
) -> tuple[Place, AudienceQuestion]:
    """Raises `AbilityMissing` for those who neither ask nor interact."""
    place = get_place(request, public_id)
    if not may_vote(place):
        raise AbilityMissing(Ability.INTERACT)
    return place, find_question(place, question_id)


def _ask_form(place: Place, typed: Any = None) -> AskQuestionForm:
    live = place.live
    return AskQuestionForm(typed, may_hide_name=live.anonymous_questions)


def _asked(request: FoyerRequest, place: Place, form: AskQuestionForm) -> bool:
    """False, with the reason in the form: nothing of what was typed is lost."""
    try:
        _count(request, place, "question", settings.QUESTION_RATE_PER_PERSON)
        services.ask(
            session=place.session,
            author=place.me,
            text=form.cleaned_data["text"],
            without_name=form.hides_name,
        )
    except TooManyTries as too_fast:
        form.add_error(None, _wait(too_fast.wait_seconds))
    except services.OnlyWithName as refusal:
        form.add_error("without_name", str(refusal))
    except NotNow as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()


def _wait(seconds: int) -> str:
    return ngettext(
        "That was a lot at once. Try again in %(seconds)s second.",
        "That was a lot at once. Try again in %(seconds)s seconds.",
        seconds,
    ) % {"seconds": seconds}


def _count(request: FoyerRequest, place: Place, group: str, rate: str) -> None:
    count_try(request, f"live:{group}", of=str(place.me.pk), rate=rate)


def _panel(
    request: FoyerRequest, place: Place, form: AskQuestionForm, *, status: int = 200
) -> HttpResponse:
    arrive(request, place)
    context = {**panel_context(request, place), "form": form}
    return render_panel(request, place, panel="qna", context=context, status=status)


def _form_alone(
    request: FoyerRequest, place: Place, form: AskQuestionForm, *, status: int = 200
) -> HttpResponse:
    context = {**page_context(place), "form": form, "moderates": moderates(place)}
    template = "media_items/live/qna/_ask.html"
    return render_varied(request, template, context, status=status)
