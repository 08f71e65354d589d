"""The waiting room: people who wait are admitted or declined.

    asked ──► admitted
      └─────► declined ──► admitted (a moderator changed their mind)

Only people who still wait are answered; those who have left ask again on coming back.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from media_items.live.events.announcing import announce
from media_items.live.events.facts import MODERATORS, FactKind, only
from media_items.live.sessions.models import (
    NOT_OUT,
    LiveSession,
    Participant,
    ParticipantQuerySet,
    Stay,
)
from media_items.live.sessions.services import locked

# Answered in one go; a moderator who meets more asks again.
MOST_AT_ONCE = 500


@transaction.atomic
def admit(*, session: LiveSession, participant_id: int, by: Participant) -> bool:
    """Lets one person in, and returns whether it did. Twice is once, by two moderators at once too.

    Somebody who was declined may be let in after all, and is told so at the entrance.
    """
    session = locked(session)
    one = session.participants.filter(pk=participant_id)
    if one.filter(declined_at__isnull=False).exists():
        return bool(_let_in(session, one.filter(NOT_OUT, admitted_at=None), by))
    return bool(_let_in(session, one.waiting(), by))


@transaction.atomic
def admit_all(*, session: LiveSession, by: Participant) -> int:
    """Everybody who waits now. Returns how many."""
    session = locked(session)
    return _let_in(session, session.participants.waiting(), by)


@transaction.atomic
def decline(*, session: LiveSession, participant_id: int) -> bool:
    """Returns whether it did. Twice is once; somebody who was let in meanwhile stays in."""
    session = locked(session)
    return bool(_turn_away(session, session.participants.waiting().filter(pk=participant_id)))


@transaction.atomic
def decline_all(*, session: LiveSession) -> int:
    session = locked(session)
    return _turn_away(session, session.participants.waiting())


def _let_in(session: LiveSession, people: ParticipantQuerySet, by: Participant) -> int:
    ids = _ids(people)
    Participant.objects.filter(pk__in=ids).update(
        admitted_at=timezone.now(), admitted_by=by, declined_at=None
    )
    _announce(session, ids)
    if ids:
        announce(session, FactKind.PARTICIPANTS)
    return len(ids)


def _turn_away(session: LiveSession, people: ParticipantQuerySet) -> int:
    ids = _ids(people)
    moment = timezone.now()
    Participant.objects.filter(pk__in=ids).update(declined_at=moment)
    Stay.objects.filter(participant__in=ids, left_at=None).update(left_at=moment)
    _announce(session, ids)
    if ids:
        announce(session, FactKind.PARTICIPANTS, to=MODERATORS)
    return len(ids)


def _ids(people: ParticipantQuerySet) -> list[int]:
    return list(people.order_by("asked_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def _announce(session: LiveSession, ids: list[int]) -> None:
    """Each hears of themself, on a stream that hears of nobody else."""
    for participant_id in ids:
        announce(session, FactKind.ME, to=only(participant_id))
