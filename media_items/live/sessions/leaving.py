"""What is written when people are no longer there, whether they left or their connection was
lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, OuterRef, Value, When

from media_items.live.events.announcing import announce
from media_items.live.events.facts import EVERYBODY, MODERATORS, FactKind
from media_items.live.sessions.models import LiveSession, Participant, Stay
from media_items.live.sessions.presence import PresenceEnded, Why, presence_ended

CHUNK = 500  # people per statement


def end_stays(
    moments: Mapping[int, datetime], *, unless_seen_since: datetime | None = None
) -> None:
    """Ends the stays of these participants, each at the moment given: off the stage, hand down.

    Those who gave a sign of life after `unless_seen_since` have come back and stay. Twice is once.
    """
    for some in batched(moments.items(), CHUNK):
        _end_stays(dict(some), unless_seen_since)


@transaction.atomic
def _end_stays(moments: dict[int, datetime], unless_seen_since: datetime | None) -> None:
    people = list(
        Participant.objects.filter(pk__in=moments).only(
            "session_id", "admitted_at", "removed_at", "right_ended_at", "hand_raised_at"
        )
    )
    # Sessions first and in order, as everybody who changes more than one row of a session does.
    sessions = {
        session.pk: session
        for session in LiveSession.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in={one.session_id for one in people})
        .order_by("pk")
    }
    stays = Stay.objects.filter(participant__in=people, left_at=None)
    if unless_seen_since is not None:
        stays = stays.filter(seen_at__lte=unless_seen_since)
    whens = [When(participant_id=one, then=Value(at)) for one, at in moments.items()]
    stays.update(left_at=Case(*whens, output_field=DateTimeField()))
    is_back = Stay.objects.filter(participant=OuterRef("pk"), left_at=None)
    gone = list(
        Participant.objects.filter(~Exists(is_back), pk__in=moments).only(
            "session_id", "hand_raised_at"
        )
    )
    if hands := [one.pk for one in gone if one.hand_raised_at]:
        Participant.objects.filter(pk__in=hands).update(hand_raised_at=None)
    theirs: dict[int, set[int]] = {}
    for one in gone:
        theirs.setdefault(one.session_id, set()).add(one.pk)
    for session_id, ids in theirs.items():
        at = max(moments[pk] for pk in ids)
        why = Why.LEFT if unless_seen_since is None else Why.LOST
        presence_ended(PresenceEnded(sessions[session_id], why, at, frozenset(ids)))
    concerned = {(one.session_id, EVERYBODY if one.is_inside else MODERATORS) for one in people}
    for session_id, to in sorted(concerned):
        announce(sessions[session_id], FactKind.PARTICIPANTS, to=to)
