"""Invitations in the admin: found, read with their mails, and taken back through the service.

Rows are never added, edited or deleted here: they are the history of who was invited.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.contenttypes.admin import GenericTabularInline
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access.admin_addresses import FindsAddresses, address_in
from access.audit.models import AccessEvent
from access.email_addresses import shown_email
from access.invitations.models import Invitation, InvitationProof, InvitationState, MailKind
from access.invitations.services import managing
from access.mail.models import OutgoingMail
from media_items.admin_tools import (
    ActionsOnlyAdmin,
    actor,
    confirm_first,
    do_to_each,
    link_to,
    link_to_list,
)
from media_items.person_page import PersonPart, Somebody, register

_ADDRESS = address_in("email")


class AnswerFilter(admin.SimpleListFilter):
    """What became of an invitation: the first of these conditions that is true."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("revoked", _("Withdrawn")),
            ("expired", _("Expired")),
            ("declined", _("Declined")),
            ("accepted", _("Accepted")),
            ("open", _("Not answered")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {
            "revoked": Q(revoked_at__isnull=False),
            "expired": Q(expires_at__isnull=False, expires_at__lte=timezone.now()),
            "declined": Q(declined_at__isnull=False),
            "accepted": Q(accepted_at__isnull=False),
            "open": Q(),
        }
        if self.value() not in conditions:
            return queryset
        for state, condition in conditions.items():
            if state == self.value():
                break
            queryset = queryset.exclude(condition)
        return queryset.filter(condition)


class _ReadOnlyInline(InlineModelAdmin):
    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MailInline(_ReadOnlyInline, GenericTabularInline):
    model = OutgoingMail
    ct_field = "about_type"
    ct_fk_field = "about_id"
    verbose_name_plural = _("emails to this person")
    fields: ClassVar[Any] = [
        "kind",
        address_in("address"),
        "asked_at",
        "attempts",
        "sent_at",
        "refused_at",
        "failed_at",
        "answer",
    ]
    readonly_fields = fields
    ordering = ["-asked_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return super().get_queryset(request).filter(kind__in=MailKind.values)


class ProofInline(_ReadOnlyInline, admin.TabularInline):
    model = InvitationProof
    verbose_name_plural = _("verified devices")
    fields: ClassVar[Any] = ["how", "proven_at", "expires_at", "ended_at"]
    readonly_fields = fields
    ordering = ["-proven_at", "-pk"]


@admin.register(Invitation)
class InvitationAdmin(FindsAddresses, ActionsOnlyAdmin):
    list_display = ["who", _ADDRESS, "item_link", "role", "created_at", "accepted_at", "inviter"]
    list_filter = [AnswerFilter, "role", "certainty", "created_at"]
    list_select_related = ["item", "invited_by"]
    search_fields = [
        "email",
        "first_name",
        "last_name",
        "item__title",
        "item__public_id",
        "invited_by__email",
    ]
    search_help_text = _("Name or email, title or public id of the item, or email of the host.")
    ordering = ["-created_at", "-pk"]
    fieldsets: ClassVar[Any] = [
        (None, {"fields": ["who", _ADDRESS, "item_link", "role", "note", "expires_at"]}),
        (_("The person"), {"fields": ["account_link", "certainty", "last_seen_at"]}),
        (
            _("History"),
            {
                "fields": [
                    "inviter",
                    "created_at",
                    "opened_at",
                    "accepted_at",
                    "declined_at",
                    "revoked_at",
                    "taken_back_by",
                    "trail",
                ]
            },
        ),
    ]
    readonly_fields: ClassVar[Any] = [
        "who",
        _ADDRESS,
        "item_link",
        "account_link",
        "inviter",
        "created_at",
        "taken_back_by",
        "trail",
    ]
    inlines: ClassVar = [MailInline, ProofInline]
    actions = ["take_back", "erase"]

    @admin.display(description=_("who"), ordering="last_name")
    def who(self, invitation: Invitation) -> str:
        return invitation.get_full_name()

    @admin.display(description=_("item"), ordering="item__title")
    def item_link(self, invitation: Invitation) -> str:
        return link_to(invitation.item)

    @admin.display(description=_("account"))
    def account_link(self, invitation: Invitation) -> str:
        return link_to(invitation.account)

    @admin.display(description=_("invited by"), ordering="invited_by__last_name")
    def inviter(self, invitation: Invitation) -> str:
        return link_to(invitation.invited_by)

    @admin.display(description=_("withdrawn by"))
    def taken_back_by(self, invitation: Invitation) -> str:
        return link_to(invitation.revoked_by)

    @admin.display(description=_("activity"))
    def trail(self, invitation: Invitation) -> str:
        return link_to_list(AccessEvent, _("Activity"), invitation__id__exact=invitation.pk)

    @admin.action(
        description=_("Withdraw"),
        permissions=["change"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    @confirm_first(
        title=_("Withdraw these invitations?"),
        consequence=_(
            "These people lose access right away, and their links stop working. Anyone "
            "you invite again gets a new link."
        ),
        button=_("Withdraw"),
    )
    def take_back(self, request: HttpRequest, rows: QuerySet[Invitation]) -> None:
        act = partial(managing.revoke, by=actor(request))
        do_to_each(
            self, request, list(rows.filter(revoked_at=None)), lambda one: act(invitation=one)
        )

    @admin.action(
        description=_("Erase name and email"),
        permissions=["change"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    @confirm_first(
        title=_("Erase these invitations’ data?"),
        consequence=_(
            "Names, email addresses, notes and the records of emails to these people "
            "are erased permanently. The invitations are withdrawn."
        ),
        button=_("Erase"),
    )
    def erase(self, request: HttpRequest, rows: QuerySet[Invitation]) -> None:
        act = partial(managing.erase_invitation, by=actor(request))
        do_to_each(self, request, list(rows.exclude(email="")), lambda one: act(invitation=one))


def _invitations_of(somebody: Somebody) -> QuerySet[Invitation]:
    theirs = Q(email__in=somebody.emails) | Q(account__email__in=somebody.emails)
    rows = Invitation.objects.filter(theirs).exclude(email="")
    return rows.select_related("item", "invited_by").order_by("-created_at", "-pk")


def _answer(invitation: Invitation) -> str:
    if invitation.revoked_at:
        return str(InvitationState.REVOKED.label)
    if invitation.expires_at and invitation.expires_at <= timezone.now():
        return str(InvitationState.EXPIRED.label)
    if invitation.declined_at:
        return str(InvitationState.DECLINED.label)
    if invitation.accepted_at:
        return str(InvitationState.ACCEPTED.label)
    return gettext("Not answered")


register(
    PersonPart(
        name="invitations",
        heading=_("Invitations"),
        order=20,
        permission="invitations.view_invitation",
        rows=_invitations_of,
        columns=[
            (_("Invited to"), lambda one: link_to(one, one.item.title)),
            (_("Email"), lambda one: shown_email(one.email)),
            (_("Role"), lambda one: one.get_role_display()),
            (_("Answer"), _answer),
            (pgettext_lazy("a date", "Invited"), lambda one: one.created_at),
            (_("Invited by"), lambda one: link_to(one.invited_by)),
            (_("Last seen"), lambda one: one.last_seen_at),
        ],
    )
)
