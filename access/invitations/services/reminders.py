"""Reminding the people invited shortly before a scheduled item starts, once for each start.

Each living worker looks every few seconds. What is due is asked for by one transaction under a lock
on the item; from there on the outbox sees to it (docs/adr/0009), and the mail looks again whether
it is still wanted when it is written.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from access.audit.models import Act
from access.audit.services import record_each
from access.blocks.policies import blocked
from access.invitations.models import Invitation, MailKind
from access.invitations.querysets import InvitationQuerySet
from access.invitations.services.telling import ask_for_mails
from access.mail.models import OutgoingMail
from media_items.models import MediaItem

MOST_AT_ONCE = 100  # items in one look


def remind_due() -> int:
    """Returns how many mails were asked for."""
    moment = timezone.now()
    items = MediaItem.objects.live().reminded_at(moment).order_by("starts_at", "pk")
    due = [item.pk for item in items[:MOST_AT_ONCE] if people_to_remind(item).exists()]
    return sum(remind(item_id, moment) for item_id in due)


@transaction.atomic
def remind(item_id: int, moment: datetime) -> int:
    """Mails all `people_to_remind`; a second call mails nobody. Returns how many."""
    # Of two workers the second waits here, and so does the host who moves the item.
    items = MediaItem.objects.select_for_update(no_key=True).live().reminded_at(moment)
    item = items.filter(pk=item_id).first()
    if item is None:
        return 0
    people = list(people_to_remind(item))
    kind = MailKind.STARTS_SOON
    record_each(Act.INVITATION_SENT, item=item, by=None, invitations=people, kind=kind)
    mails = ask_for_mails(invitations=people, kind=kind, by=None)
    # Of which start it reminds: known before it goes, so that none is asked for twice.
    rows = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails])
    rows.update(told_starts_at=item.starts_at, told_ends_at=item.ends_at)
    return len(mails)


def people_to_remind(item: MediaItem) -> InvitationQuerySet:
    """Who was invited before the reminder was due, by mail or has accepted, and can still come.

    Not who declined, is blocked, has bounced, or has been reminded of this start.
    """
    assert item.starts_at is not None  # noqa: S101 - `reminded_at` has asked
    due_at = item.starts_at - timedelta(minutes=item.reminder)
    mails = OutgoingMail.objects.of_kinds(MailKind.values).filter(about_id=OuterRef("pk"))
    newest = mails.order_by("-asked_at", "-pk").values("pk")[:1]
    bounced = OutgoingMail.objects.filter(pk=OuterRef("newest_mail"), refused_at__isnull=False)
    reminded = mails.filter(kind=MailKind.STARTS_SOON, told_starts_at=item.starts_at)
    was_mailed = Exists(mails.filter(sent_at__isnull=False)) | Q(accepted_at__isnull=False)
    return (
        Invitation.objects.on(item)
        .live()
        .filter(
            was_mailed,
            Q(expires_at=None) | Q(expires_at__gt=item.starts_at),
            declined_at=None,
            created_at__lte=due_at,
        )
        .annotate(newest_mail=Subquery(newest))
        .filter(
            ~Exists(reminded),
            ~Exists(bounced),
            ~blocked(item=item, email=OuterRef("email"), is_typed=False),
        )
        .order_by("pk")
    )
