"""Chat messages in the admin.

SECURITY: the backchannel has no page here. An admin who needs it goes to the database, and knows
what they do.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_items.admin_tools import link_to
from media_items.live.chat.models import ChatMessage
from media_items.read_only_admin import ReadOnlyAdmin


class DeletedFilter(admin.SimpleListFilter):
    title = _("deleted")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not deleted")), ("yes", _("Deleted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"no", "yes"}:
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() == "no")


@admin.register(ChatMessage)
class ChatMessageAdmin(ReadOnlyAdmin):
    """Deleted words are shown to nobody, so that they cannot be searched for either."""

    list_display = ["sent_at", "session_link", "author_link", "beginning", "pinned_at"]
    list_filter = [DeletedFilter, "sent_at"]
    list_select_related = ["session__item", "author"]
    search_fields = ["author__name", "session__item__title", "session__public_id"]
    search_help_text = _("Name of the author, or title of the item.")
    fields: ClassVar[Any] = [
        "session_link",
        "author_link",
        "shown_text",
        "sent_at",
        "pinned_at",
        "deleted_at",
        "deleted_by_link",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatMessage]:
        rows = super().get_queryset(request)
        return rows.select_related("session__item", "author", "deleted_by")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return not lookup.startswith("text") and super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("session"))
    def session_link(self, message: ChatMessage) -> str:
        return link_to(message.session)

    @admin.display(description=_("author"))
    def author_link(self, message: ChatMessage) -> str:
        return link_to(message.author)

    @admin.display(description=_("message"))
    def shown_text(self, message: ChatMessage) -> str:
        return gettext("(deleted)") if message.deleted_at else message.text

    @admin.display(description=_("message"))
    def beginning(self, message: ChatMessage) -> str:
        return Truncator(self.shown_text(message)).chars(80)

    @admin.display(description=_("deleted by"))
    def deleted_by_link(self, message: ChatMessage) -> str:
        return link_to(message.deleted_by)
