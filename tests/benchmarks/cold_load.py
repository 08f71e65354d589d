"""What a browser that knows nothing of Foyer yet asks for, until a page stands: how many requests
and how many bytes, with scripts and without, in Chromium."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.paths import HotPath, Stage
from tests.benchmarks.rates import Server

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import find_browser

PAGES = ("Join page, GET", "Media page, guest", "Media page, owner", "Live page, guest")


def table(port: int, log: Path) -> Iterator[str]:
    """Lines of Markdown."""
    yield "| | requests | bytes | without scripts | bytes |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    wanted = [one for one in Stage().paths() if one.name in PAGES]
    with Server(port, log), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        for one in wanted:
            asked, size = _visit(browser, one, port, scripts=True)
            plain, plain_size = _visit(browser, one, port, scripts=False)
            yield f"| {one.name} | {asked} | {size:,} | {plain} | {plain_size:,} |"
        browser.close()


def _visit(browser: Browser, path: HotPath, port: int, *, scripts: bool) -> tuple[int, int]:
    context = browser.new_context(java_script_enabled=scripts)
    held = [one.partition("=") for one in path.headers.get("Cookie", "").split("; ") if one]
    context.add_cookies(
        [
            {"name": name, "value": value, "domain": "localhost", "path": "/"}
            for name, _, value in held
        ]
    )
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    asked: list[str] = []
    sizes: list[float] = []
    page.on("request", lambda request: asked.append(request.url))
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"http://localhost:{port}{path.path}", wait_until="load")
    page.wait_for_timeout(1_500)  # for what its scripts ask by themselves
    context.close()
    # Not the icon: Chromium made for windows asks for it, and its headless shell does not.
    counted = [
        one for one in asked if not one.startswith(("data:", "blob:")) and "/favicon." not in one
    ]
    return len(counted), int(sum(sizes))
