"""Polls in the admin: how many chose what, never who."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from media_items.admin_tools import link_to
from media_items.live.interactions.models import Poll, PollOption
from media_items.read_only_admin import ReadOnlyAdmin, ReadOnlyInline


class PollOptionInline(ReadOnlyInline):
    model = PollOption
    fields: ClassVar[Any] = ["number", "text", "chosen"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[PollOption]:
        return super().get_queryset(request).annotate(given=Count("answers"))

    @admin.display(description=_("answers"))
    def chosen(self, option: Any) -> int:
        return option.given


@admin.register(Poll)
class PollAdmin(ReadOnlyAdmin):
    """SECURITY: not narrowed by answers or voters, or it would say who chose what."""

    list_display = ["question", "session_link", "made_by_link", "started_at", "closed_at", "given"]
    list_filter = ["shows_results", "started_at"]
    search_fields = ["question", "session__item__title", "session__public_id"]
    search_help_text = _("Text of the question, or title of the item.")
    fields: ClassVar[Any] = [
        "question",
        "session_link",
        "made_by_link",
        "shows_results",
        "made_at",
        "started_at",
        "closed_at",
        "given",
    ]
    readonly_fields = fields
    inlines: ClassVar = [PollOptionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        rows = super().get_queryset(request).annotate(answer_count=Count("answers"))
        return rows.select_related("session__item", "made_by")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        if lookup.startswith(("answers", "options__answers")):
            return False
        return super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("session"))
    def session_link(self, poll: Poll) -> str:
        return link_to(poll.session)

    @admin.display(description=_("made by"))
    def made_by_link(self, poll: Poll) -> str:
        return link_to(poll.made_by)

    @admin.display(description=_("answers"))
    def given(self, poll: Any) -> int:
        return poll.answer_count
