"""What putting somebody out of a sitting, or letting them back, writes on the sitting's own rows.

That they have no right to come back is `access`'s part, and asked at each request. The caller of
either function holds the sitting's lock (`sessions.services.locked`): whoever is coming in at the
same moment is either put out with the others or turned away at the door.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from media_items.live.events.announcing import announce, close_streams
from media_items.live.people.models import Participant, Stay
from media_items.live.sessions.models import LiveSession
from media_items.live.stage.models import Seat, StageInvitation

GUEST_KEY = "guest:"


def put_out(
    *,
    session: LiveSession,
    participant: Participant,
    persons: Collection[str],
    below: int,
    by: Participant | None,
    only_guests: bool = False,
) -> list[Participant]:
    """Everybody of the sitting who is the same person, as far as `below` reaches; who they were.

    `persons` are the digests of the person's addresses; with `only_guests` none of them but guests
    is the same person. Out at once: off the stage, hand down, streams cut. Twice is once.
    """
    same = Q(person__in=[person for person in persons if person], level__lt=below)
    if only_guests:
        same &= Q(key__startswith=GUEST_KEY)
    rows = list(
        session.participants.filter(Q(pk=participant.pk) | same, removed_at=None).order_by("pk")
    )
    if not rows:
        return []
    moment = timezone.now()
    pks = [row.pk for row in rows]
    Participant.objects.filter(pk__in=pks).update(
        removed_at=moment, removed_by=by, hand_raised_at=None
    )
    end_presence(session=session, participant_ids=pks)
    return rows


def end_presence(*, session: LiveSession, participant_ids: Collection[int]) -> None:
    """They are not there any more, and hear nothing any more; their rows stay as they are."""
    moment = timezone.now()
    Stay.objects.filter(participant__in=participant_ids, left_at=None).update(left_at=moment)
    Seat.objects.filter(participant__in=participant_ids, left_at=None).update(left_at=moment)
    StageInvitation.objects.filter(participant__in=participant_ids).delete()
    for pk in participant_ids:
        close_streams(session, pk)
    announce(session, "people")
    announce(session, "stage")


def let_back(
    *, session: LiveSession, persons: Collection[str], participant_ids: Collection[int]
) -> None:
    """They may come in again, and need not wait if they were in before."""
    same = Q(person__in=[person for person in persons if person]) | Q(pk__in=participant_ids)
    out = session.participants.filter(same, removed_at__isnull=False)
    if out.update(removed_at=None, removed_by=None):
        announce(session, "people")
