"""What is in the files that were brought: shown, ticked, taken or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.delivery.files import SAFETY_HEADERS
from media_items.lookups import get_media_item
from media_items.numbers import ids
from media_items.quizzes import sizes
from media_items.quizzes.interchange import batches
from media_items.quizzes.interchange.letters import Letters, letters_of
from media_items.quizzes.interchange.neutral import Verdict
from media_items.quizzes.interchange.services import importing, reading
from media_items.quizzes.interchange.services.importing import Wanted
from media_items.quizzes.interchange.shown import ShownFound, all_shown
from media_items.quizzes.models import ImportBatch
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.texts import plain
from media_items.quizzes.writing.views.paper import editor_of
from media_items.refusals import ChangedMeanwhile, Invalid
from media_items.requests import FoyerRequest
from media_items.responses import go_to, reload_page, render_varied

_METHODS = ["GET", "HEAD", "POST"]
_PREVIEW = "media_items/quizzes/interchange/import_preview.html"
_WITH = "with"  # of the address of a preview: what came together with it


def preview_url(item: MediaItem, batches_: Sequence[ImportBatch]) -> str:
    """Of several files that came together the first has the page, and the others are on it."""
    first, *others = batches_
    address = reverse("media_items:import_preview", args=[item.public_id, first.public_id])
    query = urlencode({_WITH: [one.public_id for one in others]}, doseq=True)
    return f"{address}?{query}" if query else address


@require_http_methods(_METHODS)
def import_preview(request: FoyerRequest, public_id: str, import_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    if request.htmx and request.method != "POST":
        return _progress(request, item, import_id)
    every = _together(request, item, import_id)
    if request.method != "POST":
        return _preview(request, item, every)
    after = request.POST.get("after", "")
    ticked = [ids(request.POST.getlist(f"take{_suffix(one, every)}")) for one in every]
    try:
        if asked := request.POST.get("read_as", ""):
            _read_anew(request, every, ticked, asked=asked, after=after)
            return redirect(preview_url(item, every))
        wanted = [
            Wanted(one, numbers, request.POST.get(f"reading{_suffix(one, every)}"))
            for one, numbers in zip(every, ticked, strict=True)
        ]
        taken = importing.take_all(wanted=wanted, after=after, by=editor_of(request))
    except ChangedMeanwhile as why:
        return _changed(request, item, import_id, wanted, problem=str(why))
    except Invalid as why:
        return _preview(request, item, every, ticked=ticked, problem=str(why))
    count = sum(one.taken for one in taken)
    said = ngettext("%(count)d question was imported.", "%(count)d questions were imported.", count)
    messages.success(request, said % {"count": count})
    return redirect("media_items:quiz_questions", item.public_id)


def _changed(
    request: FoyerRequest,
    item: MediaItem,
    import_id: str,
    wanted: list[Wanted],
    *,
    problem: str,
) -> HttpResponse:
    """As they are now. What was ticked stays, but where it was ticked in other letters."""
    every = _together(request, item, import_id)
    chosen = {one.batch.pk: one for one in wanted}
    numbers = [
        list(one.numbers)
        if (one := chosen.get(batch.pk)) and one.encoding in {None, batch.encoding}
        else None
        for batch in every
    ]
    return _preview(request, item, every, ticked=numbers, problem=problem)


def _read_anew(
    request: FoyerRequest,
    every: list[ImportBatch],
    ticked: list[list[int]],
    *,
    asked: str,
    after: str,
) -> None:
    """One of them in other letters; of all what was ticked stays. Raises `Invalid`, `NotNow`."""
    asked_for = next((one for one in every if one.public_id == asked), every[0])
    for batch, numbers in zip(every, ticked, strict=True):
        if batch != asked_for:
            reading.keep_ticks(batch=batch, ticked=numbers, after=after)
            continue
        encoding = request.POST.get(f"encoding{_suffix(batch, every)}", "")
        reading.choose_letters(batch=batch, encoding=encoding, ticked=numbers, after=after)


@require_POST
def discard_import(request: FoyerRequest, public_id: str, import_id: str) -> HttpResponse:
    """With those that came together with it. One that is gone is discarded, by this or another
    press."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    names = [import_id, *request.GET.getlist(_WITH)]
    batches_ = live_batches(item).filter(public_id__in=names)
    if taken := [one for one in batches_ if not reading.discard(batch=one)]:
        return redirect(preview_url(item, taken))  # imported before, as its page says
    said = ngettext(
        "The file was discarded. Nothing was imported.",
        "The files were discarded. Nothing was imported.",
        len(names),
    )
    messages.info(request, said)
    return redirect("media_items:import_questions", item.public_id)


@require_safe
def import_picture(
    request: FoyerRequest, public_id: str, import_id: str, picture_id: str
) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    picture = get_object_or_404(_batch(item, import_id).pictures, key=picture_id)
    return HttpResponse(bytes(picture.data), content_type="image/jpeg", headers=SAFETY_HEADERS)


def live_batches(item: MediaItem) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.live().filter(quiz__item=item)


