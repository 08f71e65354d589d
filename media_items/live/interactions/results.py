"""A poll as one person sees it: what they may press, and the results if they are for them.

SECURITY: numbers that are not for this person are not in the answer at all, hidden or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from media_items.abilities import Ability
from media_items.compiled import compiled
from media_items.live.interactions.models import Poll, PollAnswer, PollOption
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import is_by

POLL = "poll"  # what a page may find in a session


@dataclass(frozen=True)
class OptionRow:
    """`votes` and `percent` are None where the results are not shown."""

    id: int
    text: str
    is_mine: bool
    votes: int | None
    percent: int | None


@dataclass(frozen=True)
class PollView:
    poll: Poll
    options: list[OptionRow]
    may_answer: bool
    has_answered: bool
    sees_results: bool
    total: int | None

    @property
    def state(self) -> str:
        """Changes when there is something to say about it."""
        return "draft" if self.poll.is_draft else "open" if self.poll.is_open else "closed"


def card_of(place: Place) -> PollView | None:
    """The poll that is open, or else the last one whose results this person may see."""
    poll = next(iter(newest_polls(session=place.session.pk)), None)
    if poll is None or (not poll.is_open and not poll.shows_results):
        return None
    return view_of([poll], place)[0]


@compiled
def newest_polls(*, session: int) -> QuerySet[Poll]:
    """The one that was started last, if any."""
    return _started(session).order_by("-started_at", "-id")[:1]


def is_any_started(participant: int, recently: datetime) -> Exists:
    return Exists(_started(OuterRef("pk")))


def _started(session: int | OuterRef) -> QuerySet[Poll]:
    return Poll.objects.filter(session=session, started_at__isnull=False)


def polls_for(place: Place) -> QuerySet[Poll]:
    """Everything for those who moderate, newest first; else what was asked with results shown."""
    polls: QuerySet[Poll] = place.session.polls.order_by("-id")
    if Ability.MODERATE in place.item.abilities:
        return polls
    return polls.filter(started_at__isnull=False, shows_results=True)


def view_of(polls: Iterable[Poll], place: Place) -> list[PollView]:
    """Three queries, for one or for many."""
    shown = list(polls)
    votes: dict[int, int] = dict(
        PollAnswer.objects.filter(poll__in=shown)
        .order_by()
        .values_list("option")
        .annotate(Count("pk"))
    )
    mine = set(
        PollAnswer.objects.filter(is_by(place.me, "voter"), poll__in=shown).values_list(
            "option", flat=True
        )
    )
    options: dict[int, list[PollOption]] = {}
    for option in PollOption.objects.filter(poll__in=shown).order_by("poll_id", "number"):
        options.setdefault(option.poll_id, []).append(option)
    return [_view(poll, options.get(poll.pk, []), votes, mine, place) for poll in shown]


def _view(
    poll: Poll, options: list[PollOption], votes: dict[int, int], mine: set[int], place: Place
) -> PollView:
    may_answer = poll.is_open and Ability.INTERACT in place.item.abilities
    has_answered = any(option.pk in mine for option in options)
    sees_results = _sees_results(poll, place, waits=may_answer and not has_answered)
    total = sum(votes.get(option.pk, 0) for option in options)
    return PollView(
        poll=poll,
        options=[
            OptionRow(
                id=option.pk,
                text=option.text,
                is_mine=option.pk in mine,
                votes=votes.get(option.pk, 0) if sees_results else None,
                percent=_percent(votes.get(option.pk, 0), total) if sees_results else None,
            )
            for option in options
        ],
        may_answer=may_answer,
        has_answered=has_answered,
        sees_results=sees_results,
        total=total if sees_results else None,
    )


def _sees_results(poll: Poll, place: Place, *, waits: bool) -> bool:
    """`waits`: they may answer and have not. Numbers before that would tell them what to say."""
    if poll.is_draft:
        return False
    if Ability.MODERATE in place.item.abilities:
        return True
    return poll.shows_results and not waits


def _percent(votes: int, total: int) -> int:
    return round(100 * votes / total) if total else 0
