"""The mail with the link that sets a password."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.accounts.models import User
from access.accounts.personal_data import account_ids
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import choice_of, written_for
from media_items.personal_data import Subject


@register
class SetPasswordMail(OutgoingKind[User]):
    """SECURITY: the link is made when the mail is written, and is stored nowhere else."""

    name: ClassVar = "set_password"
    label: ClassVar = gettext_lazy("Link to set a password")
    about: ClassVar = User
    priority: ClassVar = 50  # somebody waits for it at the page

    def rows(self) -> QuerySet[User]:
        """Without accounts that are switched off."""
        return User.objects.filter(is_active=True)

    def about_person(self, subject: Subject) -> list[int]:
        return account_ids(subject.keys)

    def write(self, mail: OutgoingMail, row: User) -> EmailMultiAlternatives:
        """To the account's present address, also if it had another when the mail was asked for."""
        choice = choice_of(row)
        choice["language"] = mail.language or choice["language"]
        with written_for(**choice):
            return set_password_email(row, made_by=mail.asked_by)


def set_password_address(user: User) -> str:
    """The whole address, good once and for PASSWORD_RESET_TIMEOUT, on the site's own host."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return settings.SITE_URL + reverse("access:set_password", args=[uid, token])


def set_password_email(user: User, *, made_by: User | None) -> EmailMultiAlternatives:
    """A welcome for an account without a password; for others, the new password they asked for."""
    is_new = not user.has_usable_password()
    context: dict[str, Any] = {
        "user": user,
        "made_by": made_by,
        "is_new": is_new,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "set_password_url": set_password_address(user),
        "days": settings.PASSWORD_RESET_TIMEOUT // (60 * 60 * 24),
    }
    subject = _("Your account at %(site)s") if is_new else _("Set a new password for %(site)s")
    return compose_from(
        "emails/access/accounts/set_password",
        context,
        subject=subject % {"site": settings.SITE_NAME},
        to=user.email,
        sender=made_by.get_full_name() if made_by else "",
        reply_to=made_by.email if made_by else "",
    )
