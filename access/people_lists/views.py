"""Inviting many at once: the form, the list to check, the start, the progress."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.accounts.models import User
from access.email_addresses import shown_email
from access.invitations.models import InvitationRole
from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services.limits import InvitingNotAllowed, RoleNotGrantable
from access.invitations.views.inviters import inviting_item
from access.people_lists.batch_page import BatchPage
from access.people_lists.forms import (
    MOST_BYTES,
    ColumnsForm,
    InviteManyForm,
    MendLineForm,
    too_large_said,
)
from access.people_lists.guesses import guessed_letters, guessed_sheets
from access.people_lists.models import Batch, BatchLine
from access.people_lists.services import correcting, inviting, refused
from access.requests import VisitorRequest
from access.site_policy.ceilings import CeilingReached
from media_items.abilities import Ability, GalleryAbility
from media_items.library import uploads
from media_items.lookups import AbilityMissing
from media_items.models import Gallery, MediaItem
from media_items.refusals import NotNow, Refusal
from media_items.responses import (
    fragment_or_redirect,
    go_to,
    reload_page,
    render_dialog,
    render_varied,
    status_of,
)

_FORM = "access/people_lists/create_batch.html"
_PAGE = "access/people_lists/batch.html"
_LIST = "access/people_lists/_batch_list.html"
_UNSENT = "access/people_lists/_unsent.html"


# SECURITY: exempt because `_create_batch` is protected; nothing happens before it, see
# media_items/library/uploads.py.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def create_batch(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = inviting_item(request, public_id)
    user = request.visitor.account
    if user is None:
        return redirect_to_login(request.get_full_path())
    by = _inviter(item, user)
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
    unsent = _unsent(request, item)
    context = {"item": item, "form": form, "may_do_many": True, "unsent": unsent}
    return render_dialog(request, _FORM, context, status=status_of(form))


def _unsent(request: VisitorRequest, item: MediaItem) -> QuerySet[Batch]:
    user = request.visitor.account
    return correcting.unsent_lists(item=item, by=user) if user else Batch.objects.none()


def _inviter(item: MediaItem, user: User) -> Inviter:
    """By the account alone: the task that invites has no browser that proves more."""
    by = Inviter.by_account(user, item)
    if not grantable_roles(kind=item.kind, roles=by.roles):
        raise AbilityMissing(Ability.INVITE_USERS)
    return by


def _roles_to_choose(batch: Batch, view: BatchPage) -> tuple[InvitationRole, ...]:
    """For one line, whether or not the list had a column of roles: none where there is one role
    alone and nobody has another."""
    by = Inviter.by_account(batch.made_by, batch.item)
    roles = grantable_roles(kind=batch.item.kind, roles=by.roles)
    return roles if len(roles) > 1 or view.has_roles else ()


def _user(by: Inviter) -> User:
    assert by.account is not None  # noqa: S101 - for the type checker
    return by.account


def _own_batch(request: VisitorRequest, public_id: str, batch_id: int) -> Batch:
    """SECURITY: a list of addresses is shown only to the account that brought it."""
    item = inviting_item(request, public_id)
    user = request.visitor.account
    if user is None:
        raise Http404
    batch = Batch.objects.filter(pk=batch_id, item=item, made_by=user).first()
    if batch is None:
        raise Http404
    _inviter(item, user)
    batch.item, batch.made_by = item, user
    return batch


def _go_to(request: VisitorRequest, batch: Batch) -> HttpResponse:
    """To the list, which is a page also if the form was a dialog."""
    address = reverse("access:batch", args=[batch.item.public_id, batch.pk])
    return go_to(request, address)


@require_GET
def batch(request: VisitorRequest, public_id: str, batch_id: int) -> HttpResponse:
    return _show(request, _own_batch(request, public_id, batch_id))


def _show(
    request: VisitorRequest,
    shown: Batch,
    *,
    said: str = "",
    template: str = _PAGE,
    refused_columns: dict[int, ColumnsForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    view = BatchPage(shown, show=request.GET.get("show", ""), page=request.GET.get("page"))
    context: dict[str, Any] = {
        "item": shown.item,
        "batch": shown,
        "view": view,
        "roles": () if shown.started_at else _roles_to_choose(shown, view),
        "page_obj": view.page_obj,
        "place": view.place,
        "has_stopped": inviting.has_stopped(shown),
        "said": said,
        "guessed": [] if shown.started_at else guessed_sheets(shown, refused_columns or {}),
        "letters": guessed_letters(shown),
    }
    return render_varied(request, template, context, status=status)


@require_POST
def discard_batch(request: VisitorRequest, public_id: str, batch_id: int) -> HttpResponse:
    found = _own_batch(request, public_id, batch_id)
    said = _("The list was discarded.")
    try:
        correcting.discard(batch=found)
    except NotNow as refusal:
        said = str(refusal)
    context = {"item": found.item, "unsent": _unsent(request, found.item)}
    return fragment_or_redirect(
        request,
        lambda: render_varied(request, _UNSENT, context),
        to=reverse("access:create_batch", args=[public_id]),
        said=said,
        tone="info",
    )


@require_POST
def correct_batch_columns(
    request: VisitorRequest, public_id: str, batch_id: int, sheet: int
) -> HttpResponse:
    found = _own_batch(request, public_id, batch_id)
    if sheet >= len(found.sheets) or not found.sheets[sheet]["columns"]:
        raise Http404
    kept = found.sheets[sheet]
    form = ColumnsForm(request.POST, headings=kept["heading"], columns=kept["columns"])
    if not form.is_valid():
        return _show(request, found, refused_columns={sheet: form}, status=422)
    try:
        correcting.correct_columns(batch=found, sheet=sheet, columns=form.columns)
    except NotNow as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The list was read again with these columns."))
    return redirect("access:batch", public_id, batch_id)


@require_POST
def choose_batch_letters(request: VisitorRequest, public_id: str, batch_id: int) -> HttpResponse:
    found = _own_batch(request, public_id, batch_id)
    try:
        correcting.read_letters_as(batch=found, encoding=request.POST.get("encoding", ""))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The file was read again."))
    return redirect("access:batch", public_id, batch_id)


@require_POST
def mend_batch_line(
    request: VisitorRequest, public_id: str, batch_id: int, line_id: int
) -> HttpResponse:
    line = _own_line(request, public_id, batch_id, line_id)
    form = MendLineForm(request.POST)
    if not form.is_valid():
        return _changed(request, line, _("That’s too long, or not text. Nothing was changed."))
    try:
        mended = correcting.mend_line(line=line, **form.changes())
    except (NotNow, RoleNotGrantable) as refusal:
        return _changed(request, line, str(refusal))
    verdict = mended.get_verdict_display()
    said = _("%(address)s: %(verdict)s.") % {
        "address": shown_email(mended.email) or "–",
        "verdict": verdict,
    }
    return _changed(request, line, said)


@require_POST
def remove_batch_line(
    request: VisitorRequest, public_id: str, batch_id: int, line_id: int
) -> HttpResponse:
    line = _own_line(request, public_id, batch_id, line_id)
    try:
        correcting.remove_line(line=line)
    except NotNow as refusal:
        return _changed(request, line, str(refusal))
    return _changed(request, line, _("Removed from the list."))


def _own_line(request: VisitorRequest, public_id: str, batch_id: int, line_id: int) -> BatchLine:
    found = _own_batch(request, public_id, batch_id)
    line = BatchLine.objects.filter(batch=found, pk=line_id).first()
    if line is None:
        raise Http404
    line.batch = found
    return line


def _changed(request: VisitorRequest, line: BatchLine, said: str) -> HttpResponse:
    """The list again, at the same place."""
    address = reverse("access:batch", args=[line.batch.item.public_id, line.batch.pk])
    view = BatchPage(line.batch, show=request.GET.get("show", ""), page=request.GET.get("page"))
    return fragment_or_redirect(
        request,
        lambda: _show(request, line.batch, said=said, template=_LIST),
        to=f"{address}?{view.place}",
        said=said,
        tone="info",
    )


@require_POST
def start_batch(request: VisitorRequest, public_id: str, batch_id: int) -> HttpResponse:
    found = _own_batch(request, public_id, batch_id)
    try:
        inviting.start(batch=found)
    except InvitingNotAllowed as refusal:
        messages.error(request, str(refusal))
    except RoleNotGrantable:
        messages.error(request, _("You can no longer give this role here."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("access:batch", public_id, batch_id)


@require_POST
def correct_refused_lines(request: VisitorRequest, public_id: str, batch_id: int) -> HttpResponse:
    """What was not invited, as a list of its own."""
    found = _own_batch(request, public_id, batch_id)
    try:
        made = refused.list_of_refused(batch=found)
    except (NotNow, RoleNotGrantable) as refusal:
        messages.warning(request, str(refusal))
        return redirect("access:batch", public_id, batch_id)
    return redirect("access:batch", public_id, made.pk)


@require_GET
def batch_progress(request: VisitorRequest, public_id: str, batch_id: int) -> HttpResponse:
    """Asked for every two seconds; when the batch is finished, the page is reloaded."""
    found = _own_batch(request, public_id, batch_id)
    if not request.htmx:
        return redirect("access:batch", public_id, batch_id)
    if found.finished_at:
        return reload_page()
    context = {
        "item": found.item,
        "batch": found,
        "view": BatchPage(found, show="", page=None),
        "has_stopped": inviting.has_stopped(found),
    }
    return render_varied(request, f"{_PAGE}#progress", context)
