"""A real browser before a real server: the fixtures of the journeys.

    def test_…(open_page, site):
        page = open_page(width=390, dark=True)
        page.goto(site + "/accounts/sign-in/")
        axe(page)

A journey fails when the page it walks over complains: an error in the console, a script that
raised, something the Content-Security-Policy refused. `allow=["part of the message"]` lets one by.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings as django_settings
from django.core.signals import got_request_exception
from django.test import Client
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Frame,
    Page,
    Playwright,
    Request,
    Response,
    expect,
    sync_playwright,
)
from selenium.webdriver import WebKitGTK

from media_items.live.events.bus import current_bus
from tests.browser import engines
from tests.browser.engines import find_browser
from tests.browser.last_requests import LastRequests
from tests.live_site import LiveSite
from tests.waiting import PATIENCE_SECONDS

# Milliseconds, for a single step. Up to four browsers film, encode, draw and are looked at by axe
# on what may be two cores that are busy with other things: no step is expected to be quick, and
# each goes on as soon as it sees what it waits for.
PATIENCE_MS = PATIENCE_SECONDS * 1000
expect.set_options(timeout=PATIENCE_MS)

# A link that is drawn before the scripts have run is followed as a link, and what was to be a
# dialog is a page of its own. That is right, and tried without JavaScript; with scripts, a journey
# presses nothing and expects nothing before they have run.
NOTE_READINESS = "addEventListener('load', () => { document.documentElement.dataset.ready = '' })"
NOT_READY = "html:not([data-ready])"
# Only what is found comes back: all that was looked at is megabytes for a long page. `preload`: see
# looks.py.
RUN_AXE = """
  within => axe.run(within ?? document, { preload: false, resultTypes: ["violations"] })
    .then(found => ({ ...found, passes: [], incomplete: [], inapplicable: [] }))
"""
# What a sandboxed frame says of that script; its readiness nobody waits for.
OWN_SCRIPT_REFUSED = "Blocked script execution in"
# What Firefox says of an event stream that was refused, and of one whose page is left.
NO_CONNECTION = "script raised: Firefox can’t establish a connection to the server"
# The style with which Playwright hides the caret in a picture; Firefox says that it is not applied.
OF_A_PICTURE = "sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA="


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey, marked so."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # Playwright's synchronous interface leaves an event loop running in this thread, which Django
    # takes for asynchronous code. It stays on until the browsers are closed.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as started:
            yield started
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def _or_fail[Started](start: Callable[..., Started], *given: object) -> Started:
    """SECURITY of the suite: without a browser the journeys fail; they are never left out."""
    try:
        return start(*given)
    except find_browser.NoBrowser as reason:
        pytest.fail(str(reason), pytrace=False)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, in which every journey is walked."""
    launched = _or_fail(engines.chromium, playwright)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def firefox(playwright: Playwright, tmp_path_factory) -> Iterator[Browser]:
    launched = _or_fail(engines.firefox, playwright, tmp_path_factory.mktemp("firefox"))
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def webkit() -> Iterator[WebKitGTK]:
    """A window of WebKitGTK, driven by Selenium: no Playwright drives it as Debian delivers it."""
    with ExitStack() as stack:
        yield _or_fail(stack.enter_context, engines.webkit())


@pytest.fixture(scope="session")
def last_requests() -> LastRequests:
    return LastRequests()


@pytest.fixture
def site(request, settings, transactional_db, last_requests) -> Iterator[str]:
    """The running site's address, also for the links it writes itself.

    What a view raises in the server's threads fails the journey, with its traceback, and what was
    asked for last is answered before the journey ends. A journey marked `live` gets the one-port
    form, with the event stream; `live_process` restarts it.
    """
    if request.node.get_closest_marker("live"):
        url = request.getfixturevalue("live_process").url
    else:
        url = request.getfixturevalue("live_server").url
    settings.SITE_URL = url
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.CSRF_TRUSTED_ORIGINS = [url]
    raised = []

    def remember(**_: object) -> None:
        raised.append(traceback.format_exc())

    got_request_exception.connect(remember)
    last_requests.open(url)
    yield url
    has_ended = last_requests.close(url)
    got_request_exception.disconnect(remember)
    if raised:
        pytest.fail("The server raised:\n" + "\n".join(raised), pytrace=False)
    assert has_ended, "A request of the journey does not end."


@pytest.fixture
def live_process(transactional_db, settings) -> Iterator[LiveSite]:
    """Foyer's one-port form, running."""
    settings.LIVE_BUS = "memory"
    settings.ALLOWED_HOSTS = ["localhost"]
    current_bus.cache_clear()
    process = LiveSite()
    process.start()
    yield process
    process.stop()
    current_bus.cache_clear()


