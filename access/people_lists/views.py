"""Inviting many at once: the list to check, the start, the progress."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.email_addresses import shown_email
from access.invitations.models import InvitationRole
from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services.limits import InvitingNotAllowed, RoleNotGrantable
from access.invitations.views.inviters import inviting_item
from access.people_lists.batch_page import BatchPage
from access.people_lists.bringing_views import inviter_of, unsent_of
from access.people_lists.forms import (
    ColumnsForm,
    MendLineForm,
)
from access.people_lists.guesses import guessed_letters, guessed_sheets
from access.people_lists.models import Batch, BatchLine
from access.people_lists.services import correcting, inviting, refused
from access.requests import VisitorRequest
from media_items.refusals import NotNow, Refusal
from media_items.responses import (
    fragment_or_redirect,
    reload_page,
    render_varied,
)

_PAGE = "access/people_lists/batch.html"
_LIST = "access/people_lists/_batch_list.html"
_UNSENT = "access/people_lists/_unsent.html"


def _roles_to_choose(batch: Batch, view: BatchPage) -> tuple[InvitationRole, ...]:
    """For one line, whether or not the list had a column of roles: none where there is one role
    alone and nobody has another."""
    by = Inviter.by_account(batch.made_by, batch.item)
    roles = grantable_roles(kind=batch.item.kind, roles=by.roles)
    return roles if len(roles) > 1 or view.has_roles else ()


def _own_batch(request: VisitorRequest, public_id: str, batch_id: int) -> Batch:
    """SECURITY: a list of addresses is shown only to the account that brought it."""
    item = inviting_item(request, public_id)
    user = request.visitor.account
    if user is None:
        raise Http404
    batch = Batch.objects.filter(pk=batch_id, item=item, made_by=user).first()
    if batch is None:
        raise Http404
    inviter_of(item, user)
    batch.item, batch.made_by = item, user
    return batch


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
    """A list that is gone is discarded, by this or another press."""
    item, said = inviting_item(request, public_id), _("The list was discarded.")
    if Batch.objects.filter(pk=batch_id).exists():
        try:
            correcting.discard(batch=_own_batch(request, public_id, batch_id))
        except NotNow as refusal:
            said = str(refusal)
    context = {"item": item, "unsent": unsent_of(request, item)}
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
