"""The rows of the register whose mail was on its way when their page was made."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.register.drawing import RegisterRow, RowsOf
from access.register.querysets import PER_PAGE, counts_of, no_longer_waiting
from access.register.views.register import counts_shown, registered_item
from access.requests import VisitorRequest
from media_items.numbers import ids
from media_items.responses import no_content


@never_cache
@require_safe
def mailed_rows(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Asked by an open register every few seconds while mails of its rows wait: of the invitations
    `pk` those that wait no more, drawn for that page, and the counts. Empty while all of them wait.
    """
    item = registered_item(request, public_id)
    moment = timezone.now()
    pks = tuple(ids(request.GET.getlist("pk"))[:PER_PAGE])
    found = no_longer_waiting(item=item.pk, pks=pks, moment=moment)
    if not found:
        return no_content()
    here = request.htmx.current_url_abs_path or reverse("access:register", args=[public_id])
    rows_of = RowsOf(request, item, here=here)
    context = {
        "rows": [RegisterRow(invitation, rows_of) for invitation in found],
        "counts": counts_shown(counts_of(item, moment)),
    }
    return render(request, "access/register/mailed_rows.html", context)
