"""The pages of the personal link. GET and HEAD change nothing; only the forms do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.browsers import once
from access.email_addresses import masked
from access.invitations.models import Invitation
from access.invitations.people import host_of
from access.invitations.policies import (
    blocked_reason,
    invitation_refusal,
    is_invited_account,
)
from access.invitations.refusals import Reason, Refused
from access.invitations.role_descriptions import what_you_can
from access.invitations.services import answering, new_links
from access.invitations.views.door_refusals import refusal_page
from access.invitations.visitors import invitations_shown_to, is_blocked_from, is_inside_by
from access.links import BadToken, read_invitation_token
from access.requests import VisitorRequest
from access.visitors import Visitor
from media_items.compiled import compiled
from media_items.delivery.files import deliver_picture_of
from media_items.live.sessions.way_in import at_door, lead_in
from media_items.models import MediaItem
from media_items.playback.calendars import calendar_answer
from media_items.rate_limits import Limit, TooManyTries, count_tries
from media_items.responses import token_page
from media_items.visitors import IdentityKind


@dataclass(frozen=True)
class Door:
    """A good token, its invitation, and the visitor who came with it."""

    token: str
    invitation: Invitation
    key_version: int
    visitor: Visitor

    def check(self) -> None:
        """Raises `Refused` when the link does not let this visitor in now."""
        refusal = invitation_refusal(
            self.invitation, key_version=self.key_version, moment=timezone.now()
        )
        if refusal:
            raise Refused(refusal)
        # SECURITY: only a proven person is told; for all others no query is made.
        if is_blocked_from(self.visitor, self.invitation):
            user = self.visitor.account if self.knows_the_account else None
            if reason := blocked_reason(self.invitation, user):
                raise Refused(reason)

    @property
    def is_inside(self) -> bool:
        return is_inside_by(self.visitor, self.invitation)

    @property
    def knows_the_account(self) -> bool:
        """Signed in as the person invited: nothing is left to prove."""
        user = self.visitor.account
        return user is not None and is_invited_account(self.invitation, user)

    @property
    def may_read_note(self) -> bool:
        """SECURITY: what the host wrote to one person is shown to whoever has proven to be that
        person, by the account or by a code in this browser, and not to all who hold the link."""
        if not self.invitation.note or self.knows_the_account:
            return self.knows_the_account
        return self.invitation in invitations_shown_to(self.visitor, self.invitation.item)

    @property
    def may_erase_declined(self) -> bool:
        """Whether it was declined, and its person can verify the email here."""
        return self.invitation.declined_at is not None and (
            self.knows_the_account or settings.INVITATION_PROOF == "code"
        )

    @property
    def is_somebody_else(self) -> bool:
        """Signed in with another address than the invited one."""
        user = self.visitor.account
        return (
            user is not None and not self.knows_the_account and user.email != self.invitation.email
        )


def at_the_door(
    view: Callable[[VisitorRequest, Door], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Reads the token (one query for a good one, none for a forged one) and answers refusals."""

    @token_page
    @wraps(view)
    def wrapped(request: VisitorRequest, token: str) -> HttpResponse:
        try:
            door = _door_behind(request, token)
        except Refused as refused:
            return refusal_page(request, refused.reason)
        try:
            return view(request, door)
        except Refused as refused:
            wait = refused.__cause__ if isinstance(refused.__cause__, TooManyTries) else None
            return refusal_page(
                request, refused.reason, invitation=door.invitation, token=token, wait=wait
            )

    return wrapped


def _door_behind(request: VisitorRequest, token: str) -> Door:
    """Raises `Refused` (bad link)."""
    try:
        key = read_invitation_token(token)
    except BadToken:
        raise Refused(Reason.BAD_LINK) from None
    found = invitations_at_the_door(pk=key.pk, tag=key.tag)
    if not found:
        raise Refused(Reason.BAD_LINK)
    visitor: Visitor = request.visitor
    return Door(token=token, invitation=found[0], key_version=key.key_version, visitor=visitor)


