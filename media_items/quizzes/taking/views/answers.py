"""What the script of an attempt asks for: one answer saved, checked, its hint; and the clock."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from media_items.moments import written
from media_items.quizzes.attempts import answering
from media_items.quizzes.attempts.refusals import AttemptInterrupted, AttemptOver
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.content import Question
from media_items.quizzes.models import Attempt
from media_items.quizzes.scoring.responses import BadResponse
from media_items.quizzes.scoring.wholeness import is_unread
from media_items.quizzes.taking import acts
from media_items.quizzes.taking.attempt_page import attempt_url, clock_of, may_check, shown_of
from media_items.quizzes.taking.given import counted, given_of, page_of
from media_items.quizzes.taking.lookups import get_attempt
from media_items.quizzes.taking.notes import note_of
from media_items.quizzes.taking.result_page import over_said, result_url
from media_items.quizzes.taking.tries import count_save
from media_items.refusals import Invalid
from media_items.requests import FoyerRequest
from media_items.responses import go_to, render_varied


@never_cache
@require_POST
def save_answer(
    request: FoyerRequest, public_id: str, attempt_id: str, question_id: str
) -> HttpResponse:
    """JSON: what is stored now, when that was, and how long there is left."""
    attempt = get_attempt(request, public_id, attempt_id)
    count_save(request, attempt)
    question = acts.question_of(attempt, question_id)
    given = given_of(question, request.POST)
    try:
        saved = answering.save(
            attempt=attempt,
            question_id=question.id,
            given=given.response,
            revision=given.revision,
            page=page_of(request.POST),
            count=counted(request.POST, "count"),
        )
    except AttemptInterrupted as refusal:
        return JsonResponse({"interrupted": True, "message": str(refusal)}, status=409)
    except AttemptOver as refusal:
        return JsonResponse(over_said(attempt) | {"message": str(refusal)}, status=409)
    except BadResponse as error:
        raise Invalid(_("This answer couldn’t be saved. Check it and save again.")) from error
    return JsonResponse(
        {
            "response": saved.response,
            "revision": saved.revision,
            "wasNewer": saved.was_newer,
            "at": written(timezone.now(), "time"),
            "note": note_of(question, saved.response),
            "isUnread": is_unread(question, saved.response),
            **_time_of(attempt),
        }
    )


def _time_of(attempt: Attempt) -> dict[str, Any]:
    clock = clock_of(attempt)
    ends = written(attempt.deadline, "seconds") if attempt.deadline else ""
    return {"left": clock["seconds_left"], "until": clock["until"], "ends": ends}


@never_cache
@require_safe
def quiz_clock(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    """JSON: seconds left, or where the result is. The clock of the browser is never asked. Whoever
    was interrupted may go on yet: their page stays."""
    attempt = get_attempt(request, public_id, attempt_id)
    if attempt.state == AttemptState.INTERRUPTED:
        return JsonResponse({"interrupted": True})
    if attempt.state != AttemptState.OPEN:
        return JsonResponse(over_said(attempt))
    return JsonResponse(_time_of(attempt))


@require_POST
def check_answer(
    request: FoyerRequest, public_id: str, attempt_id: str, question_id: str
) -> HttpResponse:
    """The question as it is then, for htmx."""
    attempt = get_attempt(request, public_id, attempt_id)
    count_save(request, attempt)
    question = acts.question_of(attempt, question_id)
    return _question_after(request, attempt, question, acts.check)


@require_POST
def question_hint(
    request: FoyerRequest, public_id: str, attempt_id: str, question_id: str
) -> HttpResponse:
    """The hint alone, for htmx."""
    attempt = get_attempt(request, public_id, attempt_id)
    count_save(request, attempt)
    question = acts.question_of(attempt, question_id)
    return _question_after(request, attempt, question, acts.hint, part="_hint.html")


def _question_after(
    request: FoyerRequest,
    attempt: Attempt,
    question: Question,
    act: acts.Act,
    *,
    part: str = "_question.html",
) -> HttpResponse:
    try:
        act(request, attempt, question)
    except AttemptOver:
        return go_to(request, result_url(attempt))
    if not request.htmx:
        return redirect(f"{attempt_url(attempt)}#q-{question.id}")
    answers = {one.question: one for one in attempt.answers.filter(question=question.id)}
    [shown] = shown_of(attempt, [question], answers)
    context: dict[str, Any] = {
        "item": attempt.quiz.item,
        "attempt": attempt,
        "question": shown,
        "may_check": may_check(attempt.quiz),
    }
    return render_varied(request, f"media_items/quizzes/taking/{part}", context)
