"""The register to take away: what the list shows now, as CSV or XLSX."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.register.exports import Clock, csv_of, lines_of, xlsx_of
from access.register.forms import FindInviteesForm
from access.register.views.register import registered_item
from access.requests import VisitorRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def register_export(request: VisitorRequest, public_id: str, form: str) -> HttpResponseBase:
    item = registered_item(request, public_id)
    if form not in {"csv", "xlsx"}:
        raise Http404
    rows = FindInviteesForm(request.GET).found_on(item, timezone.now())
    name = f"access-{item.public_id}"
    return file_of(lines_of(rows, Clock.of_reader()), form=form, name=name, sheet_name=_("People"))


def file_of(
    lines: Iterable[list[str]], *, form: str, name: str, sheet_name: str
) -> HttpResponseBase:
    """`form` is csv, which is streamed, or xlsx. `name` is ours, without its ending."""
    if form == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            csv_of(lines), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    else:
        file = xlsx_of(lines, sheet_name=sheet_name)
        response = FileResponse(
            file, filename=f"{name}.xlsx", as_attachment=True, content_type=XLSX
        )
    response["Cache-Control"] = "private, no-store"
    return response