@compiled
def invitations_at_the_door(*, pk: int, tag: str) -> QuerySet[Invitation]:
    """At most one, with all that its page shows; not to an item in the bin."""
    invitations = Invitation.objects.filter(pk=pk, tag=tag, item__deleted_at=None)
    return invitations.select_related("item__owner", "invited_by", "invited_by_invitation")


@require_safe
@at_the_door
def invitation(request: VisitorRequest, door: Door) -> HttpResponse:
    if door.is_inside:
        return lead_in(request, door.invitation.item)
    door.check()
    return _invitation_page(request, door)


def _invitation_page(request: VisitorRequest, door: Door) -> HttpResponse:
    invitation, now = door.invitation, timezone.now()
    item = invitation.item
    _check_not_over(item)
    door_now = at_door(item, now)
    context = {
        "invitation": invitation,
        "item": item,
        "host": host_of(invitation),
        "masked_address": masked(invitation.email),
        "allows": what_you_can(invitation.role, item.kind),
        "token": door.token,
        "account": door.visitor.account,
        "knows_the_account": door.knows_the_account,
        "is_somebody_else": door.is_somebody_else,
        "may_read_note": door.may_read_note,
        "may_erase": door.may_erase_declined,
        "by_code": settings.INVITATION_PROOF == "code",
        "phase": door_now.said,
        "ended_at": door_now.ended_at,
        "was_held": door_now.was_held,
        "closed_at": door_now.closed_at,
        "opens_at": item.available_from if not item.is_available_at(now) else None,
    }
    return render(request, "access/invitations/door/invitation.html", context)


def _check_not_over(item: MediaItem) -> None:
    """Raises `Refused` when the item is not available any more."""
    if item.available_until and timezone.now() >= item.available_until:
        raise Refused(Reason.OVER)


@require_safe
@token_page
def invitation_picture(request: VisitorRequest, token: str) -> HttpResponseBase:
    """The item's picture for the page, as long as the page itself is shown."""
    try:
        door = _door_behind(request, token)
        door.check()
        _check_not_over(door.invitation.item)
    except Refused:
        raise Http404 from None
    try:
        return deliver_picture_of(request, door.invitation.item)
    except Http404:
        return redirect(static(f"img/kinds/{door.invitation.item.kind}.svg"))


@token_page
@require_safe
def invitation_calendar(request: VisitorRequest, token: str) -> HttpResponse:
    """The item's date, as long as its page gives it: not of what has ended."""
    try:
        door = _door_behind(request, token)
        door.check()
        _check_not_over(door.invitation.item)
    except Refused:
        raise Http404 from None
    if at_door(door.invitation.item, timezone.now()).ended_at:
        raise Http404
    return calendar_answer(door.invitation.item, by=IdentityKind.INVITEE, at_door=True)


@require_POST
@at_the_door
def decline_invitation(request: VisitorRequest, door: Door) -> HttpResponse:
    try:
        answering.decline(
            invitation=door.invitation,
            key_version=door.key_version,
            is_proven=door.is_inside,
        )
    except answering.AcceptedAlready as refusal:
        messages.warning(request, refusal.message)
    return redirect("access:invitation", door.token)


@require_POST
@at_the_door
def ask_new_link(request: VisitorRequest, door: Door) -> HttpResponse:
    """The same answer for everybody; the mails go to the invited address and to the host."""
    of = str(door.invitation.pk)
    with once(request, "new-link-sent", of=of) as is_new:
        if is_new:
            _count_asking(request, of)
            asked = new_links.ask_new_link(
                invitation=door.invitation,
                key_version=door.key_version,
                language=get_language() or "",
            )
            if not asked:
                return redirect("access:invitation", door.token)
    return redirect("access:asked_new_link")


def _count_asking(request: VisitorRequest, of: str) -> None:
    """Raises `Refused`."""
    try:
        count_tries(
            request,
            [
                Limit("new-link", of, settings.NEW_LINK_RATE_PER_INVITATION),
                Limit("new-link-network", "", settings.NEW_LINK_RATE_PER_NETWORK),
            ],
        )
    except TooManyTries as error:
        raise Refused(Reason.ASKED_TOO_OFTEN) from error


@require_http_methods(["GET", "HEAD"])
def asked_new_link(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/invitations/door/asked_new_link.html")
