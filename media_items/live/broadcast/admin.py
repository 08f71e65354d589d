"""Broadcasts in the admin: when they were sent, in which runs, and what became of the recording."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from media_items.admin_tools import link_to
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.read_only_admin import ReadOnlyAdmin, ReadOnlyInline


class BroadcastRunInline(ReadOnlyInline):
    model = BroadcastRun
    fields: ClassVar[Any] = [
        "sender_link",
        "mime_type",
        "started_at",
        "last_chunk_at",
        "next_chunk",
        "stopped_at",
    ]
    readonly_fields = fields
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BroadcastRun]:
        rows = super().get_queryset(request)
        return rows.select_related("sender", "broadcast__session__item")

    @admin.display(description=_("sender"))
    def sender_link(self, run: BroadcastRun) -> str:
        return link_to(run.sender)


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin):
    list_display = [
        "started_at",
        "session_link",
        "stopped_at",
        "recording_link",
        "recording_failed_at",
    ]
    list_filter = [
        ("recording_failed_at", admin.EmptyFieldListFilter),
        ("stopped_at", admin.EmptyFieldListFilter),
        "started_at",
    ]
    search_fields = ["session__item__title", "session__public_id", "recording__title"]
    search_help_text = _("Title of the event or of the recording.")
    fields: ClassVar[Any] = [
        "session_link",
        "started_at",
        "stopped_at",
        "recording_link",
        "recording_failed_at",
    ]
    readonly_fields = fields
    inlines: ClassVar = [BroadcastRunInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Broadcast]:
        return super().get_queryset(request).select_related("session__item", "recording")

    @admin.display(description=_("session"))
    def session_link(self, broadcast: Broadcast) -> str:
        return link_to(broadcast.session)

    @admin.display(description=_("recording"))
    def recording_link(self, broadcast: Broadcast) -> str:
        return link_to(broadcast.recording)
