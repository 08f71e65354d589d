"""`{% load last_days %}`: ends by the clock, as people read them."""

from __future__ import annotations

from django import template

from access.last_days import ends_a_day

register = template.Library()
register.filter(ends_a_day)
