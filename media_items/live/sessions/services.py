"""What happens to a session: its lobby and its doors open, it is locked, it ends.

Every service locks the session's row first, so that those who come in while it is being ended or
locked either leave with it or are judged by what it is now.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind, MediaItem
from media_items.compiled import compiled
from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind
from media_items.live.sessions.models import (
    EndReason,
    LiveSession,
    LiveSettings,
    SessionState,
    StageAccess,
    Stay,
)
from media_items.live.sessions.presence import PresenceEnded, Why, presence_ended
from media_items.refusals import NotNow


class NotOpenYet(NotNow):
    """Nobody but those who may run it comes in before the lobby opens."""

    message = _("The lobby is not open yet.")


def session_of(item: MediaItem) -> LiveSession | None:
    """The one under way, with its item at hand. One query."""
    return next(iter(sessions_under_way(item=item.pk)), None)


@compiled
def sessions_under_way(*, item: int) -> QuerySet[LiveSession]:
    """At most one, with its item."""
    sessions: QuerySet[LiveSession] = LiveSession.objects.under_way().filter(item=item)
    return sessions.select_related("item")


def newest_session_of(item: MediaItem) -> LiveSession | None:
    """The one under way, or else the one that ended last. One query."""
    session = next(iter(newest_sessions(item=item.pk)), None)
    if session is not None:
        session.item = item
    return session


@compiled
def newest_sessions(*, item: int) -> QuerySet[LiveSession]:
    """At most one."""
    sessions: QuerySet[LiveSession] = LiveSession.objects.filter(item=item)
    return sessions.order_by("-made_at", "-pk")[:1]


def settings_of(item: MediaItem) -> LiveSettings:
    """The item's row, or the defaults, unsaved. One query."""
    return next(iter(settings_rows(item=item.pk)), None) or LiveSettings(item=item)


@compiled
def settings_rows(*, item: int) -> QuerySet[LiveSettings]:
    """At most one."""
    return LiveSettings.objects.filter(item=item)


FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)


def lobby_opens_at(item: MediaItem, live: LiveSettings) -> datetime | None:
    """None: a room without a start, whose lobby is always open."""
    if item.starts_at is None:
        return None
    early = timedelta(minutes=live.early_entrance_minutes)
    # A year that was mistyped is no error: before the first moment there is none.
    return item.starts_at - min(early, item.starts_at - FIRST_MOMENT)


def is_early(item: MediaItem, live: LiveSettings, moment: datetime) -> bool:
    """Whether opening it now is before its lobby's time, and so perhaps a slip."""
    opens_at = lobby_opens_at(item, live)
    return opens_at is not None and moment < opens_at


def state_of(
    item: MediaItem, newest: LiveSession | None, live: LiveSettings, moment: datetime
) -> SessionState:
    """What the item's page says, from its newest session and its schedule."""
    if newest is not None and newest.ended_at is None:
        return newest.state
    if item.ends_at and moment >= item.ends_at:
        return SessionState.ENDED
    opens_at = lobby_opens_at(item, live)
    if opens_at and moment < opens_at:
        return SessionState.SCHEDULED
    if newest is not None and _was_the_planned_session(newest, item, opens_at):
        return SessionState.ENDED
    return SessionState.LOBBY


def ended_at(item: MediaItem, newest: LiveSession | None, live: LiveSettings) -> datetime | None:
    """Of what is `SessionState.ENDED`: when its planned session ended, or else was to end."""
    if newest is not None and _was_the_planned_session(newest, item, lobby_opens_at(item, live)):
        return newest.ended_at
    return item.ends_at


def over_at(
    item: MediaItem, newest: LiveSession | None, live: LiveSettings, state: SessionState
) -> datetime | None:
    """When it has ended: what was planned where that is over, else the last session, if any."""
    if state == SessionState.ENDED:
        return ended_at(item, newest, live)
    return newest.ended_at if newest is not None else None


def planned_for(item: MediaItem, live: LiveSettings) -> str:
    """The schedule and the lobby's time as a mark, by which an open page knows that they have
    moved."""
    opens_at = lobby_opens_at(item, live)
    return f"{item.planned}_{opens_at.timestamp():.0f}" if opens_at else item.planned


