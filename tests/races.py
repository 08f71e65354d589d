"""Many at once, with real threads and real connections; for tests marked `postgres`."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections, transaction

from tests.waiting import PATIENCE_SECONDS, until


def at_once(jobs):
    """Runs every job in a thread of its own, all let go together; returns results or errors."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        gate.wait(timeout=PATIENCE_SECONDS)
        try:
            return job()
        except Exception as error:  # noqa: BLE001 - the error is the result
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def while_held(hold, *, others, then=lambda: None):
    """The result or error of `others`, who wait in a thread of their own for what `hold` has
    locked: in a transaction that does `then` and ends once they wait."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hold()
            waiting = pool.submit(at_once, [others])
            until(lambda: waiting.done() or _somebody_waits())
            assert not waiting.done(), waiting.result()
            then()
        return waiting.result()[0]


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()"
        )
        return cursor.fetchone()[0] > 0
