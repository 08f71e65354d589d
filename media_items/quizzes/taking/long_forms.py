"""The form of an attempt holds every answer of a quiz, and is longer than any other of the site."""

from __future__ import annotations

from django.conf import settings

from media_items.quizzes.taking.lookups import get_attempt
from media_items.requests import FoyerRequest

# A hundred texts of 20,000 characters in Hebrew, and what belongs to them; as in deploy/nginx.conf.
MOST_BYTES = 16 * 1024 * 1024


def receive_long_form(request: FoyerRequest, public_id: str, attempt_id: str) -> None:
    """Must run before anything reads `request.POST`, in a view that is exempt from CSRF protection
    and whose inner half is protected. Longer ones than `MOST_BYTES` stay refused.

    SECURITY: what is longer than usual is read only for whoever has this attempt.
    """
    if request.method != "POST":
        return
    try:
        length = int(request.headers.get("content-length") or 0)
    except ValueError:
        return
    if not (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or length) < length <= MOST_BYTES:
        return
    if request.content_type != "application/x-www-form-urlencoded":
        return
    get_attempt(request, public_id, attempt_id)
    request._body = request.read(length)