@dataclass
class Complaints:
    """What a page said was wrong with it."""

    allow: list[str]
    seen: list[str] = field(default_factory=list)
    answered: dict[str, int] = field(default_factory=dict)
    # Pages that are on the way to another one.
    left: set[Frame] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"script raised: {error}"))
        page.on("response", self._response)

    def _note(self, text: str) -> None:
        # Firefox tells twice of an event stream that is not there, the second time as an error.
        no_stream = text.startswith(NO_CONNECTION) and any(
            address in text for address in self.answered if "/events/" in address
        )
        if not no_stream and not any(part in text for part in [*self.allow, OF_A_PICTURE]):
            self.seen.append(text)

    def _request(self, request: Request) -> None:
        if request.is_navigation_request():
            self.left.add(request.frame)

    def _response(self, response: Response) -> None:
        goes_on = response.request.is_navigation_request()
        if goes_on:
            self.left.discard(response.request.frame)
        # What a page of its own answers (a refusal, a form with errors) is the journey's to judge.
        # A server error never is; `site` says what was raised.
        # So is a live page that asks while its right ends: the refusal is how it learns of it.
        ended_meanwhile = response.status == 403 and "/session/" in response.url
        # A film may still be loading while whoever watches it leaves, and gives up the right to it.
        left_meanwhile = response.status == 403 and response.request.frame in self.left
        # The plain site of the journeys has no event stream; pages do without.
        no_stream = response.status == 404 and "/events/" in response.url
        expected = (
            goes_on or response.status == 422 or ended_meanwhile or left_meanwhile or no_stream
        )
        if expected and response.status < 500:
            self.answered[response.url] = response.status

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or message.text.startswith(OWN_SCRIPT_REFUSED):
            return
        if message.text.startswith("htmx:sendAbort"):
            self._forget_what_was_broken_off()
            return
        address = message.location.get("url", "")
        if message.text.startswith("Failed to load resource") and address in self.answered:
            return
        self._note(f"{message.text} ({address})")

    def _forget_what_was_broken_off(self) -> None:
        # htmx tells of a request that the page itself broke off (replaced by a later one, or left
        # behind) as an error, twice: first as "after the request". Whether anything was lost by
        # it is the journey's to judge.
        if self.seen and self.seen[-1].startswith("htmx:afterRequest"):
            self.seen.pop()


@pytest.fixture
def open_page(site: str, request) -> Iterator[Callable[..., Page]]:
    """`open_page(width=…, height=…, javascript=…, dark=…, touch=…, user=…, allow=…, engine=…,
    language=…)`.

    Each call is a browser of its own, with its own cookies. `user` is signed in there; `touch`
    is a finger instead of a mouse. `engine` is "browser", Chromium, or "firefox", which is always
    light, without a finger and with JavaScript.
    """
    opened = []

    def open_one(
        *,
        width: int = 1280,
        height: int = 800,
        javascript: bool = True,
        dark: bool = False,
        touch: bool = False,
        user: object = None,
        allow: Iterable[str] = (),
        engine: str = "browser",
        language: str = "en-GB",
    ) -> Page:
        window = {
            "base_url": site,
            "viewport": {"width": width, "height": height},
            "locale": language,
            "timezone_id": "Asia/Jerusalem",
        }
        if engine == "browser":
            window |= {
                "java_script_enabled": javascript,
                "color_scheme": "dark" if dark else "light",
                "has_touch": touch,
                "is_mobile": touch,
                "reduced_motion": "reduce",
                "permissions": ["clipboard-read", "clipboard-write"],
            }
        elif dark or touch or not javascript:
            raise ValueError(f"{engine} is not to be had so.")
        context = request.getfixturevalue(engine).new_context(**window)
        context.set_default_timeout(PATIENCE_MS)
        if javascript:
            context.add_init_script(NOTE_READINESS)
            context.on("page", _wait_for_scripts)
        complaints = Complaints(list(allow))
        context.on("page", complaints.watch)
        opened.append((context, complaints))
        if user is not None:
            context.add_cookies([_session_cookie(user, site)])
        return context.new_page()

    yield open_one
    said = []
    for context, complaints in opened:
        context.close()
        said += complaints.seen
    if said:
        pytest.fail("The pages complained:\n" + "\n".join(said), pytrace=False)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A wide window, light, with JavaScript, signed out."""
    return open_page()


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """`picture(page, name)`: keeps a screenshot where SHOTS names a folder, to look at."""

    def take(page: Page, name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    return take


def _wait_for_scripts(page: Page) -> None:
    """Whatever is pressed or expected on it waits until it is ready; nothing has to be done."""
    page.add_locator_handler(page.locator(NOT_READY), lambda: None)


def _session_cookie(user: object, site: str) -> dict[str, object]:
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": site, "httpOnly": True}


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: axe-core finds nothing against the page as it stands."""

    def assert_nothing_found(page: Page, *, within: str | None = None) -> None:
        page.wait_for_load_state()
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        results = AxeResults(page.evaluate(RUN_AXE, within))
        assert not results.violations_count, results.generate_report()

    return assert_nothing_found
