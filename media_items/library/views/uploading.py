"""Uploading files that become items of their own, their kind found in what they contain.

A script sends several, one after the other, and is answered in JSON; without one it is a form for
one file. The view has two halves: see `library/uploads.py`.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from media_items.catalogue.models import MediaItem
from media_items.library import uploads
from media_items.library.forms.uploading import UploadForm
from media_items.library.services import editing
from media_items.library.views.editing import first_time_zone
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import prefers_json, status_of


# SECURITY: exempt because its inner half is protected; this half changes nothing.
@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload_media(request: FoyerRequest) -> HttpResponse:
    uploads.receive_files(request, {"file": uploads.most_bytes_of_media()})
    return _upload_media(request)


@csrf_protect
def _upload_media(request: FoyerRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = UploadForm(
        *((request.POST, request.FILES) if is_sent else ()), refused=uploads.refused_files(request)
    )
    if is_sent and form.is_valid() and (item := _make_item(request, form)):
        if prefers_json(request):
            return JsonResponse({"title": item.title, "url": item.get_absolute_url()}, status=201)
        said = _("“%(title)s” was uploaded. Only you can see it.")
        messages.success(request, said % {"title": item.title})
        return redirect(item)
    status = status_of(form)
    if is_sent and prefers_json(request):
        return JsonResponse({"message": " ".join(map(str, form.errors["file"]))}, status=status)
    context = {"form": form, "most_bytes": uploads.most_bytes_of_media()}
    return render(request, "media_items/library/upload_media.html", context, status=status)


def _make_item(request: FoyerRequest, form: UploadForm) -> MediaItem | None:
    """None where the file was refused after all; the form says why."""
    item = form.item()
    item.time_zone = first_time_zone(request)
    try:
        return editing.create_media_item(
            item=item, owner=request.user, upload=form.cleaned_data["file"]
        )
    except Refusal as refusal:
        form.add_error("file", str(refusal))
        return None
