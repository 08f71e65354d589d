"""Many at once, with real threads and real connections; for tests marked `postgres`."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from tests.waiting import PATIENCE_SECONDS


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
