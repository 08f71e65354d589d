"""Guest links and guests in the admin: found, read, and acted on through the room's services.

Rows are never deleted here: they are the history of who came. Names and addresses go by erasing.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.admin_addresses import FindsAddresses, address_in, email_domains
from access.audit.models import AccessEvent
from access.guests import (
    person_parts,  # noqa: F401 - registers what stands on a person's page
    request_admin,  # noqa: F401 - registers itself
)
from access.guests.models import Guest, GuestAdmission, GuestLink, LinkState
from access.guests.services import guests as guest_services
from access.guests.services import links as link_services
from media_items.admin_tools import (
    ActionsOnlyAdmin,
    SaysRefusals,
    actor,
    confirm_first,
    do_to_each,
    link_to,
    link_to_list,
)

_ADDRESS = address_in("email")
_EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


class LinkStateFilter(admin.SimpleListFilter):
    """`GuestLink.state_at` as SQL: the first of these conditions that is true."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(LinkState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in LinkState.values:
            return queryset
        conditions = {
            LinkState.DELETED: Q(deleted_at__isnull=False),
            LinkState.OFF: Q(item__guest_access__enabled_at=None),
            LinkState.PAUSED: Q(paused_at__isnull=False),
            LinkState.EXPIRED: Q(expires_at__isnull=False, expires_at__lte=timezone.now()),
            LinkState.FULL: Q(places__isnull=False, places_taken__gte=F("places")),
            LinkState.ACTIVE: Q(),
        }
        for state, condition in conditions.items():
            if state == self.value():
                return queryset.filter(condition)
            queryset = queryset.exclude(condition)
        return queryset


@admin.register(GuestLink)
class GuestLinkAdmin(FindsAddresses, ActionsOnlyAdmin):
    list_display = ["name", "item_link", "state", "places_used", "expires_at", "maker", "guests"]
    list_filter = [LinkStateFilter, "waiting_room", "created_at", "expires_at"]
    list_select_related = ["item__guest_access", "created_by"]
    search_fields = ["name", "item__title", "item__public_id", "created_by__email"]
    search_help_text = _(
        "Name of the link, title or public id of the item, or email of whoever made the link."
    )
    ordering = ["-created_at", "-pk"]
    fieldsets: ClassVar[Any] = [
        (None, {"fields": ["name", "item_link", "state", "places_used", "expires_at"]}),
        (
            _("What guests may do"),
            {
                "fields": [
                    "may_download",
                    "may_chat",
                    "may_ask",
                    "may_raise_hand",
                    "may_take_quiz",
                ]
            },
        ),
        (
            _("Who can join"),
            {"fields": [email_domains, "waiting_room", "verify_before_quiz", "guests"]},
        ),
        (
            _("History"),
            {"fields": ["maker", "created_at", "paused_at", "deleted_at", "trail"]},
        ),
    ]
    readonly_fields: ClassVar[Any] = [
        "item_link",
        "state",
        "places_used",
        "maker",
        "guests",
        "trail",
        email_domains,
    ]
    actions = ["pause", "resume", "end_people_inside"]

    @admin.display(description=_("item"), ordering="item__title")
    def item_link(self, link: GuestLink) -> str:
        return link_to(link.item)

    @admin.display(description=_("state"))
    def state(self, link: GuestLink) -> str:
        access = getattr(link.item, "guest_access", None)
        state = link.state_at(timezone.now(), access_on=bool(access and access.enabled_at))
        return str(state.label)

    @admin.display(description=_("places taken"), ordering="places_taken")
    def places_used(self, link: GuestLink) -> str:
        if link.places is None:
            return str(link.places_taken)
        return str(
            _("%(taken)s of %(places)s") % {"taken": link.places_taken, "places": link.places}
        )

    @admin.display(description=_("made by"), ordering="created_by__last_name")
    def maker(self, link: GuestLink) -> str:
        return link_to(link.created_by)

    @admin.display(description=_("guests"))
    def guests(self, link: GuestLink) -> str:
        return link_to_list(Guest, _("Guests"), link__id__exact=link.pk)

    @admin.display(description=_("activity"))
    def trail(self, link: GuestLink) -> str:
        return link_to_list(AccessEvent, _("Activity"), link__id__exact=link.pk)

    @admin.action(
        description=_("Pause: nobody new can join"), permissions=["change"], location=_EVERYWHERE
    )
    def pause(self, request: HttpRequest, rows: QuerySet[GuestLink]) -> None:
        act = partial(link_services.pause_link, by=actor(request))
        do_to_each(self, request, rows.filter(deleted_at=None), lambda link: act(link=link))

    @admin.action(description=_("Resume"), permissions=["change"], location=_EVERYWHERE)
    def resume(self, request: HttpRequest, rows: QuerySet[GuestLink]) -> None:
        act = partial(link_services.resume_link, by=actor(request))
        do_to_each(self, request, rows.filter(deleted_at=None), lambda link: act(link=link))

    @admin.action(
        description=_("End access of current guests"),
        permissions=["change"],
        location=_EVERYWHERE,
    )
    @confirm_first(
        title=_("End access of current guests?"),
        consequence=_(
            "Guests who joined with these links lose access right away. A link that "
            "isn’t paused still lets them, and others, join again."
        ),
        button=_("End access"),
    )
    def end_people_inside(self, request: HttpRequest, rows: QuerySet[GuestLink]) -> None:
        do_to_each(
            self,
            request,
            list(rows),
            lambda link: link_services.end_inside(link=link, by=actor(request)),
        )


class GuestStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"
    _conditions: ClassVar = {
        "welcome": Q(removed_at=None, erased_at=None),
        "removed": Q(removed_at__isnull=False, erased_at=None),
        "erased": Q(erased_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("welcome", _("Has access")), ("removed", _("Removed")), ("erased", _("Erased"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = self._conditions.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


class AdmissionInline(admin.TabularInline):
    model = GuestAdmission
    verbose_name_plural = _("devices they joined from")
    extra = 0
    fields: ClassVar[Any] = [
        "name",
        "admitted_at",
        "last_seen_at",
        "left_at",
        "ended_at",
        "erased_at",
    ]
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Guest)
class GuestAdmin(SaysRefusals, FindsAddresses, ActionsOnlyAdmin):
    list_display = ["who", _ADDRESS, "link_link", "item_link", "joined_at", "removed_at"]
    list_filter = [GuestStateFilter, "joined_at"]
    list_select_related = ["link__item"]
    search_fields = ["name", "email"]
    search_help_text = _("Name or email address.")
    ordering = ["-joined_at", "-pk"]
    fields: ClassVar[Any] = [
        "who",
        _ADDRESS,
        "link_link",
        "item_link",
        "joined_at",
        "removed_at",
        "removed_by",
        "erased_at",
        "trail",
    ]
    readonly_fields: ClassVar[Any] = ["who", _ADDRESS, "link_link", "item_link", "trail"]
    inlines: ClassVar = [AdmissionInline]
    actions = ["remove", "readmit", "erase"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The item's page leads here with this lookup."""
        return lookup == "link__item__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("name"), ordering="name")
    def who(self, guest: Guest) -> str:
        return str(guest)

    @admin.display(description=_("guest link"), ordering="link__name")
    def link_link(self, guest: Guest) -> str:
        return link_to(guest.link)

    @admin.display(description=_("item"), ordering="link__item__title")
    def item_link(self, guest: Guest) -> str:
        return link_to(guest.link.item)

    @admin.display(description=_("activity"))
    def trail(self, guest: Guest) -> str:
        return link_to_list(AccessEvent, _("Activity"), guest__id__exact=guest.pk)

    @admin.action(description=_("Remove"), permissions=["change"], location=_EVERYWHERE)
    @confirm_first(
        title=_("Remove these guests?"),
        consequence=_(
            "They lose access right away, and can’t use the same link with the same "
            "email until you let them back in."
        ),
        button=_("Remove"),
    )
    def remove(self, request: HttpRequest, rows: QuerySet[Guest]) -> None:
        act = partial(guest_services.remove_guest, by=actor(request))
        do_to_each(self, request, list(rows.filter(erased_at=None)), lambda one: act(guest=one))

    @admin.action(description=_("Let back in"), permissions=["change"], location=_EVERYWHERE)
    def readmit(self, request: HttpRequest, rows: QuerySet[Guest]) -> None:
        by = actor(request)

        def let_back(guest: Guest) -> None:
            undo = (
                guest_services.readmit_guest if guest.removed_at else guest_services.unblock_guest
            )
            undo(guest=guest, by=by)

        do_to_each(self, request, list(rows.filter(erased_at=None)), let_back)

    @admin.action(
        description=_("Erase name and email"), permissions=["change"], location=_EVERYWHERE
    )
    @confirm_first(
        title=_("Erase these guests’ data?"),
        consequence=_(
            "Their names and email addresses are erased permanently and they lose access. "
            "Their places stay taken."
        ),
        button=_("Erase"),
    )
    def erase(self, request: HttpRequest, rows: QuerySet[Guest]) -> None:
        act = partial(guest_services.erase_guest, by=actor(request))
        do_to_each(self, request, list(rows.filter(erased_at=None)), lambda one: act(guest=one))
