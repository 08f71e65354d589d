"""Telling hosts: everything that is due for one of them becomes one mail of the outbox.

Each living worker looks every few seconds. What is due is put into a mail by one transaction under
a lock on the account, so it is in one mail and no other; from then on the outbox sees to it
(docs/adr/0040). A worker that dies before has done nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from access.accounts.models import User
from access.mail import outbox
from access.notices.models import HostNotice

NOTICES = "notices"  # the kind of mail
APART = timedelta(hours=1)  # two mails to one host about one item
MOST_AT_ONCE = 100  # hosts in one look


def tell_due() -> int:
    """Returns how many mails were asked for."""
    due = HostNotice.objects.waiting().filter(due_at__lte=timezone.now())
    accounts = list(due.order_by("account").values_list("account", flat=True).distinct())
    return sum(tell(account_id) for account_id in accounts[:MOST_AT_ONCE])


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
    waiting = HostNotice.objects.waiting().filter(account=account)
    lately = HostNotice.objects.filter(account=account, mail__asked_at__gt=moment - APART)
    items = waiting.filter(due_at__lte=moment).exclude(item__in=lately.values("item"))
    rows = list(waiting.filter(item__in=items.values("item")).values_list("pk", flat=True))
    if not rows:
        return False
    [mail] = outbox.add(kind=NOTICES, mails=[(account.pk, account.email)])
    HostNotice.objects.filter(pk__in=rows).update(mail=mail)
    return True
