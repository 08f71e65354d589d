"""Erasing an invitation that was declined: its person verifies the email and accepts nothing."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from access.code_forms import CodeForm
from access.email_addresses import masked
from access.invitations import awaited_codes
from access.invitations.services import codes
from access.invitations.views.door import Door, at_the_door
from access.invitations.views.door_proof import send_another_code, send_code
from access.mailed_codes import seconds_to_wait
from access.my_record.services import erase_invited
from access.requests import VisitorRequest

SEND, ERASE = "send", "erase"  # what the form's button says


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_door
def erase_declined(request: VisitorRequest, door: Door) -> HttpResponse:
    """404 where nobody has declined, and where nothing here can verify the email.

    SECURITY: the link alone erases nothing: the account has the invited email, verified, or a code
    from that mailbox is typed in the browser that asked for it.
    """
    door.check()
    if not door.may_erase_declined:
        raise Http404
    form, asked = CodeForm(request.POST or None), request.POST.get("do")
    if request.method == "POST" and door.knows_the_account and asked == ERASE:
        return _erase(request, door)
    code = awaited_codes.find(request.session, door.invitation)
    is_usable = code is not None and codes.is_usable(code)
    if request.method == "POST" and asked == SEND and not door.knows_the_account:
        if code is None:
            send_code(request, door)
        else:
            send_another_code(request, door, code)
        return redirect("access:erase_declined", door.token)
    if asked == ERASE and code is not None and is_usable and form.is_valid():
        try:
            codes.check_code(
                code_id=code.pk, invitation=door.invitation, digits=form.cleaned_data["code"]
            )
        except codes.NotSentYet as not_yet:
            form.add_error("code", not_yet.message)
        except codes.WrongCode as wrong:
            form.add_wrong_code(wrong.tries_left)
            code.refresh_from_db()
            is_usable = codes.is_usable(code)
        else:
            return _erase(request, door)
    context = {
        "item": door.invitation.item,
        "token": door.token,
        "masked_address": masked(door.invitation.email),
        "knows_the_account": door.knows_the_account,
        "form": form if is_usable and not door.knows_the_account else None,
        "was_sent": code is not None,
        "wait": seconds_to_wait(code) if code else 0,
    }
    status = 422 if form.is_bound else 200
    return render(request, "access/my_record/erase_declined.html", context, status=status)


def _erase(request: VisitorRequest, door: Door) -> HttpResponse:
    awaited_codes.forget(request.session, door.invitation)
    erase_invited(invitation=door.invitation)
    return redirect("access:erased_invitation")
