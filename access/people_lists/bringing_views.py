"""Inviting many at once: the form by which a list is brought."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from access.accounts.models import User
from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services.limits import InvitingNotAllowed, RoleNotGrantable
from access.invitations.views.inviters import inviting_item
from access.people_lists.forms import (
    MOST_BYTES,
    InviteManyForm,
    too_large_said,
)
from access.people_lists.models import Batch
from access.people_lists.services import correcting
from access.requests import VisitorRequest
from access.site_policy.ceilings import CeilingReached
from media_items.abilities import Ability, GalleryAbility
from media_items.library import uploads
from media_items.lookups import AbilityMissing
from media_items.models import Gallery, MediaItem
from media_items.responses import (
    go_to,
    render_dialog,
    status_of,
)

_FORM = "access/people_lists/create_batch.html"


# SECURITY: exempt because `_create_batch` is protected; nothing happens before it, see
# media_items/library/uploads.py.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def create_batch(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = inviting_item(request, public_id)
    user = request.visitor.account
    if user is None:
        return redirect_to_login(request.get_full_path())
    by = inviter_of(item, user)
    uploads.receive_files(request, {"file": MOST_BYTES})
    try:
        bool(request.POST)
    except RequestDataTooBig:
        form = InviteManyForm(request.POST, item=item, by=by, galleries=_galleries(request))
        form.add_error("people", too_large_said())
        return _show_form(request, item, form)
    return _create_batch(request, item, by)


@csrf_protect
def _create_batch(request: VisitorRequest, item: MediaItem, by: Inviter) -> HttpResponse:
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = InviteManyForm(
        *data,
        item=item,
        by=by,
        galleries=_galleries(request),
        refused=uploads.refused_files(request),
    )
    if form.is_bound and form.is_valid():
        found, options = form.cleaned_data["found"], form.options()
        try:
            made = correcting.create_batch(item=item, brought=found, by=_user(by), **options)
        except InvitingNotAllowed as refusal:
            form.add_error(None, str(refusal))
        except RoleNotGrantable:
            form.add_error("role", _("You can’t give this role here. Choose one of these."))
        except CeilingReached as refused:
            form.add_error(refused.field, str(refused))
        else:
            return _go_to(request, made)
    return _show_form(request, item, form)


def _galleries(request: VisitorRequest) -> QuerySet[Gallery]:
    """SECURITY: whose members the host may see; asked anew when the list is brought."""
    return request.visitor.galleries_with(GalleryAbility.MANAGE_MEMBERS)


def _show_form(request: VisitorRequest, item: MediaItem, form: InviteManyForm) -> HttpResponse:
    unsent = unsent_of(request, item)
    context = {"item": item, "form": form, "may_do_many": True, "unsent": unsent}
    return render_dialog(request, _FORM, context, status=status_of(form))


def unsent_of(request: VisitorRequest, item: MediaItem) -> list[Batch]:
    user = request.visitor.account
    return correcting.unsent_lists(item=item, by=user) if user else []


def inviter_of(item: MediaItem, user: User) -> Inviter:
    """By the account alone: the task that invites has no browser that proves more."""
    by = Inviter.by_account(user, item)
    if not grantable_roles(kind=item.kind, roles=by.roles):
        raise AbilityMissing(Ability.INVITE_USERS)
    return by


def _user(by: Inviter) -> User:
    assert by.account is not None  # noqa: S101 - for the type checker
    return by.account


def _go_to(request: VisitorRequest, batch: Batch) -> HttpResponse:
    """To the list, which is a page also if the form was a dialog."""
    address = reverse("access:batch", args=[batch.item.public_id, batch.pk])
    return go_to(request, address)
