"""The player of a media page: its template and context, and the menu of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, ExpressionWrapper, F, IntegerField, QuerySet, Subquery
from django.http import HttpResponse
from django.middleware.csp import get_nonce
from django.utils import timezone

from media_items.abilities import Ability
from media_items.catalogue.models import Kind, MediaItem
from media_items.compiled import compiled
from media_items.keyed_digests import keyed_digest
from media_items.lengths import clock
from media_items.numbers import page_number
from media_items.playback.moments import moment_within
from media_items.player_parts import CONTROLS, player_parts
from media_items.processing.models import MediaFile, Preparation, PreparationState, Purpose
from media_items.processing.notes import in_words
from media_items.requests import FoyerRequest
from media_items.visitors import Identity, IdentityKind

PAGES_PER_VIEW = 20
_JUST_NOW = timedelta(seconds=10)

_TEMPLATES = "media_items/playback/"
SESSION_TEMPLATE = f"{_TEMPLATES}_session.html"
_PLAYERS = {
    Kind.VIDEO: f"{_TEMPLATES}_recording.html",
    Kind.AUDIO: f"{_TEMPLATES}_recording.html",
    Kind.DOCUMENT: f"{_TEMPLATES}_document.html",
}
_MENU = frozenset(
    {
        Ability.EDIT_DETAILS,
        Ability.PUBLISH,
        Ability.DOWNLOAD,
        Ability.EMBED,
        Ability.DELETE,
    }
)


# Kinds without files → what their rooms show in place of a player.
type Show = Callable[[FoyerRequest, MediaItem], dict[str, Any]]
_registered: dict[Kind, Show] = {}
type Finish = Callable[[FoyerRequest, HttpResponse, MediaItem], None]
_answered: list[Finish] = []


def register_kind(kind: Kind, show: Show) -> None:
    """At start-up. `show` returns the context of `_player.html`: `player` names the template, such
    as `SESSION_TEMPLATE`. A second call replaces the first."""
    _registered[kind] = show


def register_answer(finish: Finish) -> None:
    """At start-up. `finish` adds to the answer of each media page, such as a cookie. Twice is
    once."""
    if finish not in _answered:
        _answered.append(finish)


def finish_answer(request: FoyerRequest, response: HttpResponse, item: MediaItem) -> HttpResponse:
    for finish in _answered:
        finish(request, response, item)
    return response


def menu_of(item: MediaItem, *, has_original: bool) -> frozenset[Ability]:
    """The abilities with an entry of this app in the three-dot menu; other apps add theirs."""
    return item.abilities & (_MENU if has_original else _MENU - {Ability.DOWNLOAD})


def player_context(request: FoyerRequest, item: MediaItem) -> dict[str, Any]:
    """The context of `_player.html`: `player` names the template. One query where all is ready.

    Of the address it reads `page` of a document and `t`, the moment at which a recording begins.
    """
    if show := _registered.get(Kind(item.kind)):
        return show(request, item)
    if not item.has_files:
        return {"player": SESSION_TEMPLATE}
    by_purpose: dict[str, list[MediaFile]] = {}
    for file in files_shown(item=item.pk):
        file.item = item
        by_purpose.setdefault(file.purpose, []).append(file)
    shown: dict[str, Any] = {
        "original": _first(by_purpose, Purpose.ORIGINAL),
        "playback": _first(by_purpose, Purpose.PLAYBACK),
        "captions": by_purpose.get(Purpose.CAPTIONS, []),
        "has_picture": bool(item.thumbnail) or Purpose.POSTER in by_purpose,
    }
    if item.kind == Kind.DOCUMENT:
        shown |= _pages(item, request.GET.get("page", ""))
    elif shown["playback"]:
        shown |= _recording(request, item, shown["playback"])
    if shown["playback"] or shown.get("pages"):
        return shown | {"player": _PLAYERS[Kind(item.kind)]}
    return shown | preparation_context(item, has_original=shown["original"] is not None)


@compiled
def files_shown(*, item: int) -> QuerySet[MediaFile]:
    """All but the pages of a document, without what they say."""
    files = MediaFile.objects.filter(item=item).exclude(purpose=Purpose.PAGE)
    return files.defer("text").order_by("language", "pk")


@compiled
def notes_of(*, item: int) -> QuerySet[Preparation, list[Any]]:
    """At most one."""
    return Preparation.objects.filter(item=item).values_list("notes", flat=True)


def preparation_context(item: MediaItem, *, has_original: bool) -> dict[str, Any]:
    """The context of `_player.html` while there is nothing to show: why not, and how far it is."""
    preparation = Preparation.objects.filter(item=item).first()
    if preparation is None and not has_original:
        return {"player": f"{_TEMPLATES}_no_file.html"}
    return {
        "player": f"{_TEMPLATES}_preparation.html",
        "preparation": preparation,
        "is_stopped": preparation is None or _has_stopped(preparation),
    }


def notes_for_editors(item: MediaItem) -> list[str]:
    """What the page does not show of the item's file, for whoever can do something about it."""
    if not item.has_files or Ability.EDIT_DETAILS not in item.abilities:
        return []
    kept = notes_of(item=item.pk)
    return in_words(kept[0] or [] if kept else [])


