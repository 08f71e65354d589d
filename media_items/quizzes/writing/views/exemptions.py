"""More time, more attempts, other dates for single people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.lookups import get_media_item
from media_items.quizzes.attempts.exemptions import came
from media_items.quizzes.models import Exemption
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of, saved_quiz_of
from media_items.quizzes.writing.forms.exemptions import ExemptionForm
from media_items.quizzes.writing.services import exemptions as services
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import status_of

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
def quiz_exemptions(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Those there are, and the form for one more."""
    item = get_media_item(request, public_id, needs=Ability.SEE_RESULTS)
    quiz = saved_quiz_of(item) if request.method == "POST" else quiz_of(item)
    return _page(request, item, Exemption(quiz=quiz))


@require_http_methods(_METHODS)
def quiz_exemption(request: FoyerRequest, public_id: str, exemption_id: int) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.SEE_RESULTS)
    return _page(request, item, _find(item, exemption_id))


@require_POST
def end_exemption(request: FoyerRequest, public_id: str, exemption_id: int) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.SEE_RESULTS)
    services.end_exemption(exemption=_find(item, exemption_id), by=request.user)
    messages.success(request, _("The exemption was removed."))
    return redirect("media_items:quiz_exemptions", item.public_id)


def _find(item: MediaItem, exemption_id: int) -> Exemption:
    rows = Exemption.objects.select_related("quiz", "taker").filter(quiz__item=item)
    exemption: Exemption = get_object_or_404(rows, pk=exemption_id)
    exemption.quiz.item = item
    return exemption


def _page(request: FoyerRequest, item: MediaItem, exemption: Exemption) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = ExemptionForm(data, instance=exemption)
    if form.is_bound and form.is_valid():
        try:
            services.save_exemption(exemption=form.save(commit=False), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("media_items:quiz_exemptions", item.public_id)
    rows = Exemption.objects.filter(quiz__item=item).select_related("taker").order_by("pk")
    exemptions = list(rows)
    known = came(exemptions)
    for one in exemptions:
        one.known_as = known[one.pk].shown_name if one.pk in known else ""
    context = {
        "item": item,
        "form": form,
        "exemption": exemption if exemption.pk else None,
        "exemptions": exemptions,
        "pages": pages_of(item, "media_items:quiz_settings"),
    }
    template = "media_items/quizzes/writing/quiz_exemptions.html"
    return render(request, template, context, status=status_of(form))
