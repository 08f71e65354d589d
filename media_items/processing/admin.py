"""Files and preparation, shown read-only on the admin page of their media item."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from media_items.processing.models import MediaFile, Preparation, Purpose


class _ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MediaFileInline(_ReadOnlyInline):
    """Without the pages of a document, of which there may be a thousand.

    SECURITY: no link to the bytes. An admin sees what there is, not what is in it.
    """

    model = MediaFile
    fields: ClassVar[Any] = [
        "purpose",
        "original_name",
        "content_type",
        "size_in_words",
        "language",
        "created_at",
    ]
    readonly_fields = fields
    ordering = ["purpose", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MediaFile]:
        return super().get_queryset(request).exclude(purpose=Purpose.PAGE).defer("text")

    @admin.display(description=_("size"))
    def size_in_words(self, media_file: MediaFile) -> str:
        return filesizeformat(media_file.size)


class PreparationInline(_ReadOnlyInline):
    model = Preparation
    fields: ClassVar[Any] = [
        "queued_at",
        "started_at",
        "starts",
        "finished_at",
        "failed_at",
        "percent",
        "problem",
    ]
    readonly_fields = fields
