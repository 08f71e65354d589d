"""Accepting: at once for the account invited, else by a code from the invited mailbox.

Where `INVITATION_PROOF` is `address`, typing the invited address takes the place of the code.
"""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import session_proofs
from access.accounts.readers import browser_zone
from access.browsers import browser_of
from access.code_forms import CodeForm
from access.code_limits import count_code
from access.email_addresses import masked
from access.invitations import awaited_codes
from access.invitations.door_forms import AddressForm
from access.invitations.models import Certainty, InvitationCode, InvitationProof
from access.invitations.refusals import PutOut, Reason, Refused
from access.invitations.services import answering, codes
from access.invitations.views.door import Door, at_the_door
from access.mailed_codes import seconds_to_wait
from access.requests import VisitorRequest
from media_items.live.sessions.way_in import lead_in
from media_items.rate_limits import TooManyTries


@require_POST
@at_the_door
def accept_invitation(request: VisitorRequest, door: Door) -> HttpResponse:
    if door.is_inside:
        return lead_in(request, door.invitation.item)
    door.check()
    user = door.visitor.account
    if user and door.knows_the_account:
        answering.accept_with_account(
            invitation=door.invitation, key_version=door.key_version, user=user
        )
        return lead_in(request, door.invitation.item)
    # SECURITY: somebody signed in with another address has to say that they are the one invited.
    if door.is_somebody_else and "as_invited" not in request.POST:
        raise Refused(Reason.WRONG_ACCOUNT)
    answering.mark_opened(invitation=door.invitation)
    if settings.INVITATION_PROOF == "code":
        code = awaited_codes.find(request.session, door.invitation)
        if code is None or not codes.is_usable(code):
            send_code(request, door)
    return redirect("access:invitation_code", door.token)


@require_POST
@at_the_door
def send_code_again(request: VisitorRequest, door: Door) -> HttpResponse:
    if door.is_inside:
        return lead_in(request, door.invitation.item)
    door.check()
    code = awaited_codes.find(request.session, door.invitation)
    # Only Accept asks for the first code; before that there is nothing to send again.
    if code is None or settings.INVITATION_PROOF != "code":
        return redirect("access:invitation", door.token)
    send_another_code(request, door, code)
    return redirect("access:invitation_code", door.token)


def send_another_code(request: VisitorRequest, door: Door, code: InvitationCode) -> None:
    """In place of `code`, unless that was asked for a moment ago; the page says which. Raises
    `Refused`."""
    if wait := seconds_to_wait(code):
        said = ngettext(
            "The email may take a moment. You can ask for a new code in %(count)s second.",
            "The email may take a moment. You can ask for a new code in %(count)s seconds.",
            wait,
        )
        messages.info(request, said % {"count": wait})
        return
    send_code(request, door)
    messages.success(request, _("A new code is on its way. Codes from before no longer work here."))


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_door
def invitation_code(request: VisitorRequest, door: Door) -> HttpResponse:
    if door.is_inside:
        return lead_in(request, door.invitation.item)
    door.check()
    if settings.INVITATION_PROOF == "address":
        return _typed_address(request, door)
    code = awaited_codes.find(request.session, door.invitation)
    if code is None:
        return redirect("access:invitation", door.token)
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _code_page(request, door, code, form)
    try:
        codes.check_code(
            code_id=code.pk, invitation=door.invitation, digits=form.cleaned_data["code"]
        )
    except codes.NotSentYet as not_yet:
        form.add_error("code", not_yet.message)
        return _code_page(request, door, code, form)
    except codes.WrongCode as wrong:
        form.add_wrong_code(wrong.tries_left)
        code.refresh_from_db()
        return _code_page(request, door, code, form)
    proof = answering.accept_by_code(
        invitation=door.invitation,
        key_version=door.key_version,
        user=door.visitor.account,
        time_zone=browser_zone(request),
    )
    return _go_in(request, door, proof)


def _typed_address(request: VisitorRequest, door: Door) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _count_against_limits(request, door, "invitation-address")
        if form.is_the_invited(door.invitation):
            # SECURITY: nothing proves that the address is theirs, so nobody reads here that its
            # person was put out.
            with suppress(PutOut):
                proof = answering.accept_in_browser(
                    invitation=door.invitation,
                    key_version=door.key_version,
                    how=Certainty.TYPED,
                    time_zone=browser_zone(request),
                )
                return _go_in(request, door, proof)
        form.add_wrong_address()
    context = {"item": door.invitation.item, "token": door.token, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "access/invitations/door/address.html", context, status=status)


def _go_in(request: VisitorRequest, door: Door, proof: InvitationProof | None) -> HttpResponse:
    """To the item's own address, or its session's, without the token, under a new session key."""
    awaited_codes.forget(request.session, door.invitation)
    if proof:
        session_proofs.invitation_proofs.remember(request.session, proof.pk)
    return lead_in(request, door.invitation.item)


def _code_page(
    request: VisitorRequest, door: Door, code: InvitationCode, form: CodeForm
) -> HttpResponse:
    context = {
        "item": door.invitation.item,
        "masked_address": masked(door.invitation.email),
        "token": door.token,
        "form": form,
        "is_usable": codes.is_usable(code),
        "wait": seconds_to_wait(code),
        "minutes": int(codes.LIFE.total_seconds() // 60),
    }
    status = 422 if form.is_bound else 200
    return render(request, "access/invitations/door/code.html", context, status=status)


def send_code(request: VisitorRequest, door: Door) -> None:
    """A new code to the invited address, for this browser only. Raises `Refused`.

    The row comes first and is counted then: of many clicks at the same moment one is counted and
    mailed, and each answer leaves the browser with that code.
    """
    code, is_new = codes.code_of_browser(invitation=door.invitation, browser=browser_of(request))
    if is_new:
        try:
            _count_against_limits(request, door, "invitation-code")
        except Refused:
            codes.drop_code(code)
            raise
        codes.mail_code(code, language=get_language() or "")
    awaited_codes.remember(request.session, code)


def _count_against_limits(request: VisitorRequest, door: Door, group: str) -> None:
    """Raises `Refused`."""
    try:
        count_code(request, group=group, of=str(door.invitation.pk), email=door.invitation.email)
    except TooManyTries as error:
        raise Refused(Reason.TOO_MANY_CODES) from error
