"""Telling hosts: everything that is due for one of them becomes one mail of the outbox.

Each living worker looks every few seconds. What is due is put into a mail by one transaction under
a lock on the account, so it is in one mail and no other; from then on the outbox sees to it
(docs/adr/0040). A worker that dies before has done nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Min, OuterRef
from django.utils import timezone

from access.accounts.models import User
from access.mail import outbox
from access.notices.models import HostNotice, HostNoticeQuerySet

logger = logging.getLogger(__name__)

NOTICES = "notices"  # the kind of mail
APART = timedelta(hours=1)  # two mails to one host about one item
MOST_AT_ONCE = 100  # hosts in one look


def tell_due() -> int:
    """Returns how many mails were asked for."""
    # Whoever waits longest comes first.
    hosts = _due(timezone.now()).values("account").annotate(since=Min("due_at"))
    asked_for = 0
    for host in hosts.order_by("since", "account")[:MOST_AT_ONCE]:
        try:
            asked_for += tell(host["account"])
        except Exception:  # the others are told all the same, and this one at the next look
            logger.exception("Account %s could not be told what happened.", host["account"])
    return asked_for


def _due(moment: datetime) -> HostNoticeQuerySet:
    """What may go into a mail now: due, and no mail about its item went to its host lately."""
    lately = HostNotice.objects.filter(
        account=OuterRef("account"), item=OuterRef("item"), mail__asked_at__gt=moment - APART
    )
    return HostNotice.objects.waiting().filter(~Exists(lately), due_at__lte=moment)


@transaction.atomic
def tell(account_id: int) -> bool:
    """One mail about all items of which something is due, unless one about it went lately. What
    could wait longer goes along. False for nothing."""
    moment = timezone.now()
    # Of two workers the second waits here, and then finds nothing. Not FOR UPDATE: rows that name
    # the account are still made meanwhile.
    account = User.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if account is None:
        return False
    due = _due(moment).filter(account=account)
    waiting = HostNotice.objects.waiting().filter(account=account, item__in=due.values("item"))
    rows = list(waiting.values_list("pk", flat=True))
    if not rows:
        return False
    [mail] = outbox.add(kind=NOTICES, mails=[(account.pk, account.email)])
    HostNotice.objects.filter(pk__in=rows).update(mail=mail)
    return True
