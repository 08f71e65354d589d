"""Reactions: one tap, seen by everybody for a moment, counted for a minute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.compiled import compiled
from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind
from media_items.live.interactions.models import Reaction, ReactionKind
from media_items.live.sessions.models import LiveSession, Participant
from media_items.rate_limits import is_first
from media_items.refusals import NotNow

COUNTED_SECONDS = 60
NO_COUNTS: Mapping[str, int] = dict.fromkeys(ReactionKind.values, 0)
REACTIONS = "reactions"  # what a page may find in a session
# Of one kind: when two thousand people clap at once, their browsers hear of it this often.
BETWEEN_FACTS = timedelta(milliseconds=250)


@transaction.atomic
def react(*, session: LiveSession, author: Participant, kind: ReactionKind) -> None:
    """Raises `NotNow`."""
    if not session.is_live:
        raise NotNow(_("You can react as soon as the session is live."))
    Reaction.objects.create(session=session, author=author, kind=kind)
    transaction.on_commit(lambda: _tell(session, kind), robust=True)


def recent_counts(session: LiveSession) -> dict[str, int]:
    """Of the last minute, by kind; every kind is there. One query."""
    since = timezone.now() - timedelta(seconds=COUNTED_SECONDS)
    return {**NO_COUNTS, **dict(counted(session=session.pk, moment=since))}


@compiled
def counted(*, session: int, moment: datetime) -> QuerySet[Reaction, tuple[str, int]]:
    """Those since then, by kind."""
    recent = _since(moment, session).order_by()
    return recent.values_list("kind").annotate(Count("pk"))


def is_any_recent(participant: int, recently: datetime) -> Exists:
    """No shorter than `COUNTED_SECONDS` is what a page calls recent."""
    return Exists(_since(recently, OuterRef("pk")))


def _since(moment: datetime, session: int | OuterRef) -> QuerySet[Reaction]:
    return Reaction.objects.filter(session=session, sent_at__gte=moment)


def _tell(session: LiveSession, kind: ReactionKind) -> None:
    """Which kind and how many of it, never whose. A browser that hears one asks for the counts
    when it has been quiet for a while, so that those left out here are counted in the end."""
    if is_first("live:reaction-fact", of=f"{session.pk}:{kind}", within=BETWEEN_FACTS):
        announce(session, FactKind.REACTION, of=kind.value, n=recent_counts(session)[kind])
