"""Writing the audit trail, inside the transaction of the act itself. It writes rows and does
nothing else: what follows from a change of rights is `access.rights`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.insert_select import insert_for_each
from media_items.inserts import insert

if TYPE_CHECKING:
    from access.accounts.models import User
    from access.guests.models import Guest, GuestLink
    from access.invitations.models import Invitation
    from media_items.live.sessions.models import Participant
    from media_items.models import MediaItem

CHUNK = 500  # rows per statement


def record(
    act: Act,
    *,
    item: MediaItem | None,
    by: User | None,
    link: GuestLink | None = None,
    guest: Guest | None = None,
    invitation: Invitation | None = None,
    participant: Participant | None = None,
    by_participant: Participant | None = None,
    **details: Any,
) -> AccessEvent:
    """One row. `details` holds counts, ids and settings, never a name or an address."""
    event = AccessEvent(
        act=act,
        item=item,
        actor=by,
        link=link,
        guest=guest,
        invitation=invitation,
        participant=participant,
        by_participant=by_participant,
        details=details,
    )
    insert(event)
    return event


def record_each(
    act: Act,
    *,
    item: MediaItem,
    by: User | None,
    invitations: Collection[Invitation],
    at: datetime | None = None,
    **details: Any,
) -> None:
    """One row for each invitation, all of one moment, in a bounded number of statements."""
    insert_for_each(
        AccessEvent,
        AccessEvent._meta.get_field("invitation").related_model,
        [one.pk for one in invitations],
        act=act,
        at=at or timezone.now(),
        item=item,
        actor=by,
        invitation=F("pk"),
        details=details,
    )


def record_on_items(
    acts: Iterable[tuple[Act, MediaItem, dict[str, Any]]], *, by: User | None
) -> list[AccessEvent]:
    """One row for each item, with its details, all of one moment, in a bounded number of
    statements."""
    moment = timezone.now()
    events = [
        AccessEvent(act=act, at=moment, item=item, actor=by, details=details)
        for act, item, details in acts
    ]
    return AccessEvent.objects.bulk_create(events, batch_size=CHUNK)
