"""The rows whose mail was on its way when their page was made: of the register, and of a person.

The open page asks for them every few seconds, by their keys `pk`, while any of them waits. The
answer has those that wait no more; it is empty while there are none, and ends the asking once none
of them is there any more.
"""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.invitations.models import InvitationState
from access.register.drawing import RegisterRow, RowsOf
from access.register.outside import invitee_rows
from access.register.querysets import PER_PAGE, counts_of, no_longer_waiting, states_now
from access.register.views.outside import scope_of
from access.register.views.register import counts_shown, registered_item
from access.requests import VisitorRequest
from media_items.numbers import ids
from media_items.responses import no_content, nothing_to_ask_for


@never_cache
@require_safe
def mailed_rows(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Of the register: rows as they are drawn on that page, and the counts."""
    item = registered_item(request, public_id)
    moment, pks = timezone.now(), _asked_for(request)
    states = set(states_now(item=item.pk, pks=pks, moment=moment))
    if not states:
        return nothing_to_ask_for()
    if states == {InvitationState.WAITING}:
        return no_content()
    here = request.htmx.current_url_abs_path or reverse("access:register", args=[public_id])
    rows_of = RowsOf(request, item, here=here)
    found = no_longer_waiting(item=item.pk, pks=pks, moment=moment)
    context = {
        "rows": [RegisterRow(invitation, rows_of) for invitation in found],
        "counts": counts_shown(counts_of(item, moment)),
    }
    return render(request, "access/register/mailed_rows.html", context)


@never_cache
@require_safe
def mailed_to_person(request: VisitorRequest) -> HttpResponse:
    """Of the page of a person, whose rows are of several items: those within the scope."""
    if not request.user.is_authenticated:
        raise Http404  # no redirect: nobody reads a page that asks by itself
    rows = invitee_rows(scope_of(request), _asked_for(request), timezone.now())
    if not rows:
        return nothing_to_ask_for()
    gone_out = [row for row in rows if not row.is_waiting]
    if not gone_out:
        return no_content()
    return render(request, "access/register/mailed_to_person.html", {"rows": gone_out})


def _asked_for(request: VisitorRequest) -> tuple[int, ...]:
    return tuple(ids(request.GET.getlist("pk"))[:PER_PAGE])
