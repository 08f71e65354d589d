"""What a host does to many guests at once, and their list as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access.guests.acts import ACTS, GuestAct, do_to
from access.guests.exports import guests_sheet
from access.guests.found import GuestFilter, selectable, with_standing
from access.guests.models import Guest
from access.guests.views.hosts import managed_item
from access.requests import VisitorRequest, account_of
from access.selections import NobodySelected, Selection, TooManySelected
from media_items.models import MediaItem
from media_items.numbers import ids
from media_items.responses import posted_next, reload_or_go_to, render_dialog
from media_items.spreadsheets import file_of

MOST_NAMED = 5  # guests in a message
MOST_SHOWN = 10  # guests in a question
_TEMPLATE = "access/guests/guests_act.html"


@require_safe
def guests_export(request: VisitorRequest, public_id: str, form: str) -> HttpResponseBase:
    """What the list shows now: of one link, or of all."""
    item = managed_item(request, public_id)
    moment = timezone.now()
    rows = with_standing(GuestFilter.of(request.GET).found_on(item, moment), moment)
    return file_of(guests_sheet(rows), form=form, title=item.title)


@require_POST
def guests_act(request: VisitorRequest, public_id: str) -> HttpResponse:
    """For those selected, on the page or by the list's filter. Asks first; does it when the form
    comes with `sure`."""
    item = managed_item(request, public_id)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _refuse(
            request, item, _("Choose what to do with the selected people, then press Apply.")
        )
    is_sure = request.POST.get("sure") == "yes"
    try:
        selection = Selection.of(request, lambda query: _found(item, query), is_sure=is_sure)
    except (NobodySelected, TooManySelected) as refusal:
        return _refuse(request, item, str(refusal))
    guests = _guests(item, selection.keys)
    told = set(ids(request.POST.getlist("unblock")))
    for guest in guests:
        is_only_blocked = guest.is_out and not guest.removed_at
        guest.is_unblocking = guest.pk in told if is_sure else is_only_blocked
    if len(guests) != len(selection.keys):
        raise Http404
    fitting = [one for one in guests if not one.erased_at and act.fits(one)]
    if not is_sure or not fitting:
        return _ask(request, item, act, guests, fitting, selection)
    is_said = act.is_undoable and not any(one.removed_at for one in fitting)
    outcome = do_to(fitting, act, by=account_of(request))
    left = [(one, str(act.unfit)) for one in guests if one not in fitting]
    if outcome.done and not is_said:
        messages.success(request, act.done % {"count": outcome.done})
    _say_of_others(request, outcome.refused + left, gone=selection.gone)
    return reload_or_go_to(
        request, posted_next(request) or reverse("access:guests", args=[public_id])
    )


def _found(item: MediaItem, query: QueryDict) -> QuerySet[Guest]:
    return selectable(GuestFilter.of(query).found_on(item, timezone.now()))


def _guests(item: MediaItem, keys: list[int]) -> list[Any]:
    rows = Guest.objects.on(item).filter(pk__in=keys, erased_at=None)
    return list(with_standing(rows, timezone.now()).order_by("-joined_at", "-pk"))


def _ask(
    request: VisitorRequest,
    item: MediaItem,
    act: GuestAct,
    guests: list[Guest],
    fitting: list[Guest],
    selection: Selection,
) -> HttpResponse:
    context = {
        "item": item,
        "act": act,
        "guests": guests,
        "fitting": fitting,
        "more": max(0, len(fitting) - MOST_SHOWN),
        "selection": selection,
    }
    return render_dialog(request, _TEMPLATE, context, status=200 if fitting else 422)


def _say_of_others(request: VisitorRequest, refused: list[tuple[Guest, str]], *, gone: int) -> None:
    if gone:
        words = ngettext(
            "%(count)d person no longer matches the list and was left as they were.",
            "%(count)d people no longer match the list and were left as they were.",
            gone,
        )
        messages.warning(request, words % {"count": gone})
    if refused:
        names = ", ".join(str(guest) for guest, _why in refused[:MOST_NAMED])
        more = len(refused) - MOST_NAMED
        why = " ".join(dict.fromkeys(why for _guest, why in refused))
        words = _("Not changed: %(names)s. %(why)s")
        if more > 0:
            words = ngettext(
                "Not changed: %(names)s and %(more)d more person. %(why)s",
                "Not changed: %(names)s and %(more)d more people. %(why)s",
                more,
            )
        messages.warning(request, words % {"names": names, "more": more, "why": why})


def _refuse(request: VisitorRequest, item: MediaItem, words: str) -> HttpResponse:
    return render_dialog(request, _TEMPLATE, {"item": item, "sorry": words}, status=422)
