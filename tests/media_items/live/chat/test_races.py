"""Many who write and moderate at once, on PostgreSQL with real threads and real connections."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, connections, transaction

from media_items.live.chat import services
from media_items.live.chat.models import ChatMessage
from media_items.live.sessions import services as sessions
from media_items.refusals import NotNow
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_the_races_run_on_postgresql():
    assert connection.vendor == "postgresql"


def test_whoever_asks_for_what_is_new_misses_nothing_while_many_write(sit, session):
    """A lower id that becomes visible after a higher one would never be asked for again."""
    people = [sit(f"Person {n}") for n in range(8)]
    writing = threading.Event()
    seen = []

    def read():
        last = 0
        while True:
            done = writing.is_set()
            for message in ChatMessage.objects.filter(pk__gt=last).order_by("pk"):
                seen.append(message.pk)
                last = message.pk
            if done:
                return
            time.sleep(0.001)

    def write(me):
        for number in range(15):
            services.say(author=me, text=f"{me.pk}: {number}")

    def write_all():
        with ThreadPoolExecutor(len(people)) as pool:
            list(pool.map(closing(write), people))
        writing.set()

    results = at_once([read, write_all])
    assert results == [None, None]
    assert seen == list(ChatMessage.objects.order_by("pk").values_list("pk", flat=True))
    assert len(seen) == 8 * 15


def closing(job):
    def run(me):
        try:
            return job(me)
        finally:
            connections.close_all()

    return run


def test_whoever_writes_holds_the_session_while_no_disk_is_waited_for(sit):
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
        with transaction.atomic():
            services.say(author=sit(), text="Hello")
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("off",)
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


def test_of_two_that_are_pinned_at_once_one_is_on_top(sit):
    ada = sit()
    messages = [services.say(author=ada, text=f"Message {n}") for n in range(6)]
    results = at_once([partial(services.pin, message=message) for message in messages])
    assert results == [None] * 6
    assert ChatMessage.objects.filter(pinned_at__isnull=False).count() == 1


def test_two_clicks_at_once_are_one_message(sit):
    results = at_once([partial(services.say, author=sit(), text="Hello")] * 6)
    assert len({result.pk for result in results}) == 1


def test_nobody_writes_into_a_session_that_ends_meanwhile(sit, session):
    people = [sit(f"Person {n}") for n in range(8)]
    jobs = [partial(services.say, author=me, text="Hello") for me in people]
    results = at_once([*jobs, partial(sessions.end_session, session=session)])[:-1]
    assert all(isinstance(result, ChatMessage | NotNow) for result in results), results
    session.refresh_from_db()
    assert not ChatMessage.objects.filter(sent_at__gt=session.ended_at).exists()
