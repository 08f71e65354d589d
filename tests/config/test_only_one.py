"""One process with event streams: who comes second is refused, until the first has gone."""

import asyncio
import signal

import pytest
from django.db import connection

from config import only_one
from config.only_one import OnlyOne
from tests import own_event_loop
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)


async def first_and_others():
    first = OnlyOne()
    seen = [await first.take(), await OnlyOne(patience_seconds=0.3).take()]
    late = OnlyOne()
    waiting = asyncio.create_task(late.take())
    await first.release()
    seen.append(await waiting)
    await late.release()
    return seen


def test_the_second_is_refused_and_one_that_follows_the_first_waits_for_it(settings):
    settings.LIVE_BUS = "memory"
    assert own_event_loop.run(first_and_others()) == [True, False, True]


@pytest.mark.postgres
def test_so_it_is_by_a_lock_of_the_database_wherever_the_processes_run(settings, tmp_path):
    settings.LIVE_BUS = "postgres"
    settings.DATA_DIR = tmp_path  # no file is asked
    assert own_event_loop.run(first_and_others()) == [True, False, True]
    assert not list(tmp_path.iterdir())


@pytest.mark.postgres
def test_a_lock_lost_with_its_connection_is_taken_again(settings, monkeypatch):
    settings.LIVE_BUS = "postgres"
    monkeypatch.setattr(only_one, "LOOK_SECONDS", 0.1)

    async def lose_it():
        first = OnlyOne()
        assert await first.take()
        process_id = first._connection.info.backend_pid
        await asyncio.to_thread(end_backend, process_id)
        while first._connection is None or first._connection.info.backend_pid == process_id:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        refused = not await OnlyOne(patience_seconds=0.2).take()
        await first.release()
        return refused

    assert own_event_loop.run(lose_it())


@pytest.mark.postgres
def test_whoever_lost_it_to_another_ends(settings, monkeypatch):
    settings.LIVE_BUS = "postgres"
    monkeypatch.setattr(only_one, "LOOK_SECONDS", 1)
    ended = []
    monkeypatch.setattr(only_one.os, "kill", lambda _process, number: ended.append(number))

    async def lose_it_to_another():
        first, other = OnlyOne(patience_seconds=0.2), OnlyOne()
        assert await first.take()
        await asyncio.to_thread(end_backend, first._connection.info.backend_pid)
        assert await other.take()
        while not ended:
            await asyncio.sleep(0.02)
        await first.release()
        await other.release()

    own_event_loop.run(asyncio.wait_for(lose_it_to_another(), PATIENCE_SECONDS))
    assert ended == [signal.SIGTERM]


def end_backend(process_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, %s)", [process_id, PATIENCE_SECONDS * 1000])
    connection.close()
