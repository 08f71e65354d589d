"""`{% load last_days %}`: whether what ends then has a last day on the reader's clock."""

from __future__ import annotations

from django import template

from access.last_days import ends_a_day

register = template.Library()
register.filter(ends_a_day)
