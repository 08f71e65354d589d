"""One person invited to several items: choosing them, inviting, and the links made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access.invitations.models import Invitation
from access.invitations.several import (
    MOST_ITEMS,
    Outcome,
    Place,
    invite_to_each,
    items_to_choose,
    places,
)
from access.invitations.several_forms import InviteToSeveralForm
from access.invitations.views.inviters import may_see_link
from access.links import invitation_address
from access.requests import SignedInRequest
from access.site_policy.ceilings import CeilingReached
from media_items.library.lists import FindMedia
from media_items.library.many import Chosen, ItemAct
from media_items.numbers import ids, whole_number
from media_items.pagination import page_of
from media_items.requests import FoyerRequest
from media_items.responses import go_to, status_of

ITEMS_PER_PAGE = 10
_PAGE = "access/invitations/several/invite_to_items.html"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite_to_items(request: SignedInRequest) -> HttpResponse:
    """`?item=…&item=…` are the items chosen so far. POST invites to those that its form names, each
    by the rights of that moment."""
    sent = request.POST if request.method == "POST" else None
    chosen = places(request.user, (sent or request.GET).getlist("item"))
    form = InviteToSeveralForm(
        sent,
        places=chosen,
        own_email=request.user.email,
        initial=_person_of(request, chosen) if sent is None else {},
    )
    if form.is_bound and not chosen:
        form.add_error(None, _("Choose at least one item to which you can invite people."))
    if form.is_bound and form.is_valid():
        try:
            outcomes = invite_to_each(person=form.person, wanted=form.wanted(), **form.options())
        except CeilingReached as refused:
            form.add_error(refused.field, str(refused))
        else:
            if any(one.invitation for one in outcomes):
                return _done(request, form, outcomes)
            for one in outcomes:
                form.add_error(None, _left_said(one))
    return _show(request, form, chosen)


def invite_to_chosen(request: FoyerRequest, chosen: Chosen) -> HttpResponse:
    """*With selected* on My media: on to the page on which the person is named. Items to which this
    account may not invite are left out there."""
    wanted = [one.public_id for one in chosen.items]
    if len(wanted) > MOST_ITEMS:
        first = ngettext(
            "You can invite to %(most)d item at once: the first one is selected.",
            "You can invite to %(most)d items at once: the first %(most)d are selected.",
            MOST_ITEMS,
        )
        messages.warning(request, first % {"most": MOST_ITEMS})
    query = urlencode({"item": wanted[:MOST_ITEMS]}, doseq=True)
    return go_to(request, f"{reverse('access:invite_to_items')}?{query}")


INVITE = ItemAct(
    key="invite", title=gettext_lazy("Invite users"), order=20, answer=invite_to_chosen
)


def _show(request: SignedInRequest, form: InviteToSeveralForm, chosen: list[Place]) -> HttpResponse:
    find = FindMedia.of(request.GET, by=())
    others = items_to_choose(request.user).exclude(pk__in=[one.item.pk for one in chosen])
    rows = find.found_in(others).newest_first()
    context: dict[str, Any] = {
        "form": form,
        "places": chosen,
        "find": find,
        "page_obj": page_of(rows, request.GET.get("page"), per_page=ITEMS_PER_PAGE),
        "may_add": MOST_ITEMS - len(chosen),
        "most_items": MOST_ITEMS,
        "invitation": whole_number(request.GET.get("invitation"), default=None),
    }
    return render(request, _PAGE, context, status=status_of(form))


def _person_of(request: SignedInRequest, chosen: list[Place]) -> dict[str, Any]:
    """Whoever was invited to one of the items, where the account may see their link."""
    pk = whole_number(request.GET.get("invitation"), default=None)
    if pk is None:
        return {}
    found = Invitation.objects.live().filter(pk=pk, item__in=[one.item for one in chosen]).first()
    place = next((one for one in chosen if found and one.item.pk == found.item_id), None)
    if found is None or place is None or not may_see_link(found, item=place.item, by=place.by):
        return {}
    return {
        "email": found.email,
        "first_name": found.first_name,
        "last_name": found.last_name,
    }


def _done(
    request: SignedInRequest, form: InviteToSeveralForm, outcomes: list[Outcome]
) -> HttpResponse:
    made = [one.invitation for one in outcomes if one.invitation]
    said = ngettext(
        "%(name)s is invited to %(count)d item.",
        "%(name)s is invited to %(count)d items.",
        len(made),
    )
    messages.success(request, said % {"name": made[0].get_full_name(), "count": len(made)})
    for one in outcomes:
        if not one.invitation:
            messages.warning(request, _left_said(one))
    query = urlencode({"made": [one.pk for one in made]}, doseq=True)
    return redirect(f"{reverse('access:invited_to_items')}?{query}")


def _left_said(outcome: Outcome) -> str:
    return _("Nothing was changed for “%(title)s”: %(why)s") % {
        "title": outcome.item.title,
        "why": outcome.said,
    }


@never_cache
@login_required
@require_safe
def invited_to_items(request: SignedInRequest) -> HttpResponse:
    """The links just made. SECURITY: only one's own, of items to which one may still invite."""
    wanted = ids(request.GET.getlist("made"))[:MOST_ITEMS]
    rows = (
        Invitation.objects.live()
        .filter(pk__in=wanted, invited_by=request.user)
        .select_related("item")
        .order_by("item__title", "pk")
    )
    found = list(rows)
    shown = {
        one.item.pk: one for one in places(request.user, [one.item.public_id for one in found])
    }
    links = []
    for one in found:
        place = shown.get(one.item_id)
        if place and may_see_link(one, item=place.item, by=place.by):
            one.item = place.item
            links.append({"invitation": one, "address": invitation_address(one)})
    context = {"links": links, "is_mailed": any(one.mails.exists() for one in found[:1])}
    return render(request, "access/invitations/several/invited_to_items.html", context)
