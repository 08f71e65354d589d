"""The privacy page, which everybody may read: the only page of this room outside the admin."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access.requests import VisitorRequest
from access.site_policy.models import current_policy


@require_GET
def privacy(request: VisitorRequest) -> HttpResponse:
    context = {"policy": current_policy(), "by_code": settings.INVITATION_PROOF == "code"}
    return render(request, "access/site_policy/privacy.html", context)