def _has_stopped(preparation: Preparation) -> bool:
    """Nobody works on it any more and there is nothing to show.

    Ready within the last seconds does not count: its files were written after we looked for them.
    """
    if preparation.finished_at and preparation.state == PreparationState.READY:
        return preparation.finished_at < timezone.now() - _JUST_NOW
    return preparation.state == PreparationState.FAILED or preparation.is_stale


def _first(by_purpose: dict[str, list[MediaFile]], purpose: Purpose) -> MediaFile | None:
    files = by_purpose.get(purpose)
    return files[0] if files else None


def _recording(request: FoyerRequest, item: MediaItem, playback: MediaFile) -> dict[str, Any]:
    length_ms = playback.duration_ms
    return {
        "length": clock(round(length_ms / 1000)) if length_ms else "",
        "begins_at": moment_within(request.GET.get("t", ""), length_ms),
        "watcher": watcher_of(request.visitor.identity_on(item), item),
        "player_parts": player_parts(CONTROLS),
        "csp_nonce": get_nonce(request),
    }


def watcher_of(identity: Identity, item: MediaItem) -> str:
    """What the browser calls by how far one has watched (js/player/resume.js); empty for nobody.

    SECURITY: of one person and one item. Whoever comes by another proof in the same browser neither
    finds what was kept there before nor can tell whose or of what it is.
    """
    if identity.kind == IdentityKind.NOBODY:
        return ""
    return keyed_digest("media_items.playback.watcher", f"{item.public_id} {identity.key}")


def _pages(item: MediaItem, page_asked: str) -> dict[str, Any]:
    """The PAGES_PER_VIEW pages around the one asked for; an invalid number is the first page, one
    beyond the last is the last."""
    number = max(1, page_number(page_asked))
    pages = _stretch_around(number, item)
    if pages:
        total = pages[0].total  # type: ignore[attr-defined]
    elif total := item.files.filter(purpose=Purpose.PAGE).count():
        pages = _stretch_around(total, item)
    number = max(1, min(number, total))
    stretch = Paginator(range(total), PAGES_PER_VIEW).get_page((number - 1) // PAGES_PER_VIEW + 1)
    return {
        "pages": pages,
        "stretch": stretch,
        "page_number": number,
        "page_total": total,
        "previous_start": max(1, stretch.start_index() - PAGES_PER_VIEW),
        "next_start": stretch.end_index() + 1,
    }


def _stretch_around(number: int, item: MediaItem) -> list[MediaFile]:
    first = (number - 1) // PAGES_PER_VIEW * PAGES_PER_VIEW + 1
    return pages_of(item=item.pk, numbers=tuple(range(first, first + PAGES_PER_VIEW)))


@compiled
def pages_of(*, item: int, numbers: tuple[int, ...]) -> QuerySet[MediaFile]:
    """These pages of a document, which are numbered from 1 without a gap; each with the `total`."""
    pages = MediaFile.objects.filter(item=item, purpose=Purpose.PAGE)
    counted = pages.order_by().values("item").annotate(number_of_all=Count("pk"))
    total = Subquery(counted.values("number_of_all"))
    # As any number: what stands for a value is below zero, which a page's number cannot be.
    at = ExpressionWrapper(F("number"), output_field=IntegerField())
    return pages.alias(at=at).filter(at__in=numbers).annotate(total=total).order_by("number")
