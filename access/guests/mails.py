"""The mail by which somebody at a closed guest link asks the host to be let in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.blocks.policies import block_of
from access.guests.models import AccessRequest
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import written_for
from access.typed_text import one_line


@register
class AccessRequestMail(OutgoingKind[AccessRequest]):
    """To the item's owner; an answer goes to the person who asked."""

    name: ClassVar = "access_request"
    label: ClassVar = gettext_lazy("Somebody asked to be let in")
    about: ClassVar = AccessRequest
    search_fields: ClassVar = ("accessrequest__item__title",)

    def rows(self) -> QuerySet[AccessRequest]:
        """Without requests that have been erased."""
        return AccessRequest.objects.filter(erased_at=None).select_related("item__owner", "link")

    def write(self, mail: OutgoingMail, row: AccessRequest) -> EmailMultiAlternatives:
        owner = row.item.owner
        with written_for(time_zone=owner.time_zone, language=owner.language):
            return access_request_email(row)

    def mark_sent(self, row: AccessRequest, moment: datetime) -> None:
        AccessRequest.objects.filter(pk=row.pk).update(mailed_at=moment)


def _url(name: str, asked: AccessRequest) -> str:
    return settings.SITE_URL + reverse(name, args=[asked.item.public_id])


def _is_blocked(asked: AccessRequest) -> bool:
    return block_of(item=asked.item, emails={asked.email}, are_proven=False) is not None


def access_request_email(asked: AccessRequest) -> EmailMultiAlternatives:
    owner = asked.item.owner
    context: dict[str, Any] = {
        "asked": asked,
        "owner": owner,
        "site_name": settings.SITE_NAME,
        "requests_url": _url("access:access_requests", asked),
        # What is asked by somebody put out of a session is answered there, and nowhere else.
        "blocks_url": _url("access:blocks", asked) if _is_blocked(asked) else "",
    }
    return compose_from(
        "emails/access/guests/access_request",
        context,
        # SECURITY: what a stranger typed never breaks out of a mail header.
        subject=_("%(name)s asked to be let in: “%(title)s”")
        % {
            "name": one_line(asked.name, most=150),
            "title": one_line(asked.item.title, most=150),
        },
        to=owner.email,
        sender=asked.name,
        reply_to=asked.email,
    )
