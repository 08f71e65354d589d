"""One sentence to whoever has just done something: a toast with htmx, a message without."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse

from media_items.requests import FoyerRequest


def with_note(
    request: FoyerRequest, response: HttpResponse, text: str, *, tone: str = "info"
) -> HttpResponse:
    """`tone` is success, info or warning. The answer goes on triggering what it triggered."""
    if request.htmx:
        response["HX-Trigger"] = json.dumps(
            {**_triggered(response), "toast": {"text": text, "tone": tone}}
        )
    else:
        getattr(messages, tone)(request, text)
    return response


def _triggered(response: HttpResponse) -> dict[str, object]:
    """htmx reads either a list of names with commas or JSON."""
    header = response.get("HX-Trigger", "")
    if header.startswith("{"):
        named: dict[str, object] = json.loads(header)
        return named
    return {name.strip(): "" for name in header.split(",") if name.strip()}
