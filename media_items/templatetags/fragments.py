"""What a template is asked for: a part of a page, or all of it."""

from __future__ import annotations

from django import template

from media_items import responses
from media_items.requests import FoyerRequest

register = template.Library()


@register.filter
def wants_fragment(request: FoyerRequest) -> bool:
    """Elements out of place (`hx-swap-oob`) belong into a fragment alone: htmx takes them out of a
    whole page, which it asks for when somebody goes back."""
    return responses.wants_fragment(request)
