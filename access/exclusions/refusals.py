"""The page for an account that a gallery would let in and that has been put out."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from access import policies
from access.requests import AccessRequest
from access.visitors import Visitor
from media_items.models import MediaItem


def explain_exclusion(request: AccessRequest, item: MediaItem) -> HttpResponse | None:
    """None for everybody else.

    SECURITY: a guest may have typed this address without being its person; who would not see the
    item anyhow is told nothing of it.
    """
    visitor: Visitor = request.visitor
    user = visitor.account
    if user is None or item.deleted_at or not visitor.is_excluded_account_on(item):
        return None
    if not policies.is_member_for(user, item) or not item.is_available:
        return None
    exclusion = policies.exclusion_of(item=item, emails={user.email})
    context = {"item": item, "is_block": exclusion is None or exclusion.is_block}
    return render(request, "access/exclusions/put_out.html", context, status=403)
