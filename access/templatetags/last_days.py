"""`{% load last_days %}`: ends by the clock, as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.template import Context

from access.last_days import ends_a_day

register = template.Library()
register.filter(ends_a_day)

_TOLD_BEFORE = timedelta(days=7)


@register.simple_tag(takes_context=True)
def access_ends(context: Context) -> datetime | None:
    """When the reader stops seeing `item`, if that is in the next days."""
    visitor = context["request"].visitor
    ends = visitor.ends_at(context["item"])
    return ends if ends and ends - visitor.moment <= _TOLD_BEFORE else None
