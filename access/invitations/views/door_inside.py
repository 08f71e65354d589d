"""For an invited person inside: leaving in this browser, or declining after all."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access.invitations.refusals import Refused
from access.invitations.services import answering
from access.invitations.visitors import invitation_on, invitation_proofs_on
from access.requests import VisitorRequest
from access.visitors import Visitor
from media_items.lookups import find_media_item
from media_items.quizzes.attempts.takers import open_attempt_on

DECLINE = "decline"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave_invitation(request: VisitorRequest, public_id: str) -> HttpResponse:
    """404 unless the browser or the account proves that the visitor is inside by invitation."""
    item = find_media_item(public_id)
    visitor: Visitor = request.visitor
    invitation = invitation_on(visitor, item)
    if invitation is None:
        raise Http404
    proofs = invitation_proofs_on(visitor, item)
    if request.method != "POST":
        context = {
            "item": item,
            "invitation": invitation,
            "is_by_browser": bool(proofs),
            "attempt": open_attempt_on(item, visitor.identity_on(item)),
        }
        return render(request, "access/invitations/door/leave.html", context)
    declines = request.POST.get("how") == DECLINE
    if declines:
        try:
            answering.decline(
                invitation=invitation, key_version=invitation.key_version, is_proven=True
            )
        except Refused:  # taken back in the meantime; the item's page says so
            return redirect(item)
    answering.leave(proofs=proofs)
    return redirect("access:declined_invitation" if declines else "access:left_invitation")


@require_safe
def left_invitation(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/invitations/door/left.html")


@require_safe
def declined_invitation(request: VisitorRequest) -> HttpResponse:
    context = {"may_erase": settings.INVITATION_PROOF == "code"}
    return render(request, "access/invitations/door/declined.html", context)
