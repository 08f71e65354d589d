"""Importing: bringing files of other systems."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.library import uploads
from media_items.lookups import get_media_item
from media_items.quizzes.interchange import template
from media_items.quizzes.interchange.columns import COLUMNS
from media_items.quizzes.interchange.files import MOST_BYTES
from media_items.quizzes.interchange.forms import ImportQuestionsForm
from media_items.quizzes.interchange.services import reading
from media_items.quizzes.interchange.views.checking import live_batches, preview_url
from media_items.quizzes.models import ImportBatch
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import saved_quiz_of
from media_items.quizzes.writing.views.paper import editor_of
from media_items.refusals import NotNow
from media_items.requests import FoyerRequest
from media_items.responses import status_of

_METHODS = ["GET", "HEAD", "POST"]


# SECURITY: exempt because its inner half is protected; see library/uploads.py.
@csrf_exempt
@require_http_methods(_METHODS)
def import_questions(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    uploads.receive_files(request, {"file": MOST_BYTES}, most_files={"file": reading.MOST_WAITING})
    return _import_questions(request, item)


@csrf_protect
def _import_questions(request: FoyerRequest, item: MediaItem) -> HttpResponse:
    is_sent = request.method == "POST"
    form = ImportQuestionsForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        refused=uploads.refused_files(request),
    )
    if is_sent and form.is_valid() and (found := _read_all(request, item, form)):
        return redirect(preview_url(item, found))
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


def _read_all(
    request: FoyerRequest, item: MediaItem, form: ImportQuestionsForm
) -> list[ImportBatch]:
    """Those that are being read or could be. Of the others the reason is said: beside the field
    where none could be.

    Raises `NotNow` where all are gone by then.
    """
    quiz = saved_quiz_of(item)
    begun = [
        reading.begin(
            quiz=quiz,
            data=upload.read(),
            file_name=str(upload.name),
            by=editor_of(request),
            person=_person(request, item),
        )
        for upload in form.cleaned_data["file"]
    ]
    is_one = len(begun) == 1 and not form.refused
    found, reasons = [], list(form.refused.values())
    read = reading.read_all_soon(begun)
    if begun and not read:
        raise NotNow(reading.GONE)
    for batch in read:
        if not batch.problem or batch.is_guessed:
            found.append(batch)
            continue
        reading.discard(batch=batch)
        reasons.append(batch.problem if is_one else uploads.named(batch.file_name, batch.problem))
    for reason in reasons:
        if found:
            messages.warning(request, reason)
        else:
            form.add_error("file", reason)
    return found


@require_safe
def import_template(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A spreadsheet with one question of each kind."""
    get_media_item(request, public_id, needs=Ability.EDIT_QUESTIONS)
    headers = {"Content-Disposition": 'attachment; filename="questions.csv"'}
    return HttpResponse(template.sheet(), content_type="text/csv; charset=utf-8", headers=headers)


def _waiting(item: MediaItem) -> list[ImportBatch]:
    """What was uploaded and is still to be looked at, the newest first."""
    rows = live_batches(item).filter(taken_at=None).order_by("-pk")
    return list(rows.only("public_id", "file_name", "made_at", "read_at"))


def _person(request: FoyerRequest, item: MediaItem) -> str:
    """Who it is where there is no account."""
    if request.user.is_authenticated:
        return ""
    who = request.visitor.identity_on(item)
    return f"{who.key} {who.browser}".strip()
