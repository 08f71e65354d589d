"""Writing the audit trail, inside the transaction of the act itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from access.audit.models import AccessEvent, Act

if TYPE_CHECKING:
    from access.accounts.models import User
    from access.guests.models import Guest, GuestLink
    from access.invitations.models import Invitation
    from media_items.live.sessions.models import Participant
    from media_items.models import MediaItem


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
) -> None:
    """Adds one row, and lets people inside a sitting feel it once it is committed.

    `details` holds counts, ids and settings, never a name or an address.
    """
    from access.audit.reaching import reach_people_inside

    event = AccessEvent.objects.create(
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
    reach_people_inside(event)
