"""A change of what somebody is in a session, and the loss of a role that comes with it.

The loss is announced here and nowhere else; the stage hears of it and ends the seat
(`presence.on_presence_ended`).
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind
from media_items.live.sessions.models import Level, LiveSession
from media_items.live.sessions.presence import PresenceEnded, Why, presence_ended
from media_items.live.sessions.services import locked


@transaction.atomic
def change_level(*, session: LiveSession, participant_id: int, level: int) -> None:
    """Without their own page having asked. With the role the seat on stage is lost; they may be
    invited again. Twice is once."""
    session = locked(session)
    before = session.participants.filter(pk=participant_id).values_list("level", flat=True).first()
    if before is None or before == level:
        return
    session.participants.filter(pk=participant_id).update(level=level)
    level_changed(session=session, participant_id=participant_id, before=before, after=level)
    announce(session, FactKind.PARTICIPANTS)


def level_changed(*, session: LiveSession, participant_id: int, before: int, after: int) -> None:
    """The caller has written the row. Somebody who is audience now, and was more, has lost a
    role."""
    if before >= Level.SPEAKER > after:
        _role_lost(session, participant_id)


@transaction.atomic
def _role_lost(session: LiveSession, participant_id: int) -> None:
    presence_ended(
        PresenceEnded(locked(session), Why.ROLE_LOST, timezone.now(), frozenset({participant_id}))
    )
