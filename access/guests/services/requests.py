"""Asking the host to be let in."""

from __future__ import annotations

from django.db import transaction

from access.audit.models import Act
from access.audit.services import record
from access.email_addresses import normal_email
from access.guests.mails import AccessRequestMail
from access.guests.models import AccessRequest, GuestLink
from access.mail import outbox


@transaction.atomic
def ask_host(*, link: GuestLink, name: str, email: str, message: str) -> AccessRequest:
    """Keeps the request and mails the item's owner, by a task after commit."""
    request = AccessRequest.objects.create(
        item=link.item, link=link, name=name, email=normal_email(email), message=message
    )
    record(Act.ASKED_HOST, item=link.item, by=None, link=link)
    outbox.ask(kind=AccessRequestMail.name, mails=[(request.pk, link.item.owner.email)])
    return request
