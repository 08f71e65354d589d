"""The mail to the host: somebody at an old link asked for a new one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.email_addresses import shown_email
from access.invitations.mails.invitation import WITH_HOSTS
from access.invitations.mails.placeholders import is_expired, zone_of_schedule
from access.invitations.models import Invitation
from access.invitations.people import host_of
from access.invitations.services.new_links import NEW_LINK_ASKED
from access.last_days import end_for_others
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import choice_at, written_for
from access.typed_text import isolated, one_line


@register
class NewLinkAskedMail(OutgoingKind[Invitation]):
    """SECURITY: without the personal link. The host does not need it, and mailboxes are read."""

    name: ClassVar = NEW_LINK_ASKED
    label: ClassVar = gettext_lazy("Tells the host that somebody asked for a new link")
    about: ClassVar = Invitation

    def rows(self) -> QuerySet[Invitation]:
        return Invitation.objects.select_related(*WITH_HOSTS)

    def stale(self, mail: OutgoingMail, row: Invitation) -> str:
        if row.revoked_at:
            return _("withdrawn before it was sent")
        return _("the item was deleted before it was sent") if row.item.deleted_at else ""

    def write(self, mail: OutgoingMail, row: Invitation) -> EmailMultiAlternatives:
        zone = zone_of_schedule(row.item)
        with written_for(**choice_at(host_of(row).email), otherwise=zone):
            return new_link_asked_email(row)


def new_link_asked_email(invitation: Invitation) -> EmailMultiAlternatives:
    host, item = host_of(invitation), invitation.item
    context: dict[str, Any] = {
        "host": one_line(host.name),
        "name": one_line(invitation.get_full_name()),
        "address": shown_email(invitation.email),
        "title": one_line(item.title),
        "is_expired": is_expired(invitation),
        "last_day": end_for_others(invitation.expires_at) if invitation.expires_at else "",
        "register_url": settings.SITE_URL + reverse("access:register", args=[item.public_id]),
        "site_name": settings.SITE_NAME,
    }
    return compose_from(
        "emails/access/invitations/new_link_asked",
        context,
        subject=_("Somebody asked for a new link to “%s”") % isolated(context["title"]),
        to=host.email,
    )
