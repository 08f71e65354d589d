"""`{% load quiz_marks %}`: points and shares as people read them."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def points(value: Decimal | None) -> str:
    """ "1 point", "2.5 points"; at most two decimals, those that say nothing left out."""
    if value is None:
        return ""
    # The plural of a whole number; of 1.5 that of 2.
    counted = int(value) if value == int(value) else max(2, int(value) + 1)
    return ngettext("%(number)s point", "%(number)s points", abs(counted)) % {
        "number": shown_number(value)
    }


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
