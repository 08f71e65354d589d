"""The film of a quiz: its bytes, for those who take the quiz; choosing it, and uploading one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.delivery.files import deliver, deliver_picture_of
from media_items.library import uploads
from media_items.lookups import AbilityMissing, get_media_item
from media_items.playback.player import preparation_context
from media_items.processing.errors import NotAcceptedFile
from media_items.processing.models import Purpose
from media_items.quizzes.attempts.takers import attempts_of
from media_items.quizzes.attempts.watching import FilmState, film_state
from media_items.quizzes.film.effects import without_effect
from media_items.quizzes.film.films import (
    choosable_films,
    choose_film,
    film_for_moments,
    film_of,
    upload_film,
)
from media_items.quizzes.film.forms import ChooseFilmForm, UploadFilmForm
from media_items.quizzes.film.moments import stray_moments, written_moments
from media_items.quizzes.models import Quiz
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of, saved_quiz_of
from media_items.refusals import Refusal
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
    form = _choose_form(request, quiz, request.POST if is_post else None)
    if is_post and form.is_valid():
        choose_film(quiz=quiz, film=form.cleaned_data["film"])
        messages.success(request, _("Saved."))
        return redirect("media_items:quiz_film", item.public_id)
    upload_form = UploadFilmForm(refused={})
    return _film_page(request, quiz, form, upload_form, status=422 if is_post else 200)


# SECURITY: exempt because its inner half is protected; this half changes nothing.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def upload_quiz_film(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The item that it becomes is the owner's, so it takes what replacing a file of theirs takes;
    whoever only writes questions chooses from what is their own."""
    item = get_media_item(request, public_id, needs=Ability.EDIT)
    if Ability.EDIT_QUESTIONS not in item.abilities:
        raise AbilityMissing(Ability.EDIT_QUESTIONS)
    uploads.receive_files(request, {"file": uploads.most_bytes_of_media()})
    return _upload_quiz_film(request, item)


@csrf_protect
def _upload_quiz_film(request: FoyerRequest, item: MediaItem) -> HttpResponse:
    if request.method != "POST":
        return redirect("media_items:quiz_film", item.public_id)
    quiz = saved_quiz_of(item)
    form = UploadFilmForm(request.POST, request.FILES, refused=uploads.refused_files(request))
    if form.is_valid():
        try:
            upload_film(quiz=quiz, kind=form.kind, upload=form.cleaned_data["file"])
        except (NotAcceptedFile, Refusal) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("Uploaded. The quiz lies on this film now."))
            return redirect("media_items:quiz_film", item.public_id)
    return _film_page(request, quiz, _choose_form(request, quiz, None), form, status=422)


def _choose_form(request: FoyerRequest, quiz: Quiz, sent: QueryDict | None) -> ChooseFilmForm:
    return ChooseFilmForm(sent, among=choosable_films(request.visitor), now=quiz.film)


def _film_page(
    request: FoyerRequest, quiz: Quiz, form: ChooseFilmForm, upload: UploadFilmForm, *, status: int
) -> HttpResponse:
    item = quiz.item
    context = {
        "item": item,
        "form": form,
        "upload_form": upload if Ability.EDIT in item.abilities else None,
        "film": quiz.film,
        "stray": stray_moments(quiz),
        "moments": written_moments(quiz),
        "moment_film": film_for_moments(quiz),
        "without_effect": list(without_effect(quiz)),
        **_preparation_of(request, quiz),
        "pages": pages_of(item, "media_items:quiz_film"),
    }
    return render(request, "media_items/quizzes/film/quiz_film.html", context, status=status)


def _preparation_of(request: FoyerRequest, quiz: Quiz) -> dict[str, Any]:
    """How far it is, for those who may open the film itself; for others that it is prepared."""
    film = film_of(quiz)
    if film is None or film_state(quiz) in {FilmState.READY, FilmState.NONE}:
        return {}
    film.abilities = request.visitor.abilities_on(film)
    if Ability.VIEW not in film.abilities:
        return {"is_prepared": film_state(quiz) == FilmState.PREPARING}
    has_original = film.files.filter(purpose=Purpose.ORIGINAL).exists()
    return {"prepared": film, **preparation_context(film, has_original=has_original)}


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
    return attempts_of(quiz, request.visitor.identity_on(item)).exists()
