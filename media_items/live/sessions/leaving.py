"""Going: what it means that people are no longer there, whether they left or were lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, OuterRef, Value, When

from media_items.live.events.announcing import announce
from media_items.live.events.facts import EVERYBODY, MODERATORS
from media_items.live.people.models import Participant, Stay
from media_items.live.sessions.models import LiveSession
from media_items.live.stage.models import Seat

CHUNK = 500  # people per statement


def depart(moments: Mapping[int, datetime], *, unless_seen_since: datetime | None = None) -> None:
    """These participants are gone, each since the moment given: off the stage, hand down.

    Whoever gave a sign of life since `unless_seen_since` has come back meanwhile and stays. Twice
    is once.
    """
    for some in batched(moments.items(), CHUNK):
        _depart(dict(some), unless_seen_since)


@transaction.atomic
def _depart(moments: dict[int, datetime], unless_seen_since: datetime | None) -> None:
    people = list(
        Participant.objects.filter(pk__in=moments).only(
            "session_id", "admitted_at", "removed_at", "right_ended_at", "hand_raised_at"
        )
    )
    # Sittings first and in order, as everybody who changes more than one row of a sitting does.
    sessions = {
        session.pk: session
        for session in LiveSession.objects.select_for_update(of=("self",))
        .filter(pk__in={one.session_id for one in people})
        .order_by("pk")
    }
    stays = Stay.objects.filter(participant__in=people, left_at=None)
    if unless_seen_since is not None:
        stays = stays.filter(seen_at__lte=unless_seen_since)
    whens = [When(participant_id=one, then=Value(at)) for one, at in moments.items()]
    stays.update(left_at=Case(*whens, output_field=DateTimeField()))
    is_back = Stay.objects.filter(participant=OuterRef("pk"), left_at=None)
    gone = Participant.objects.filter(~Exists(is_back), pk__in=moments)
    gone.filter(hand_raised_at__isnull=False).update(hand_raised_at=None)
    seats = Seat.objects.filter(participant__in=gone, left_at=None)
    freed = set(seats.values_list("session_id", flat=True))
    for session_id in freed:
        announce(sessions[session_id], "stage")
    if freed:
        seats.update(left_at=max(moments.values()))
    concerned = {(one.session_id, EVERYBODY if one.is_inside else MODERATORS) for one in people}
    for session_id, to in sorted(concerned):
        announce(sessions[session_id], "people", to=to)
