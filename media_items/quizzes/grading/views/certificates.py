"""A certificate as a file, for its person and for those who see results; and the page on which
anybody checks one."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.quizzes.attempts.takers import find_taker
from media_items.quizzes.grading.certificate_file import written_file
from media_items.quizzes.grading.certificate_words import share_words, words_of
from media_items.quizzes.grading.certificates import (
    certificate_of,
    standing_of_person,
    with_number,
)
from media_items.quizzes.models import Attempt, Certificate
from media_items.quizzes.quizzes import quiz_of
from media_items.rate_limits import check_tries, count_try
from media_items.requests import FoyerRequest
from media_items.responses import token_page

_TRIES = "certificates"


@require_safe
@token_page
def certificate_file(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    certificate = _found(request, public_id, attempt_id)
    address = settings.SITE_URL + reverse("media_items:certificate", args=[certificate.number])
    answer = HttpResponse(
        written_file(certificate, address=address), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'attachment; filename="certificate-{certificate.number}.pdf"'
    return answer


def _found(request: FoyerRequest, public_id: str, attempt_id: str) -> Certificate:
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
        found = standing_of_person(attempt.taker).first()
    elif find_taker(quiz, request.visitor.identity_on(item)) == attempt.taker:
        found = certificate_of(attempt)
    else:
        found = None
    if found is None:
        raise Http404
    return found


@require_safe
@token_page
def certificate(request: FoyerRequest, number: str) -> HttpResponse:
    """SECURITY: says what the certificate says, and nothing of the quiz or of its person, and
    nothing at all before that person may see their score. Numbers that are none are counted for a
    network, and refused; those that are some never."""
    limit = {"of": "", "rate": settings.CERTIFICATE_RATE_PER_NETWORK}
    found = with_number(number)
    if found is None:
        check_tries(request, _TRIES, **limit)
        count_try(request, _TRIES, **limit)
        raise Http404
    context = {
        "certificate": found,
        "certainty": words_of(found.certainty),
        "share": share_words(found.percent),
    }
    return render(request, "media_items/quizzes/grading/certificate.html", context)
