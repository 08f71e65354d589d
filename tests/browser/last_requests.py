"""What browsers have asked the site for, and whether it is answered.

A page that is closed sends its last words (a draft, how far somebody watched) on its way out.
Their transactions must end before the tables are emptied: each would wait for a row of the other.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.signals import request_finished, request_started

from tests.waiting import PATIENCE_SECONDS


class SiteIsClosed(Exception):
    """To a request that came after its journey."""


class LastRequests:
    """At the address of a site, from `open` until `close`, which waits for all that have begun."""

    def __init__(self) -> None:
        self._closed: set[int] = set()
        self._unanswered = 0
        self._changed = threading.Condition()
        request_started.connect(self._start)
        request_finished.connect(self._finish)

    def open(self, site: str) -> None:
        with self._changed:
            self._closed.discard(_port_of(site))
            self._unanswered = 0  # of a journey that failed by them

    def close(self, site: str) -> bool:
        """Whether all have ended."""
        with self._changed:
            self._closed.add(_port_of(site))
            return self._changed.wait_for(lambda: self._unanswered <= 0, timeout=PATIENCE_SECONDS)

    def _start(self, *, environ: Mapping[str, str], **_: Any) -> None:
        if _is_of_a_test_client():
            return
        with self._changed:
            if int(environ["SERVER_PORT"]) in self._closed:
                raise SiteIsClosed
            self._unanswered += 1

    def _finish(self, **_: Any) -> None:
        if _is_of_a_test_client():
            return
        with self._changed:
            self._unanswered -= 1
            self._changed.notify_all()


def _is_of_a_test_client() -> bool:
    return threading.current_thread() is threading.main_thread()


def _port_of(site: str) -> int:
    port = urlsplit(site).port
    assert port, site
    return port
