"""The dialog's second part: who edits the item beside its owner."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.accounts.models import User
from access.invitations.forms import AddCoEditorForm
from access.memberships import co_editors
from access.memberships.models import CoEditor
from media_items.abilities import Ability
from media_items.dialogs import next_of, render_dialog, with_next
from media_items.lookups import get_media_item
from media_items.models import MediaItem


def _owned_item(request: HttpRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.MANAGE_CO_EDITORS)


def _host(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - for the type checker
    return request.user


@require_http_methods(["GET", "HEAD", "POST"])
def add_co_editor(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list; POST adds somebody."""
    item = _owned_item(request, public_id)
    form = AddCoEditorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            added = co_editors.add_co_editor(item=item, email=email, by=_host(request))
        except co_editors.NoSuchAccount:
            form.add_error("email", _unknown_said())
        except co_editors.IsOwner:
            form.add_error("email", _("This item is yours: you may do everything already."))
        else:
            name = added.user.get_full_name()
            return _done(request, item, _("%(name)s is a co-editor now.") % {"name": name})
    return _dialog(request, item, form)


@require_POST
def remove_co_editor(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    item = _owned_item(request, public_id)
    found = CoEditor.objects.filter(pk=pk, item=item).select_related("user", "item").first()
    if found is None:
        raise Http404
    co_editors.remove_co_editor(co_editor=found, by=_host(request))
    name = found.user.get_full_name()
    return _done(request, item, _("%(name)s is no longer a co-editor.") % {"name": name})


def _unknown_said() -> str:
    return _(
        "Nobody has an account with this address. Editing needs one: the people who run this site "
        "make accounts. To let this person only see it, invite them as one person."
    )


def _dialog(
    request: HttpRequest, item: MediaItem, form: AddCoEditorForm, *, said: str = ""
) -> HttpResponse:
    context = {
        "item": item,
        "form": form,
        "said": said,
        "may_do_many": True,
        "co_editors": CoEditor.objects.filter(item=item)
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "user__email"),
    }
    template = "access/invitations/dialog/co_editors.html"
    return render_dialog(
        request,
        template,
        context,
        status=422 if form.is_bound else 200,
        events=("invitations-changed",) if said else (),
    )


def _done(request: HttpRequest, item: MediaItem, said: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _dialog(request, item, AddCoEditorForm(), said=said)
    address = reverse("access:add_co_editor", args=[item.public_id])
    response = redirect(with_next(address, next_of(request)))
    patch_vary_headers(response, ["HX-Request"])
    return response
