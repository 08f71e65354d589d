"""The publish dialog."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability, GalleryAbility
from media_items.catalogue.models import State
from media_items.library.forms.publishing import PublishForm
from media_items.library.services import publishing
from media_items.lookups import get_media_item
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import posted_next, reload_or_go_to, render_dialog, status_of


@require_http_methods(["GET", "HEAD", "POST"])
def publish_media_item(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.PUBLISH)
    among = request.visitor.galleries_with(GalleryAbility.PUBLISH_INTO)
    form = PublishForm(request.POST if request.method == "POST" else None, item=item, among=among)
    if form.is_bound and form.is_valid():
        try:
            publishing.publish(item=item, by=request.user, among=among, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _MESSAGES[form.cleaned_data["state"]]()
            messages.success(request, said)
            return reload_or_go_to(request, posted_next(request) or item.get_absolute_url())
    template = "media_items/library/publish_media_item.html"
    context = {"item": item, "form": form}
    return render_dialog(request, template, context, status=status_of(form))


_MESSAGES = {
    State.PRIVATE: lambda: _("The item is now private."),
    State.UNLISTED: lambda: _("Anybody with the page link can open it now."),
    State.PUBLISHED: lambda: _("The item is now published."),
}
