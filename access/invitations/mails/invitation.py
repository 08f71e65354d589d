"""The mails to a person invited, one kind for each occasion, most with the personal link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from email.message import MIMEPart
from functools import cached_property
from typing import Any, ClassVar

from django.core.mail import EmailMultiAlternatives
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from access.blocks.policies import block_of
from access.invitations.mails.calendar import calendar_part, session_calendar
from access.invitations.mails.placeholders import is_expired, mail_values, zone_of_schedule
from access.invitations.mails.texts import MISSED, NEW_LINK_EXPIRED, WITHOUT_LINK
from access.invitations.models import Invitation, MailKind
from access.invitations.notices import note_bounced
from access.invitations.people import Host, host_of
from access.invitations.personal_data import invitation_ids
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose
from access.mail.models import OutgoingMail
from access.mail.readers import mail_language, with_choices, written_for
from access.mail.texts import Texts
from access.typed_text import one_line
from media_items.catalogue.models import MediaItem, RemindBefore
from media_items.moments import span
from media_items.personal_data import Subject

WITH_HOSTS = ("item__owner", "invited_by", "invited_by_invitation")


class MailToInvited(OutgoingKind[Invitation]):
    """In the host's name, with the date of a scheduled item. The register shows its outcome."""

    about: ClassVar = Invitation
    kept_for: ClassVar = None
    is_shown: ClassVar = True
    is_editable: ClassVar = True
    search_fields: ClassVar = ("invitation__item__title",)
    has_date: ClassVar = True  # attached for the reader's calendar
    goes_when_expired: ClassVar = False
    goes_from_the_bin: ClassVar = False

    @cached_property
    def _texts(self) -> dict[str, Texts]:
        return {}

    @cached_property
    def _dates(self) -> dict[tuple[Any, ...], MIMEPart]:
        return {}

    def texts(self, language: str) -> Texts:
        """Read once for the mails of one task."""
        if language not in self._texts:
            self._texts[language] = Texts(language)
        return self._texts[language]

    def rows(self) -> QuerySet[Invitation]:
        return Invitation.objects.select_related(*WITH_HOSTS).annotate(**with_choices("email"))

    def stale(self, mail: OutgoingMail, row: Invitation) -> str:
        if row.revoked_at:
            return _("withdrawn before it was sent")
        if mail.address != row.email:
            # SECURITY: the link in it would be that of the person at the corrected address.
            return _("the email address was corrected before it was sent")
        if row.item.deleted_at and not self.goes_from_the_bin:
            return _("the item was deleted before it was sent")
        if is_expired(row) and not self.goes_when_expired:
            return _("expired before it was sent")
        return ""

    def write(self, mail: OutgoingMail, row: Invitation) -> EmailMultiAlternatives:
        host, text = self.sender_of(mail, row), self.text_of(row)
        zone = row.reader_zone or row.time_zone  # type: ignore[attr-defined] # with_choices
        known = row.reader_language or row.language  # type: ignore[attr-defined]
        language = mail.language or known
        otherwise = zone_of_schedule(row.item)
        with written_for(time_zone=zone, language=language, otherwise=otherwise):
            has_link = text not in WITHOUT_LINK
            values = mail_values(row, has_link=has_link, before=self.told_before(row))
            written = self.texts(mail_language(language)).write(
                text, values | {"host": one_line(host.name)}
            )
            message = compose(
                subject=written.subject,
                text=written.text,
                html=written.html,
                to=mail.address,
                sender=host.name,
                reply_to=host.email,
            )
            if self.has_date and row.item.has_date:
                message.attach(self._date_of(row.item, host=host, asked_at=mail.asked_at))
        return message

    def _date_of(self, item: MediaItem, *, host: Host, asked_at: datetime) -> MIMEPart:
        """Made once for all mails of one task that say the same."""
        when = (item.starts_at, item.ends_at, item.time_zone)
        same = (item.public_id, item.title, *when, host, asked_at, get_language())
        if same not in self._dates:
            cancelled = self.name == MailKind.CANCELLED
            content = session_calendar(item, host=host, asked_at=asked_at, cancelled=cancelled)
            self._dates[same] = calendar_part(content, cancelled=cancelled)
        return self._dates[same]

    def about_person(self, subject: Subject) -> list[int]:
        return invitation_ids(subject.keys)

    def sender_of(self, mail: OutgoingMail, row: Invitation) -> Host:
        """In whose name it goes, and to whom the answers."""
        return host_of(row)

    def told_before(self, row: Invitation) -> str:
        """The schedule of which an earlier mail told; empty where this one is about no other."""
        return ""

    def text_of(self, row: Invitation) -> str:
        return self.name

    def columns_when_sent(self, row: Invitation) -> Mapping[str, Any]:
        return {"told_starts_at": row.item.starts_at, "told_ends_at": row.item.ends_at}

    def not_delivered(self, about_ids: Collection[int]) -> None:
        if self.is_shown:
            note_bounced(about_ids)


