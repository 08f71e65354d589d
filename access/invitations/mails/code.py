"""The mail with the six digits that prove the invited mailbox."""

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

from access.invitations.mails.invitation import WITH_HOSTS
from access.invitations.models import InvitationCode
from access.invitations.people import host_of
from access.invitations.personal_data import invitation_ids
from access.invitations.services.codes import CODE_MAIL
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import with_choices, written_for
from access.mailed_codes import LIFE, make_digits
from access.typed_text import one_line
from media_items.personal_data import Subject

_SHORTEST_USE = timedelta(minutes=1)


@register
class CodeMail(OutgoingKind[InvitationCode]):
    """SECURITY: the digits are made when the mail is written, and are stored nowhere else."""

    name: ClassVar = CODE_MAIL
    label: ClassVar = gettext_lazy("Code")
    about: ClassVar = InvitationCode
    priority: ClassVar = 50
    # The person waits at the page, and the code is good for ten minutes only.
    pauses: ClassVar = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 120))
    search_fields: ClassVar = ("invitationcode__invitation__item__title",)

    @property
    def most_attempts(self) -> int:
        return len(self.pauses) + 1

    def rows(self) -> QuerySet[InvitationCode]:
        codes = InvitationCode.objects.annotate(**with_choices("invitation__email"))
        return codes.select_related(*(f"invitation__{name}" for name in WITH_HOSTS))

    def stale(self, mail: OutgoingMail, row: InvitationCode) -> str:
        """A code is not mailed when it opens nothing any more, or will be too old to be typed."""
        if row.invitation.revoked_at or row.used_at:
            return _("withdrawn before it was sent")
        if row.invitation.item.deleted_at:
            return _("the item was deleted before it was sent")
        if row.expires_at <= timezone.now() + _SHORTEST_USE:
            return _("expired before it was sent")
        return ""

    def about_person(self, subject: Subject) -> list[int]:
        codes = InvitationCode.objects.filter(invitation__in=invitation_ids(subject.keys))
        return list(codes.values_list("pk", flat=True))

    def write(self, mail: OutgoingMail, row: InvitationCode) -> EmailMultiAlternatives:
        known = row.reader_language or row.invitation.language  # type: ignore[attr-defined] # with_choices
        language = mail.language or known
        with written_for(language=language):
            return code_email(row, make_digits(row))


def code_email(code: InvitationCode, digits: str) -> EmailMultiAlternatives:
    """The digits stand in a line of their own, in a form that phones and browsers recognise."""
    context: dict[str, Any] = {
        "digits": digits,
        "title": one_line(code.invitation.item.title),
        "host": one_line(host_of(code.invitation).name),
        "minutes": int(LIFE.total_seconds()) // 60,
        # In this form browsers fill the code in on this site only.
        "bound": f"@{urlsplit(settings.SITE_URL).hostname} #{digits}",
        "site_name": settings.SITE_NAME,
    }
    return compose_from(
        "emails/access/invitations/code",
        context,
        subject=_("%(digits)s is your code for %(site)s")
        % {"digits": digits, "site": settings.SITE_NAME},
        to=code.invitation.email,
    )
