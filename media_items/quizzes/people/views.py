"""Attempts in other browsers under an email that is verified here."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability
from media_items.kept_people import keep
from media_items.lookups import get_media_item
from media_items.numbers import whole_number
from media_items.pagination import page_of
from media_items.quizzes.attempts import claims
from media_items.quizzes.attempts.persons import is_proven
from media_items.quizzes.attempts.starting import window_for
from media_items.quizzes.models import Quiz
from media_items.quizzes.quizzes import quiz_of
from media_items.refusals import NotNow
from media_items.requests import FoyerRequest
from media_items.visitors import Identity

PER_PAGE = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def earlier_attempts(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Asks of each whether it was them, the newest first; where there is nothing to ask, on to the
    quiz.

    SECURITY: 404 for whoever has proven no address, whatever there is.
    """
    item = get_media_item(request, public_id, needs=Ability.TAKE_QUIZ)
    quiz, identity = quiz_of(item), request.visitor.identity_on(item)
    if quiz.pk is None or not is_proven(identity) or identity.is_blocked:
        raise Http404
    if request.method == "POST":
        taker_id = whole_number(request.POST.get("person"), default=0)
        if "not_mine" in request.POST:
            if _deny(quiz, identity, taker_id):
                messages.success(request, _("You won’t be asked about those again."))
            return redirect("media_items:earlier_attempts", item.public_id)
        try:
            if _claim(quiz, identity, taker_id):
                messages.success(request, _("Those attempts are yours now."))
        except NotNow as refusal:
            messages.warning(request, str(refusal))
        return redirect("media_items:earlier_attempts", item.public_id)
    unclaimed = claims.unclaimed(quiz, identity)
    page = page_of(unclaimed, request.GET.get("page"), per_page=PER_PAGE)
    if not page.object_list:
        return redirect(item)
    context = {
        "item": item,
        "page_obj": page,
        "identity": identity,
        "attempts_allowed": window_for(quiz, identity).attempts,
    }
    return render(request, "media_items/quizzes/people/earlier_attempts.html", context)


@transaction.atomic
def _claim(quiz: Quiz, identity: Identity, taker_id: int) -> bool:
    if not keep(identity.key):
        return False
    return claims.claim(quiz=quiz, identity=identity, taker_id=taker_id) is not None


@transaction.atomic
def _deny(quiz: Quiz, identity: Identity, taker_id: int) -> bool:
    return keep(identity.key) and claims.deny(quiz=quiz, identity=identity, taker_id=taker_id)
