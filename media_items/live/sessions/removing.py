"""What removing somebody from a session, or letting them back, writes on the session's own rows.

That they have no right to come back is `access`'s part, and asked at each request. The caller of
either function holds the session's lock (`sessions.services.locked`): somebody coming in at the
same moment is either removed with the others or turned away.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from media_items.live.events.announcing import announce, close_streams
from media_items.live.events.facts import FactKind
from media_items.live.sessions.models import NOT_OUT, LiveSession, Participant, Stay
from media_items.live.sessions.presence import PresenceEnded, Why, presence_ended
from media_items.live.sessions.services import locked


def remove(
    *,
    session: LiveSession,
    participant: Participant,
    persons: Collection[str],
    below: int,
    by: Participant | None,
    among: Q | None = None,
) -> list[Participant]:
    """Removes the participant, and with them everybody in the session who is the same person and of
    a level lower than `below`. Returns who was removed.

    `persons` are the digests of the person's addresses; with `among`, a condition on participants,
    none but those is the same person. Out at once: off the stage, hand down, streams cut. Twice is
    once.
    """
    same = Q(person__in=[person for person in persons if person], level__lt=below)
    if among is not None:
        same &= among
    these = session.participants.filter(Q(pk=participant.pk) | same, removed_at=None)
    rows = list(these.order_by("pk"))
    if not rows:
        return []
    pks = [row.pk for row in rows]
    Participant.objects.filter(pk__in=pks).update(
        removed_at=timezone.now(), removed_by=by, hand_raised_at=None
    )
    end_presence(session=session, participant_ids=pks, why=Why.REMOVED)
    return rows


@transaction.atomic
def end_rights(*, session: LiveSession, participant_ids: Collection[int]) -> None:
    """What they came in by is worth nothing any more: out at once, off the stage, hand down. Twice
    is once.

    They come back in by a right (`entering.enter`), and by nothing less: an account that may still
    see the item, as anybody does who has its address, does not.
    """
    session = locked(session)
    not_yet = session.participants.filter(NOT_OUT, pk__in=participant_ids)
    ids = list(not_yet.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    Participant.objects.filter(pk__in=ids).update(
        right_ended_at=timezone.now(), hand_raised_at=None
    )
    end_presence(session=session, participant_ids=ids, why=Why.RIGHT_ENDED)


def end_presence(*, session: LiveSession, participant_ids: Collection[int], why: Why) -> None:
    """They are not there any more, and hear nothing any more; their rows stay as they are."""
    moment = timezone.now()
    Stay.objects.filter(participant__in=participant_ids, left_at=None).update(left_at=moment)
    presence_ended(PresenceEnded(session, why, moment, frozenset(participant_ids)))
    for pk in participant_ids:
        close_streams(session, pk)
    announce(session, FactKind.PARTICIPANTS)


def undo_removal(
    *, session: LiveSession, persons: Collection[str], participant_ids: Collection[int]
) -> None:
    """They may come in again, and need not wait if they were in before."""
    same = Q(person__in=[person for person in persons if person]) | Q(pk__in=participant_ids)
    out = session.participants.filter(same, removed_at__isnull=False)
    if out.update(removed_at=None, removed_by=None):
        announce(session, FactKind.PARTICIPANTS)
