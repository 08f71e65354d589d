"""An attempt as pages and plain forms."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_items.abilities import Ability
from media_items.languages import keep_language
from media_items.lookups import get_media_item
from media_items.numbers import page_number, whole_number
from media_items.player_parts import PLAYER_CSP
from media_items.quizzes.attempts import ending, starting
from media_items.quizzes.attempts.answering import Given
from media_items.quizzes.attempts.refusals import AttemptOver, TermsChanged
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.film.films import film_context
from media_items.quizzes.models import Attempt
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.taking import acts
from media_items.quizzes.taking.attempt_page import (
    attempt_url,
    is_short,
    may_hand_in,
    page_context,
    unanswered_in,
)
from media_items.quizzes.taking.given import given_on_page, page_of
from media_items.quizzes.taking.long_forms import receive_long_form
from media_items.quizzes.taking.lookups import get_attempt
from media_items.quizzes.taking.result_page import result_context, result_url
from media_items.quizzes.taking.start_page import NEW
from media_items.quizzes.taking.tries import count_save, count_start
from media_items.rate_limits import TooManyTries
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest

MOST_PAGES = 10_000


@require_POST
def start_quiz(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The attempt that is open, begun where there is none. Why not, says the start page."""
    item = get_media_item(request, public_id)
    quiz = quiz_of(item)
    if quiz.pk is None:
        raise Http404
    identity = request.visitor.identity_on(item)
    try:
        count_start(request, quiz, identity)
        attempt = starting.start(
            quiz=quiz,
            identity=identity,
            abilities=item.abilities,
            shown=request.POST.get("shown", ""),
        )
    except TooManyTries as refusal:
        messages.warning(request, str(refusal))
        return redirect(item)
    except TermsChanged as refusal:
        names = urlencode({NEW: ",".join(refusal.names)})
        return redirect(f"{item.get_absolute_url()}?{names}#quiz-new")
    except Refusal:
        return redirect(item)
    attempt.quiz = quiz
    return redirect(attempt_url(attempt))


