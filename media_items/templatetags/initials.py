"""`{% load initials %}`: the one way in which a name is made short, for an avatar."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def initials(name: str | None) -> str:
    """Of the first and the last part of a name; a title such as “Dr.” is left out."""
    parts = (name or "").split()
    if not parts:
        return ""
    has_title = len(parts) > 2 and "." in parts[0] and len(parts[0]) > 2
    first = parts[1] if has_title else parts[0]
    return (first[:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper()
