"""People of sessions in the admin, each with their stays."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.admin_tools import link_to, link_to_list
from media_items.live.chat.models import ChatMessage
from media_items.live.participants.listing import HOW_KNOWN, ROLE_NAMES
from media_items.live.sessions.models import NOT_OUT, Participant, Stay
from media_items.person_page import PersonPart, Somebody, register
from media_items.read_only_admin import ReadOnlyAdmin, ReadOnlyInline

_STATES: dict[str, tuple[Any, Q]] = {
    "removed": (pgettext_lazy("person in a session", "Removed"), Q(removed_at__isnull=False)),
    "declined": (
        pgettext_lazy("person in a session", "Not let in"),
        Q(removed_at=None, declined_at__isnull=False),
    ),
    "ended": (
        pgettext_lazy("person in a session", "Access ended"),
        Q(removed_at=None, declined_at=None, right_ended_at__isnull=False),
    ),
    "inside": (
        pgettext_lazy("person in a session", "Let in"),
        NOT_OUT & Q(declined_at=None, admitted_at__isnull=False),
    ),
    "waiting": (
        pgettext_lazy("person in a session", "Waiting"),
        NOT_OUT & Q(declined_at=None, admitted_at=None),
    ),
}


def state_key(one: Participant) -> str:
    """The same conditions as `_STATES`, for one row."""
    if one.removed_at:
        return "removed"
    if one.declined_at:
        return "declined"
    if one.right_ended_at:
        return "ended"
    return "inside" if one.admitted_at else "waiting"


class ParticipantStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, word) for key, (word, _which) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = _STATES.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen[1])


class HowKnownFilter(admin.SimpleListFilter):
    title = _("verification")
    parameter_name = "certainty"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(certainty), word) for certainty, word in HOW_KNOWN.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(certainty=self.value()) if self.value() else queryset


class StayInline(ReadOnlyInline):
    model = Stay
    fields: ClassVar[Any] = ["came_at", "seen_at", "left_at"]
    readonly_fields = fields
    ordering = ("came_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stay]:
        return super().get_queryset(request).select_related("participant")


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    list_display = [
        "__str__",
        "session_link",
        "role_label",
        "how_known",
        "level",
        "state_label",
        "asked_at",
    ]
    list_filter = [ParticipantStateFilter, "level", HowKnownFilter, "asked_at"]
    list_select_related = ["session__item"]
    search_fields = ["name", "key", "session__item__title", "session__public_id"]
    search_help_text = _("Name, or title of the item.")
    fields: ClassVar[Any] = [
        "name",
        "session_link",
        "role_label",
        "how_known",
        "level",
        "state_label",
        "asked_at",
        "admitted_at",
        "admitted_by_link",
        "declined_at",
        "removed_at",
        "removed_by_link",
        "right_ended_at",
        "hand_raised_at",
        "erased_at",
        "messages",
    ]
    readonly_fields = fields
    inlines: ClassVar = [StayInline]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """SECURITY: by its own columns and its session only. From the other end of a question or
        a vote one could ask who it is by, also where it was asked without a name."""
        own = {field.name for field in Participant._meta.concrete_fields}
        own |= {"session_id", ParticipantStateFilter.parameter_name}
        return lookup.split("__")[0] in own and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        rows = super().get_queryset(request)
        return rows.select_related("session__item", "admitted_by", "removed_by")

    @admin.display(description=_("session"))
    def session_link(self, one: Participant) -> str:
        return link_to(one.session)

    @admin.display(description=_("role"), ordering="role")
    def role_label(self, one: Participant) -> str:
        return str(ROLE_NAMES.get(one.role, "–"))

    @admin.display(description=_("verification"), ordering="certainty")
    def how_known(self, one: Participant) -> str:
        return str(HOW_KNOWN.get(one.certainty, "–"))

    @admin.display(description=_("state"))
    def state_label(self, one: Participant) -> str:
        return str(_STATES[state_key(one)][0])

    @admin.display(description=_("admitted by"))
    def admitted_by_link(self, one: Participant) -> str:
        return link_to(one.admitted_by)

    @admin.display(description=_("removed by"))
    def removed_by_link(self, one: Participant) -> str:
        return link_to(one.removed_by)

    @admin.display(description=_("chat"))
    def messages(self, one: Participant) -> str:
        return link_to_list(ChatMessage, _("Messages"), author__id__exact=one.pk)


def _participants_of(somebody: Somebody) -> QuerySet[Participant]:
    rows = Participant.objects.filter(key__in=somebody.keys)
    return rows.select_related("session__item").order_by("-asked_at", "-pk")


register(
    PersonPart(
        name="sessions",
        heading=_("Sessions"),
        order=40,
        permission="live.view_participant",
        rows=_participants_of,
        columns=[
            (_("Session of"), lambda one: link_to(one, one.session.item.title)),
            (_("Name"), str),
            (_("Role"), lambda one: ROLE_NAMES.get(one.role, "–")),
            (_("How we know who they are"), lambda one: HOW_KNOWN.get(one.certainty, "–")),
            (_("Status"), lambda one: _STATES[state_key(one)][0]),
            (_("Came"), lambda one: one.asked_at),
        ],
    )
)