# SECURITY: exempt because its inner half is protected; this half changes nothing.
@csrf_exempt
@never_cache
@csp_override(PLAYER_CSP)
@require_http_methods(["GET", "HEAD", "POST"])
def quiz_attempt(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    receive_long_form(request, public_id, attempt_id)
    return _quiz_attempt(request, public_id, attempt_id)


@csrf_protect
def _quiz_attempt(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    attempt = get_attempt(request, public_id, attempt_id)
    if attempt.state != AttemptState.OPEN:
        return _over(request, attempt)
    if request.method != "POST":
        asked = whole_number(request.GET.get("page", ""), at_most=MOST_PAGES, default=None)
        return _shown(request, attempt, asked, is_review="review" in request.GET)
    act, page = request.POST.get("act", ""), page_number(request.POST.get("at", ""))
    try:
        count_save(request, attempt)
        posted = acts.save_posted(request, attempt, act=act)
        if _gives_back(request, posted.unsaved):
            return _shown(request, attempt, page, unsaved=posted.unsaved, status=409)
        acts.tell_time(request, attempt)
        name, _colon, of = act.partition(":")
        if name in {"check", "use"} and of in posted.unsaved:
            return redirect(f"{attempt_url(attempt, page=page)}#q-{of}")
        if act.startswith(acts.LANGUAGE):
            response = redirect(attempt_url(attempt, page=page))
            keep_language(response, act.removeprefix(acts.LANGUAGE))
            return response
        return redirect(acts.do(request, attempt, act, page=page, last=posted.last))
    except AttemptOver:
        return _over(request, attempt)
    except TooManyTries as refusal:
        return _given_back(request, attempt, refusal)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect(attempt_url(attempt, page=page))


def _gives_back(request: FoyerRequest, unsaved: dict[str, str]) -> bool:
    """Whether what was typed and not taken is to be shown, which only this request has. The script
    has it on its page."""
    return any(unsaved.values()) and not page_of(request.POST)


def _given_back(request: FoyerRequest, attempt: Attempt, refusal: TooManyTries) -> HttpResponse:
    """Nothing was saved: what was typed stands in the page, which says so."""
    messages.warning(request, str(refusal))
    typed = given_on_page(attempt.version.questions, request.POST)
    page = page_number(request.POST.get("at", ""))
    return _shown(request, attempt, page, typed=typed, status=refusal.status)


def _shown(
    request: FoyerRequest,
    attempt: Attempt,
    asked: int | None,
    *,
    is_review: bool = False,
    typed: Mapping[str, Given] | None = None,
    unsaved: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    if request.method == "POST":
        acts.tell_time(request, attempt)
    context = page_context(attempt, asked, is_review=is_review, typed=typed, unsaved=unsaved)
    context |= film_context(request, attempt, context["film_found"])
    context["identity"] = request.visitor.identity_on(context["item"])
    context |= {"leaving_asks": True, "languages_of": "quiz-form"}
    return render(request, "media_items/quizzes/taking/attempt.html", context, status=status)


# SECURITY: exempt because its inner half is protected; this half changes nothing.
@csrf_exempt
@csp_override(PLAYER_CSP)
@require_POST
def hand_in_quiz(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    receive_long_form(request, public_id, attempt_id)
    return _hand_in_quiz(request, public_id, attempt_id)


@csrf_protect
def _hand_in_quiz(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    """However often: one result. What is on the page is saved first; what could not be saved, and
    what lacks an answer, is shown once before. With `anyway` it may lack one; when the time is up,
    nothing is asked."""
    attempt = get_attempt(request, public_id, attempt_id)
    try:
        count_save(request, attempt)
    except TooManyTries as refusal:
        if not _will_end(request, attempt):
            return _given_back(request, attempt, refusal)
    try:
        unsaved = acts.save_posted(request, attempt).unsaved
    except AttemptOver:
        late = acts.late_in(request, attempt)
        if late is not None:
            messages.warning(
                request, _("What you changed last came too late: it wasn’t handed in.")
            )
        return _result_with(request, attempt, late)
    page = page_number(request.POST.get("at", ""))
    is_up = "time_up" in request.POST and is_short(attempt)
    if _gives_back(request, unsaved) and not is_up:
        return _shown(request, attempt, page, unsaved=unsaved, status=409)
    asks = "anyway" not in request.POST and unanswered_in(attempt)
    if unsaved and not is_up:
        acts.tell_time(request, attempt)
        return redirect(attempt_url(attempt, page=page))
    if (asks or not may_hand_in(attempt)) and not is_up:
        acts.tell_time(request, attempt)
        return redirect(f"{attempt_url(attempt, page=page, review=1)}#review")
    ending.hand_in(attempt=attempt, is_time_up=is_up)
    return redirect(result_url(attempt))


def _will_end(request: FoyerRequest, attempt: Attempt) -> bool:
    """Whether it ends, whatever can be saved now: an end comes once, and is never refused."""
    if "time_up" in request.POST and is_short(attempt):
        return True
    return may_hand_in(attempt) and ("anyway" in request.POST or not unanswered_in(attempt))


@never_cache
@require_safe
def quiz_result(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    """Also for whoever may see the item and not take the quiz any more."""
    attempt = get_attempt(request, public_id, attempt_id, needs=Ability.VIEW)
    if attempt.state == AttemptState.OPEN:
        return redirect(attempt_url(attempt))
    context = result_context(request, attempt)
    return render(request, "media_items/quizzes/taking/result.html", context)


def _over(request: FoyerRequest, attempt: Attempt) -> HttpResponse:
    if request.method != "POST":
        return redirect(result_url(attempt))
    messages.warning(request, str(AttemptOver()))
    return _result_with(request, attempt, acts.late_in(request, attempt))


def _result_with(
    request: FoyerRequest, attempt: Attempt, late: list[tuple[int, str]] | None
) -> HttpResponse:
    """With what was typed too late, once: only this request has it. The script has it on its
    page."""
    if not late or page_of(request.POST):
        return redirect(result_url(attempt))
    item_id = attempt.quiz.item.public_id
    attempt = get_attempt(request, item_id, attempt.public_id, needs=Ability.VIEW)
    context = result_context(request, attempt) | {"late": late}
    context["languages_next"] = result_url(attempt)
    return render(request, "media_items/quizzes/taking/result.html", context, status=409)
