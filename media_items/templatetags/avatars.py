"""`{% load avatars %}`: what stands in the circle beside somebody's name."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """Of the first and the last word, a title such as “Dr.” left out where two more follow it."""
    words = (name or "").split()
    if len(words) > 2 and "." in words[0] and len(words[0]) > 2:
        del words[0]
    return "".join(word[0].upper() for word in [*words[:1], *words[1:][-1:]])
