"""Members of galleries and co-editors of items, in the admin.

The pages of galleries and items are those of `media_items`; the parts about people are added here.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.admin_addresses import FindsAddresses
from access.guests.models import Guest, GuestLink
from access.memberships import co_editors, galleries, services
from access.memberships.models import CoEditor, GalleryMembership, GalleryRole
from media_items.admin_tools import SaysRefusals, actor, link_to, link_to_list
from media_items.library.admin import GalleryAdmin, MediaItemAdmin
from media_items.models import Gallery, MediaItem
from media_items.person_page import PersonPart, Somebody, register
from media_items.refusals import Refusal

MEMBERS_SHOWN = 100


def count_for_each(rows: QuerySet[Any], per: str) -> Coalesce:
    """The number of `rows` of each row of a list; a subquery, so several counts do not multiply."""
    counted = (
        rows.order_by()
        .filter(**{per: OuterRef("pk")})
        .values(per)
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted), 0)


class MembersInline(admin.TabularInline):
    """The present members, oldest first. The role may be changed, the account may not.

    A form sends at most 1,000 fields, and an autocomplete field costs a query each: so no more
    than `MEMBERS_SHOWN`, and people are added below. A link leads to all members.
    """

    model = GalleryMembership
    verbose_name_plural = _("members")
    extra = 0
    fields = ["person", "role", "since"]
    readonly_fields = ["person", "since"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GalleryMembership]:
        members = super().get_queryset(request).select_related("user", "gallery")
        match = request.resolver_match
        gallery_id: Any = match.kwargs.get("object_id") if match else None
        shown = GalleryMembership.objects.filter(gallery_id=gallery_id).order_by("pk")
        pks = list(shown.values_list("pk", flat=True)[:MEMBERS_SHOWN])
        return members.filter(pk__in=pks).order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: Gallery | None = None) -> bool:
        return False

    @admin.display(description=_("account"))
    def person(self, membership: GalleryMembership) -> str:
        return link_to(membership.user)


class NewMembersInline(admin.TabularInline):
    model = GalleryMembership
    verbose_name_plural = _("add members")
    extra = 1
    autocomplete_fields = ["user"]
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[GalleryMembership]:
        return super().get_queryset(request).none()


class CoEditorInline(admin.TabularInline):
    """Rows are added and removed; their account is never changed."""

    model = CoEditor
    extra = 0
    autocomplete_fields = ["user"]
    readonly_fields = ["since"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CoEditor]:
        return super().get_queryset(request).select_related("user", "item")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.unregister(Gallery)
admin.site.unregister(MediaItem)


@admin.register(Gallery)
class GalleryWithMembersAdmin(SaysRefusals, GalleryAdmin):
    list_display = ["name", "kind", "members", "items", "created_at"]
    fields = [*GalleryAdmin.fields, "members"]
    readonly_fields = [*GalleryAdmin.readonly_fields, "members"]
    inlines: ClassVar = [MembersInline, NewMembersInline]

    def delete_model(self, request: HttpRequest, obj: Gallery) -> None:
        galleries.delete_gallery(gallery=obj, by=actor(request), as_admin=True)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Gallery]) -> None:
        for gallery in queryset:
            galleries.delete_gallery(gallery=gallery, by=actor(request), as_admin=True)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Gallery]:
        members = count_for_each(GalleryMembership.objects.all(), "gallery")
        rows: QuerySet[Gallery] = super().get_queryset(request).annotate(member_count=members)
        return rows

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """New members first, so that a new manager may replace the last one."""
        super().save_related(request, form, list(reversed(formsets)), change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not GalleryMembership:
            super().save_formset(request, form, formset, change)
            return
        by = actor(request)
        formset.save(commit=False)
        for new in formset.new_objects:
            services.add_member(
                gallery=form.instance,
                user=new.user,
                role=GalleryRole(new.role),
                by=by,
                as_admin=True,
            )
        changed = [membership for membership, _fields in formset.changed_objects]
        for one in sorted(changed, key=lambda one: one.role != GalleryRole.MANAGER):
            role = GalleryRole(one.role)
            services.change_role(membership=one, role=role, by=by, as_admin=True)
        for gone in formset.deleted_objects:
            services.remove_member(membership=gone, by=by, as_admin=True)

    @admin.display(description=_("members"), ordering="member_count")
    def members(self, gallery: Gallery) -> str:
        if gallery.pk is None:
            return "–"
        return link_to_list(
            GalleryMembership,
            _("All members (%s)") % gallery.member_count,  # type: ignore[attr-defined]
            gallery__id__exact=gallery.pk,
        )


@admin.register(MediaItem)
class MediaItemWithPeopleAdmin(FindsAddresses, SaysRefusals, MediaItemAdmin):
    list_display = [*MediaItemAdmin.list_display, "guest_links"]
    readonly_fields = [*MediaItemAdmin.readonly_fields, "guest_links", "guests"]
    fieldsets = [
        *MediaItemAdmin.fieldsets,
        (_("Guests"), {"fields": ["guest_links", "guests"]}),
    ]
    inlines: ClassVar = [CoEditorInline, *MediaItemAdmin.inlines]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MediaItem]:
        links = count_for_each(GuestLink.objects.filter(deleted_at=None), "item")
        items: QuerySet[MediaItem] = super().get_queryset(request).annotate(link_count=links)
        return items

    def said_of(self, refusal: Refusal) -> str:
        if isinstance(refusal, co_editors.IsOwner):
            return str(_("The owner can already do everything and doesn’t need to be a co-editor."))
        if isinstance(refusal, co_editors.NoSuchAccount):
            return str(_("This account is switched off, so it can’t be a co-editor."))
        return super().said_of(refusal)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not CoEditor:
            super().save_formset(request, form, formset, change)
            return
        by = actor(request)
        new = formset.save(commit=False)
        for gone in formset.deleted_objects:
            co_editors.remove_co_editor(co_editor=gone, by=by)
        for one in new:
            co_editors.add_co_editor(item=form.instance, email=one.user.email, by=by)

    @admin.display(description=_("guest links"), ordering="link_count")
    def guest_links(self, item: MediaItem) -> str:
        count = item.link_count  # type: ignore[attr-defined]
        return link_to_list(GuestLink, _("Links (%s)") % count, item__id__exact=item.pk)

    @admin.display(description=_("guests"))
    def guests(self, item: MediaItem) -> str:
        return link_to_list(Guest, _("All guests"), link__item__id__exact=item.pk)


@admin.register(GalleryMembership)
class GalleryMembershipAdmin(FindsAddresses, SaysRefusals):
    """The account and the gallery of a row are never changed."""

    list_display = ["account", "gallery_link", "role", "since"]
    list_display_links = ["role"]
    list_filter = ["role", "since"]
    list_select_related = ["user", "gallery"]
    list_per_page = 50
    search_fields = ["user__email", "user__last_name", "gallery__name"]
    show_full_result_count = False
    ordering = ["-pk"]
    autocomplete_fields = ["gallery", "user"]
    readonly_fields = ["since"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: GalleryMembership | None = None
    ) -> list[str]:
        return [*self.readonly_fields, *(["gallery", "user"] if obj else [])]

    def save_model(
        self, request: HttpRequest, obj: GalleryMembership, form: Any, change: bool
    ) -> None:
        role, by = GalleryRole(obj.role), actor(request)
        if change:
            services.change_role(membership=obj, role=role, by=by, as_admin=True)
            return
        made = services.add_member(
            gallery=obj.gallery, user=obj.user, role=role, by=by, as_admin=True
        )
        obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: GalleryMembership) -> None:
        services.remove_member(membership=obj, by=actor(request), as_admin=True)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[GalleryMembership]) -> None:
        for membership in queryset.select_related("gallery"):
            services.remove_member(membership=membership, by=actor(request), as_admin=True)

    @admin.display(description=_("account"), ordering="user__last_name")
    def account(self, membership: GalleryMembership) -> str:
        return link_to(membership.user)

    @admin.display(description=_("gallery"), ordering="gallery__name")
    def gallery_link(self, membership: GalleryMembership) -> str:
        return link_to(membership.gallery)


def _memberships_of(somebody: Somebody) -> QuerySet[GalleryMembership]:
    rows = GalleryMembership.objects.filter(user__email__in=somebody.emails)
    return rows.select_related("gallery").order_by("-since", "-pk")


def _co_edited_by(somebody: Somebody) -> QuerySet[CoEditor]:
    rows = CoEditor.objects.filter(user__email__in=somebody.emails)
    return rows.select_related("item").order_by("-since", "-pk")


register(
    PersonPart(
        name="galleries",
        heading=_("Galleries"),
        order=12,
        permission="access.view_gallerymembership",
        rows=_memberships_of,
        columns=[
            (_("Gallery"), lambda one: link_to(one, one.gallery.name)),
            (_("Role"), lambda one: one.get_role_display()),
            (_("Since"), lambda one: one.since),
        ],
    )
)
register(
    PersonPart(
        name="co_edited",
        heading=_("Co-editor of"),
        order=14,
        permission="media_items.view_mediaitem",
        rows=_co_edited_by,
        columns=[
            (_("Media item"), lambda one: link_to(one.item)),
            (_("Since"), lambda one: one.since),
        ],
    )
)
