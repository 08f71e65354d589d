"""An ASGI loop that does nothing but send everybody the same small fact once a second: what the
event stream is compared to. No ticket, no queue, no presence, no bus."""

from __future__ import annotations

import asyncio
import time

LISTENERS: set[asyncio.Future] = set()


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        told = asyncio.create_task(_tell())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        told.cancel()
        await send({"type": "lifespan.shutdown.complete"})
        return
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.create_task(_until_gone(receive))
    while not gone.done():
        next_one = asyncio.get_running_loop().create_future()
        LISTENERS.add(next_one)
        piece = await next_one
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _until_gone(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


async def _tell():
    while True:
        await asyncio.sleep(1)
        piece = f'event: chat\nid: 1-1\ndata: {{"t":{time.time()},"w":5000}}\n\n'.encode()
        told = list(LISTENERS)
        LISTENERS.clear()
        for one in told:
            one.set_result(piece)
