"""The guest link's own pages. GET changes nothing; only the form lets anybody in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from access import session_proofs
from access.blocks.policies import block_before
from access.browsers import once
from access.guests.forms import AskHostForm, JoinForm
from access.guests.models import AccessRequest, GuestAccess, GuestLink
from access.guests.policies import link_refusal
from access.guests.proofs import admissions_ever, needs_no_guest_link, was_removed
from access.guests.refusals import MAY_NAME_ITEM, Reason, Refused
from access.guests.services import joining
from access.guests.views.refusals import FILL, refusal_page, typed_person
from access.links import BadToken, LinkKey, read_guest_link_token
from access.requests import VisitorRequest
from access.site_policy.models import current_policy
from media_items.catalogue.models import Kind
from media_items.compiled import compiled
from media_items.delivery.files import deliver_picture_of
from media_items.live.sessions.way_in import lead_in
from media_items.lookups import find_media_item
from media_items.rate_limits import (
    Limit,
    TooManyTries,
    client_network,
    count_tries,
    count_try,
)
from media_items.responses import token_page

# The button is named after what happens.
JOIN_LABELS = {
    Kind.VIDEO: _("Watch now"),
    Kind.AUDIO: _("Listen now"),
    Kind.DOCUMENT: _("Read now"),
    Kind.QUIZ: _("Go to the quiz"),
    Kind.LIVE_EVENT: _("Join the session"),
    Kind.ROOM: _("Join the session"),
}


def _link_behind(token: str) -> tuple[GuestLink, LinkKey]:
    """One query for a good token, none for a forged one. Raises `Refused` (bad link)."""
    try:
        key = read_guest_link_token(token)
    except BadToken:
        raise Refused(Reason.BAD_LINK) from None
    found = links_at_the_door(pk=key.pk, tag=key.tag)
    if not found:
        raise Refused(Reason.BAD_LINK)
    return found[0], key


@compiled
def links_at_the_door(*, pk: int, tag: str) -> QuerySet[GuestLink]:
    """At most one, with all that its page shows; not to an item in the bin."""
    links = GuestLink.objects.filter(pk=pk, tag=tag, item__deleted_at=None)
    return links.select_related("item__owner", "item__guest_access")


def _access_on(link: GuestLink) -> bool:
    try:
        return link.item.guest_access.enabled_at is not None
    except GuestAccess.DoesNotExist:
        return False


def _refusal_now(link: GuestLink, key: LinkKey, *, has_place: bool = False) -> Reason | None:
    return link_refusal(
        link,
        key_version=key.key_version,
        access_on=_access_on(link),
        moment=timezone.now(),
        has_place=has_place,
    )


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: VisitorRequest, token: str) -> HttpResponse:
    try:
        link, key = _link_behind(token)
        visitor = request.visitor
        if needs_no_guest_link(visitor, link):
            return lead_in(request, link.item)
        # A full link still lets in people who have a place; the form tells who they are.
        refusal = _refusal_now(link, key, has_place=True)
        if refusal:
            raise Refused(refusal)
        # SECURITY: anybody can type another address. So a removed person whom this browser proves
        # stays out, whatever they type.
        if block := block_before(visitor, link.item):
            raise Refused(Reason.BLOCKED if block.is_lasting else Reason.REMOVED)
        if request.method == "POST" and FILL not in request.POST:
            return _try_to_join(request, link, key, token)
    except Refused as refused:
        return _refuse(request, refused.reason, token)
    person = typed_person(request) or _known_person(request)
    return _join_page(request, link, JoinForm(initial=person), token)


def _try_to_join(
    request: VisitorRequest, link: GuestLink, key: LinkKey, token: str
) -> HttpResponse:
    form = JoinForm(request.POST)
    email = form.cleaned_data["email"] if form.is_valid() else ""
    try:
        # SECURITY: what the network's limit refuses uses up nothing of the link's, or one machine
        # could close the link for everybody.
        count_tries(request, _limits_of_joining(link, email))
    except TooManyTries as refused:
        form.add_error(None, too_many_said(refused))
        return _join_page(request, link, form, token, status=429)
    if not form.is_valid():
        return _join_page(request, link, form, token, status=422)
    try:
        admission = joining.join(
            link=link,
            key_version=key.key_version,
            name=form.cleaned_data["name"],
            email=email,
        )
    except Refused:
        # Their own browser is told what became of them.
        if was_removed(request.visitor, link, email):
            raise Refused(Reason.GUEST_REMOVED) from None
        raise
    session_proofs.guest_admissions.remember(request.session, admission.pk)
    return lead_in(request, link.item)


def _limits_of_joining(link: GuestLink, email: str) -> list[Limit]:
    """`email` is empty where the form is not filled in as it should be."""
    typed = [Limit("join-address", _address_at(link, email), settings.JOIN_RATE_PER_ADDRESS)]
    return [
        *(typed if email else []),
        Limit("join-link", str(link.pk), settings.JOIN_RATE_PER_LINK),
        Limit("join-network", "", settings.JOIN_RATE_PER_NETWORK),
    ]


def _address_at(link: GuestLink, email: str) -> str:
    """What the limits per address count: one address on one link.

    SECURITY: the address is typed and not proven. Counted over all links, it would let anybody who
    has one link lock another person out of all of them.
    """
    return f"{link.pk}:{email}"


def _join_page(
    request: VisitorRequest, link: GuestLink, form: JoinForm, token: str, *, status: int = 200
) -> HttpResponse:
    policy = current_policy()
    context = {
        "link": link,
        "item": link.item,
        "form": form,
        "token": token,
        "kept_days": policy.kept_days,
        "notice": policy.guest_notice,
        "is_full": link.places_left == 0,
        "phase": link.item.phase_at(timezone.now()),
        "fill": FILL,
        "join_label": JOIN_LABELS[Kind(link.item.kind)],
    }
    return render(request, "access/guests/join.html", context, status=status)


def _known_person(request: VisitorRequest) -> dict[str, str]:
    """The initial name and address: those of the account signed in, else none."""
    user = request.visitor.account
    return {"name": user.get_full_name(), "email": user.email} if user else {}


def _refuse(request: VisitorRequest, reason: Reason, token: str) -> HttpResponse:
    link_item = None
    ask_url = ""
    if reason != Reason.BAD_LINK:
        link, _ignored = _link_behind(token)
        link_item = link.item
        if not link.deleted_at:
            ask_url = reverse("access:ask_host", args=[token])
    return refusal_page(request, reason, item=link_item, ask_url=ask_url)


def too_many_said(refused: TooManyTries) -> str:
    return ngettext(
        "That was tried too often. Please wait %(minutes)s minute, then send the form again.",
        "That was tried too often. Please wait %(minutes)s minutes, then send the form again.",
        refused.wait_minutes,
    ) % {"minutes": refused.wait_minutes}


@token_page
@require_GET
def join_picture(request: VisitorRequest, token: str) -> HttpResponseBase:
    """The item's picture for the join page, as long as the link lets people in."""
    try:
        link, key = _link_behind(token)
    except Refused:
        raise Http404 from None
    if _refusal_now(link, key, has_place=True) not in {None, Reason.NOT_YET}:
        raise Http404
    try:
        return deliver_picture_of(request, link.item)
    except Http404:
        return redirect(static(f"img/kinds/{link.item.kind}.svg"))


