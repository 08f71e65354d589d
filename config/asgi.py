"""The ASGI applications: the event stream of live sessions, alone or with the pages beside it.

`application` is the one-port form, pages and streams in one process. `events` is the event stream
alone, for a site whose pages another server sends. Why pages stay WSGI: docs/adr/0010.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application

from config.pages import Pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

wsgi = get_wsgi_application()

from django.conf import settings  # noqa: E402 - Django is set up first

from config.only_one import REFUSED, OnlyOne  # noqa: E402
from media_items.live.broadcast.feeder import start_feeder, stop_feeder  # noqa: E402
from media_items.live.events import app as streams  # noqa: E402
from media_items.live.process import Process  # noqa: E402

ALONE_NEEDS_A_BUS = (
    "LIVE_BUS=memory carries news inside one process only: the event stream would never hear what "
    "happens on the pages. Set LIVE_BUS to postgres or redis."
)
ASGI = Callable[[dict[str, Any], Any, Any], Any]


def with_streams(pages: ASGI | None) -> ASGI:
    """The event stream, and everything else from `pages`."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            alone = pages is None and settings.LIVE_BUS == "memory"
            await _lifespan(receive, send, refused=ALONE_NEEDS_A_BUS if alone else "")
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif pages is None or scope["path"].startswith(streams.PREFIX):
            await streams.events(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return serve


async def _lifespan(receive: Any, send: Any, *, refused: str) -> None:
    """ASGI's lifespan: what the process starts and stops. `refused` says why it must not start."""
    process, only_one = Process(), OnlyOne()
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(stop_feeder)
            await process.end()
            await only_one.release()
            await send({"type": "lifespan.shutdown.complete"})
            return
        if refused:
            await send({"type": "lifespan.startup.failed", "message": refused})
            return
        if not await only_one.take():
            await send({"type": "lifespan.startup.failed", "message": REFUSED})
            return
        await process.begin()
        start_feeder()
        await send({"type": "lifespan.startup.complete"})


pages = Pages(wsgi)
application = with_streams(pages)
events = with_streams(None)
