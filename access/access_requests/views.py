"""The requests to be let in, where the host manages guests: Let in, Decline; and one of them alone,
to which the mail about it leads."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.access_requests import services
from access.blocks.digests import address_digests
from access.blocks.models import Block
from access.email_addresses import shown_email
from access.guests.models import AccessRequest
from access.guests.views.hosts import managed_item
from access.invitations.people import Inviter
from access.requests import VisitorRequest, account_of
from access.site_policy.models import current_policy
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.pagination import page_of
from media_items.refusals import Refusal
from media_items.responses import Tone, act_done, with_toast

PER_PAGE = 50
ANSWERED = "answered"
ONE = "one"  # pressed on the page of that one request
MOST_DIGITS = 19  # of a key
_SAID_ALREADY = gettext_lazy("This request has been answered already.")


@never_cache
@require_safe
def access_requests(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = managed_item(request, public_id)
    is_answered = request.GET.get("only") == ANSWERED
    found = AccessRequest.objects.on(item)
    found = found.answered() if is_answered else found.waiting()
    found = found.select_related("link", "answered_by").order_by("-asked_at", "-pk")
    page = page_of(found, request.GET.get("page"), per_page=PER_PAGE)
    context = {
        "item": item,
        "page_obj": page,
        "is_answered": is_answered,
        "blocked": _blocked(item, {one.email for one in page}),
        "kept_days": current_policy().kept_days,
        "goes_on": _goes_on(request, item, list(page)),
    }
    return render(request, "access/access_requests/access_requests.html", context)


def _goes_on(request: VisitorRequest, item: MediaItem, rows: list[AccessRequest]) -> int | None:
    """Whose buttons have the keyboard's focus after the one that was answered: the next in the
    list, else the last; 0 where nobody is left, None where none was answered."""
    after = request.GET.get("after", "")
    if not (after.isascii() and after.isdecimal() and len(after) < MOST_DIGITS):
        return None
    answered = AccessRequest.objects.on(item).filter(pk=int(after)).first()
    if answered is None:
        return None
    place = (answered.asked_at, answered.pk)
    following = [one.pk for one in rows if (one.asked_at, one.pk) < place]
    others = [one.pk for one in rows if one.pk != answered.pk]
    return next(iter(following), others[-1] if others else 0)


def _blocked(item: MediaItem, addresses: set[str]) -> set[str]:
    """Those that are removed or blocked, also where the block knows but a digest. One query."""
    if not addresses:
        return set()
    rows = Block.objects.in_force().on(item).of_addresses(addresses)
    known = {one for row in rows.values_list("email", "digest") for one in row if one}
    return {one for one in addresses if known & {one, *address_digests([one])}}


@require_safe
@never_cache
@login_required
def access_request(request: VisitorRequest, public_id: str, request_id: int) -> HttpResponse:
    """One request, with its two buttons; looking changes nothing. Once it is answered: how and by
    whom.

    SECURITY: the address says which request and nothing else. Whoever is not signed in is asked to
    sign in, whatever it names; who may not manage guest access finds nothing.
    """
    item = managed_item(request, public_id)
    asked = AccessRequest.objects.filter(item=item, pk=request_id)
    one = asked.select_related("link", "answered_by").first()
    if one is None:
        raise Http404
    context = {
        "item": item,
        "one": one,
        "is_blocked": not one.erased_at and bool(_blocked(item, {one.email})),
        "is_mine": one.answered_by_id == account_of(request).pk,
    }
    return render(request, "access/access_requests/access_request.html", context)


@never_cache
@require_safe
def asks(request: VisitorRequest, public_id: str) -> HttpResponse:
    """The newest request, with its answer, over the page of a session; empty without one. The
    page's script asks for it when somebody knocks."""
    item = managed_item(request, public_id)
    waiting = AccessRequest.objects.on(item).waiting()
    newest = waiting.order_by("-asked_at", "-pk").first()
    context = {
        "item": item,
        "newest": newest,
        "others": waiting.count() - 1 if newest else 0,
        "is_blocked": newest is not None and bool(_blocked(item, {newest.email})),
    }
    return render(request, "access/access_requests/_asks.html", context)


@require_POST
def let_request_in(request: VisitorRequest, public_id: str, request_id: int) -> HttpResponse:
    """SECURITY: it is an invitation, so it needs the right to invite besides."""
    item = get_media_item(request, public_id, needs=Ability.INVITE_USERS)
    asked = _asked(managed_item(request, public_id), request_id)
    by = Inviter(roles=request.visitor.roles_on(item), account=account_of(request))
    try:
        is_new = services.let_in(request=asked, by=by)
    except Refusal as refusal:
        return _answered(request, asked, str(refusal), tone="warning")
    if not is_new:
        return _answered(request, asked, _SAID_ALREADY)
    said = _("An invitation is on its way to %(address)s.")
    return _answered(request, asked, said % {"address": shown_email(asked.email)}, tone="success")


@require_POST
def decline_request(request: VisitorRequest, public_id: str, request_id: int) -> HttpResponse:
    asked = _asked(managed_item(request, public_id), request_id)
    if not services.decline(request=asked, by=account_of(request)):
        return _answered(request, asked, _SAID_ALREADY)
    said = _("Declined. The person isn’t told. You can find the request under Answered.")
    return _answered(request, asked, said, tone="success")


def _asked(item: MediaItem, request_id: int) -> AccessRequest:
    asked: AccessRequest | None = (
        AccessRequest.objects.on(item).select_related("link").filter(pk=request_id).first()
    )
    if asked is None:
        raise Http404
    asked.item = item
    return asked


def _answered(
    request: VisitorRequest, asked: AccessRequest, said: str | Promise, *, tone: Tone = "info"
) -> HttpResponse:
    """In a session a toast; else back to where it was pressed."""
    response = act_done(request, (), to=_back(request, asked))
    return with_toast(request, response, said, tone=tone)


def _back(request: VisitorRequest, asked: AccessRequest) -> str:
    only, public_id = request.POST.get("only", ""), asked.item.public_id
    if only == ONE:
        return reverse("access:access_request", args=[public_id, asked.pk])
    here = reverse("access:access_requests", args=[public_id])
    query = {"only": ANSWERED} if only == ANSWERED else {}
    return f"{here}?{urlencode({**query, 'after': asked.pk})}"