@register
class Invite(MailToInvited):
    name: ClassVar = MailKind.INVITE
    label: ClassVar = MailKind.INVITE.label


@register
class SendAgain(MailToInvited):
    name: ClassVar = MailKind.AGAIN
    label: ClassVar = MailKind.AGAIN.label


@register
class Reminder(MailToInvited):
    name: ClassVar = MailKind.REMINDER
    label: ClassVar = MailKind.REMINDER.label


@register
class StartsSoon(MailToInvited):
    """Before the start, by the clock; of the start that `told_starts_at` says already."""

    name: ClassVar = MailKind.STARTS_SOON
    label: ClassVar = MailKind.STARTS_SOON.label

    def stale(self, mail: OutgoingMail, row: Invitation) -> str:
        """SECURITY: whoever has lost access since is not reminded."""
        item = row.item
        if reason := super().stale(mail, row):
            return reason
        if row.declined_at:
            return _("declined before it was sent")
        if block_of(item=item, emails={row.email}):
            return _("blocked before it was sent")
        if mail.told_starts_at and item.starts_at != mail.told_starts_at:
            return _("moved before it was sent")
        if item.reminder == RemindBefore.NEVER:
            return _("the reminder was switched off before it was sent")
        has_begun = item.starts_at and item.starts_at <= timezone.now()
        return _("it had started before it was sent") if has_begun else ""


@register
class NewLink(MailToInvited):
    """Asked for at an old link. If the invitation has expired, the mail says so, without a link."""

    name: ClassVar = MailKind.NEW_LINK
    label: ClassVar = MailKind.NEW_LINK.label
    priority: ClassVar = 50  # somebody waits for it at the page
    has_date: ClassVar = False
    goes_when_expired: ClassVar = True

    def sender_of(self, mail: OutgoingMail, row: Invitation) -> Host:
        """In whose name it goes, and to whom the answers."""
        return host_of(row)

    def text_of(self, row: Invitation) -> str:
        return NEW_LINK_EXPIRED if is_expired(row) else self.name


@register
class Moved(MailToInvited):
    name: ClassVar = MailKind.MOVED
    label: ClassVar = MailKind.MOVED.label

    def rows(self) -> QuerySet[Invitation]:
        went = OutgoingMail.objects.of_kinds(MailKind.values).filter(
            about_id=OuterRef("pk"), sent_at__isnull=False, told_starts_at__isnull=False
        )
        newest = went.order_by("-sent_at", "-pk")
        return (
            super()
            .rows()
            .annotate(
                before_starts=Subquery(newest.values("told_starts_at")[:1]),
                before_ends=Subquery(newest.values("told_ends_at")[:1]),
            )
        )

    def told_before(self, row: Invitation) -> str:
        starts, ends = row.before_starts, row.before_ends  # type: ignore[attr-defined] # rows
        if starts is None or (starts, ends) == (row.item.starts_at, row.item.ends_at):
            return ""
        return span(starts, ends)


@register
class Cancelled(MailToInvited):
    name: ClassVar = MailKind.CANCELLED
    label: ClassVar = MailKind.CANCELLED.label
    goes_when_expired: ClassVar = True
    goes_from_the_bin: ClassVar = True


@register
class MissedSession(MailToInvited):
    """After a session to which they did not come, with no recording to invite them to. In the name
    of whoever asked for it, whose words `note` are by then."""

    name: ClassVar = MISSED
    label: ClassVar = gettext_lazy("To people who missed a session")
    is_shown: ClassVar = False
    has_date: ClassVar = False
    goes_when_expired: ClassVar = True

    def stale(self, mail: OutgoingMail, row: Invitation) -> str:
        """SECURITY: whoever was put out since is not written to."""
        if reason := super().stale(mail, row):
            return reason
        is_blocked = block_of(item=row.item, emails={row.email})
        return _("blocked before it was sent") if is_blocked else ""

    def sender_of(self, mail: OutgoingMail, row: Invitation) -> Host:
        by = mail.asked_by
        return Host(by.get_full_name(), by.email) if by else host_of(row)

    def columns_when_sent(self, row: Invitation) -> Mapping[str, Any]:
        return {}
