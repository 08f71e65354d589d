"""The mail with the link that sets a password."""

from __future__ import annotations

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from access.accounts.models import User


def set_password_address(user: User) -> str:
    """The whole address, good once and for PASSWORD_RESET_TIMEOUT, on the site's own host."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return settings.SITE_URL + reverse("access:set_password", args=[uid, token])


def set_password_email(user: User, *, made_by: User | None) -> EmailMultiAlternatives:
    """For somebody without a password: a welcome. Else: a new password, as was asked for."""
    is_new = not user.has_usable_password()
    context = {
        "user": user,
        "made_by": made_by,
        "is_new": is_new,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "set_password_url": set_password_address(user),
        "days": settings.PASSWORD_RESET_TIMEOUT // (60 * 60 * 24),
    }
    subject = _("Your account at %(site)s") if is_new else _("A new password for %(site)s")
    mail = EmailMultiAlternatives(
        subject=subject % {"site": settings.SITE_NAME},
        body=render_to_string("emails/access/accounts/set_password.txt", context),
        to=[user.email],
    )
    if made_by:
        # SECURITY: a name never breaks out of a mail header.
        name = " ".join(made_by.get_full_name().split())
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        via = _("%(name)s via %(site)s") % {"name": name, "site": settings.SITE_NAME}
        mail.from_email = formataddr((via, sender))
        mail.reply_to = [made_by.email]
    mail.attach_alternative(
        render_to_string("emails/access/accounts/set_password.html", context), "text/html"
    )
    return mail
