"""Starts a Firefox and stands between it and Playwright: `firefox_relay.py FIREFOX ARGUMENT …`.

Playwright drives a Firefox as it is delivered through WebDriver BiDi, and asks it to emulate
colours of the system (`emulation.setMediaFeaturesOverride`), whatever a journey wants. Firefox 153
does not know that command, and Playwright gives up. Here that one refusal becomes a consent; all
else passes as it is. The preferences of the profile say what is emulated: tests/browser/engines.py.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

SPOKEN = "WebDriver BiDi listening on ws://"
ADDRESS = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
MAY_BE_UNKNOWN = "emulation.setMediaFeaturesOverride"
# What passes is as long as it is: a picture of a page is megabytes.
WHOLE = {"max_size": None, "compression": None}


async def main(command: list[str]) -> int:
    firefox = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, firefox.terminate)
    listening: asyncio.Future[str] = loop.create_future()
    hearing = asyncio.create_task(_hear(firefox, listening))
    ended = asyncio.create_task(firefox.wait())
    await asyncio.wait([listening, ended], return_when=asyncio.FIRST_COMPLETED)
    if listening.done():

        async def relay(playwright: ServerConnection) -> None:
            async with connect(listening.result() + "/session", **WHOLE) as session:
                await _relay(playwright, session)

        async with serve(relay, "127.0.0.1", 0, **WHOLE) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            sys.stderr.write(f"{SPOKEN}127.0.0.1:{port}\n")
            sys.stderr.flush()
            await ended
    await hearing
    return ended.result()


async def _hear(firefox: asyncio.subprocess.Process, listening: asyncio.Future[str]) -> None:
    """What Firefox says, but for its address: Playwright is to come here."""
    async for line in firefox.stderr:
        if (said := ADDRESS.search(line)) and not listening.done():
            listening.set_result(said[1].decode())
        else:
            sys.stderr.buffer.write(line)
            sys.stderr.flush()


async def _relay(playwright: ServerConnection, firefox: ClientConnection) -> None:
    """Until one of them hangs up."""
    may_be_unknown: set[int] = set()
    ways = [
        asyncio.create_task(_ask(playwright, firefox, may_be_unknown)),
        asyncio.create_task(_answer(firefox, playwright, may_be_unknown)),
    ]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()


async def _ask(
    playwright: ServerConnection, firefox: ClientConnection, may_be_unknown: set[int]
) -> None:
    async for message in playwright:
        if MAY_BE_UNKNOWN in message and (asked := json.loads(message))["method"] == MAY_BE_UNKNOWN:
            may_be_unknown.add(asked["id"])
        await firefox.send(message)


async def _answer(
    firefox: ClientConnection, playwright: ServerConnection, may_be_unknown: set[int]
) -> None:
    async for message in firefox:
        answered = json.loads(message) if may_be_unknown else {}
        if answered.get("id") in may_be_unknown:
            may_be_unknown.discard(answered["id"])
            if answered.get("error") == "unknown command":
                consent = {"type": "success", "id": answered["id"], "result": {}}
                await playwright.send(json.dumps(consent))
                continue
        await playwright.send(message)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
