"""Background work of guest access. Arguments are ids, never tokens or addresses."""

from __future__ import annotations

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from access.guests.emails import access_request_email
from access.guests.models import AccessRequest


@task()
def send_access_request_email(access_request_id: int) -> None:
    """Tells the host who asks to be let in. Run twice, it mails once."""
    with transaction.atomic():
        asked = (
            AccessRequest.objects.select_for_update(of=("self",))
            .select_related("item__owner", "link")
            .filter(pk=access_request_id, mailed_at=None, erased_at=None)
            .first()
        )
        if asked is None:
            return
        asked.mailed_at = timezone.now()
        asked.save(update_fields=["mailed_at"])
        # Inside the transaction: a mail server that says no leaves the row as it was.
        access_request_email(asked).send()
