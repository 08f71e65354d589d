"""The one way a live view gets a session and the person who asks: fetch, ask the visitor, or raise.

Every item is one of `items_named` and `judged`, as by `get_media_item`: those who do not see it get
404 here too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.compiled import compiled
from media_items.live.sessions.models import (
    LiveSession,
    LiveSettings,
    Participant,
    level_of,
    may_act_on,
    under_way,
)
from media_items.live.sessions.services import session_of
from media_items.lookups import AbilityMissing, get_media_item, items_named, judged
from media_items.refusals import Forbidden
from media_items.requests import FoyerRequest
from media_items.responses import reload_or_go_to
from media_items.visitors import Identity


class NotInside(Forbidden):
    """They see the item and are not in its session: not come in yet, waiting, removed, or over."""

    def __init__(self) -> None:
        super().__init__(_("You are not in this session, or it has ended."))


@dataclass(frozen=True)
class Place:
    """One visitor in one session, let in and not removed; `item.abilities` is what they may do."""

    item: MediaItem
    session: LiveSession
    me: Participant
    identity: Identity
    live: LiveSettings  # what the host has set for the sessions of the item
    # What a page has found in the session, by name (`live.page.there`).
    there: dict[str, Any] = field(default_factory=dict, compare=False)


def get_live_item(
    request: FoyerRequest, public_id: str, *, needs: Ability = Ability.VIEW
) -> MediaItem:
    """A live event or a room with `item.abilities`. Raises as `get_media_item`; 404 for other
    kinds."""
    item = get_media_item(request, public_id, needs=needs)
    if not item.is_live_kind:
        raise Http404
    return item


@dataclass(frozen=True)
class Found:
    """A live event or a room, with `item.abilities`; the session under way, if any; and which of
    those in it the visitor may be, by key."""

    item: MediaItem
    session: LiveSession | None
    live: LiveSettings
    people: dict[str, Participant | None]

    def one_with(self, key: str) -> Participant | None:
        """Whoever has that key in the session, in whatever state. One query where it was not at
        hand."""
        if self.session is None or not key:
            return None
        if key not in self.people:
            return find_participant(self.session, key)
        return self.people[key]


def find_live_item(
    request: FoyerRequest, public_id: str, *, needs: Ability = Ability.VIEW
) -> Found:
    """`get_live_item` with its session: fetched in one question, and judged as ever."""
    keys = request.visitor.keys_at_hand()
    found = live_items_named(public_id=public_id, keys=keys or None)
    if not found:
        raise Http404
    item = judged(request, found[0], needs=needs)
    if not item.is_live_kind:
        raise Http404
    live = getattr(item, "live_settings", None) or LiveSettings(item=item)
    session: LiveSession | None = getattr(item, "under_way", None)
    if session is None:
        return Found(item, None, live, {})
    session.item = item
    people = dict.fromkeys(keys)
    for one in filter(None, (getattr(row, "one", None) for row in found)):
        one.session = session
        people[one.key] = one
    return Found(item, session, live, people)


@compiled
def live_items_named(*, public_id: str, keys: tuple[str, ...] | None) -> QuerySet[MediaItem]:
    """One, with its owner, its settings and the session `under_way`; once for each `one` in that
    who has one of the keys."""
    session = FilteredRelation("live_sessions", condition=under_way("live_sessions__"))
    items: Any = items_named.queryset(public_id=public_id, deleted=False)
    items = items.annotate(under_way=session)
    items = items.select_related("under_way", "live_settings")
    if keys is None:
        return items
    has_key = Q(under_way__participants__key__in=keys)
    them = FilteredRelation("under_way__participants", condition=has_key)
    return items.annotate(one=them).select_related("one")


def get_session(
    request: FoyerRequest, public_id: str, *, needs: Ability
) -> tuple[MediaItem, LiveSession]:
    """For acts of those who run a session, whether they have come in or not. Raises `NotInside`
    where none is under way."""
    item = get_live_item(request, public_id, needs=needs)
    session = session_of(item)
    if session is None:
        raise NotInside
    session.item = item
    return item, session


def get_place(request: FoyerRequest, public_id: str, *, needs: Ability = Ability.VIEW) -> Place:
    """For everything inside. Raises `NotInside`, and as `get_media_item`."""
    found = find_live_item(request, public_id, needs=needs)
    identity = request.visitor.identity_on(found.item)
    me = found.one_with(identity.key)
    if found.session is None or me is None or not me.is_inside or identity.is_blocked:
        raise NotInside
    return Place(found.item, found.session, me, identity, found.live)


def find_newest_session(item: MediaItem, key: str) -> tuple[LiveSession | None, Participant | None]:
    """The session that is under way or ended last, and whoever has that key in it, in whatever
    state. One query."""
    session = next(iter(sessions_with_one(item=item.pk, key=key)), None)
    if session is None:
        return None, None
    session.item = item
    one: Participant | None = getattr(session, "one", None) if key else None
    if one is not None:
        one.session = session
    return session, one


@compiled
def sessions_with_one(*, item: int, key: str) -> QuerySet[LiveSession]:
    """At most one, with `one`: whoever has that key in it."""
    them = FilteredRelation("participants", condition=Q(participants__key=key))
    found = LiveSession.objects.filter(item=item).annotate(one=them)
    found = found.select_related("one")  # type: ignore[misc]
    return found.order_by("-made_at", "-pk")[:1]


def find_me(session: LiveSession | None, identity: Identity) -> Participant | None:
    """Their row in the session, in whatever state."""
    if session is None or not identity.key:
        return None
    return find_participant(session, identity.key)


def find_participant(session: LiveSession, key: str) -> Participant | None:
    found = participants_with_key(session=session.pk, key=key)
    for one in found:
        one.session = session
    return next(iter(found), None)


@compiled
def participants_with_key(*, session: int, key: str) -> QuerySet[Participant]:
    """At most one."""
    return Participant.objects.filter(session=session, key=key)


def panel_page[**P](
    view: Callable[Concatenate[FoyerRequest, str, P], HttpResponse],
) -> Callable[Concatenate[FoyerRequest, str, P], HttpResponse]:
    """For pages inside: those who are not inside, or not any more, are sent to the entrance, which
    says why.

    htmx is told to load the page again, so that no entrance is swapped into a panel.
    """

    @wraps(view)
    def wrapped(
        request: FoyerRequest, public_id: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            return view(request, public_id, *args, **kwargs)
        except NotInside:
            entrance = reverse("media_items:session", args=[public_id])
            return reload_or_go_to(request, entrance)

    return wrapped


class LevelTooLow(AbilityMissing):
    """They moderate, and this person is of the same level or a higher one."""

    def __init__(self) -> None:
        super().__init__(Ability.MODERATE)


def get_person(place: Place, participant_id: int, *, or_me: bool = False) -> Participant:
    """Somebody of this session whom the one who asks may act upon: the one rule for every act on a
    person.

    Raises `AbilityMissing`, `LevelTooLow` or `Http404`, in this order: who may not moderate learns
    nothing about who is there.
    """
    if or_me and participant_id == place.me.pk:
        return place.me
    if Ability.MODERATE not in place.item.abilities:
        raise AbilityMissing(Ability.MODERATE)
    person: Participant | None = place.session.participants.filter(pk=participant_id).first()
    if person is None:
        raise Http404
    if not may_act_on(level_of(place.item.abilities), person.level):
        raise LevelTooLow
    person.session = place.session
    return person


def how_many_here(session: LiveSession) -> int:
    """One query."""
    return sum(counted(session=session.pk, waits=False))


def how_many_wait(session: LiveSession) -> int:
    """One query."""
    return sum(counted(session=session.pk, waits=True))


@compiled
def counted(*, session: int, waits: bool) -> QuerySet[Participant, int]:
    """One number, or none for nobody."""
    everybody = Participant.objects.waiting() if waits else Participant.objects.here()
    found = everybody.filter(session=session).order_by().values("session")
    counts: QuerySet[Participant, int] = found.annotate(n=Count("pk")).values_list("n", flat=True)
    return counts
