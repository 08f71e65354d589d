"""Reminding the people invited shortly before a scheduled item starts, once for each start.

Each living worker looks every few seconds. What is due is asked for by one transaction under a lock
on the item; from there on the outbox sees to it (docs/adr/0009), and the mail looks again whether
it is still wanted when it is written.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from access.audit.models import Act
from access.audit.services import record_each
from access.blocks.policies import blocked
from access.invitations.models import Invitation, MailKind
from access.invitations.querysets import InvitationQuerySet
from access.invitations.services.telling import ask_for_mails
from access.mail.models import OutgoingMail
from media_items.catalogue.models import RemindBefore
from media_items.models import MediaItem

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 100  # items in one look


def remind_due() -> int:
    """Returns how many mails were asked for."""
    moment = timezone.now()
    # Asked before the slice: items with nobody to remind keep no other back.
    items = MediaItem.objects.live().reminded_at(moment)
    due = items.filter(Exists(people_to_remind().filter(item=OuterRef("pk"))))
    asked_for = 0
    for item_id in due.order_by("starts_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        try:
            asked_for += remind(item_id, moment)
        except Exception:  # the others are reminded all the same, and this one at the next look
            logger.exception("The people of item %s could not be reminded.", item_id)
    return asked_for


@transaction.atomic
def remind(item_id: int, moment: datetime) -> int:
    """Mails all `people_to_remind`; a second call mails nobody. Returns how many."""
    # Of two workers the second waits here, and so does the host who moves the item.
    items = MediaItem.objects.select_for_update(no_key=True).live().reminded_at(moment)
    item = items.filter(pk=item_id).first()
    if item is None:
        return 0
    people = list(people_to_remind().on(item))
    kind = MailKind.STARTS_SOON
    record_each(Act.INVITATION_SENT, item=item, by=None, invitations=people, kind=kind)
    mails = ask_for_mails(invitations=people, kind=kind, by=None)
    # Of which start it reminds: known before it goes, so that none is asked for twice.
    rows = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails])
    rows.update(told_starts_at=item.starts_at, told_ends_at=item.ends_at)
    return len(mails)


def people_to_remind() -> InvitationQuerySet:
    """Who was invited before the reminder was due, by mail or has accepted, and can still come.

    Not who declined, is blocked, has bounced, or has been reminded of this start. Of all items;
    whether the reminder of one is due is asked by `reminded_at`.
    """
    in_time = Q()
    for before in RemindBefore:
        due_at = F("item__starts_at") - timedelta(minutes=before)
        in_time |= Q(item__reminder=before, created_at__lte=due_at)
    mails = OutgoingMail.objects.of_kinds(MailKind.values).filter(about_id=OuterRef("pk"))
    newest = mails.order_by("-asked_at", "-pk").values("pk")[:1]
    bounced = OutgoingMail.objects.filter(pk=OuterRef("newest_mail"), refused_at__isnull=False)
    reminded = mails.filter(kind=MailKind.STARTS_SOON, told_starts_at=OuterRef("item__starts_at"))
    was_mailed = Exists(mails.filter(sent_at__isnull=False)) | Q(accepted_at__isnull=False)
    return (
        Invitation.objects.live()
        .filter(
            in_time,
            was_mailed,
            Q(expires_at=None) | Q(expires_at__gt=F("item__starts_at")),
            declined_at=None,
        )
        .annotate(newest_mail=Subquery(newest))
        .filter(
            ~Exists(reminded),
            ~Exists(bounced),
            ~blocked(item=OuterRef("item"), email=OuterRef("email"), is_typed=False),
        )
        .order_by("pk")
    )
