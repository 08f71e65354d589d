"""The film or the sound that a quiz lies on: which it can be, and how a taker gets it.

SECURITY: whoever takes the quiz gets the film through the quiz and by its address. It gives them no
right on the film's own item, and the item gives none on the quiz.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.abilities import Ability
from media_items.catalogue.models import Kind, MediaItem
from media_items.library.services import editing
from media_items.playback.player import player_context, watcher_of
from media_items.processing.models import MediaFile, Purpose
from media_items.quizzes.attempts import watching
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.watching import Film, FilmState, film_found
from media_items.quizzes.models import Attempt, Quiz
from media_items.refusals import Invalid
from media_items.requests import FoyerRequest
from media_items.visitors import Visitor

KINDS = (Kind.VIDEO, Kind.AUDIO)
_AT_THE_END_MS = 2_000


@dataclass(frozen=True)
class FilmOfQuiz:
    """What a player's templates ask of an item, with the quiz's address; no rights on the film."""

    public_id: str
    title: str
    kind: str
    thumbnail: str
    abilities: frozenset[Ability] = frozenset()


def choosable_films(visitor: Visitor) -> QuerySet[MediaItem]:
    """Those that they may show to others, the newest first."""
    return (
        visitor.items_with(Ability.PUBLISH)
        .filter(kind__in=KINDS, deleted_at=None)
        .order_by("-created_at", "-pk")
    )


@transaction.atomic
def choose_film(*, quiz: Quiz, film: MediaItem | None) -> None:
    """The caller has asked whether they may show it. Raises `Invalid` for what is no recording."""
    if film is not None and film.kind not in KINDS:
        raise Invalid(_("A quiz lies on a video or an audio recording."))
    quiz = lock_quiz(quiz)
    quiz.film = film
    quiz.save(update_fields=["film"])


def upload_film(*, quiz: Quiz, kind: Kind, upload: Any) -> MediaItem:
    """A private item of the quiz's owner, named after the quiz, which lies on it from then on.
    Raises Refusal and NotAcceptedFile; nothing has changed then."""
    title = quiz.item.title
    return editing.create_media_item(
        item=MediaItem(kind=kind, title=title, time_zone=quiz.item.time_zone),
        owner=quiz.item.owner,
        upload=upload,
        then=lambda film: choose_film(quiz=quiz, film=film),
    )


def film_of(quiz: Quiz) -> MediaItem | None:
    """None where there is none, or it is in the bin."""
    if quiz.film_id is None:
        return None
    found: MediaItem | None = MediaItem.objects.live().filter(pk=quiz.film_id).first()
    return found


def film_ms_of(quiz: Quiz) -> int | None:
    """How long its film is; None where that is not known. One query, none without a film."""
    return watching.film_found(quiz).length_ms


def film_context(
    request: FoyerRequest, attempt: Attempt, found: Film | None = None
) -> dict[str, Any]:
    """What `_film.html` shows: the player, or in a sentence why there is none. `attempt.quiz.item`
    has its abilities. Empty for a quiz without a film. Of the address it reads `t`, at which the
    player begins, else where it was left; where skipping is not allowed, not further on."""
    quiz = attempt.quiz
    film = film_of(quiz)
    if film is None or (found or film_found(quiz)).state == FilmState.GONE:
        lies_on_film = quiz.film_id or attempt.version.questions.has_moments
        return {"film_problem": _not_available()} if lies_on_film else {}
    shown = player_context(request, film)
    if not shown.get("playback"):
        return {"film_problem": _not_ready()}
    return {
        "film": {
            **shown,
            "item": FilmOfQuiz(
                public_id=quiz.item.public_id,
                title=film.title,
                kind=film.kind,
                thumbnail=film.thumbnail.name or "",
            ),
            "begins_at": _begins_at(request, attempt, shown),
            "watcher": watcher_of(request.visitor.identity_on(quiz.item), quiz.item),
            "file_url": "media_items:quiz_film_file",
            "picture_url": "media_items:quiz_film_picture",
        }
    }


def _begins_at(request: FoyerRequest, attempt: Attempt, shown: dict[str, Any]) -> int | None:
    """In seconds. Who has watched to the end begins anew."""
    watched: int = attempt.watched_ms // 1000
    if "t" in request.GET:
        asked: int = shown["begins_at"] or 0
        return (min(asked, watched) if attempt.quiz.no_seeking else asked) or None
    length_ms = shown["playback"].duration_ms
    is_through = length_ms is not None and attempt.watched_ms + _AT_THE_END_MS >= length_ms
    return None if is_through else watched or None


def _not_ready() -> Promise:
    return _("The film is being prepared. Come back in a few minutes.")


def _not_available() -> Promise:
    return _("The film is not available; all questions are open.")


@dataclass(frozen=True)
class FilmForMoments:
    """What the form of a question shows of the film, to find a moment in it."""

    kind: str
    file: MediaFile


def film_for_moments(quiz: Quiz) -> FilmForMoments | None:
    """None without a film, and until there is something to play."""
    film = film_of(quiz)
    file = film and film.files.filter(purpose=Purpose.PLAYBACK).defer("text").first()
    return FilmForMoments(film.kind, file) if film and file else None
