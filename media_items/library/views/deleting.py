"""Moving a media item into the bin, and restoring it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.library.services import deleting
from media_items.lookups import get_media_item
from media_items.requests import FoyerRequest
from media_items.responses import go_to, posted_next, render_dialog


@require_http_methods(["GET", "HEAD", "POST"])
def delete_media_item(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.DELETE)
    if request.method == "POST":
        deleting.move_to_bin(item=item, by=request.user)
        # My media says it, and offers to undo it. A dialog leaves people on the page of the list
        # where they are; its `next` may be the page of the deleted item.
        my_media = reverse("media_items:my_media")
        if not request.htmx:
            return go_to(request, posted_next(request) or my_media)
        here = request.htmx.current_url_abs_path or ""
        return go_to(request, here if here.partition("?")[0] == my_media else my_media)
    context = {"item": item, "kept_days": settings.BIN_KEPT_DAYS}
    return render_dialog(request, "media_items/library/delete_media_item.html", context)


@require_POST
def restore_media_item(request: FoyerRequest, public_id: str) -> HttpResponse:
    try:
        item = get_media_item(request, public_id, deleted=True, needs=Ability.RESTORE)
    except Http404:
        # Clicked twice: it is restored already.
        item = get_media_item(request, public_id, needs=Ability.DELETE)
    else:
        deleting.restore(item=item, by=request.user)
    messages.success(request, _("“%(title)s” was restored.") % {"title": item.title})
    return redirect(posted_next(request) or "media_items:bin")
