"""The pages that say why an invite link does not let its person in, each with a next step."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from access.blocks.policies import block_of
from access.email_addresses import masked
from access.invitations.models import Certainty, Invitation, InvitationProof
from access.invitations.people import host_of
from access.invitations.policies import lost_invitation_reason
from access.invitations.refusals import Reason
from access.invitations.services.new_links import MAY_ASK
from access.invitations.visitors import invitation_ever_on, invitations_shown_to
from access.links import invitation_token
from access.requests import VisitorRequest
from access.visitors import Visitor
from media_items.drawn_whole import drawn_whole
from media_items.live.sessions.way_in import opens_soon
from media_items.models import MediaItem
from media_items.rate_limits import TooManyTries

_STATUS = {
    Reason.TOO_MANY_CODES: 429,
    Reason.ASKED_TOO_OFTEN: 429,
}
# The link works, or did a moment ago: these pages may say what its own page says.
_MAY_NAME_ITEM = frozenset(
    {Reason.WRONG_ACCOUNT, Reason.NOT_YET, Reason.OVER, Reason.TOO_MANY_CODES}
)


def refusal_page(
    request: VisitorRequest,
    reason: Reason,
    *,
    invitation: Invitation | None = None,
    token: str = "",
    known: bool = False,
    has_record: bool = False,
    wait: TooManyTries | None = None,
) -> HttpResponse:
    """`known`: the visitor has proven to be the person invited, so names may be shown.
    `has_record`: and may read what is kept about them.

    SECURITY: for all others the page says neither who was invited nor who invites.
    """
    template = f"access/invitations/refusals/{reason.value}.html"
    if reason == Reason.BAD_LINK:
        return HttpResponse(drawn_whole(template), status=404)
    context = {
        "item": invitation.item if invitation and (known or reason in _MAY_NAME_ITEM) else None,
        "host": host_of(invitation) if invitation and known else None,
        "is_erased": invitation is not None and not invitation.email,
        "masked_address": masked(invitation.email) if invitation else "",
        "token": token,
        "ask_url": reverse("access:ask_new_link", args=[token])
        if token and reason in MAY_ASK
        else "",
        "opens_soon": invitation is not None
        and opens_soon(invitation.item.available_from, timezone.now()),
        "wait_minutes": wait.wait_minutes if wait else 0,
        "account": request.visitor.account,
        "record_of": invitation.item if invitation and has_record else None,
    }
    status = _STATUS.get(reason, 403)
    return render(request, template, context, status=status)


def explain_lost_invitation(
    request: VisitorRequest, visitor: Visitor, item: MediaItem
) -> HttpResponse | None:
    """Why a proven invited person does not see the item; None for everybody else."""
    found = invitation_ever_on(visitor, item) if item.deleted_at is None else None
    if found is None:
        return None
    invitation, proof = found
    invitation.item = item
    account = visitor.account if proof is None else None
    reason = lost_invitation_reason(
        invitation,
        proof,
        item=item,
        moment=timezone.now(),
        block=block_of(
            item=item,
            emails={invitation.email} | ({account.email} if account else set()),
            are_proven=_is_proven_person(proof),
        ),
    )
    # SECURITY: a browser whose proof was ended is sent to its mailbox, whatever else became of the
    # invitation: the link may have been changed because of that browser.
    is_ended = proof is not None and proof.ended_at is not None
    token = "" if is_ended else invitation_token(invitation)
    if reason == Reason.DECLINED and not invitation.declined_at:
        if is_ended:  # the address was corrected: this person is not the one invited now
            return refusal_page(request, Reason.ENDED)
        # Signed in as the person invited, but without the token (a calendar entry): to the buttons.
        return redirect("access:invitation", token)
    known = _is_proven_person(proof)
    return refusal_page(
        request,
        reason,
        invitation=invitation,
        token=token,
        known=known,
        has_record=known and bool(invitations_shown_to(visitor, item)),
    )


def _is_proven_person(proof: InvitationProof | None) -> bool:
    """By account or by a code from the mailbox; a typed address is not enough for names."""
    return proof is None or proof.how != Certainty.TYPED
