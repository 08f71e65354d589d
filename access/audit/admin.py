"""The audit trail in the admin: read, filtered, never written."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.admin_addresses import FindsAddresses
from access.audit.models import AccessEvent
from media_items.admin_tools import link_to

_NAMES = ("email", "first_name", "last_name")


@admin.register(AccessEvent)
class AccessEventAdmin(FindsAddresses):
    list_display = ["at", "act", "item_link", "link_link", "guest_link", "invited", "actor_link"]
    list_filter = ["act", "at"]
    list_select_related = [
        "item",
        "link",
        "guest",
        "invitation",
        "actor",
        "participant",
        "by_participant",
    ]
    list_per_page = 50
    search_fields = [
        "item__title",
        "item__public_id",
        *(f"{who}__{name}" for who in ("actor", "invitation") for name in _NAMES),
        *("guest__name", "guest__email", "participant__name", "by_participant__name"),
    ]
    _emails: ClassVar = {
        "actor__email": "accounts.view_user",
        "invitation__email": "invitations.view_invitation",
        "guest__email": "guests.view_guest",
    }
    search_help_text = _("Name or email of the person, or title or public id of the item.")
    show_full_result_count = False
    ordering = ["-at", "-pk"]
    fields: ClassVar[Any] = [
        "at",
        "act",
        "item_link",
        "link_link",
        "guest_link",
        "invited",
        "actor_link",
        "details",
    ]
    readonly_fields = fields
    actions = None

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """SECURITY: by an email, or a part of one, only where its row may be viewed: the trail says
        names, and others would guess the email letter by letter."""
        may = request.user.has_perm
        hidden = {field for field, needed in self._emails.items() if not may(needed)}
        return [field for field in super().get_search_fields(request) if field not in hidden]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("item"), ordering="item__title")
    def item_link(self, event: AccessEvent) -> str:
        return link_to(event.item)

    @admin.display(description=_("guest link"))
    def link_link(self, event: AccessEvent) -> str:
        return link_to(event.link)

    @admin.display(description=_("guest"))
    def guest_link(self, event: AccessEvent) -> str:
        return link_to(event.guest)

    @admin.display(description=_("person"))
    def invited(self, event: AccessEvent) -> str:
        if event.invitation:
            return link_to(event.invitation, event.invitation.get_full_name())
        return str(event.participant or "–")

    @admin.display(description=_("by"), ordering="actor__last_name")
    def actor_link(self, event: AccessEvent) -> str:
        if event.actor is None and event.by_participant:
            return str(event.by_participant)
        return link_to(event.actor)
