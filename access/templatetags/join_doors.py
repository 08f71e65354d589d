"""`{% load join_doors %}`: the door of a guest link, drawn by an outline."""

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
    "access/guests/_join.html",
    *("token", "csrf", "title", "host", "when", "phase", "closed", "form", "join_label"),
    *("inside", "notice", "path"),
)
_DECIDING = ("for_results", "is_full", "gives_date", "asks_for_code", "kept_days", "fill")


@register.simple_tag(takes_context=True)
def join_door(context: Context, form: SafeString) -> SafeString:
    """Of the context that `join_page` makes, with its form as it is drawn."""
    request, item = context["request"], context["item"]
    closed_at, phase, notice = context["closed_at"], context["phase"], context["notice"]
    choices = {
        "kind": Kind(item.kind),
        "is_live": item.is_live_kind,
        "is_closed": bool(closed_at),
        "has_phase": bool(phase),
        "has_notice": bool(notice),
        "is_only_shown": request.is_only_shown,
        "is_signed_in": request.user.is_authenticated,
        **{name: context[name] for name in _DECIDING},
    }
    return JOIN_DOOR.drawn(
        choices,
        token=context["token"],
        csrf="" if request.is_only_shown else context.get("csrf_token", ""),
        title=item.title,
        host=item.owner.get_full_name(),
        when=_when(item, closed_at),
        phase=phase,
        closed=moment(closed_at, event=item),
        form=form,
        join_label=context["join_label"],
        inside=request.seen_as.inside if request.is_only_shown else "",
        notice=linebreaksbr(notice),
        path=urlencode(request.path),
    )


def _when(item: MediaItem, closed_at: object) -> str:
    if not (item.starts_at or item.ends_at):
        return ""
    context = {"item": item, "closed_at": closed_at}
    return render_to_string("components/_door_when.html", context)
