"""A database that cuts every connection in the middle of a session."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection

from media_items.live.events.announcing import announce
from media_items.live.events.bus import current_bus
from media_items.live.sessions import upkeep
from tests.media_items.live.events.test_app import beat, load
from tests.waiting import PATIENCE_SECONDS, machine_is_busy, until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

WITHIN_SECONDS = 15


@pytest.fixture
def over_postgres(settings, live_process, monkeypatch):
    """Whoever goes is seen to have gone after a second, not after ten."""
    monkeypatch.setattr(upkeep, "GRACE", timedelta(seconds=1))
    assert connection.vendor == "postgresql"
    live_process.stop()
    # What other tests of this process have left in the pool is not of this one.
    connection.close()
    connection.close_pool()
    settings.LIVE_BUS = "postgres"
    current_bus.cache_clear()
    live_process.start()
    return live_process


def cut_all_connections():
    """As after a restart: when it returns they are cut, and not only told to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'",
            [PATIENCE_SECONDS * 1000],
        )
        have_ended = [has_ended for (has_ended,) in cursor.fetchall()]
    assert all(have_ended)
    return len(have_ended)


def fill_the_pool(count):
    """As after a rush of pages: so many connections lie there open."""
    together = threading.Barrier(count)

    def hold_one():
        connection.ensure_connection()
        together.wait(timeout=PATIENCE_SECONDS)
        connection.close()

    with ThreadPoolExecutor(count) as threads:
        list(threads.map(lambda _n: hold_one(), range(count)))


def page(site, browser, room):
    name = django_settings.SESSION_COOKIE_NAME
    asked = http.client.HTTPConnection("localhost", site.port, timeout=PATIENCE_SECONDS)
    asked.request(
        "GET",
        f"/media/{room.public_id}/session/chat/",
        headers={"Cookie": f"{name}={browser.cookies[name].value}"},
    )
    status = asked.getresponse().status
    asked.close()
    return status


def test_pages_and_streams_are_back_within_seconds(
    over_postgres, listen, let_guest_in, session, room
):
    browser = let_guest_in()
    load(browser, room)
    stream = listen(browser, session)
    assert page(over_postgres, browser, room) == 200
    announce(session, "chat", id=1)
    assert stream.hears("chat")
    missed = stream.kinds().count("missed")  # of a process that began a moment ago

    began = time.monotonic()
    assert cut_all_connections() >= 2  # the listener's, and one of the pages or the upkeep
    assert page(over_postgres, browser, room) == 200
    until(lambda: stream.kinds().count("missed") > missed)
    announce(session, "qna", id=2)
    assert stream.hears("qna")
    assert time.monotonic() - began < WITHIN_SECONDS or machine_is_busy()
    # The upkeep too: whoever goes now is seen to have gone.
    stream.close()
    until(lambda: not session.participants.here().filter(name="Ada Lovelace").exists())


def test_pages_are_back_at_once_however_many_connections_were_cut(
    over_postgres, let_guest_in, session, room
):
    browser = let_guest_in()
    load(browser, room)
    fill_the_pool(20)
    assert cut_all_connections() >= 20
    began = time.monotonic()
    assert page(over_postgres, browser, room) == 200
    assert time.monotonic() - began < WITHIN_SECONDS / 3 or machine_is_busy()


def connections_there_are():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, state, query FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"  # PostgreSQL's own workers come and go
        )
        return cursor.fetchall()


def test_connections_do_not_grow_with_those_who_listen(
    over_postgres, listen, let_guest_in, session, room
):
    """The listener's and the upkeep's are needed; the pool may have made one or two while another
    was on its way back."""
    listening = 0
    for name in ("Ada Lovelace", "Grace Hopper", "Mary Somerville"):
        browser = let_guest_in(name=name)
        beat(browser, room)
        for _ in range(5):
            assert listen(browser, session).status == 200
            listening += 1
    # The upkeep has been at work: it has seen somebody go.
    gone = let_guest_in(name="Alan Turing")
    beat(gone, room)
    listen(gone, session).close()
    until(lambda: not session.participants.here().filter(name="Alan Turing").exists())
    there_are = connections_there_are()
    assert len(there_are) <= 5 < listening, there_are
