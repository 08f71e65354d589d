"""Importing: a file, what is in it, and taking what was chosen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.delivery.files import SAFETY_HEADERS
from media_items.library import uploads
from media_items.lookups import get_media_item
from media_items.numbers import ids
from media_items.quizzes import sizes
from media_items.quizzes.interchange import batches, template
from media_items.quizzes.interchange.columns import COLUMNS
from media_items.quizzes.interchange.files import MOST_BYTES
from media_items.quizzes.interchange.forms import ImportQuestionsForm
from media_items.quizzes.interchange.letters import letters_of
from media_items.quizzes.interchange.neutral import Verdict
from media_items.quizzes.interchange.services import importing, reading
from media_items.quizzes.interchange.shown import all_shown
from media_items.quizzes.models import ImportBatch
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of, saved_quiz_of
from media_items.quizzes.texts import plain
from media_items.refusals import ChangedMeanwhile, Invalid
from media_items.requests import FoyerRequest
from media_items.responses import go_to, reload_page, render_varied, status_of
from media_items.signals import Account

_METHODS = ["GET", "HEAD", "POST"]
_PREVIEW = "media_items/quizzes/interchange/import_preview.html"


# SECURITY: exempt because its inner half is protected; see library/uploads.py.
@csrf_exempt
@require_http_methods(_METHODS)
def import_questions(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    uploads.receive_files(request, {"file": MOST_BYTES})
    return _import_questions(request, item)


@csrf_protect
def _import_questions(request: FoyerRequest, item: MediaItem) -> HttpResponse:
    is_sent = request.method == "POST"
    form = ImportQuestionsForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        refused=uploads.refused_files(request),
    )
    if is_sent and form.is_valid():
        upload = form.cleaned_data["file"]
        batch = reading.begin(
            quiz=saved_quiz_of(item),
            data=upload.read(),
            file_name=str(upload.name),
            by=_account(request),
            person=_person(request, item),
        )
        batch = reading.read_soon(batch)
        if not batch.problem or batch.is_guessed:
            return redirect("media_items:import_preview", item.public_id, batch.public_id)
        reading.discard(batch=batch)
        form.add_error("file", batch.problem)
    context = {
        "item": item,
        "form": form,
        "columns": COLUMNS,
        "waiting": _waiting(item),
        "pages": pages_of(item, "media_items:quiz_questions"),
    }
    return render(
        request, "media_items/quizzes/interchange/import_questions.html", context,
        status=status_of(form),
    )  # fmt: skip


@require_http_methods(_METHODS)
def import_preview(request: FoyerRequest, public_id: str, import_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    if request.htmx and request.method != "POST":
        return _progress(request, item, _batches(item).filter(public_id=import_id).first())
    batch = _batch(item, import_id)
    if request.method != "POST":
        return _preview(request, item, batch)
    numbers, after = ids(request.POST.getlist("take")), request.POST.get("after", "")
    try:
        if "read_as" in request.POST:
            reading.choose_letters(
                batch=batch, encoding=request.POST.get("encoding", ""), ticked=numbers, after=after
            )
            return redirect("media_items:import_preview", item.public_id, batch.public_id)
        batch = importing.take(
            batch=batch,
            numbers=numbers,
            after=after,
            by=_account(request),
            encoding=request.POST.get("reading"),
        )
    except ChangedMeanwhile as why:
        return _preview(request, item, _batch(item, import_id), problem=str(why))
    except Invalid as why:
        return _preview(request, item, batch, numbers=numbers, problem=str(why))
    said = ngettext(
        "%(count)d question was imported.", "%(count)d questions were imported.", batch.taken
    )
    messages.success(request, said % {"count": batch.taken})
    return redirect("media_items:quiz_questions", item.public_id)


@require_POST
def discard_import(request: FoyerRequest, public_id: str, import_id: str) -> HttpResponse:
    """One that is gone is discarded, by this or another press."""
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    batch = _batches(item).filter(public_id=import_id).first()
    if batch is not None and not reading.discard(batch=batch):  # imported before, as its page says
        return redirect("media_items:import_preview", item.public_id, batch.public_id)
    messages.info(request, _("The file was discarded. Nothing was imported."))
    return redirect("media_items:import_questions", item.public_id)


@require_safe
def import_picture(
    request: FoyerRequest, public_id: str, import_id: str, picture_id: str
) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    picture = get_object_or_404(_batch(item, import_id).pictures, key=picture_id)
    return HttpResponse(bytes(picture.data), content_type="image/jpeg", headers=SAFETY_HEADERS)


@require_safe
def import_template(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A spreadsheet with one question of each kind."""
    get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    headers = {"Content-Disposition": 'attachment; filename="questions.csv"'}
    return HttpResponse(template.sheet(), content_type="text/csv; charset=utf-8", headers=headers)


def _batches(item: MediaItem) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.live().filter(quiz__item=item)


def _batch(item: MediaItem, import_id: str) -> ImportBatch:
    return get_object_or_404(_batches(item).select_related("quiz"), public_id=import_id)


def _waiting(item: MediaItem) -> list[ImportBatch]:
    """What was uploaded and is still to be looked at, the newest first."""
    rows = _batches(item).filter(taken_at=None).order_by("-pk")
    return list(rows.only("public_id", "file_name", "made_at", "read_at"))


def _account(request: FoyerRequest) -> Account | None:
    return request.user if request.user.is_authenticated else None


def _person(request: FoyerRequest, item: MediaItem) -> str:
    """Who it is where there is no account."""
    if request.user.is_authenticated:
        return ""
    who = request.visitor.identity_on(item)
    return f"{who.key} {who.browser}".strip()


def _preview(
    request: FoyerRequest,
    item: MediaItem,
    batch: ImportBatch,
    *,
    numbers: list[int] | None = None,
    problem: str = "",
) -> HttpResponse:
    is_read = batch.read_at is not None
    found = batches.found_in(batch) if is_read else []
    every = all_shown(found)
    counts: dict[str, int] = {
        verdict.value: sum(one.verdict == verdict for one in every) for verdict in Verdict
    }
    chosen = batch.chosen if batch.chosen.get("of") == len(every) else {}
    if numbers is None:
        numbers = chosen.get("take")
    ticked = {one.number for one in every} if numbers is None else set(numbers)
    context: dict[str, Any] = {
        "item": item,
        "batch": batch,
        "found": [(one, one.number in ticked) for one in every],
        "counts": counts,
        "can_take": counts["taken"] + counts["changed"],
        # It may be taken: some of it can be left out, here or later.
        "too_much": sizes.too_much(one.found.question for one in found if one.found.question),
        "notes": batch.content.get("notes", []) if is_read else [],
        "letters": letters_of(batch),
        "has_lost_ticks": bool(batch.chosen) and not chosen and is_read,
        "places": _places(item),
        "after": request.POST.get("after", batch.chosen.get("after", "")),
        "problem": problem,
        "pages": pages_of(item, "media_items:quiz_questions"),
    }
    status = 422 if problem else 200
    return render_varied(request, _PREVIEW, context, status=status)


def _progress(request: FoyerRequest, item: MediaItem, batch: ImportBatch | None) -> HttpResponse:
    """Asked for every second by the page, which is loaded anew once the file has been read."""
    if batch is None:
        messages.warning(request, str(reading.GONE))
        return go_to(request, reverse("media_items:import_questions", args=[item.public_id]))
    if batch.read_at is not None:
        return reload_page()
    context = {"item": item, "batch": batch}
    return render_varied(request, f"{_PREVIEW}#progress", context)


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
