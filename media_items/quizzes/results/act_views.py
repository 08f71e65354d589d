"""What a host does to an attempt or a person on the pages of results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from media_items.catalogue.models import MediaItem
from media_items.numbers import whole_number
from media_items.quizzes.models import Attempt, Taker
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.results import acts, mailing, naming, people
from media_items.quizzes.results.forms import RenameTakerForm, VoidAttemptForm
from media_items.quizzes.results.missing import MissingRow, expected, remind
from media_items.quizzes.results.rows import rows_of
from media_items.quizzes.results.views import attempt_on, mailing_context, result_item
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import posted_next, reload_or_go_to, render_dialog, status_of
from media_items.searching import searched_words

_TEMPLATES = "media_items/quizzes/results/"
MOST_CANDIDATES = 20


def _address_of(item: MediaItem, attempt: Attempt) -> str:
    return reverse("media_items:attempt_results", args=[item.public_id, attempt.public_id])


def _act(do: Callable[..., Attempt], said: Any) -> Callable[..., HttpResponse]:
    """The view of one act on one attempt. What is refused is said on the page of the attempt."""

    @require_POST
    def view(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
        item = result_item(request, public_id)
        attempt = attempt_on(item, attempt_id)
        try:
            do(attempt=attempt, by=request.user)
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, said)
        return redirect(_address_of(item, attempt))

    return view


let_attempt_go_on = _act(acts.let_go_on, _("The attempt can be continued."))
end_attempt = _act(acts.end_now, _("The attempt has ended, and what was saved is marked."))
count_attempt = _act(acts.count_again, _("The attempt counts again."))


@require_http_methods(["GET", "HEAD", "POST"])
def void_attempt(request: FoyerRequest, public_id: str, attempt_id: str) -> HttpResponse:
    item = result_item(request, public_id)
    attempt = attempt_on(item, attempt_id)
    form = VoidAttemptForm(request.POST if request.method == "POST" else None)
    to = _address_of(item, attempt)
    if form.is_valid():
        acts.void(attempt=attempt, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The attempt doesn’t count any more."))
        return redirect(to)
    context = {"item": item, "attempt": attempt, "form": form, "back_url": to}
    template = f"{_TEMPLATES}void_attempt.html"
    return render_dialog(request, template, context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def mail_results(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Asks with a count; then writes to each of them once. What takes longer goes on by itself, and
    the page of results says how far it is."""
    item = result_item(request, public_id)
    quiz = quiz_of(item)
    if request.method == "POST":
        made = (
            mailing.mail_results(quiz=quiz, by=request.user, again="again" in request.POST)
            if quiz.pk
            else None
        )
        count = made.mailed if made else 0
        said = ngettext(
            "%(count)d email is on its way.", "%(count)d emails are on their way.", count
        )
        if made and made.finished_at is None:
            messages.success(request, _("The results are being emailed."))
        else:
            messages.success(request, said % {"count": count})
        return reload_or_go_to(request, _way_back(request, item))
    context = {"plan": mailing.plan_of(quiz), **mailing_context(item, quiz)}
    return render_dialog(request, f"{_TEMPLATES}mail_results.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remind_of_quiz(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Asks with a count; then reminds each of those who have not started, once."""
    item = result_item(request, public_id)
    if request.method == "POST":
        also = "undecided" in request.POST
        count = remind(quiz=quiz_of(item), by=request.user, undecided=also)
        said = ngettext(
            "%(count)d email is on its way.", "%(count)d emails are on their way.", count
        )
        messages.success(request, said % {"count": count})
        return reload_or_go_to(request, _way_back(request, item))
    count = expected().to_remind(item).count()
    undecided = expected().to_remind(item, undecided=True).count() - count
    rest = expected().missing(item).count() - count - undecided
    context = {"item": item, "count": count, "undecided": undecided, "rest": rest}
    return render_dialog(request, f"{_TEMPLATES}remind_of_quiz.html", context)


# --- people ---------------------------------------------------------------------------------------


def _taker_on(item: MediaItem, taker_id: int) -> Taker:
    """Raises `Http404` for one of another quiz, and for one who was erased."""
    found = Taker.objects.filter(pk=taker_id, quiz__item=item, erased_at=None, is_preview=False)
    taker = found.select_related("quiz").first()
    if taker is None:
        raise Http404
    return taker


def _way_back(request: FoyerRequest, item: MediaItem) -> str:
    return posted_next(request) or reverse("media_items:quiz_results", args=[item.public_id])


@require_http_methods(["GET", "HEAD", "POST"])
def rename_taker(request: FoyerRequest, public_id: str, taker_id: int) -> HttpResponse:
    item = result_item(request, public_id)
    taker = _taker_on(item, taker_id)
    posted = request.POST if request.method == "POST" else None
    form = RenameTakerForm(posted, initial={"name": taker.shown_name})
    if form.is_valid():
        naming.rename(taker=taker, name=form.cleaned_data["name"], by=request.user)
        messages.success(request, _("The name was changed."))
        return reload_or_go_to(request, _way_back(request, item))
    context = {"item": item, "taker": taker, "form": form}
    template = f"{_TEMPLATES}rename_taker.html"
    return render_dialog(request, template, context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def merge_taker(request: FoyerRequest, public_id: str, taker_id: int) -> HttpResponse:
    """Asks who else this person is: first those with the same name, or whom the search finds."""
    item = result_item(request, public_id)
    taker = _taker_on(item, taker_id)
    sorry = ""
    if request.method == "POST":
        try:
            _merge(request, item, taker)
        except Refusal as refusal:
            sorry = str(refusal)
        else:
            messages.success(request, _("They are one person now."))
            return redirect(_way_back(request, item))
    context = {"item": item, "taker": taker, "sorry": sorry, **_candidates(request, item, taker)}
    return render_dialog(
        request, f"{_TEMPLATES}merge_taker.html", context, status=422 if sorry else 200
    )


def _merge(request: FoyerRequest, item: MediaItem, taker: Taker) -> None:
    """With a person of the quiz, or with somebody invited who has not started."""
    chosen = request.POST.get("into", "")
    if invited := expected().by_key(item, chosen):
        naming.merge_with_invited(source=taker, invited=invited, by=request.user)
        return
    into = _taker_on(item, whole_number(chosen, default=0))
    naming.merge(source=taker, into=into, by=request.user)


def _candidates(request: FoyerRequest, item: MediaItem, taker: Taker) -> dict[str, Any]:
    quiz = quiz_of(item)
    typed = searched_words(request.GET)
    others = people.ordered(people.takers_of(quiz), "").filter(erased_at=None).exclude(pk=taker.pk)
    words = typed or taker.shown_name.partition(" ")[0]
    found = list(people.matching(others, words)[:MOST_CANDIDATES])
    if not found and not typed:
        found = list(others[:MOST_CANDIDATES])
    [row] = rows_of([taker], quiz, item)
    invited = [] if taker.has_proven_address else _invited(item, row.email, words)
    return {
        "q": typed,
        "row": row,
        "invited": invited,
        "candidates": rows_of(found, quiz, item),
    }


def _invited(item: MediaItem, email: str, words: str) -> list[MissingRow]:
    """Who has not started: first who was invited at the address that was typed."""
    who = expected()
    at_address = who.at(item, email)
    keys = {one.key for one in at_address}
    named = who.told(who.missing(item, words)[:MOST_CANDIDATES])
    return [*at_address, *(one for one in named if one.key not in keys)]


@require_POST
def separate_taker(request: FoyerRequest, public_id: str, taker_id: int) -> HttpResponse:
    item = result_item(request, public_id)
    taker = _taker_on(item, taker_id)
    try:
        naming.separate(source=taker, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("They are two people again."))
    return redirect(_way_back(request, item))
