"""The film of a quiz: its bytes, for those who take the quiz, and choosing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.delivery.files import deliver, deliver_picture_of
from media_items.lookups import AbilityMissing, get_media_item
from media_items.processing.models import Purpose
from media_items.quizzes.attempts.takers import takers_of
from media_items.quizzes.film.films import choosable_films, choose_film, film_of
from media_items.quizzes.film.forms import ChooseFilmForm
from media_items.quizzes.models import Attempt, Quiz
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of, saved_quiz_of
from media_items.requests import FoyerRequest

_MAY_WATCH = frozenset({Ability.TAKE_QUIZ, Ability.EDIT_QUESTIONS})


@require_safe
def quiz_film_file(request: FoyerRequest, public_id: str, file_id: int) -> HttpResponseBase:
    film = _film_for(request, public_id)
    # SECURITY: the original may tell more than the player shows, and is no taker's.
    files = film.files.defer("text").exclude(purpose=Purpose.ORIGINAL)
    file = files.filter(pk=file_id).first()
    if file is None:
        raise Http404
    return deliver(request, file.file, content_type=file.content_type)


@require_safe
def quiz_film_picture(request: FoyerRequest, public_id: str) -> HttpResponseBase:
    return deliver_picture_of(request, _film_for(request, public_id))


@require_http_methods(["GET", "HEAD", "POST"])
def quiz_film(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    is_post = request.method == "POST"
    quiz = saved_quiz_of(item) if is_post else quiz_of(item)
    form = ChooseFilmForm(
        request.POST if is_post else None,
        among=choosable_films(request.visitor),
        initial={"film": quiz.film},
    )
    if is_post and form.is_valid():
        choose_film(quiz=quiz, film=form.cleaned_data["film"])
        messages.success(request, _("Saved."))
        return redirect("media_items:quiz_film", item.public_id)
    context = {
        "item": item,
        "form": form,
        "film": quiz.film,
        "pages": pages_of(item, "media_items:quiz_film"),
    }
    template = "media_items/quizzes/film/quiz_film.html"
    return render(request, template, context, status=422 if is_post else 200)


def _film_for(request: FoyerRequest, public_id: str) -> MediaItem:
    """Of the quiz, for whoever writes it, and for whoever takes it and has begun."""
    item = get_media_item(request, public_id)
    if not item.abilities & _MAY_WATCH:
        raise AbilityMissing(Ability.TAKE_QUIZ)
    quiz = quiz_of(item)
    film = film_of(quiz)
    if film is None or not _may_watch(request, item, quiz):
        raise Http404
    return film


def _may_watch(request: FoyerRequest, item: MediaItem, quiz: Quiz) -> bool:
    if Ability.EDIT_QUESTIONS in item.abilities:
        return True
    mine = takers_of(quiz, request.visitor.identity_on(item))
    return Attempt.objects.filter(taker__in=mine.values("pk")).exists()
