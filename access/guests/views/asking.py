"""A message to the host: from a link that lets nobody in, or from somebody who was inside."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from access import session_proofs
from access.browsers import once
from access.guests.door_forms import AskHostForm
from access.guests.models import AccessRequest, GuestLink
from access.guests.proofs import admissions_ever
from access.guests.refusals import MAY_NAME_ITEM, Reason, Refused
from access.guests.services import joining
from access.guests.views.links_behind import address_at, link_behind, refusal_now, too_many_said
from access.guests.views.refusals import FILL, refusal_page, typed_person
from access.links import LinkKey
from access.requests import VisitorRequest
from access.site_policy.models import current_policy
from media_items.lookups import find_media_item
from media_items.rate_limits import Limit, TooManyTries, client_network, count_tries_with
from media_items.responses import token_page


@token_page
@require_http_methods(["GET", "POST"])
def ask_host(request: VisitorRequest, token: str) -> HttpResponse:
    """A message to the host, from a link that lets nobody in."""
    try:
        link, _ignored = link_behind(token)
    except Refused as refused:
        return refusal_page(request, refused.reason)
    return _ask(request, link)


@token_page
@require_http_methods(["GET", "POST"])
def ask_host_again(request: VisitorRequest, public_id: str) -> HttpResponse:
    """As `ask_host`, for somebody whom this browser proves to have been inside."""
    item = find_media_item(public_id)
    ever = admissions_ever(request.visitor, item)
    admission = next(iter(ever), None)
    if admission is None:
        raise Http404
    link = GuestLink.objects.select_related("item__owner").get(pk=admission.guest.link_id)
    return _ask(request, link)


def _ask(request: VisitorRequest, link: GuestLink) -> HttpResponse:
    if link.deleted_at:
        # The host has ended this link for good, so its holders do not write to the host any more.
        return refusal_page(request, Reason.DELETED)
    is_sent = request.method == "POST" and FILL not in request.POST
    form = AskHostForm(request.POST if is_sent else None, initial=typed_person(request))
    status = 200
    if is_sent:
        try:
            if form.is_valid():
                typed = {name: form.cleaned_data[name] for name in ("name", "email", "message")}
                with once(request, "asked-host", of=f"{link.pk}:{typed}") as is_new:
                    if is_new:
                        is_mailed = _count_asking(request, link, typed["email"])
                        asked = joining.ask_host(
                            link=link, is_mailed=is_mailed, by=request.visitor.account, **typed
                        )
                        session_proofs.access_requests.remember(request.session, asked.pk)
                return redirect("access:asked_host")
            status = 422
        except TooManyTries as refused:
            form.add_error(None, too_many_said(refused))
            status = 429
    context: dict[str, Any] = {"form": form, "kept_days": current_policy().kept_days}
    return render(request, "access/guests/ask_host.html", context, status=status)


def _count_asking(request: VisitorRequest, link: GuestLink, email: str) -> bool:
    """Whether the link has a mail left: what is asked beyond them stands in the host's list, and
    nobody is refused.

    SECURITY: what one network may ask at one link leaves mails and rows for everybody else.
    """
    here = f"{link.pk}:{client_network(request)}"
    return count_tries_with(
        request,
        Limit("ask-link", str(link.pk), settings.ASK_HOST_RATE_PER_LINK),
        [
            Limit("ask-address", address_at(link, email), settings.ASK_HOST_RATE_PER_ADDRESS),
            Limit("ask-link-network", here, settings.ASK_HOST_RATE_PER_LINK_AND_NETWORK),
            Limit("ask-link-day", str(link.pk), settings.ASK_HOST_RATE_PER_LINK_A_DAY),
            Limit("ask-network", "", settings.ASK_HOST_RATE_PER_NETWORK),
        ],
    )


@never_cache
@require_GET
def asked_host(request: VisitorRequest) -> HttpResponse:
    """SECURITY: of what this browser sent alone; the item by name only where the door names it."""
    sent = session_proofs.access_requests.proven_by(request)[-1:]
    asked = AccessRequest.objects.filter(pk__in=sent).select_related("link__item").first()
    may_name = False
    if asked is not None and not asked.link.item.deleted_at and not asked.link.deleted_at:
        key = LinkKey(pk=asked.link.pk, key_version=asked.link.key_version, tag=asked.link.tag)
        refusal = refusal_now(asked.link, key)
        may_name = refusal is None or refusal in MAY_NAME_ITEM
    context = {"asked": asked, "item": asked.link.item if asked and may_name else None}
    return render(request, "access/guests/asked_host.html", context)
