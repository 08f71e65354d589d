"""`{% load quiz_marks %}`: points and shares as people read them."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_items.lengths import clock

register = template.Library()


@register.filter
def points(value: Decimal | None) -> str:
    """ "1 point", "2.5 points"; at most two decimals, those that say nothing left out."""
    if value is None:
        return ""
    return ngettext("%(number)s point", "%(number)s points", _counted(value)) % {
        "number": shown_number(value)
    }


@register.filter
def of_points(earned: Decimal | None, possible: Decimal) -> str:
    """ "1 of 1 point", "2.5 of 3 points"."""
    return ngettext(
        "%(number)s of %(possible)s point", "%(number)s of %(possible)s points", _counted(possible)
    ) % {"number": shown_number(earned), "possible": shown_number(possible)}


def _counted(value: Decimal) -> int:
    """The plural of a whole number; of 1.5 that of 2."""
    return abs(int(value) if value == int(value) else max(2, int(value) + 1))


@register.filter(name="clock")
def clock_of(seconds: int) -> str:
    """ "1:05"."""
    return clock(seconds)


@register.filter
def shown_number(value: Decimal | None) -> str:
    """Without decimals that say nothing, as the reader's language writes it."""
    if value is None:
        return ""
    plain = f"{value:f}"
    return number_format(plain.rstrip("0").rstrip(".") if "." in plain else plain, use_l10n=True)


@register.filter
def share(value: Decimal | None) -> str:
    """Of a hundred."""
    return "" if value is None else _("%(number)s%%") % {"number": shown_number(value)}
