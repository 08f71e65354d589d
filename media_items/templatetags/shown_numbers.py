"""`{% load shown_numbers %}`: the one way in which templates write a percentage.

`percent` in static/js/shared/page.js writes the same form.
"""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def percent(number: int) -> str:
    return _("%(number)d%%") % {"number": number}