def _batch(item: MediaItem, import_id: str) -> ImportBatch:
    return get_object_or_404(live_batches(item).select_related("quiz"), public_id=import_id)


def _together(request: FoyerRequest, item: MediaItem, import_id: str) -> list[ImportBatch]:
    """It, and those named with it that are still there, in their order."""
    names = list(dict.fromkeys(request.GET.getlist(_WITH)))[: reading.MOST_WAITING]
    rows = live_batches(item).select_related("quiz").filter(public_id__in=names)
    of_name = {one.public_id: one for one in rows.exclude(public_id=import_id)} if names else {}
    return [_batch(item, import_id), *(of_name[one] for one in names if one in of_name)]


def _suffix(batch: ImportBatch, every: list[ImportBatch]) -> str:
    """Of the names of its fields: those of the first are plain."""
    return "" if batch == every[0] else f"-{batch.public_id}"


@dataclass(frozen=True)
class Part:
    """What the page shows of one file; `suffix` belongs to the names of its fields."""

    batch: ImportBatch
    suffix: str
    found: list[tuple[ShownFound, bool]]
    counts: dict[str, int]
    notes: list[str]
    letters: Letters | None
    has_lost_ticks: bool

    @property
    def may_take(self) -> bool:
        return not self.batch.problem and self.batch.taken_at is None

    @property
    def can_take(self) -> bool:
        return self.may_take and any(one.verdict != Verdict.REFUSED for one, _is in self.found)


def _part(
    batch: ImportBatch, suffix: str, numbers: list[int] | None, every: list[ShownFound]
) -> Part:
    is_read = batch.read_at is not None
    chosen = batch.chosen if batch.chosen.get("of") == len(every) else {}
    if numbers is None:
        numbers = chosen.get("take")
    ticked = {one.number for one in every} if numbers is None else set(numbers)
    return Part(
        batch=batch,
        suffix=suffix,
        found=[(one, one.number in ticked) for one in every],
        counts={verdict.value: sum(one.verdict == verdict for one in every) for verdict in Verdict},
        notes=batch.content.get("notes", []) if is_read else [],
        letters=letters_of(batch),
        has_lost_ticks=bool(batch.chosen) and not chosen and is_read,
    )


def _preview(
    request: FoyerRequest,
    item: MediaItem,
    every: list[ImportBatch],
    *,
    ticked: Sequence[list[int] | None] | None = None,
    problem: str = "",
) -> HttpResponse:
    numbers: Sequence[list[int] | None] = ticked or [None] * len(every)
    found = [batches.found_in(one) if one.read_at is not None else [] for one in every]
    all_found = list(chain.from_iterable(found))
    shown = iter(all_shown(all_found))
    parts = [
        _part(one, _suffix(one, every), of_one, list(islice(shown, len(in_it))))
        for one, of_one, in_it in zip(every, numbers, found, strict=True)
    ]
    after = next((one.chosen["after"] for one in every if one.chosen.get("after")), "")
    context: dict[str, Any] = {
        "item": item,
        **_progress_context(item, every),
        "parts": parts,
        "is_reading": any(one.read_at is None for one in every),
        # It may be taken: some of it can be left out, here or later.
        "too_much": sizes.too_much(one.found.question for one in all_found if one.found.question),
        "has_form": any(one.letters or one.may_take for one in parts),
        "can_take": any(one.can_take for one in parts),
        "has_end": any(one.may_take for one in parts),
        "places": _places(item),
        "after": request.POST.get("after", after),
        "problem": problem,
        "pages": pages_of(item, "media_items:quiz_questions"),
    }
    status = 422 if problem else 200
    return render_varied(request, _PREVIEW, context, status=status)


def _progress(request: FoyerRequest, item: MediaItem, import_id: str) -> HttpResponse:
    """Asked for every second by the page, which is loaded anew once all files have been read."""
    if not live_batches(item).filter(public_id=import_id).exists():
        messages.warning(request, str(reading.GONE))
        return go_to(request, reverse("media_items:import_questions", args=[item.public_id]))
    every = _together(request, item, import_id)
    if all(one.read_at is not None for one in every):
        return reload_page()
    context = {"item": item, **_progress_context(item, every)}
    return render_varied(request, f"{_PREVIEW}#progress", context)


def _progress_context(item: MediaItem, every: list[ImportBatch]) -> dict[str, Any]:
    address = preview_url(item, every)
    discard = reverse("media_items:discard_import", args=[item.public_id, every[0].public_id])
    _path, _sign, query = address.partition("?")
    return {
        "batches": every,
        "preview_url": address,
        "discard_url": f"{discard}?{query}" if query else discard,
    }


def _places(item: MediaItem) -> list[tuple[str, int, str]]:
    """Each question of the quiz: id, number, its first words."""
    quiz = quiz_of(item)
    if quiz.pk is None:
        return []
    rows = quiz.questions.live().order_by("position", "pk").values_list("public_id", "text")
    found = list(rows)
    texts = sizes.drawn_texts(text for _key, text in found)
    return [
        (key, number, plain(text)[:60])
        for number, ((key, _text), text) in enumerate(zip(found, texts, strict=True), 1)
    ]
