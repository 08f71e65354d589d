"""People removed, in the admin: found, read, and unblocked through the room's service."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.admin_addresses import FindsAddresses, address_in
from access.blocks import services
from access.blocks.models import Block
from access.blocks.services import Actor
from access.email_addresses import shown_email
from media_items.admin_tools import actor, do_to_each, link_to
from media_items.live.sessions.models import Level
from media_items.person_page import PersonPart, Somebody, register

_ADDRESS = address_in("email")
_EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


class InForceFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("blocked", _("Blocked")), ("removed", _("Removed")), ("over", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {
            "blocked": Q(lifted_at=None, session=None),
            "removed": Q(lifted_at=None, session__isnull=False, session__ended_at=None),
            "over": Q(lifted_at__isnull=False) | Q(session__ended_at__isnull=False),
        }
        condition = conditions.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


@admin.register(Block)
class BlockAdmin(FindsAddresses):
    list_display = ["who", _ADDRESS, "item_link", "how_long", "made_at", "maker", "lifted_at"]
    list_filter = [InForceFilter, "made_at"]
    list_select_related = ["item", "participant", "made_by", "made_by_participant"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["email", "item__title", "item__public_id"]
    search_help_text = _("Email address, or title or public id of the item.")
    ordering = ["-made_at", "-pk"]
    fields: ClassVar[Any] = [
        "who",
        _ADDRESS,
        "item_link",
        "how_long",
        "only_typed",
        "made_at",
        "maker",
        "lifted_at",
        "lifter",
        "erased_at",
    ]
    readonly_fields = fields
    actions = ["let_back_in"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("who"))
    def who(self, block: Block) -> str:
        return str(block.participant or "–")

    @admin.display(description=_("item"), ordering="item__title")
    def item_link(self, block: Block) -> str:
        return link_to(block.item)

    @admin.display(description=_("how long"))
    def how_long(self, block: Block) -> str:
        return str(_("Until let back in") if block.is_lasting else _("For one session"))

    @admin.display(description=_("by"))
    def maker(self, block: Block) -> str:
        if block.made_by is None and block.made_by_participant:
            return str(block.made_by_participant)
        return link_to(block.made_by)

    @admin.display(description=_("let back in by"))
    def lifter(self, block: Block) -> str:
        if block.lifted_by is None and block.lifted_by_participant:
            return str(block.lifted_by_participant)
        return link_to(block.lifted_by)

    @admin.action(description=_("Let back in"), permissions=["change"], location=_EVERYWHERE)
    def let_back_in(self, request: HttpRequest, rows: QuerySet[Block]) -> None:
        act = partial(services.unblock, by=Actor(Level.HOST, actor(request)))
        chosen = rows.select_related("item", "participant")
        do_to_each(self, request, list(chosen), lambda one: act(block=one))


def _blocks_of(somebody: Somebody) -> QuerySet[Block]:
    rows = Block.objects.of_addresses(somebody.emails)
    return rows.select_related("item", "session", "participant").order_by("-made_at", "-pk")


def _how_it_stands(block: Block) -> str:
    is_over = block.lifted_at or (block.session and block.session.ended_at)
    if is_over:
        return str(_("Ended"))
    return str(_("Blocked") if block.is_lasting else _("Removed"))


register(
    PersonPart(
        name="blocks",
        heading=_("Removed or blocked"),
        order=50,
        permission="access.view_block",
        rows=_blocks_of,
        columns=[
            (_("Media item"), lambda block: link_to(block, block.item.title)),
            (_("Email"), lambda block: shown_email(block.email)),
            (_("Status"), _how_it_stands),
            (_("Since"), lambda block: block.made_at),
        ],
    )
)