@token_page
@require_http_methods(["GET", "POST"])
def ask_host(request: VisitorRequest, token: str) -> HttpResponse:
    """A message to the host, from a link that lets nobody in."""
    try:
        link, _ignored = _link_behind(token)
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
        return refusal_page(request, Reason.SWITCHED_OFF)
    is_sent = request.method == "POST" and FILL not in request.POST
    form = AskHostForm(request.POST if is_sent else None, initial=typed_person(request))
    status = 200
    if is_sent:
        try:
            if form.is_valid():
                typed = {name: form.cleaned_data[name] for name in ("name", "email", "message")}
                with once(request, "asked-host", of=f"{link.pk}:{typed}") as is_new:
                    if is_new:
                        _count_asking(request, link, typed["email"])
                        is_mailed = _is_mailed(request, link)
                        asked = joining.ask_host(link=link, is_mailed=is_mailed, **typed)
                        session_proofs.access_requests.remember(request.session, asked.pk)
                return redirect("access:asked_host")
            status = 422
        except TooManyTries as refused:
            form.add_error(None, too_many_said(refused))
            status = 429
    context: dict[str, Any] = {"form": form, "kept_days": current_policy().kept_days}
    return render(request, "access/guests/ask_host.html", context, status=status)


def _count_asking(request: VisitorRequest, link: GuestLink, email: str) -> None:
    """SECURITY: what one network may ask at one link leaves mails and rows for everybody else."""
    here = f"{link.pk}:{client_network(request)}"
    count_tries(
        request,
        [
            Limit("ask-address", _address_at(link, email), settings.ASK_HOST_RATE_PER_ADDRESS),
            Limit("ask-link-network", here, settings.ASK_HOST_RATE_PER_LINK_AND_NETWORK),
            Limit("ask-link-day", str(link.pk), settings.ASK_HOST_RATE_PER_LINK_A_DAY),
            Limit("ask-network", "", settings.ASK_HOST_RATE_PER_NETWORK),
        ],
    )


def _is_mailed(request: VisitorRequest, link: GuestLink) -> bool:
    """What is asked beyond the mails of a link stands in the host's list, and nobody is refused."""
    try:
        count_try(request, "ask-link", of=str(link.pk), rate=settings.ASK_HOST_RATE_PER_LINK)
    except TooManyTries:
        return False
    return True


@never_cache
@require_GET
def asked_host(request: VisitorRequest) -> HttpResponse:
    """SECURITY: of what this browser sent alone; the item by name only where the door names it."""
    sent = session_proofs.access_requests.proven_by(request)[-1:]
    asked = AccessRequest.objects.filter(pk__in=sent).select_related("link__item").first()
    may_name = False
    if asked is not None and not asked.link.item.deleted_at and not asked.link.deleted_at:
        key = LinkKey(pk=asked.link.pk, key_version=asked.link.key_version, tag=asked.link.tag)
        refusal = _refusal_now(asked.link, key)
        may_name = refusal is None or refusal in MAY_NAME_ITEM
    context = {"asked": asked, "item": asked.link.item if asked and may_name else None}
    return render(request, "access/guests/asked_host.html", context)
