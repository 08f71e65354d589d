"""What a host does to the invited: a page or dialog for each act, for one person or for many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services import managing
from access.register.acts import ACTS, MOST_AT_ONCE, Outcome, RegisterAct, do_to
from access.register.querysets import for_reading, register_of
from access.register.rows import InviteeRow
from access.register.views.register import UNDO_SECONDS, registered_item
from access.requests import VisitorRequest, account_of
from media_items.models import MediaItem
from media_items.numbers import ids
from media_items.responses import posted_next, reload_or_go_to, render_dialog

UNDO = "undo_revoke"
MOST_NAMED = 5  # people in a message


def inviter(request: VisitorRequest, item: MediaItem) -> Inviter:
    roles = request.visitor.roles_on(item)
    return Inviter(roles=roles, account=account_of(request))


def _rows(item: MediaItem, keys: list[int]) -> list[InviteeRow]:
    found = register_of(item, timezone.now()).filter(pk__in=keys).order_by("-created_at", "-pk")
    return [InviteeRow(one) for one in for_reading(found)]


def _one(key: str) -> Callable[..., HttpResponse]:
    """The view of one act for one invitation of the item."""
    act = ACTS[key]

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: VisitorRequest, public_id: str, pk: int) -> HttpResponse:
        item = registered_item(request, public_id)
        rows = _rows(item, [pk])
        if not rows:
            raise Http404
        here = reverse(f"access:{act.url_name}", args=[public_id, pk])
        return _perform(request, item, act, rows, here=here, is_sure=request.method == "POST")

    return view


change_invitation_role = _one("change_role")
resend_invitation = _one("send_again")
remind_invitation = _one("remind")
prolong_invitation = _one("prolong")
correct_invitation_address = _one("correct_address")
new_invitation_address = _one("new_address")
revoke_invitation = _one("revoke")


@require_POST
def register_act(request: VisitorRequest, public_id: str) -> HttpResponse:
    """For those picked on the page. Asks first; does it when the form comes with `sure`."""
    item = registered_item(request, public_id)
    keys = ids(request.POST.getlist("pk"))
    if request.POST.get("act") == UNDO:
        return _undo(request, item, _rows(item, keys[:MOST_AT_ONCE]))
    act = ACTS.get(request.POST.get("act", ""))
    if act is None or not act.for_many:
        return _refuse(
            request, item, _("Choose what to do with the selected people, then press Apply.")
        )
    if not keys:
        return _refuse(
            request, item, _("Nobody is selected. Select people first, then press Apply.")
        )
    if len(set(keys)) > MOST_AT_ONCE:
        words = _("You can change up to %(most)d people at once. Select fewer.") % {
            "most": MOST_AT_ONCE
        }
        return _refuse(request, item, words)
    rows = _rows(item, keys)
    if len(rows) != len(set(keys)):
        raise Http404
    here = reverse("access:register_act", args=[public_id])
    is_sure = request.POST.get("sure") == "yes"
    return _perform(request, item, act, rows, here=here, is_sure=is_sure, is_for_many=True)


@require_POST
def undo_revoke_invitation(request: VisitorRequest, public_id: str, pk: int) -> HttpResponse:
    item = registered_item(request, public_id)
    rows = _rows(item, [pk])
    if not rows:
        raise Http404
    return _undo(request, item, rows)


def _undo(request: VisitorRequest, item: MediaItem, rows: list[InviteeRow]) -> HttpResponse:
    undone = [
        managing.undo_revoke(
            invitation=row.invitation, by=account_of(request), within_seconds=UNDO_SECONDS
        )
        for row in rows
    ]
    if not all(undone):
        words = _("It’s too late to undo this for everybody. Invite those people again.")
        messages.error(request, words)
    said = ngettext(
        "%(count)d invitation works again.", "%(count)d invitations work again.", sum(undone)
    )
    return _back(request, item, said % {"count": sum(undone)} if any(undone) else "")


def _perform(
    request: VisitorRequest,
    item: MediaItem,
    act: RegisterAct,
    rows: list[InviteeRow],
    *,
    here: str,
    is_sure: bool,
    is_for_many: bool = False,
) -> HttpResponse:
    """Asks what the act needs; when the host is sure and the form is good, does it for those whom
    it fits."""
    by = inviter(request, item)
    fitting = [row for row in rows if act.fits(row)]
    form = act.form(
        request.POST if is_sure else None,
        invitations=[row.invitation for row in rows],
        roles=grantable_roles(kind=item.kind, roles=by.roles),
        kind=item.kind,
    )
    if is_sure and fitting and form.is_valid():
        outcome = do_to(fitting, act, by=by, form=form)
        if outcome.done or len(rows) > 1:
            left = [(row.invitation, str(act.unfit)) for row in rows if row not in fitting]
            return _done(request, item, act, Outcome(outcome.done, outcome.refused + left))
        form.add_error(None, outcome.refused[0][1])
    context = {
        "item": item,
        "act": act,
        "rows": rows,
        "fitting": fitting,
        "form": form,
        "here": here,
        "is_one": not is_for_many,
    }
    status = 422 if is_sure else 200
    return render_dialog(request, "access/register/invitation_act.html", context, status=status)


def _done(
    request: VisitorRequest, item: MediaItem, act: RegisterAct, outcome: Outcome
) -> HttpResponse:
    if outcome.refused:
        names = ", ".join(one.get_full_name() for one, _why in outcome.refused[:MOST_NAMED])
        more = len(outcome.refused) - MOST_NAMED
        why = " ".join(dict.fromkeys(why for _one_left, why in outcome.refused))
        words = _("Not changed: %(names)s. %(why)s")
        if more > 0:
            words = ngettext(
                "Not changed: %(names)s and %(more)d more person. %(why)s",
                "Not changed: %(names)s and %(more)d more people. %(why)s",
                more,
            )
        messages.warning(request, words % {"names": names, "more": more, "why": why})
    return _back(request, item, str(act.done % {"count": outcome.done}) if outcome.done else "")


def _back(request: VisitorRequest, item: MediaItem, said: str) -> HttpResponse:
    """Loads the page the host came from again, since much on it has changed."""
    if said:
        messages.success(request, said)
    to = posted_next(request) or reverse("access:register", args=[item.public_id])
    return reload_or_go_to(request, to)


def _refuse(request: VisitorRequest, item: MediaItem, words: str) -> HttpResponse:
    context: dict[str, Any] = {"item": item, "sorry": words}
    return render_dialog(request, "access/register/invitation_act.html", context, status=422)
