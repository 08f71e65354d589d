"""The outbox in the admin: what became of each mail.

Rows are never added, edited or deleted here.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.admin_addresses import FindsAddresses, address_in
from access.email_addresses import shown_email
from access.mail.kinds import KINDS
from access.mail.models import OutgoingMail
from access.mail.text_admin import MailTextAdmin
from media_items.admin_tools import ActionsOnlyAdmin, link_to
from media_items.person_page import PersonPart, Somebody, register

_ADDRESS = address_in("address")

__all__ = ["MailTextAdmin", "OutgoingMailAdmin"]


class MailStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"
    _conditions: ClassVar = {
        "waiting": Q(sent_at=None, refused_at=None, failed_at=None),
        "sent": Q(sent_at__isnull=False),
        "refused": Q(refused_at__isnull=False),
        "failed": Q(failed_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("Queued")),
            ("sent", _("Sent")),
            ("refused", _("Bounced")),
            ("failed", _("Failed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = self._conditions.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(FindsAddresses, ActionsOnlyAdmin):
    list_display = [
        "asked_at",
        "kind",
        _ADDRESS,
        "about_link",
        "attempts",
        "sent_at",
        "refused_at",
        "failed_at",
        "answer",
    ]
    list_filter = [MailStateFilter, "kind", "asked_at"]
    search_help_text = _("Email address, title of the item, or what the mail server said.")
    ordering = ["-asked_at", "-pk"]
    fields: ClassVar[Any] = [
        "kind",
        _ADDRESS,
        "about_link",
        "asked_by",
        "asked_at",
        "attempts",
        "next_try_at",
        "sent_at",
        "refused_at",
        "failed_at",
        "answer",
    ]
    readonly_fields = fields
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        rows = [kind().rows() for kind in {kind.about: kind for kind in KINDS.values()}.values()]
        return super().get_queryset(request).prefetch_related(GenericPrefetch("about", rows))

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        of_kinds = {field for kind in KINDS.values() for field in kind.search_fields}
        return ["address", "answer", *sorted(of_kinds)]

    @admin.display(description=_("about"))
    def about_link(self, mail: OutgoingMail) -> str:
        about = mail.about
        if about is not None and not self.admin_site.is_registered(type(about)):
            return str(about)
        return link_to(about)


def _mails_to(somebody: Somebody) -> QuerySet[OutgoingMail]:
    rows = OutgoingMail.objects.filter(address__in=somebody.emails)
    return rows.order_by("-asked_at", "-pk")


def _what_became_of(mail: OutgoingMail) -> str:
    if mail.sent_at:
        return gettext("Sent")
    if mail.refused_at:
        return gettext("Bounced")
    return gettext("Failed") if mail.failed_at else gettext("Queued")


register(
    PersonPart(
        name="mails",
        heading=_("Emails"),
        order=60,
        permission="access.view_outgoingmail",
        rows=_mails_to,
        columns=[
            (_("Kind"), lambda mail: link_to(mail, mail.get_kind_display())),
            (_("Sent to"), lambda mail: shown_email(mail.address)),
            (_("Asked for"), lambda mail: mail.asked_at),
            (_("Status"), _what_became_of),
            (_("What the mail server said"), lambda mail: mail.answer),
        ],
    )
)
