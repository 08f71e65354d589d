"""The Invite users dialog: wherever it was opened, and the link that it makes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.invitations.forms import InvitePersonForm
from access.invitations.models import Invitation
from access.invitations.people import Inviter, host_of
from access.invitations.policies import moderators_may_invite
from access.invitations.role_descriptions import what_they_can
from access.invitations.services import inviting
from access.invitations.services.limits import InvitingNotAllowed, RoleNotGrantable
from access.invitations.suggestions import people_like
from access.invitations.views.inviters import (
    invitation_with_link,
    inviter_of,
    inviting_item,
    may_see_link,
)
from access.last_days import end_for_others
from access.links import invitation_address
from access.qr_codes import qr_code_response
from access.requests import VisitorRequest
from access.site_policy.ceilings import CeilingReached
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.rate_limits import TooManyTries, count_try
from media_items.responses import fragment_or_redirect, next_of, render_dialog, status_of, with_next
from media_items.searching import searched_words

CHANGED = ("invitations-changed",)


@require_http_methods(["GET", "HEAD", "POST"])
def invite_users(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = inviting_item(request, public_id)
    by = inviter_of(request, item)
    form = InvitePersonForm(
        request.POST if request.method == "POST" else None,
        item=item,
        by=by,
        suggestions_url=reverse("access:people_suggestions", args=[item.public_id]),
    )
    if form.is_bound and form.is_valid():
        try:
            _count_inviting(request, by)
            return _invite(request, item, form, by)
        except InvitingNotAllowed as refusal:
            form.add_error(None, str(refusal))
        except RoleNotGrantable:
            form.add_error("role", _("You can’t give this role here. Choose one of these."))
        except CeilingReached as refused:
            form.add_error(refused.field, str(refused))
        except TooManyTries:
            form.add_error(
                None,
                _(
                    "You have reached today’s limit for invitations. Ask the host to invite "
                    "more people."
                ),
            )
    return _dialog(request, item, form, by)


def _count_inviting(request: VisitorRequest, by: Inviter) -> None:
    """SECURITY: a moderator without an account sends mail in the site's name, up to a limit."""
    if by.invitation is not None:
        rate = settings.INVITE_RATE_PER_MODERATOR
        count_try(request, "invite", of=str(by.invitation.pk), rate=rate)


def _invite(
    request: VisitorRequest, item: MediaItem, form: InvitePersonForm, by: Inviter
) -> HttpResponse:
    """Invites, and shows the link; for a person invited already, the link that there is."""
    person = form.person
    options = form.options()
    made = inviting.invite(item=item, people=[person], by=by, **options)
    if made:
        made[0].item = item
        said = "mailed" if options["send_mail"] else "made"
        return hand_out(request, made[0], said=said, changed=True)
    there = Invitation.objects.on(item).live().filter(email=person.email).first()
    if there is not None and may_see_link(there, item=item, by=by):
        there.item = item
        return hand_out(request, there, said="already")
    form.add_error("email", _("Somebody else already invited this person."))
    return _dialog(request, item, form, by)


def _dialog(
    request: VisitorRequest, item: MediaItem, form: InvitePersonForm, by: Inviter
) -> HttpResponse:
    context: dict[str, Any] = {"item": item, "form": form, "may_do_many": by.account is not None}
    if item.is_live_kind and Ability.EDIT in item.abilities:
        context["moderators_may_invite"] = moderators_may_invite(item)
        context["has_switch"] = True
    template = "access/invitations/dialog/invite_users.html"
    return render_dialog(request, template, context, status=status_of(form))


