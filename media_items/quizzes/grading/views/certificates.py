"""A certificate as a file, for its person and for those who see results; and the page on which
anybody checks one."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.quizzes.grading.certificate_file import written_file
from media_items.quizzes.grading.certificate_words import share_words, words_of
from media_items.quizzes.grading.certificates import (
    State,
    certificate_for,
    checked,
    standing_of_person,
)
from media_items.quizzes.models import Attempt, Certificate, Quiz
from media_items.quizzes.quizzes import quiz_of
from media_items.rate_limits import count_try
from media_items.requests import FoyerRequest
from media_items.responses import token_page

_TEMPLATES = "media_items/quizzes/grading/"
_TRIES = "certificates"
_NUMBER = re.compile(r"[-a-zA-Z0-9_]+")
_LONGEST_SHOWN = 100


@require_safe
@token_page
def certificate_file(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    certificate, quiz = _found(request, public_id, attempt_id)
    address = settings.SITE_URL + reverse("media_items:certificate", args=[certificate.number])
    answer = HttpResponse(
        written_file(certificate, address=address, tells_score=quiz.certificate_tells_score),
        content_type="application/pdf",
    )
    answer["Content-Disposition"] = f'attachment; filename="certificate-{certificate.number}.pdf"'
    return answer


def _found(request: FoyerRequest, public_id: str, attempt_id: str) -> tuple[Certificate, Quiz]:
    """SECURITY: 404 for everybody else, and before the person may see their score."""
    item = get_media_item(request, public_id)
    quiz = quiz_of(item)
    attempt = (
        Attempt.objects.filter(quiz=quiz, public_id=attempt_id).select_related("taker").first()
        if quiz.pk
        else None
    )
    if attempt is None:
        raise Http404
    attempt.quiz = quiz
    if Ability.SEE_RESULTS in item.abilities:
        found = standing_of_person(attempt.taker, quiz)
    else:
        found = certificate_for(request.visitor.identity_on(item), attempt)
    if found is None:
        raise Http404
    return found, quiz


@require_safe
@token_page
def certificate(request: FoyerRequest, number: str) -> HttpResponse:
    """SECURITY: of one that is genuine what it says, of any other nothing but its state, and of the
    quiz and its person nothing (`checked`). Numbers that are none are counted for a network, and
    refused; those that are some never."""
    found = checked(number)
    if found is None:
        count_try(request, _TRIES, of="", rate=settings.CERTIFICATE_RATE_PER_NETWORK)
        return _ask(request, number, status=404)
    row, is_genuine = found.certificate, found.state is State.GENUINE
    context: dict[str, Any] = {
        "number": row.number,
        "state": found.state.value,
        "withdrawn_at": row.withdrawn_at,
    }
    if is_genuine:
        tells_score = row.attempt.taker.quiz.certificate_tells_score
        context |= {
            "certificate": row,
            "certainty": words_of(row.certainty),
            "share": share_words(row.percent) if tells_score else "",
        }
    return render(request, f"{_TEMPLATES}certificate.html", context)


@require_safe
def find_certificate(request: FoyerRequest) -> HttpResponse:
    """A number that somebody types leads to its page."""
    typed = request.GET.get("number", "")
    if number := _number_in(typed):
        return redirect("media_items:certificate", number)
    return _ask(request, typed, status=404 if typed.strip() else 200)


def _ask(request: FoyerRequest, typed: str, *, status: int) -> HttpResponse:
    context = {"typed": typed[:_LONGEST_SHOWN], "is_unknown": status == 404}
    return render(request, f"{_TEMPLATES}find_certificate.html", context, status=status)


def _number_in(typed: str) -> str:
    """Also in the address on the certificate, and typed with spaces; empty where it is none."""
    last = "".join(typed.split()).rstrip("/").rpartition("/")[2]
    return last if _NUMBER.fullmatch(last) else ""
