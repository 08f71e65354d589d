"""The register to take away: what the list shows now, as CSV or XLSX."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.register.exports import register_sheet
from access.register.finding import FindInvitees
from access.register.states import with_states
from access.register.views.register import registered_item
from access.requests import VisitorRequest
from media_items.spreadsheets import file_of


@require_safe
def register_export(request: VisitorRequest, public_id: str, form: str) -> HttpResponseBase:
    item = registered_item(request, public_id)
    moment = timezone.now()
    rows = with_states(FindInvitees.of(request.GET).found_on(item, moment), moment)
    return file_of(register_sheet(rows), form=form, title=item.title)
