"""The dialogs that make, edit and delete a gallery or a channel."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from access.memberships import galleries
from access.memberships.forms import GalleryForm
from access.requests import SignedInRequest
from media_items.abilities import GalleryAbility
from media_items.catalogue.models import GalleryKind
from media_items.lookups import get_gallery
from media_items.responses import go_to, posted_next, reload_or_go_to, render_dialog, status_of

_FORM = "access/memberships/gallery_form.html"


@require_GET
@login_required
@never_cache
def new_gallery_entries(request: SignedInRequest) -> HttpResponse:
    """Of the menu *New*, which asks for them when it opens; empty for whoever makes none."""
    context = {"may_make_galleries": request.visitor.may_make_galleries()}
    return render(request, "access/memberships/_new_entries.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create_gallery(request: SignedInRequest, kind: str) -> HttpResponse:
    """SECURITY: asked before the form is shown, and by the service."""
    if kind not in GalleryKind.values:
        raise Http404
    if not request.visitor.may_make_galleries():
        raise galleries.MakingNotAllowed
    form = GalleryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = galleries.make_gallery(kind=GalleryKind(kind), by=request.user, **form.cleaned_data)
        said = _("“%(name)s” is ready. Add its members, then publish media in it.")
        messages.success(request, said % {"name": made.name})
        return go_to(request, made.get_absolute_url())
    context = {"form": form, "kind": kind}
    return render_dialog(request, _FORM, context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_gallery(request: SignedInRequest, public_id: str) -> HttpResponse:
    gallery = get_gallery(request, public_id, needs=GalleryAbility.EDIT)
    name = gallery.name  # a refused form writes into its instance
    form = GalleryForm(request.POST if request.method == "POST" else None, instance=gallery)
    if form.is_bound and form.is_valid():
        galleries.edit_gallery(gallery=gallery, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return reload_or_go_to(request, posted_next(request) or gallery.get_absolute_url())
    context = {"form": form, "kind": gallery.kind, "gallery": gallery, "name": name}
    return render_dialog(request, _FORM, context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def delete_gallery(request: SignedInRequest, public_id: str) -> HttpResponse:
    """GET says what happens to the media in it."""
    gallery = get_gallery(request, public_id, needs=GalleryAbility.DELETE)
    if request.method == "POST":
        galleries.delete_gallery(gallery=gallery, by=request.user)
        messages.success(request, _("“%(name)s” was deleted.") % {"name": gallery.name})
        return go_to(request, reverse("media_items:galleries"))
    context = {"gallery": gallery, "would": galleries.deletion_of(gallery)}
    return render_dialog(request, "access/memberships/delete_gallery.html", context)
