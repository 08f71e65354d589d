"""The QR code of a link's address, as a picture of its own."""

from __future__ import annotations

from io import BytesIO

import segno
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from access.guests.views.hosts import managed_item, managed_link
from access.links import guest_link_address
from access.requests import VisitorRequest


@never_cache
@require_GET
def guest_link_qr(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    """Dark on white whatever the theme: cameras want it so. Error correction M, quiet zone 4."""
    link = managed_link(managed_item(request, public_id), link_id)
    picture = BytesIO()
    segno.make(guest_link_address(link), error="m", micro=False).save(
        picture, kind="svg", scale=8, border=4, dark="#10201f", light="#ffffff", xmldecl=False
    )
    response = HttpResponse(picture.getvalue(), content_type="image/svg+xml")
    response["Content-Disposition"] = 'inline; filename="guest-link.svg"'
    return response
