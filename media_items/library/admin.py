"""Media items and galleries in the admin.

Members, co-editors and links are added by `access.memberships.admin`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from media_items.admin_tools import actor, confirm_first, link_to, link_to_list, say_done
from media_items.catalogue.models import Gallery, MediaItem, Publication
from media_items.library.services import deleting, editing, publishing
from media_items.person_page import PersonPart, Somebody, register
from media_items.processing.admin import MediaFileInline, PreparationInline
from media_items.processing.models import PreparationState

_EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


class BinFilter(admin.SimpleListFilter):
    title = _("bin")
    parameter_name = "bin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not in the bin")), ("yes", _("In the bin"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() == "no")


class PreparationFilter(admin.SimpleListFilter):
    """The states of `Preparation.state`, as SQL."""

    title = _("processing job")
    parameter_name = "preparation"
    _conditions: ClassVar[dict[str, Q]] = {
        PreparationState.WAITING: Q(
            preparation__isnull=False,
            preparation__started_at=None,
            preparation__finished_at=None,
            preparation__failed_at=None,
        ),
        PreparationState.RUNNING: Q(
            preparation__started_at__isnull=False,
            preparation__finished_at=None,
            preparation__failed_at=None,
        ),
        PreparationState.READY: Q(
            preparation__finished_at__isnull=False, preparation__failed_at=None
        ),
        PreparationState.FAILED: Q(preparation__failed_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(PreparationState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = self._conditions.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


class PublicationInline(admin.TabularInline):
    """Where it is published. Rows are added and deleted, never changed into another gallery."""

    model = Publication
    extra = 0
    autocomplete_fields = ["gallery"]
    readonly_fields = ["published_at", "published_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        return super().get_queryset(request).select_related("gallery", "item", "published_by")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(MediaItem)
class MediaItemAdmin(admin.ModelAdmin):
    """No adding (uploads go through the site) and no deleting (the bin, then the purge)."""

    list_display = [
        "title",
        "kind",
        "state",
        "owner_link",
        "preparation_state",
        "created_at",
        "deleted_at",
    ]
    list_filter = ["kind", "state", BinFilter, PreparationFilter, "created_at"]
    list_select_related = ["owner", "preparation"]
    list_per_page = 50
    search_fields = ["title", "tags", "public_id", "owner__email", "owner__last_name"]
    search_help_text = _("Title, tags, public ID, or the owner’s email or last name.")
    show_full_result_count = False
    ordering = ["-pk"]
    view_on_site = False  # an admin has no way into somebody's private item
    autocomplete_fields = ["owner"]
    readonly_fields = [
        "public_id",
        "kind",
        "time_zone",
        "created_at",
        "updated_at",
        "deleted_at",
        "deleted_by",
    ]
    fieldsets = [
        (None, {"fields": ["title", "description", "tags", "kind", "owner", "public_id"]}),
        (_("Who has access"), {"fields": ["state", "available_from", "available_until"]}),
        (
            _("Schedule"),
            {
                "fields": ["starts_at", "ends_at", "time_zone", "reminder"],
                "description": _(
                    "Enter times in your own time zone, which stands at the top of the page. The "
                    "time zone below is the event’s own."
                ),
            },
        ),
        (_("Times"), {"fields": ["created_at", "updated_at", "deleted_at", "deleted_by"]}),
    ]
    inlines: ClassVar = [PublicationInline, MediaFileInline, PreparationInline]
    actions = ["move_to_bin", "restore"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MediaItem | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: MediaItem, form: Any, change: bool) -> None:
        editing.edit_as_admin(item=obj, changed=form.changed_data, by=actor(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not Publication:
            super().save_formset(request, form, formset, change)
            return
        new = formset.save(commit=False)
        for gone in formset.deleted_objects:
            publishing.take_out(item=form.instance, gallery=gone.gallery, by=actor(request))
        for one in new:
            publishing.put_in_gallery(item=form.instance, gallery=one.gallery, by=actor(request))

    def has_bin_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("media_items.delete_mediaitem")

    @admin.display(description=_("owner"), ordering="owner__last_name")
    def owner_link(self, item: MediaItem) -> str:
        return link_to(item.owner)

    @admin.display(description=_("processing"))
    def preparation_state(self, item: MediaItem) -> str:
        preparation = getattr(item, "preparation", None)
        return preparation.state.label if preparation else "–"

    @admin.action(description=_("Move to the bin"), permissions=["bin"], location=_EVERYWHERE)
    @confirm_first(
        title=_("Move to the bin?"),
        consequence=_(
            "Nobody can open these until they are restored. After 30 days they are "
            "permanently deleted."
        ),
        button=_("Move to the bin"),
    )
    def move_to_bin(self, request: HttpRequest, items: QuerySet[MediaItem]) -> None:
        done = deleting.move_many_to_bin(items=_alone(items), by=actor(request))
        say_done(self, request, len(done))

    @admin.action(description=_("Restore from the bin"), permissions=["bin"], location=_EVERYWHERE)
    def restore(self, request: HttpRequest, items: QuerySet[MediaItem]) -> None:
        done = deleting.restore_many(items=_alone(items), by=actor(request))
        say_done(self, request, len(done))


def _alone(items: QuerySet[MediaItem]) -> QuerySet[MediaItem]:
    """Without what the list joins to find them: they are locked."""
    return MediaItem.objects.filter(pk__in=list(items.values_list("pk", flat=True)))


@admin.register(Gallery)
class GalleryAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "items", "created_at"]
    list_filter = ["kind", "created_at"]
    list_per_page = 50
    search_fields = ["name", "description", "public_id"]
    show_full_result_count = False
    view_on_site = False
    fields = ["name", "kind", "description", "public_id", "created_at"]
    readonly_fields = ["public_id", "created_at"]

    def delete_model(self, request: HttpRequest, obj: Gallery) -> None:
        publishing.delete_gallery(gallery=obj, by=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Gallery]) -> None:
        for gallery in queryset:
            publishing.delete_gallery(gallery=gallery, by=actor(request))

    @admin.display(description=_("published here"))
    def items(self, gallery: Gallery) -> str:
        return link_to_list(MediaItem, _("Items"), galleries__id__exact=gallery.pk)


def _owned_by(somebody: Somebody) -> QuerySet[MediaItem]:
    return MediaItem.objects.filter(owner__email__in=somebody.emails).order_by("-created_at", "-pk")


register(
    PersonPart(
        name="media",
        heading=_("Media"),
        order=16,
        permission="media_items.view_mediaitem",
        rows=_owned_by,
        columns=[
            (_("Title"), link_to),
            (_("Kind"), lambda item: item.get_kind_display()),
            (_("Status"), lambda item: item.get_state_display()),
            (_("Created"), lambda item: item.created_at),
            (_("In the bin since"), lambda item: item.deleted_at),
        ],
    )
)
