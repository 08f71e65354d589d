"""The mail with the six digits that prove a guest's mailbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.guests.models import GuestCode
from access.guests.personal_data import admission_ids
from access.guests.services.confirming import CODE_MAIL
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import with_choices, written_for
from access.mailed_codes import LIFE, make_digits
from access.typed_text import one_line
from media_items.personal_data import Subject

_SHORTEST_USE = timedelta(minutes=1)


@register
class GuestCodeMail(OutgoingKind[GuestCode]):
    """SECURITY: the digits are made when the mail is written, and are stored nowhere else. It names
    the item and its host, and nothing that a guest has typed: the mailbox may be anybody's."""

    name: ClassVar = CODE_MAIL
    label: ClassVar = gettext_lazy("Code for a guest")
    about: ClassVar = GuestCode
    priority: ClassVar = 50
    # The person waits at the page, and the code works for ten minutes only.
    pauses: ClassVar = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 120))
    search_fields: ClassVar = ("guestcode__admission__guest__link__item__title",)

    @property
    def most_attempts(self) -> int:
        return len(self.pauses) + 1

    def rows(self) -> QuerySet[GuestCode]:
        codes = GuestCode.objects.annotate(**with_choices("admission__guest__email"))
        return codes.select_related("admission__guest__link__item__owner")

    def stale(self, mail: OutgoingMail, row: GuestCode) -> str:
        admission = row.admission
        if row.used_at or admission.erased_at or admission.guest.removed_at:
            return _("withdrawn before it was sent")
        if admission.guest.link.item.deleted_at:
            return _("the item was deleted before it was sent")
        if row.expires_at <= timezone.now() + _SHORTEST_USE:
            return _("expired before it was sent")
        return ""

    def about_person(self, subject: Subject) -> list[int]:
        codes = GuestCode.objects.filter(admission__in=admission_ids(subject.keys))
        return list(codes.values_list("pk", flat=True))

    def write(self, mail: OutgoingMail, row: GuestCode) -> EmailMultiAlternatives:
        known = row.reader_language  # type: ignore[attr-defined] # with_choices
        with written_for(language=mail.language or known):
            return guest_code_email(row, make_digits(row))


def guest_code_email(code: GuestCode, digits: str) -> EmailMultiAlternatives:
    """The digits stand in a line of their own, in a form that phones and browsers recognise."""
    guest = code.admission.guest
    context: dict[str, Any] = {
        "digits": digits,
        "title": one_line(guest.link.item.title),
        "minutes": int(LIFE.total_seconds()) // 60,
        "bound": f"@{urlsplit(settings.SITE_URL).hostname} #{digits}",
        "site_name": settings.SITE_NAME,
    }
    return compose_from(
        "emails/access/guests/code",
        context,
        subject=_("%(digits)s is your code for %(site)s")
        % {"digits": digits, "site": settings.SITE_NAME},
        to=guest.email,
    )
