"""`{% load doors %}`: the door of a guest link, drawn by an outline."""

from __future__ import annotations

from django import template
from django.template import Context
from django.template.defaultfilters import linebreaksbr, urlencode
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from media_items.catalogue.models import Kind, MediaItem
from media_items.outlines import Outline
from media_items.templatetags.moments import moment

register = template.Library()

JOIN_DOOR = Outline(
    "access/guests/_join_outline.html",
    "link_token",
    "host",
    "title",
    "when",
    "closed",
    "token",
    "fields",
    "inside",
    "notice",
    "here",
    in_addresses=["link_token"],
)


@register.simple_tag(takes_context=True)
def join_door(context: Context, fields: SafeString) -> SafeString:
    """What the view says, with the fields of its form."""
    request, item, closed_at = context["request"], context["item"], context["closed_at"]
    is_only_shown = request.is_only_shown
    choices = {
        "for_results": context["for_results"],
        "kind": item.get_kind_display(),
        "in_session": item.is_live_kind,
        "in_room": item.kind == Kind.ROOM,
        "phase": str(context["phase"]),
        "gives_date": context["gives_date"],
        "is_closed": closed_at is not None,
        "is_full": context["is_full"],
        "asks_for_code": context["asks_for_code"],
        "has_notice": bool(context["notice"]),
        "kept_days": context["kept_days"],
        "is_signed_in": request.user.is_authenticated,
        "is_only_shown": is_only_shown,
        "join_label": str(context["join_label"]),
        "fill": context["fill"],
    }
    return JOIN_DOOR.drawn(
        choices,
        link_token=context["token"],
        host=item.owner.get_full_name(),
        title=item.title,
        when=_when(item, context),
        closed=moment(closed_at, event=item),
        token=context["csrf_token"],
        fields=fields,
        inside=request.seen_as.inside if is_only_shown else "",
        notice=linebreaksbr(context["notice"]),
        here=urlencode(request.path),
    )


def _when(item: MediaItem, context: Context) -> str:
    if item.starts_at is None and item.ends_at is None:
        return ""
    shown = {"item": item, "closed_at": context["closed_at"]}
    return render_to_string("components/_door_when.html", shown)
