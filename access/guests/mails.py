"""The mail by which somebody at a closed guest link asks the hosts to be let in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.accounts.models import User
from access.blocks.policies import block_of
from access.guests.models import AccessRequest
from access.guests.notices import ASKED
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import choice_of, written_for
from access.notices.kinds import KINDS
from access.notices.mails import may_be_told, told_address
from access.typed_text import one_line


@register
class AccessRequestMail(OutgoingKind[AccessRequest]):
    """To each of the item's hosts who wants it at once; an answer goes to the person who asked."""

    name: ClassVar = "access_request"
    label: ClassVar = gettext_lazy("Somebody asked to be let in")
    about: ClassVar = AccessRequest
    priority: ClassVar = 40  # somebody stands at the door
    search_fields: ClassVar = ("accessrequest__item__title",)

    def rows(self) -> QuerySet[AccessRequest]:
        """Without requests that have been erased."""
        return AccessRequest.objects.filter(erased_at=None).select_related("item", "link")

    def stale(self, mail: OutgoingMail, row: AccessRequest) -> str:
        """SECURITY: whoever is no host any more, or has another address, is told nothing."""
        if row.answer:
            return _("answered before it was sent")
        reader = _reader(mail)
        if reader is None or not may_be_told(reader, row.item, KINDS[ASKED]):
            return _("not to be told any more")
        return ""

    def write(self, mail: OutgoingMail, row: AccessRequest) -> EmailMultiAlternatives:
        reader = _reader(mail)
        assert reader is not None  # noqa: S101 - `stale` has asked
        with written_for(**choice_of(reader)):
            return access_request_email(row, reader)

    def mark_sent(self, row: AccessRequest, moment: datetime) -> None:
        AccessRequest.objects.filter(pk=row.pk).update(mailed_at=moment)


def _reader(mail: OutgoingMail) -> User | None:
    return User.objects.filter(email=mail.address, is_active=True).first()


def _url(name: str, asked: AccessRequest, *more: int) -> str:
    return settings.SITE_URL + reverse(name, args=[asked.item.public_id, *more])


def _is_blocked(asked: AccessRequest) -> bool:
    return block_of(item=asked.item, emails={asked.email}, are_proven=False) is not None


def access_request_email(asked: AccessRequest, reader: User) -> EmailMultiAlternatives:
    """SECURITY: its link names the request and opens nothing to whoever is not signed in as
    somebody who may manage guest access, so the mail may be passed on."""
    context: dict[str, Any] = {
        "asked": asked,
        "reader": reader,
        "site_name": settings.SITE_NAME,
        "account_url": told_address(),
        "request_url": _url("access:access_request", asked, asked.pk),
        # What is asked by somebody put out of a session is answered there, and nowhere else.
        "blocks_url": _url("access:blocks", asked) if _is_blocked(asked) else "",
    }
    return compose_from(
        "emails/access/guests/access_request",
        context,
        # SECURITY: no name of a stranger where a locked telephone shows it.
        subject=_("Somebody asked to be let in: “%(title)s”")
        % {"title": one_line(asked.item.title, most=150)},
        to=reader.email,
        sender=asked.name,
        reply_to=asked.email,
    )
