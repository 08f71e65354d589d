"""Addresses in the administration: shown as people read them, found in both of their forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import smart_split
from django.utils.translation import gettext_lazy as _

from access.email_addresses import shown_domain, shown_email, stored_part


def address_in(field: str) -> Callable[[Any], str]:
    """A column, or a field that is only read, for the address kept in `field`."""

    @admin.display(description=_("email address"), ordering=field, empty_value="–")
    def address(row: Any) -> str:
        return shown_email(getattr(row, field))

    return address


@admin.display(description=_("email domains"))
def email_domains(link: Any) -> str:
    return ", ".join(map(shown_domain, link.domains)) or "–"


class FindsAddresses(admin.ModelAdmin):
    """A search for `münchen.de` finds what is stored as `xn--mnchen-3ya.de`; one for the stored
    form finds it, too, and names in letters of their own are found as they are."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term.isascii():
            return found, may_repeat
        rows = queryset
        for word in smart_split(search_term):
            either = Q()
            for form in {word, stored_part(word)}:
                these, repeats = super().get_search_results(request, queryset, form)
                either |= Q(pk__in=these.order_by().values("pk"))
                may_repeat = may_repeat or repeats
            rows = rows.filter(either)
        return rows, may_repeat
