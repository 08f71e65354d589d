"""The dialog's second part: who edits the item beside its owner."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.accounts.forms import too_many_tries
from access.accounts.rate_limits import count_adding
from access.invitations.forms import AddCoEditorForm
from access.invitations.models import InvitationRole
from access.invitations.role_descriptions import what_they_can
from access.memberships import co_editors
from access.memberships.models import CoEditor
from access.requests import VisitorRequest, account_of
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.rate_limits import TooManyTries
from media_items.refusals import Refusal
from media_items.responses import fragment_or_redirect, next_of, render_dialog, status_of, with_next


def _owned_item(request: VisitorRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.MANAGE_CO_EDITORS)


@require_http_methods(["GET", "HEAD", "POST"])
def add_co_editor(request: VisitorRequest, public_id: str) -> HttpResponse:
    """The list; POST adds somebody."""
    item = _owned_item(request, public_id)
    form = AddCoEditorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        email, by = form.cleaned_data["email"], account_of(request)
        try:
            count_adding(request, by=by)
            added = co_editors.add_co_editor(item=item, email=email, by=by)
        except TooManyTries as refused:
            form.add_error("email", too_many_tries(refused))
        except Refusal as refusal:
            form.add_error("email", str(refusal))
        else:
            name = added.user.get_full_name()
            return _done(request, item, _("%(name)s is a co-editor now.") % {"name": name})
    return _dialog(request, item, form)


@require_POST
def remove_co_editor(request: VisitorRequest, public_id: str, pk: int) -> HttpResponse:
    item = _owned_item(request, public_id)
    found = CoEditor.objects.filter(pk=pk, item=item).select_related("user", "item").first()
    if found is None:
        raise Http404
    co_editors.remove_co_editor(co_editor=found, by=account_of(request))
    name = found.user.get_full_name()
    return _done(request, item, _("%(name)s is no longer a co-editor.") % {"name": name})


def _dialog(
    request: VisitorRequest, item: MediaItem, form: AddCoEditorForm, *, said: str = ""
) -> HttpResponse:
    context = {
        "item": item,
        "form": form,
        "said": said,
        "may_do_many": True,
        "collaborator": what_they_can(InvitationRole.COLLABORATOR, item.kind),
        "co_editors": CoEditor.objects.filter(item=item)
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "user__email"),
    }
    template = "access/invitations/dialog/co_editors.html"
    return render_dialog(
        request,
        template,
        context,
        status=status_of(form),
        events=("invitations-changed",) if said else (),
    )


def _done(request: VisitorRequest, item: MediaItem, said: str) -> HttpResponse:
    address = reverse("access:add_co_editor", args=[item.public_id])
    return fragment_or_redirect(
        request,
        lambda: _dialog(request, item, AddCoEditorForm(), said=said),
        to=with_next(address, next_of(request)),
    )
