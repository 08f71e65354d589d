"""What a host does to the invited: a page or dialog for each act, for one person or for many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from access.invitations.models import Invitation
from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.views.dialog import hand_out
from access.invitations.views.inviters import invitation_with_link, may_see_link
from access.register import undoing
from access.register.acts import ACTS, Outcome, RegisterAct, do_to
from access.register.finding import FindInvitees
from access.register.querysets import LIVE, for_acting, register_of
from access.register.rows import InviteeRow
from access.register.views.register import registered_item
from access.requests import VisitorRequest, account_of
from access.selections import NobodySelected, Selection, TooManySelected
from media_items.models import MediaItem
from media_items.numbers import ids
from media_items.responses import posted_next, reload_or_go_to, render_dialog
from media_items.selections import MOST_AT_ONCE

MOST_NAMED = 5  # people in a message
MOST_SHOWN = 10  # people in a question


def inviter(request: VisitorRequest, item: MediaItem) -> Inviter:
    roles = request.visitor.roles_on(item)
    return Inviter(roles=roles, account=account_of(request))


def _rows(item: MediaItem, keys: list[int]) -> list[InviteeRow]:
    found = register_of(item, timezone.now()).filter(pk__in=keys).order_by("-created_at", "-pk")
    return [InviteeRow(one) for one in for_acting(found)]


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
    """For those selected, on the page or by the list's filter. Asks first; does it when the form
    comes with `sure`."""
    item = registered_item(request, public_id)
    wanted = request.POST.get("act", "")
    if wanted in {undoing.REVOKE, undoing.ROLE}:
        return _undo(request, item, wanted)
    act = ACTS.get(wanted)
    if act is None or not act.for_many:
        return _refuse(
            request, item, _("Choose what to do with the selected people, then press Apply.")
        )
    is_sure = request.POST.get("sure") == "yes"
    try:
        selection = Selection.of(request, lambda query: _found(item, query), is_sure=is_sure)
    except (NobodySelected, TooManySelected) as refusal:
        return _refuse(request, item, str(refusal))
    rows = _rows(item, selection.keys)
    if len(rows) != len(selection.keys):
        raise Http404
    here = reverse("access:register_act", args=[public_id])
    return _perform(request, item, act, rows, here=here, is_sure=is_sure, selection=selection)


def _found(item: MediaItem, query: QueryDict) -> QuerySet[Invitation]:
    return FindInvitees.of(query).found_on(item, timezone.now()).filter(LIVE)


def _undo(request: VisitorRequest, item: MediaItem, act: str) -> HttpResponse:
    keys = ids(request.POST.getlist("pk"))[:MOST_AT_ONCE]
    rows = _rows(item, keys)
    if not rows:
        raise Http404
    invitations = [row.invitation for row in rows]
    by = inviter(request, item)
    undone = undoing.undo(act, item, invitations, by=by, moment=timezone.now())
    if undone < len(rows):
        messages.error(request, _UNDO_TOO_LATE[act])
    said = _UNDONE[act] % {"count": undone}
    return _back(request, item, said if undone else "")


_UNDO_TOO_LATE = {
    undoing.REVOKE: gettext_lazy(
        "It’s too late to undo this for everybody. Invite those people again."
    ),
    undoing.ROLE: gettext_lazy(
        "It’s too late to undo this for everybody. Change those roles by hand."
    ),
}
_UNDONE = {
    undoing.REVOKE: ngettext_lazy(
        "%(count)d invitation works again.", "%(count)d invitations work again.", "count"
    ),
    undoing.ROLE: ngettext_lazy(
        "%(count)d person has their old role again.",
        "%(count)d people have their old roles again.",
        "count",
    ),
}


def _perform(
    request: VisitorRequest,
    item: MediaItem,
    act: RegisterAct,
    rows: list[InviteeRow],
    *,
    here: str,
    is_sure: bool,
    selection: Selection | None = None,
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
            if selection and selection.gone:
                _say_who_is_gone(request, selection.gone)
            one = rows[0].invitation
            is_of_one = act.shows_link and selection is None and outcome.done
            if is_of_one and may_see_link(one, item=item, by=by):
                made = invitation_with_link(item, one.pk, by=by)
                return hand_out(request, made, said="reset", changed=True)
            left = [(row.invitation, str(act.unfit)) for row in rows if row not in fitting]
            done = Outcome(outcome.done, outcome.refused + left)
            return _done(request, item, act, fitting, done)
        form.add_error(outcome.field or None, outcome.refused[0][1])
    context = {
        "item": item,
        "act": act,
        "rows": rows,
        "fitting": fitting,
        "more": max(0, len(fitting) - MOST_SHOWN),
        "form": form,
        "here": here,
        "selection": selection,
    }
    status = 422 if is_sure else 200
    return render_dialog(request, "access/register/invitation_act.html", context, status=status)


def _say_who_is_gone(request: VisitorRequest, count: int) -> None:
    words = ngettext(
        "%(count)d person no longer matches the list and was left as they were.",
        "%(count)d people no longer match the list and were left as they were.",
        count,
    )
    messages.warning(request, words % {"count": count})


def _done(
    request: VisitorRequest,
    item: MediaItem,
    act: RegisterAct,
    rows: list[InviteeRow],
    outcome: Outcome,
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
    is_told = not outcome.done or _tells_of(request, item, act, rows)
    return _back(request, item, "" if is_told else str(act.done % {"count": outcome.done}))


def _tells_of(
    request: VisitorRequest, item: MediaItem, act: RegisterAct, rows: list[InviteeRow]
) -> bool:
    """Whether the list that is shown next says that this was done to one of these, and offers to
    undo it: what is told there is not told twice."""
    if not act.undo or _next_page(request, item).partition("?")[0] != _list_of(item):
        return False
    lines = undoing.undoable(item, account_of(request), timezone.now())
    told = {one.pk for line in lines if line.act == act.undo for one in line.invitations}
    return any(row.invitation.pk in told for row in rows)


def _list_of(item: MediaItem) -> str:
    return reverse("access:register", args=[item.public_id])


def _next_page(request: VisitorRequest, item: MediaItem) -> str:
    return posted_next(request) or _list_of(item)


def _back(request: VisitorRequest, item: MediaItem, said: str) -> HttpResponse:
    """Loads the page the host came from again, since much on it has changed."""
    if said:
        messages.success(request, said)
    return reload_or_go_to(request, _next_page(request, item))


def _refuse(request: VisitorRequest, item: MediaItem, words: str) -> HttpResponse:
    context: dict[str, Any] = {"item": item, "sorry": words}
    return render_dialog(request, "access/register/invitation_act.html", context, status=422)
