"""The three buses carry the same facts: in the process, over PostgreSQL, over Redis."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from functools import partial

import pytest
from django.db import connection, transaction
from fakeredis import TcpFakeServer

from media_items.live.events import bus as bus_module
from media_items.live.events.announcing import announce, close_streams
from media_items.live.events.bus import current_bus
from media_items.live.events.facts import EVERYBODY, Fact, only
from media_items.live.events.hub import HUB
from media_items.live.events.postgres_bus import CHANNEL, PIECE_BYTES, PieceJoiner, in_pieces
from media_items.live.events.redis_bus import channel
from tests import own_event_loop
from tests.races import at_once
from tests.waiting import PATIENCE_SECONDS, machine_is_busy, until

HERE = "abcdefgh2345"
LARGE = {"sdp": "a=candidate שלום\r\n" * 1_500}


class Ears:
    """A hub that writes down what it hears, and a bus that tells it, in a loop of their own."""

    def __init__(self, bus):
        self.facts, self.times_back = [], 0
        self._bus = bus
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()))

    def deliver(self, fact):
        self.facts.append(fact)

    def __enter__(self):
        self._thread.start()
        self._ready.wait(PATIENCE_SECONDS)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(PATIENCE_SECONDS)

    async def _listen(self):
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._ready.set()
        try:
            await self._bus.listen(self, on_return=self._back)
        except asyncio.CancelledError:
            return

    def _back(self):
        self.times_back += 1


def knows(bus, ears):
    """Once the listener is connected: published until it is heard."""
    count = len(ears.facts)

    def heard():
        bus.publish(Fact(HERE, EVERYBODY, "knock"))
        return len(ears.facts) > count

    until(heard)
    last = Fact(HERE, EVERYBODY, "session")
    bus.publish(last)
    until(lambda: last in ears.facts)
    ears.facts.clear()


@pytest.fixture
def bus(settings):
    """`bus("redis")`: the one that the setting chooses."""

    def choose(name):
        settings.LIVE_BUS = name
        current_bus.cache_clear()
        return current_bus()

    yield choose
    current_bus.cache_clear()


@pytest.fixture
def redis_server(settings):
    """A server that speaks Redis' protocol over TCP; `stop()` and `start()` are its restart."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    settings.REDIS_URL = f"redis://localhost:{port}/0"
    server = RedisServer(port)
    server.start()
    yield server
    server.stop()


class RedisServer:
    def __init__(self, port):
        self._address, self._server = ("localhost", port), None

    def start(self):
        self._server = TcpFakeServer(self._address)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None


def carries_facts(bus):
    with Ears(bus) as ears:
        knows(bus, ears)
        facts = [
            Fact(HERE, EVERYBODY, "chat", {"id": 1}),
            Fact(HERE, only(7), "signal", LARGE),
            Fact(HERE, EVERYBODY, "chat", {"id": 2}),
        ]
        for fact in facts:
            bus.publish(fact)
        until(lambda: len(ears.facts) == 3)
        assert ears.facts == facts
        bus.publish_all(facts)
        until(lambda: len(ears.facts) == 6)
        assert ears.facts == [*facts, *facts]
        assert ears.times_back == 0


# --- in the process -------------------------------------------------------------------------------


def test_the_bus_in_the_process_hands_facts_to_the_hub(bus):
    heard = []

    async def listen():
        HUB.run_in(asyncio.get_running_loop())
        real, HUB.deliver = HUB.deliver, heard.append
        try:
            fact = Fact(HERE, EVERYBODY, "chat")
            await asyncio.to_thread(bus("memory").publish, fact)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not heard:
                    await asyncio.sleep(0.01)
        finally:
            HUB.deliver = real
            HUB.run_in(None)

    own_event_loop.run(listen())
    assert heard == [Fact(HERE, EVERYBODY, "chat")]


# --- Redis ----------------------------------------------------------------------------------------


def test_redis_carries_facts(bus, redis_server):
    carries_facts(bus("redis"))


def test_a_redis_that_starts_again_is_heard_again_and_everybody_told(bus, redis_server):
    chosen = bus("redis")
    with Ears(chosen) as ears:
        knows(chosen, ears)
        redis_server.stop()
        redis_server.start()
        until(lambda: ears.times_back == 1)
        knows(chosen, ears)


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_is_away_fails_nothing_that_was_committed(bus, redis_server, session, caplog):
    bus("redis")
    redis_server.stop()
    began = time.monotonic()
    with transaction.atomic():
        session.locked_at = session.opened_at
        session.save()
        announce(session, "session")
    assert time.monotonic() - began < 3 or machine_is_busy()
    session.refresh_from_db()
    assert session.locked_at
    assert "Error calling" in caplog.text


