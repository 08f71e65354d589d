"""`{% load here_as %}`: the bars of guests and invitees, each drawn by an outline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from media_items.outlines import Outline

register = template.Library()

_TOLD_BEFORE = timedelta(days=7)
GUEST_BAR = Outline(
    "access/guests/_guest_bar_outline.html",
    "public_id",
    "name",
    "token",
    "ends",
    in_addresses=["public_id"],
)
INVITEE_BAR = Outline(
    "access/invitations/_invitee_bar_outline.html",
    "public_id",
    "name",
    "ends",
    in_addresses=["public_id"],
)


@register.simple_tag(takes_context=True)
def guest_bar(context: Context) -> SafeString:
    choices = {
        "is_only_shown": context["request"].is_only_shown,
        "leaving_asks": bool(context.get("leaving_asks")),
    }
    token = context.get("csrf_token", "")
    return GUEST_BAR.drawn(choices, token=token, **_of_both(context))


@register.simple_tag(takes_context=True)
def invitee_bar(context: Context) -> SafeString:
    return INVITEE_BAR.drawn({"role": context["identity"].role}, **_of_both(context))


def _of_both(context: Context) -> dict[str, Any]:
    return {
        "public_id": context["item"].public_id,
        "name": context["identity"].name,
        "ends": _end(context),
    }


def _end(context: Context) -> str:
    """When the reader stops seeing `item`, if that is in the next days."""
    visitor = context["request"].visitor
    ends = visitor.ends_at(context["item"])
    if ends is None or ends - visitor.moment > _TOLD_BEFORE:
        return ""
    return render_to_string("access/_access_ends.html", {"ends_at": ends})
