"""Creating and editing media items. Each view has two halves: see `library/uploads.py`."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability, GalleryAbility
from media_items.catalogue.models import Gallery, MediaItem
from media_items.library import uploads
from media_items.library.forms.creating import CREATE_FORMS
from media_items.library.forms.editing import EditDetailsForm, EditMediaItemForm
from media_items.library.pictures import picture_url
from media_items.library.services import editing
from media_items.library.views.captions import captions_context
from media_items.library.views.library import own_items
from media_items.lookups import get_media_item
from media_items.moments import Source, reader_zone, source_of_zone
from media_items.processing.errors import NotAcceptedFile
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import status_of

_METHODS = ["GET", "HEAD", "POST"]


def _receive(request: FoyerRequest) -> None:
    limits = {
        "file": uploads.most_bytes_of_media(),
        "thumbnail": uploads.most_bytes_of_thumbnail(),
    }
    uploads.receive_files(request, limits)


# SECURITY: exempt because its inner half is protected; this half changes nothing.
@csrf_exempt
@login_required
@require_http_methods(_METHODS)
def create_media_item(request: FoyerRequest, kind: str) -> HttpResponse:
    if kind not in CREATE_FORMS:
        raise Http404
    _receive(request)
    return _create_media_item(request, kind)


@csrf_protect
def _create_media_item(request: FoyerRequest, kind: str) -> HttpResponse:
    form = CREATE_FORMS[kind](
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        initial={"time_zone": first_time_zone(request)},
        refused=uploads.refused_files(request),
        galleries=_room_galleries(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            item = editing.create_media_item(
                item=form.save(commit=False),
                owner=request.user,
                upload=form.cleaned_data.get("file"),
                picture=form.cleaned_data.get("thumbnail"),
                room_among=_room_galleries(request),
                then=form.made,
            )
        except NotAcceptedFile as refusal:
            form.add_error("file", str(refusal))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = (
                _("“%(title)s” was uploaded. Only you can see it.")
                if item.has_files
                else _("“%(title)s” was created. Only you can see it.")
            )
            messages.success(request, said % {"title": item.title})
            return redirect(form.address_after(item))
    status = status_of(form)
    context = {
        "form": form,
        "kind": form.instance.kind,
        "kind_name": form.instance.get_kind_display(),
    }
    return render(request, "media_items/library/create_media_item.html", context, status=status)


def _room_galleries(request: FoyerRequest) -> QuerySet[Gallery]:
    return request.visitor.galleries_with(GalleryAbility.MAKE_ROOM)


def first_time_zone(request: FoyerRequest) -> str:
    """The host's own; while nobody knows it, the one they used last."""
    if source_of_zone() != Source.SITE:
        return reader_zone().key
    newest = own_items(request).newest_first().values_list("time_zone", flat=True).first()
    return newest or reader_zone().key


# SECURITY: exempt because its inner half is protected; this half changes nothing.
@csrf_exempt
@require_http_methods(_METHODS)
def edit_media_item(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.EDIT_DETAILS)
    # SECURITY: whoever may not change the file sends a form. Gigabytes are refused by the default
    # handler before they are read.
    if Ability.EDIT in item.abilities:
        _receive(request)
    return _edit_media_item(request, item)


@csrf_protect
def _edit_media_item(request: FoyerRequest, item: MediaItem) -> HttpResponse:
    title = item.title
    form = (EditMediaItemForm if Ability.EDIT in item.abilities else EditDetailsForm)(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        instance=item,
        refused=uploads.refused_files(request),
        galleries=_room_galleries(request),
    )
    if request.method == "POST" and form.is_valid() and _save(request, form):
        messages.success(request, _("Saved."))
        return redirect(item)
    context = {
        "form": form,
        "item": item,
        "title": title,
        "picture_url": picture_url(item),
        **captions_context(item),
    }
    status = status_of(form)
    return render(request, "media_items/library/edit_media_item.html", context, status=status)


def _save(request: FoyerRequest, form: EditMediaItemForm) -> bool:
    cleaned = form.cleaned_data
    try:
        editing.edit_media_item(
            item=form.instance,
            seen_at=cleaned["seen_at"],
            by=request.user,
            only=editing.DETAILS if isinstance(form, EditDetailsForm) else editing.EDITABLE,
            upload=cleaned.get("file"),
            picture=cleaned.get("thumbnail"),
            remove_thumbnail=bool(cleaned.get("remove_thumbnail")),
            room_among=_room_galleries(request),
        )
    except editing.SavedMeanwhile as refusal:
        form.say_changed_meanwhile(str(refusal), now_at=refusal.now_at)
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    except NotAcceptedFile as refusal:
        form.add_error("file", str(refusal))
        return False
    return True
