"""`{% load isolated %}`: names and titles in a sentence, whichever way each is written."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def isolated(rows: Iterable[object]) -> SafeString:
    """`join:", "`, with each in an element of its own: the end of one does not turn the next."""
    return format_html_join(", ", "<bdi>{}</bdi>", ((row,) for row in rows))
