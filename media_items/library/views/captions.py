"""The captions of a recording: a part of the edit page, and a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability
from media_items.catalogue.models import Kind, MediaItem
from media_items.library import uploads
from media_items.library.forms.captions import AddCaptionsForm
from media_items.lookups import get_media_item
from media_items.processing import services as processing
from media_items.processing.models import Purpose
from media_items.requests import FoyerRequest
from media_items.responses import (
    close_dialog,
    fragment_or_redirect,
    page_or_fragment,
    render_dialog,
    with_toast,
)

_WITH_CAPTIONS = frozenset({Kind.VIDEO, Kind.AUDIO})


def captions_context(item: MediaItem, form: AddCaptionsForm | None = None) -> dict[str, Any]:
    """The context of `_captions.html`; empty for kinds without captions."""
    if item.kind not in _WITH_CAPTIONS:
        return {}
    tracks = item.files.filter(purpose=Purpose.CAPTIONS).order_by("label", "pk")
    return {"captions": tracks, "captions_form": form or AddCaptionsForm()}


# SECURITY: exempt because its inner half is protected; see library/uploads.py.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def captions(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = _recording(request, public_id)
    uploads.receive_files(request, {"captions-file": uploads.most_bytes_of_captions()})
    return _captions(request, item)


@csrf_protect
def _captions(request: FoyerRequest, item: MediaItem) -> HttpResponse:
    form, status = None, 200
    if request.method == "POST":
        form = AddCaptionsForm(
            request.POST,
            request.FILES,
            refused=uploads.refused_files(request),
            sender=f"{request.visitor.identity_on(item).key} {item.public_id}",
        )
        if form.is_valid():
            cleaned = form.cleaned_data
            processing.add_captions(
                item=item,
                upload=cleaned["file"],
                language=cleaned["language"],
                label=cleaned["label"],
                cues=cleaned["cues"],
            )
            return _changed(request, item, _("The captions were added."))
        status = 422
    return _show(request, item, form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_captions(request: FoyerRequest, public_id: str, file_id: int) -> HttpResponse:
    """Asks, then removes them. Those that somebody else has removed meanwhile are gone as well."""
    item = _recording(request, public_id)
    here = reverse("media_items:captions", args=[item.public_id])
    track = item.files.filter(purpose=Purpose.CAPTIONS, pk=file_id).first()
    if request.method != "POST":
        if track is None:
            raise Http404
        context = {"item": item, "track": track}
        return render_dialog(request, "media_items/library/remove_captions.html", context)
    response = close_dialog(request, "captions-changed", to=here)
    if track is None:
        return response
    processing.remove_captions(captions=track)
    return with_toast(request, response, _("The captions were removed."), tone="success")


def _recording(request: FoyerRequest, public_id: str) -> MediaItem:
    item = get_media_item(request, public_id, needs=Ability.EDIT_DETAILS)
    if item.kind not in _WITH_CAPTIONS:
        raise Http404
    return item


def _changed(request: FoyerRequest, item: MediaItem, message: str) -> HttpResponse:
    here = reverse("media_items:captions", args=[item.public_id])
    return fragment_or_redirect(request, lambda: _show(request, item), to=here, said=message)


def _show(
    request: FoyerRequest,
    item: MediaItem,
    form: AddCaptionsForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    has_changed = form is None and bool(request.htmx)
    context = {"item": item, "has_changed": has_changed, **captions_context(item, form)}
    template = "media_items/library/captions.html"
    return page_or_fragment(request, template, context, fragment="captions", status=status)