def _was_the_planned_session(
    ended: LiveSession, item: MediaItem, opens_at: datetime | None
) -> bool:
    """Whether the session that ended is the one that the item announces, so that there is nothing
    to wait for. It is not where it was a rehearsal before the lobby's time, where the item is a
    room without a start (which has session after session), or where nobody opened the lobby."""
    if ended.ended_at is None or ended.end_reason == EndReason.NEVER_OPENED:
        return False
    return ended.ended_at >= opens_at if opens_at else item.kind == Kind.LIVE_EVENT


def lock_sessions_of(item: MediaItem) -> None:
    """Those under way, in order, for whoever locks something else of people inside after that."""
    rows = LiveSession.objects.select_for_update(of=("self",), no_key=True)
    list(rows.under_way().filter(item=item).order_by("pk"))


def locked(session: LiveSession) -> LiveSession:
    """The row as it stands now, held until the transaction ends, with its item at hand.

    `no_key`: a transaction that holds an item or an invitation may write a row that points to the
    session (a change of rights does) while this lock waits for its rows. Else each would wait for
    the other.
    """
    found = rows_to_hold(session=session.pk)
    if not found:
        raise LiveSession.DoesNotExist
    return found[0]


@compiled
def rows_to_hold(*, session: int) -> QuerySet[LiveSession]:
    """At most one, with its item; only its own row is locked."""
    sessions: QuerySet[LiveSession] = LiveSession.objects.filter(pk=session)
    return sessions.select_related("item").select_for_update(of=("self",), no_key=True)


def session_for_entering(item: MediaItem) -> LiveSession:
    """The session under way, or a new one in its lobby; two people at once make one."""
    session = session_of(item)
    if session is None:
        try:
            with transaction.atomic():
                session = LiveSession.objects.create(item=item)
        except IntegrityError:
            session = session_of(item)
            if session is None:
                raise
    return session


@transaction.atomic
def open_session(*, item: MediaItem) -> LiveSession:
    """Live from now on; those in the lobby are in. Twice is once. After an end it is a new session,
    for an end in the same moment too."""
    session = locked(session_for_entering(item))
    while session.ended_at:
        session = locked(session_for_entering(item))
    if session.opened_at is None:
        session.opened_at = timezone.now()
        session.save(update_fields=["opened_at"])
        announce(session, FactKind.SESSION)
    return session


@transaction.atomic
def end_session(*, session: LiveSession, reason: EndReason = EndReason.BY_HOST) -> None:
    """Ended for everybody: nobody is there any more, every right inside is over. Twice is once."""
    session = locked(session)
    if session.ended_at:
        return
    moment = timezone.now()
    session.ended_at, session.end_reason = moment, reason
    session.save(update_fields=["ended_at", "end_reason"])
    Stay.objects.filter(participant__session=session, left_at=None).update(left_at=moment)
    session.participants.filter(erased_at__isnull=False).update(person="")
    presence_ended(PresenceEnded(session, Why.SESSION_ENDED, moment))
    announce(session, FactKind.SESSION)


@transaction.atomic
def lock_session(*, session: LiveSession) -> None:
    """From now on newcomers wait until they are admitted. Twice is once."""
    session = locked(session)
    if session.locked_at is None and session.ended_at is None:
        session.locked_at = timezone.now()
        session.save(update_fields=["locked_at"])
        announce(session, FactKind.SESSION)


@transaction.atomic
def unlock_session(*, session: LiveSession) -> None:
    """Those who wait still wait for an answer; newcomers walk in."""
    session = locked(session)
    if session.locked_at is not None and session.ended_at is None:
        session.locked_at = None
        session.save(update_fields=["locked_at"])
        announce(session, FactKind.SESSION)


@transaction.atomic
def set_stage_access(*, session: LiveSession, access: StageAccess) -> None:
    """Kept for the item's later sessions too."""
    session = locked(session)
    LiveSettings.objects.update_or_create(item=session.item, defaults={"stage_access": access})
    announce(session, FactKind.STAGE)
    announce(session, FactKind.PARTICIPANTS)


@transaction.atomic
def save_settings(*, live: LiveSettings) -> None:
    """Takes effect at once in a session that is under way."""
    live.save()
    if session := session_of(live.item):
        for kind in (FactKind.SESSION, FactKind.STAGE, FactKind.QNA):
            announce(session, kind)