def test_sites_that_share_a_redis_do_not_hear_each_other(settings):
    settings.SITE_URL = "https://media.example.edu"
    first = channel()
    settings.SITE_URL = "https://video.example.edu"
    assert channel() != first


def test_what_is_not_a_fact_is_passed_over(bus, redis_server, caplog):
    chosen = bus("redis")
    with Ears(chosen) as ears, caplog.at_level(logging.WARNING):
        knows(chosen, ears)
        chosen._client.publish(channel(), "words")
        chosen.publish(Fact(HERE, EVERYBODY, "chat"))
        until(lambda: ears.facts)
        assert ears.facts == [Fact(HERE, EVERYBODY, "chat")]
    assert "not a fact" in caplog.text


# --- PostgreSQL -----------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_postgres_carries_facts(bus):
    carries_facts(bus("postgres"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_postgres_says_nothing_before_the_commit_and_nothing_of_what_was_undone(bus, session):
    chosen = bus("postgres")
    with Ears(chosen) as ears:
        knows(chosen, ears)
        with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
            announce(session, "chat", id=1)
            raise ZeroDivisionError
        with transaction.atomic():
            announce(session, "chat", id=2)
            # What another says meanwhile is heard before it.
            [failed] = at_once([partial(chosen.publish, Fact(HERE, EVERYBODY, "chat", {"id": 3}))])
            assert failed is None
            until(lambda: ears.facts)
        until(lambda: len(ears.facts) == 2)
        assert [fact.data for fact in ears.facts] == [{"id": 3}, {"id": 2}]


LISTENERS = "FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"


def listeners():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {LISTENERS}", ["foyer events"])
        return cursor.fetchone()[0]


def the_only_listener():
    """Those of tests before may still be on their way out of the server."""
    until(lambda: listeners() == 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_listener_whose_connection_was_ended_is_back_and_everybody_told(bus):
    chosen = bus("postgres")
    with Ears(chosen) as ears:
        knows(chosen, ears)
        the_only_listener()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) {LISTENERS}", ["foyer events"])
        until(lambda: ears.times_back == 1)
        knows(chosen, ears)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_listener_holds_one_connection(bus):
    chosen = bus("postgres")
    with Ears(chosen) as ears:
        knows(chosen, ears)
        the_only_listener()


def test_a_long_fact_is_taken_apart_and_put_together():
    text = Fact(HERE, only(1), "signal", LARGE).as_json()
    payloads = in_pieces(text)
    assert len(payloads) > 2
    assert all(len(payload) < 8_000 for payload in payloads)
    pieces = PieceJoiner()
    assert [pieces.join(payload) for payload in payloads] == [None] * (len(payloads) - 1) + [text]
    assert pieces._unfinished == {}


def test_pieces_whose_rest_never_comes_are_not_kept_for_ever():
    pieces = PieceJoiner()
    for _ in range(200):
        pieces.join(in_pieces("x" * PIECE_BYTES * 2)[0])
    assert len(pieces._unfinished) <= 64


def test_a_piece_without_its_beginning_does_no_harm():
    pieces = PieceJoiner()
    first, second = in_pieces("x" * PIECE_BYTES + "y")
    assert pieces.join(second) == "y"  # not a fact, and passed over as such
    assert pieces.join(first) is None


def test_a_channel_is_a_plain_word():
    assert CHANNEL.replace("_", "").isalnum()


# --- all of them ----------------------------------------------------------------------------------


def test_a_fact_that_is_far_too_large_is_refused():
    with pytest.raises(ValueError, match="not for the bus"):
        bus_module.as_text(Fact(HERE, EVERYBODY, "chat", {"words": "x" * 70_000}))


@pytest.mark.django_db(transaction=True)
def test_a_cut_says_when_it_was_committed(bus, redis_server, session):
    chosen = bus("redis")
    with Ears(chosen) as ears:
        knows(chosen, ears)
        with transaction.atomic():
            close_streams(session, 7)
            committed = time.time()
        until(lambda: ears.facts)
    [fact] = ears.facts
    assert (fact.recipients, fact.kind) == (only(7), "close")
    assert fact.data["at"] >= committed
