"""Requests to be let in, in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from access.admin_addresses import FindsAddresses, address_in
from access.guests.models import AccessRequest
from media_items.admin_tools import ActionsOnlyAdmin

_ADDRESS = address_in("email")
_OF_A_REQUEST: list[Any] = [
    "name",
    _ADDRESS,
    "item",
    "link",
    "asked_at",
    "mailed_at",
    "answer",
    "answered_at",
    "answered_by",
    "erased_at",
]


@admin.register(AccessRequest)
class AccessRequestAdmin(FindsAddresses, ActionsOnlyAdmin):
    """Found and read; the host of the item answers them on the page of their item.

    SECURITY: what somebody wrote to the host is not for others, so it is not shown.
    """

    list_display = ["__str__", _ADDRESS, "item", "asked_at", "mailed_at", "answer", "answered_at"]
    list_filter = ["answer", "asked_at"]
    list_select_related = ["item"]
    search_fields = ["name", "email", "item__title"]
    search_help_text = _("Name, email address or title of the item.")
    ordering = ["-asked_at", "-pk"]
    fields = [*_OF_A_REQUEST]
    readonly_fields: ClassVar[Any] = [*_OF_A_REQUEST]
