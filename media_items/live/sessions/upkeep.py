"""What keeps sessions true while nobody acts: who is still there, whether a host is, and which
lobbies are forgotten.

    host gone ──► warned (2 minutes before the end) ──► ended for all
        └── somebody who may run it comes back: nothing has happened

`tick` is called every few seconds by the process with the streams. It makes the same number of
queries however many people listen, and brings nobody back by itself: people come back by asking
(`sessions.entering.mark_present`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind
from media_items.live.events.presence import Attendance
from media_items.live.sessions.leaving import end_stays
from media_items.live.sessions.models import EndReason, Level, LiveSession, Participant, Stay
from media_items.live.sessions.services import end_session, locked

# Loading a page again is not leaving.
GRACE = timedelta(seconds=10)
# Those without a stream give signs of life by heartbeats; three of these may get lost.
SILENCE = timedelta(seconds=45)
# Those with a stream are written down as seen this often, not at every tick.
RENEWED_AFTER = timedelta(seconds=15)
WARNED_BEFORE = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=1)
CHUNK = 5_000  # people per statement


type Duty = Callable[[datetime], None]
_duties: list[Duty] = []


def every_tick(duty: Duty) -> None:
    """Calls `duty` at each tick from now on: of a room that these sessions do not know. Subscribing
    twice is once."""
    if duty not in _duties:
        _duties.append(duty)


def tick(now: datetime, attendance: Attendance) -> None:
    _update_stays(now, attendance)
    for duty in _duties:
        duty(now)
    _watch_hosts(now)
    _end_forgotten(now)


def tick_without_streams() -> None:
    """For housekeeping: what is left to do where no event process runs."""
    tick(timezone.now(), Attendance.unknown())


def recent_cuts(*, since: float) -> dict[int, float]:
    """Who was removed or declined, whose right ended, or who went, since then, and when, in seconds
    since the epoch. For a process that may not have heard of it.

    SECURITY: who has signed out has gone, and their row says no more. Whoever went otherwise and is
    back has a newer ticket.
    """
    moment = datetime.fromtimestamp(since, UTC)
    rows = Participant.objects.filter(
        Q(removed_at__gte=moment) | Q(declined_at__gte=moment) | Q(right_ended_at__gte=moment),
        session__ended_at=None,
    ).values_list("pk", "removed_at", "declined_at", "right_ended_at")
    cuts = {pk: max(at.timestamp() for at in moments if at) for pk, *moments in rows}
    gone = Stay.objects.filter(left_at__gte=moment, participant__session__ended_at=None)
    stays: Iterable[tuple[int, Any]] = gone.values_list("participant", "left_at")
    for pk, left_at in stays:
        cuts[pk] = max(cuts.get(pk, 0.0), left_at.timestamp())
    return cuts


def _update_stays(now: datetime, attendance: Attendance) -> None:
    knows_who_is_back = now - attendance.since >= SILENCE
    seen, gone = [], {}
    for participant_id, seen_at in Stay.objects.filter(left_at=None).values_list(
        "participant_id", "seen_at"
    ):
        ended_at = attendance.departed.get(participant_id)
        if participant_id in attendance.here:
            if now - seen_at >= RENEWED_AFTER:
                seen.append(participant_id)
        elif ended_at is not None and seen_at <= ended_at:
            if now - ended_at >= GRACE:
                gone[participant_id] = ended_at
        elif knows_who_is_back and now - seen_at >= SILENCE:
            gone[participant_id] = seen_at
    for some in batched(seen, CHUNK):
        Stay.objects.filter(participant_id__in=some, left_at=None).update(seen_at=now)
    end_stays(gone, unless_seen_since=now - GRACE)


def _watch_hosts(now: datetime) -> None:
    """One query; then one statement for each session whose host has just gone or come."""
    here = Participant.objects.here().filter(session=OuterRef("pk"), level__gte=Level.MODERATOR)
    for session in LiveSession.objects.live().annotate(has_host=Exists(here)):
        if session.has_host and session.host_gone_since:
            _host_is_back(session)
        elif not session.has_host:
            _without_host(session, now, timedelta(minutes=settings.LIVE_HOST_GONE_MINUTES))


def _without_host(session: LiveSession, now: datetime, limit: timedelta) -> None:
    since = session.host_gone_since
    if since is None:
        live = LiveSession.objects.live().filter(pk=session.pk, host_gone_since=None)
        live.update(host_gone_since=now)
    elif session.warned_at is None:
        if now >= since + limit - WARNED_BEFORE:
            _warn(session, now, limit)
    elif now >= since + limit:
        _end_without_host(session, now, limit)


def _host_is_back(session: LiveSession) -> None:
    """As `entering.mark_present` does, where it was done in the same moment as the host's going."""
    live = LiveSession.objects.live().filter(pk=session.pk)
    live.update(host_gone_since=None, warned_at=None)
    announce(session, FactKind.SESSION)


def _warn(session: LiveSession, now: datetime, limit: timedelta) -> None:
    """A warning that comes late moves the end: from it on, `WARNED_BEFORE` remains."""
    since = max(session.host_gone_since or now, now - limit + WARNED_BEFORE)
    still = LiveSession.objects.live().filter(pk=session.pk, host_gone_since__isnull=False)
    if still.update(warned_at=now, host_gone_since=since):
        announce(session, FactKind.SESSION)


@transaction.atomic
def _end_without_host(session: LiveSession, now: datetime, limit: timedelta) -> None:
    """Unless the host has come back meanwhile."""
    since = locked(session).host_gone_since
    if since is not None and now >= since + limit:
        end_session(session=session, reason=EndReason.HOST_GONE)


def _end_forgotten(now: datetime) -> None:
    """Lobbies that were never opened and that nobody has been in for a day."""
    lately = Stay.objects.filter(
        Q(left_at=None) | Q(left_at__gte=now - FORGOTTEN_AFTER), participant__session=OuterRef("pk")
    )
    forgotten = LiveSession.objects.under_way().filter(
        ~Exists(lately), opened_at=None, made_at__lt=now - FORGOTTEN_AFTER
    )
    for session in forgotten:
        with transaction.atomic():
            if locked(session).opened_at is None:
                end_session(session=session, reason=EndReason.NEVER_OPENED)
