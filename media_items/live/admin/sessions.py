"""Sessions in the admin: found, read, and ended through the service."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from media_items.admin_tools import confirm_first, do_to_each, link_to, link_to_list
from media_items.live.chat.models import ChatMessage
from media_items.live.interactions.models import Poll
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions import services
from media_items.live.sessions.models import LiveSession, Participant, SessionState
from media_items.read_only_admin import ReadOnlyAdmin

_EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


class SessionStateFilter(admin.SimpleListFilter):
    """`LiveSession.state` as SQL."""

    title = _("state")
    parameter_name = "state"
    _conditions: ClassVar[dict[str, Q]] = {
        SessionState.LOBBY: Q(opened_at=None, ended_at=None),
        SessionState.LIVE: Q(opened_at__isnull=False, ended_at=None),
        SessionState.ENDED: Q(ended_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in SessionState if state in self._conditions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = self._conditions.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


@admin.register(LiveSession)
class LiveSessionAdmin(ReadOnlyAdmin):
    list_display = [
        "made_at",
        "item_link",
        "state_label",
        "opened_at",
        "ended_at",
        "end_reason",
        "people",
    ]
    list_filter = [SessionStateFilter, "end_reason", "made_at"]
    list_select_related = ["item"]
    search_fields = ["public_id", "item__title", "item__public_id", "item__owner__email"]
    search_help_text = _("Title or public ID of the item, the owner’s email, or the session’s ID.")
    fields: ClassVar[Any] = [
        "public_id",
        "item_link",
        "state_label",
        "made_at",
        "opened_at",
        "ended_at",
        "end_reason",
        "locked_at",
        "chat_paused_at",
        "host_gone_since",
        "warned_at",
        "people",
        "said",
    ]
    readonly_fields = fields
    actions = ("end_session",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiveSession]:
        return super().get_queryset(request).select_related("item")

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("live.change_livesession")

    @admin.display(description=_("item"), ordering="item__title")
    def item_link(self, session: LiveSession) -> str:
        return link_to(session.item)

    @admin.display(description=_("state"))
    def state_label(self, session: LiveSession) -> str:
        return str(session.state.label)

    @admin.display(description=_("people"))
    def people(self, session: LiveSession) -> str:
        return link_to_list(Participant, _("People"), session__id__exact=session.pk)

    @admin.display(description=_("chat and questions"))
    def said(self, session: LiveSession) -> str:
        lists = ((ChatMessage, _("Chat")), (AudienceQuestion, _("Questions")), (Poll, _("Polls")))
        return format_html_join(
            " · ",
            "{}",
            ((link_to_list(model, word, session__id__exact=session.pk),) for model, word in lists),
        )

    @admin.action(description=_("End session"), permissions=["end"], location=_EVERYWHERE)
    @confirm_first(
        title=_("End these sessions?"),
        consequence=_("Everybody in them is disconnected at once. The host can open a room again."),
        button=_("End session"),
    )
    def end_session(self, request: HttpRequest, sessions: QuerySet[LiveSession]) -> None:
        over = sessions.exclude(ended_at=None).count()
        under_way = list(sessions.filter(ended_at=None))
        do_to_each(
            self,
            request,
            under_way,
            lambda session: services.end_session(session=session),
            skipped=over,
        )
