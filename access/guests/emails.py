"""Mails about guest access."""

from __future__ import annotations

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from access.guests.models import AccessRequest


def access_request_email(asked: AccessRequest) -> EmailMultiAlternatives:
    """To the item's owner; an answer goes to the person who asked."""
    owner = asked.item.owner
    context = {
        "asked": asked,
        "owner": owner,
        "site_name": settings.SITE_NAME,
        "manage_url": settings.SITE_URL
        + reverse("access:guest_links", args=[asked.item.public_id]),
    }
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mail = EmailMultiAlternatives(
        subject=_("%(name)s asks to be let in: %(title)s")
        % {"name": one_line(asked.name), "title": one_line(asked.item.title)},
        body=render_to_string("emails/access/guests/access_request.txt", context),
        from_email=formataddr((_("%s via Foyer") % one_line(asked.name), sender)),
        to=[owner.email],
        reply_to=[asked.email],
    )
    mail.attach_alternative(
        render_to_string("emails/access/guests/access_request.html", context), "text/html"
    )
    return mail


def one_line(text: str) -> str:
    """SECURITY: what a stranger typed never breaks out of a mail header."""
    return " ".join(text.split())[:150]
