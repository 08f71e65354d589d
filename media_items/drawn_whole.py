"""Pages that are the same for everybody who reads a language: drawn once (docs/adr/0064)."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

_drawn: dict[tuple[str, str | None, str], SafeString] = {}


def drawn_whole(template: str) -> SafeString:
    """What the template says without a request and without any value.

    SECURITY: nothing is handed to it, so nobody's name or token can be in what others are shown.
    """
    key = template, get_language(), get_script_prefix()
    if settings.DEBUG or key not in _drawn:
        _drawn[key] = render_to_string(template)
    return _drawn[key]