def hand_out(
    request: VisitorRequest, invitation: Invitation, *, said: str, changed: bool = False
) -> HttpResponse:
    """After a form: htmx gets the link in the dialog, everybody else is redirected to it. `said` is
    what was done: "mailed", "made", "reset", or nothing, for it was there "already".

    With a page to go back to (`next`), and the link mailed, the redirect goes to that page.
    """
    back, message = next_of(request), ""
    here = reverse("access:invitation_link", args=[invitation.item.public_id, invitation.pk])
    to = with_next(f"{here}?said={said}", back)
    if back and said == "mailed":
        name = invitation.get_full_name()
        to, message = (
            back,
            _("%(name)s is invited. The link is on its way by email.") % {"name": name},
        )
    return fragment_or_redirect(
        request,
        lambda: _link(request, invitation, said=said, changed=changed),
        to=to,
        said=message,
    )


def _link(
    request: VisitorRequest, invitation: Invitation, *, said: str, changed: bool = False
) -> HttpResponse:
    """With `changed` the link is new; where it is not emailed, it is copied."""
    moment = timezone.now()
    ends = invitation.expires_at
    context = {
        "item": invitation.item,
        "invitation": invitation,
        "allows": what_they_can(invitation.role, invitation.item.kind),
        "address": invitation_address(invitation),
        "message": message_to_paste(invitation),
        "is_expired": ends is not None and ends <= moment,
        "said": said,
        "copies": changed and said in {"made", "reset"},
        "may_do_many": request.user.is_authenticated,
        "needs_mailbox": settings.INVITATION_PROOF == "code",
    }
    template = "access/invitations/dialog/invitation_link.html"
    return render_dialog(request, template, context, events=CHANGED if changed else ())


def message_to_paste(invitation: Invitation) -> str:
    """Plain text for a mail or a chat, with the address on a line of its own."""
    item = invitation.item
    text = _("%(host)s invites you to “%(title)s”. This link is only for you:") % {
        "host": host_of(invitation).name,
        "title": item.title,
    }
    lines = [text, "", invitation_address(invitation)]
    if invitation.expires_at:
        day = end_for_others(invitation.expires_at)
        lines += ["", _("The link expires on %(day)s.") % {"day": day}]
    return "\n".join(lines)


@never_cache
@require_GET
def invitation_link(request: VisitorRequest, public_id: str, pk: int) -> HttpResponse:
    """The link to hand out: address, message text, QR code."""
    item = inviting_item(request, public_id)
    invitation = invitation_with_link(item, pk, by=inviter_of(request, item))
    return _link(request, invitation, said=request.GET.get("said", ""))


@never_cache
@require_GET
def invitation_qr(request: VisitorRequest, public_id: str, pk: int) -> HttpResponse:
    item = inviting_item(request, public_id)
    invitation = invitation_with_link(item, pk, by=inviter_of(request, item))
    return qr_code_response(invitation_address(invitation), filename="invite-link.svg")


@require_GET
def people_suggestions(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Options of the address field; `email` is what has been typed so far."""
    item = inviting_item(request, public_id)
    by = inviter_of(request, item)
    try:
        count_try(request, "people", of=by.email, rate=settings.SUGGESTION_RATE_PER_PERSON)
    except TooManyTries:
        return HttpResponse(status=429)
    people = people_like(searched_words(request.GET, "email"), by=by)
    return render(request, "access/invitations/dialog/_people.html", {"people": people})


@require_POST
def let_moderators_invite(request: VisitorRequest, public_id: str) -> HttpResponse:
    """A switch for the owner and co-editors of a live item."""
    item = get_media_item(request, public_id, needs=Ability.EDIT)
    if not item.is_live_kind:
        raise Http404
    allowed = request.POST.get("allowed") == "yes"
    by = inviter_of(request, item).account
    assert by is not None  # noqa: S101 - only accounts edit; for the type checker
    inviting.let_moderators_invite(item=item, allowed=allowed, by=by)
    context = {"item": item, "moderators_may_invite": allowed}
    switch = "access/invitations/dialog/_moderators_switch.html"
    said = (
        _("Moderators can invite people now.")
        if allowed
        else _("Moderators can no longer invite people.")
    )
    address = reverse("access:invite_users", args=[item.public_id])
    return fragment_or_redirect(
        request,
        lambda: render(request, switch, context),
        to=with_next(address, next_of(request)),
        said=said,
    )
