"""What there is in a session, asked of all rooms together in one question.

A page shows what many rooms have, and most of them have nothing: nobody is on stage, nothing is
pinned, there is no poll. Rooms say at start-up (`live.wiring`) how that is asked. A page looks
once, and a room asks for its rows where they `may_be_there`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from media_items.compiled import compiled
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSession, Participant, ParticipantQuerySet

# What happened since then is recent.
RECENT = timedelta(minutes=1)

# Of a session, `OuterRef("pk")`, and of one in it; hands both values on and does nothing else with
# them (`media_items.compiled`).
type Part = Callable[[int, datetime], Combinable]


def _number_of(people: ParticipantQuerySet) -> Combinable:
    counts = people.filter(session=OuterRef("pk")).order_by().values("session")
    return Coalesce(Subquery(counts.annotate(n=Count("pk")).values("n")), 0)


HERE, WAITING = "here", "waiting"
_parts: dict[str, Part] = {
    HERE: lambda participant, recently: _number_of(Participant.objects.here()),
    WAITING: lambda participant, recently: _number_of(Participant.objects.waiting()),
}


def register_there(name: str, part: Part) -> None:
    """Twice is once."""
    _parts[name] = part


def look(place: Place) -> None:
    """Once a page: what the place's person sees of it from now on is not asked again."""
    since = timezone.now() - RECENT
    for found in what_is_there(session=place.session.pk, participant=place.me.pk, since=since):
        place.there.update(zip(_parts, found, strict=True))


@compiled
def what_is_there(
    *, session: int, participant: int, since: datetime
) -> QuerySet[LiveSession, tuple[Any, ...]]:
    """Of each part, in their order."""
    parts = {f"part_{name}": part(participant, since) for name, part in _parts.items()}
    sessions: QuerySet[LiveSession] = LiveSession.objects.filter(pk=session)
    return sessions.annotate(**parts).values_list(*parts)


def may_be_there(place: Place, name: str) -> bool:
    """True where nobody has looked."""
    return bool(place.there.get(name, True))
