"""What the process with the streams does when it may have missed something."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from media_items.live import process as module
from media_items.live.events.hub import Hub
from media_items.live.process import Process


def test_cuts_are_read_at_once_when_the_bus_is_back_and_no_word_is_told_before(monkeypatch):
    asked = []
    answers = [{}, None, {7: 1.0}]  # a database that is away, meanwhile

    def upkeep(_attendance, with_cuts):
        asked.append(with_cuts)
        return answers.pop(0) if with_cuts else None

    monkeypatch.setattr(module, "_upkeep_in_thread", upkeep)
    monkeypatch.setattr(module, "TICK_SECONDS", 0.2)

    async def scene():
        hub = Hub()
        hub.run_in(asyncio.get_running_loop())
        process = Process(hub)
        process._thread = ThreadPoolExecutor(1)
        assert not process._knows_cuts()
        await process._upkeep_once()
        assert process._knows_cuts()
        duty = asyncio.create_task(process._upkeep())
        process._on_return()
        assert not process._knows_cuts()
        await asyncio.sleep(0.1)  # sooner than a tick
        assert (asked, process._knows_cuts()) == ([True, True], False)
        await asyncio.sleep(0.25)
        assert (asked[:3], process._knows_cuts()) == ([True, True, True], True)
        assert hub._cuts == {7: 1.0}
        duty.cancel()
        process._thread.shutdown()

    asyncio.run(scene())
