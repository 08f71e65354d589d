"""Whoever goes while on air leaves nobody waiting for a picture that will not come back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.invitations.models import InvitationRole
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.broadcast.pictures import LOST_AFTER
from media_items.live.sessions import entering, leaving, removing
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Level
from tests.media_items.live.conftest import come_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(event):
    return f"/media/{event.public_id}/session/"


@pytest.fixture
def run(client_of, invite, event, owner, base):
    """Of a speaker on air, who sent a picture a moment ago."""
    sessions.open_session(item=event)
    speaker = come_in(invite(InvitationRole.SPEAKER, item=event), event)
    started = speaker.post(f"{base}broadcast/start/", {"type": "video/webm;codecs=h264,opus"})
    assert started.status_code == 200
    BroadcastRun.objects.update(next_chunk=3, last_chunk_at=timezone.now())
    found = BroadcastRun.objects.select_related("sender__session__item").get()
    found.browser = speaker
    return found


def by_leaving(run, base):
    BroadcastRun.objects.update(last_chunk_at=timezone.now() - 2 * LOST_AFTER)
    run.browser.post(f"{base}leave/")


def by_being_removed(run, _base):
    removing.remove(
        session=run.sender.session, participant=run.sender, persons=(), below=Level.HOST, by=None
    )


def by_losing_the_right(run, _base):
    removing.end_rights(session=run.sender.session, participant_ids=[run.sender_id])


@pytest.mark.parametrize("goes", [by_leaving, by_being_removed, by_losing_the_right])
def test_the_broadcast_is_paused_and_another_may_go_on(run, base, client_of, owner, event, goes):
    goes(run, base)
    run.refresh_from_db()
    assert run.stopped_at
    assert Broadcast.objects.get().stopped_at is None
    host = come_in(client_of(owner), event)
    seen = host.get(f"{base}broadcast/state/").text
    assert "The broadcast is paused." in seen
    assert "was lost" not in seen
    assert "is broadcasting" not in seen
    started = host.post(f"{base}broadcast/start/", {"type": "video/webm;codecs=h264,opus"})
    assert started.status_code == 200


def test_a_connection_that_was_lost_may_come_back_to_its_broadcast(run):
    leaving.end_stays({run.sender_id: timezone.now()}, unless_seen_since=timezone.now())
    run.refresh_from_db()
    assert run.stopped_at is None


def test_whoever_leaves_and_sends_nothing_pauses_nobody(run, client_of, owner, event):
    come_in(client_of(owner), event)
    other = run.sender.session.participants.exclude(pk=run.sender_id).get()
    entering.leave(me=other)
    run.refresh_from_db()
    assert run.stopped_at is None


@pytest.mark.parametrize("pieces", [0, 3])
def test_whoever_leaves_in_one_window_and_sends_from_another_goes_on(run, base, pieces):
    last = timezone.now() if pieces else None
    BroadcastRun.objects.update(next_chunk=pieces, last_chunk_at=last)
    run.browser.post(f"{base}leave/")
    run.refresh_from_db()
    assert run.stopped_at is None


def test_a_run_that_never_sent_is_paused_by_leaving(run, base):
    long_ago = timezone.now() - 2 * LOST_AFTER
    BroadcastRun.objects.update(next_chunk=0, last_chunk_at=None, started_at=long_ago)
    run.browser.post(f"{base}leave/")
    run.refresh_from_db()
    assert run.stopped_at


def test_in_a_lobby_nobody_asks_whether_it_is_on_air(client_of, owner, event, base):
    host = come_in(client_of(owner), event)
    with CaptureQueriesContext(connection) as asked:
        host.get(f"{base}top/?inside=lobby")
    assert not any('FROM "live_broadcast"' in one["sql"] for one in asked.captured_queries)
