"""What putting somebody out of a sitting, or letting them back, writes on the sitting's own rows.

That they have no right to come back is `access`'s part, and asked at each request. The caller of
either function holds the sitting's lock (`sessions.services.locked`): whoever is coming in at the
same moment is either put out with the others or turned away at the door.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from media_items.live.events.announcing import announce, close_streams
from media_items.live.people.models import Level, Participant, Stay
from media_items.live.sessions.models import LiveSession
from media_items.live.sessions.services import locked
from media_items.live.stage.models import Seat, SeatKind, StageInvitation


def put_out(
    *,
    session: LiveSession,
    participant: Participant,
    persons: Collection[str],
    below: int,
    by: Participant | None,
    among: Q | None = None,
) -> list[Participant]:
    """Everybody of the sitting who is the same person, as far as `below` reaches; who they were.

    `persons` are the digests of the person's addresses; with `among`, a condition on participants,
    none but those is the same person. Out at once: off the stage, hand down, streams cut. Twice is
    once.
    """
    same = Q(person__in=[person for person in persons if person], level__lt=below)
    if among is not None:
        same &= among
    not_yet = Q(removed_at=None) | Q(rights_ended=True)
    rows = list(session.participants.filter(not_yet, Q(pk=participant.pk) | same).order_by("pk"))
    if not rows:
        return []
    moment = timezone.now()
    pks = [row.pk for row in rows]
    Participant.objects.filter(pk__in=pks).update(
        removed_at=moment, removed_by=by, rights_ended=False, hand_raised_at=None
    )
    end_presence(session=session, participant_ids=pks)
    return rows


@transaction.atomic
def end_rights(*, session: LiveSession, participant_ids: Collection[int], account: bool) -> None:
    """What they came in by is worth nothing any more: out at once, off the stage, hand down.

    With `account` they may still see the item, as anybody does who has its address; they come back
    in by a right to walk in, and by nothing less.
    """
    session = locked(session)
    here = session.participants.filter(pk__in=participant_ids, removed_at=None)
    ids = list(here.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    changes: dict[str, object] = {"hand_raised_at": None}
    if account:
        changes |= {"removed_at": timezone.now(), "removed_by": None, "rights_ended": True}
    Participant.objects.filter(pk__in=ids).update(**changes)
    end_presence(session=session, participant_ids=ids)


@transaction.atomic
def change_level(*, session: LiveSession, participant_id: int, level: int) -> None:
    """What they are here has changed. With the role goes the seat on stage; they may be asked."""
    session = locked(session)
    before = session.participants.filter(pk=participant_id).values_list("level", flat=True).first()
    if before is None or before == level:
        return
    session.participants.filter(pk=participant_id).update(level=level)
    if before >= Level.SPEAKER > level:
        give_up_stage(session=session, participant_id=participant_id)
    announce(session, "people")


def give_up_stage(*, session: LiveSession, participant_id: int) -> None:
    """They had their seat by a role they have no more."""
    seats = Seat.objects.filter(participant=participant_id, left_at=None, kind=SeatKind.STAGE)
    if seats.update(left_at=timezone.now()):
        announce(session, "stage")


def end_presence(*, session: LiveSession, participant_ids: Collection[int]) -> None:
    """They are not there any more, and hear nothing any more; their rows stay as they are."""
    moment = timezone.now()
    Stay.objects.filter(participant__in=participant_ids, left_at=None).update(left_at=moment)
    seats = Seat.objects.filter(participant__in=participant_ids, left_at=None)
    freed = seats.update(left_at=moment)
    withdrawn, _kinds = StageInvitation.objects.filter(participant__in=participant_ids).delete()
    for pk in participant_ids:
        close_streams(session, pk)
    announce(session, "people")
    if freed or withdrawn:
        announce(session, "stage")


def let_back(
    *, session: LiveSession, persons: Collection[str], participant_ids: Collection[int]
) -> None:
    """They may come in again, and need not wait if they were in before."""
    same = Q(person__in=[person for person in persons if person]) | Q(pk__in=participant_ids)
    out = session.participants.filter(same, removed_at__isnull=False)
    if out.update(removed_at=None, removed_by=None):
        announce(session, "people")
