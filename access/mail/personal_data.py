"""What the outbox keeps about the people that mails went to: an address, which mail, when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from access.email_addresses import shown_email
from access.mail.kinds import KINDS
from access.mail.models import OutgoingMail, OutgoingMailQuerySet
from access.mail.outbox import forget_old_mails
from media_items.personal_data import Section, Subject

MOST_SHOWN = 50  # the newest


class OutboxData:
    """Whose a mail is, its kind says (`OutgoingKind.about_person`).

    Mails to hosts and site admins are about others; they are nobody's here and go after two weeks.
    """

    name = "mails"

    def sections(self, subject: Subject) -> list[Section]:
        mails = list(_mails_to(subject)[:MOST_SHOWN])
        return [Section(template="access/mail/_mails_record.html", data=mails)] if mails else []

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return [
            {
                "what": mail.get_kind_display(),
                "address": shown_email(mail.address),
                "asked_at": mail.asked_at,
                "sent_at": mail.sent_at,
                "answer_of_the_server": mail.answer,
            }
            for mail in _mails_to(subject)
        ]

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        """The whole row: a worker that has the mail in hand finds nothing to write back to."""
        _mails_to(subject).delete()

    def erase_older_than(self, cutoff: datetime) -> int:
        """Each kind says how long its rows are kept (`OutgoingKind.kept_for`), whatever the site's
        time is."""
        return forget_old_mails()


def _mails_to(subject: Subject) -> OutgoingMailQuerySet:
    """Newest first."""
    theirs = Q(pk__in=())
    for name, kind in KINDS.items():
        if ids := kind().about_person(subject):
            theirs |= Q(kind=name, about_id__in=ids)
    mails: OutgoingMailQuerySet = OutgoingMail.objects.filter(theirs)
    return mails.order_by("-asked_at", "-pk")
