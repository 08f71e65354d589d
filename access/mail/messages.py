"""What all mails have in common: language, sender, headers, a plain part and an HTML part.

SECURITY: one recipient per mail, whatever was typed as a name; see `access.typed_text`.
"""

from __future__ import annotations

from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from access.typed_text import one_line

# With these headers a mail gets no automatic reply.
_AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def site_language() -> str:
    """The language of mails: accounts and invitations have none of their own."""
    return str(settings.LANGUAGE_CODE)


def compose(
    *, subject: str, text: str, html: str = "", to: str, sender: str = "", reply_to: str = ""
) -> EmailMultiAlternatives:
    """From the site's own address; with a `sender`, in that person's name."""
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=_in_name_of(sender) if sender else None,
        to=[to],
        reply_to=[reply_to] if reply_to else [],
        headers=dict(_AUTOMATIC),
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message


def compose_from(
    template: str, context: dict[str, Any], *, subject: str, to: str, **options: str
) -> EmailMultiAlternatives:
    """From the templates `<template>.txt` and `<template>.html`."""
    return compose(
        subject=subject,
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        to=to,
        **options,
    )


def message_id(pk: int) -> str:
    """Always the same for one row of the outbox; it does not tell how many rows there are."""
    digest = salted_hmac("access.outgoing-mail", str(pk), algorithm="sha256").hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def _in_name_of(sender: str) -> str:
    via = _("%(name)s via %(site)s") % {
        "name": one_line(sender, most=100),
        "site": settings.SITE_NAME,
    }
    return formataddr((via, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
