"""Fragments that ask for themselves anew: htmx, live/fragments.js and live/focus.js on a page of
one list, with a site whose answers come when the scene wants them. docs/adr/0016 weighs these
scenes."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"
HTMX = Path(find_spec("django_htmx").origin).parent / "static/django_htmx/htmx-2.min.js"
SITE = "http://fragments.test"
CONFIG = (
    '{"allowEval": false, "includeIndicatorStyles": false, "historyCacheSize": 0,'
    ' "defaultSettleDelay": 0, "attributesToSettle": ["class", "width", "height"]}'
)


class ListSite:
    """Serves a page with a list; `version` is what the list says. While `holds`, answers wait."""

    def __init__(self) -> None:
        self.rows = [1, 2, 3]
        self.version = 0
        self.holds = False
        self.held: list[tuple[Route, str]] = []
        self.acts: list[Route] = []

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path == "/":
            route.fulfill(body=self.page(), content_type="text/html")
        elif path == "/htmx.js":
            route.fulfill(path=HTMX, content_type="text/javascript")
        elif path.startswith("/js/"):
            route.fulfill(path=SCRIPTS / path[4:], content_type="text/javascript")
        elif path == "/act":
            self.acts.append(route)
        elif path != "/list":
            route.fulfill(status=204)
        elif self.holds:
            self.held.append((route, self.list()))
        else:
            route.fulfill(body=self.list(), content_type="text/html")

    def let_go(self) -> None:
        """The answer that was held is what the list said when it was asked for."""
        self.holds = False
        route, body = self.held.pop()
        route.fulfill(body=body, content_type="text/html")

    def list(self) -> str:
        rows = "".join(
            f'<li><button type="button" id="button-{row}">Act on {row}</button>'
            f'<button popovertarget="menu-{row}" id="more-{row}">More</button>'
            f'<div popover role="menu" id="menu-{row}">Menu of {row}</div>'
            f'<form hx-post="/act" hx-swap="none"><button id="send-{row}">Send</button></form></li>'
            for row in self.rows
        )
        return (
            '<div id="question-list" data-calm hx-get="/list" hx-swap="outerHTML"'
            ' hx-trigger="live:qna from:body, foyer:again" hx-target="this">'
            f'<p id="version">{self.version}</p><ul>{rows}</ul></div>'
        )

    def page(self) -> str:
        return (
            f"<!doctype html><meta name='htmx-config' content='{CONFIG}'>"
            '<script src="/htmx.js"></script><body>'
            f'<div id="live"><div id="panel">{self.list()}</div></div><script type="module">'
            'import * as fragments from "/js/live/fragments.js";'
            'import * as focus from "/js/live/focus.js";'
            'fragments.start(document.getElementById("live"));'
            'focus.start(document.getElementById("live"));'
            "document.body.dataset.ready = 'yes';</script>"
        )


@pytest.fixture
def site():
    return ListSite()


@pytest.fixture
def page(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", site.answer)
    page.goto(SITE)
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    yield page
    context.close()


def tell(page: Page) -> None:
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:qna'))")


def news(page: Page, site: ListSite) -> None:
    site.version += 1
    tell(page)


def is_being_asked(page: Page, site: ListSite) -> None:
    site.holds = True
    with page.expect_request("**/list"):
        tell(page)


def version(page: Page):
    return page.locator("#version")


def test_news_that_comes_while_the_list_asks_is_shown(page, site):
    is_being_asked(page, site)
    news(page, site)
    site.let_go()
    expect(version(page)).to_have_text("1")


def test_so_it_is_when_the_panel_is_put_anew_meanwhile(page, site):
    is_being_asked(page, site)
    before = site.list()
    news(page, site)
    page.evaluate("html => htmx.swap('#panel', html, { swapStyle: 'innerHTML' })", before)
    site.let_go()
    expect(version(page)).to_have_text("1")


def test_a_button_that_is_being_pressed_stays_under_the_hand(page, site):
    page.evaluate("addEventListener('click', event => { window.clicked = event.target.id })")
    box = page.locator("#button-2").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    site.rows = [8, 9, 1, 2, 3]
    news(page, site)
    page.mouse.up()
    assert page.evaluate("window.clicked") == "button-2"
    expect(version(page)).to_have_text("1")


def test_what_is_pressed_by_another_button_of_the_mouse_holds_nothing(page, site):
    """A menu of the browser may take the end of the press."""
    box = page.locator("#button-2").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down(button="right")
    news(page, site)
    expect(version(page)).to_have_text("1")


def test_the_fragment_itself_hears_of_no_request_that_waits(page, site):
    page.evaluate("""() => {
        window.asked = 0;
        const list = document.getElementById("question-list");
        list.addEventListener("htmx:beforeRequest", (event) => (asked += !event.defaultPrevented));
    }""")
    box = page.locator("#button-2").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    news(page, site)
    assert page.evaluate("asked") == 0
    page.mouse.up()
    expect(version(page)).to_have_text("1")


def test_nothing_moves_while_a_menu_is_open_and_what_was_new_is_shown_after(page, site):
    page.locator("#more-2").click()
    before = page.locator("#more-2").bounding_box()
    site.rows = [8, 9, 1, 3]
    news(page, site)
    assert page.locator("#more-2").bounding_box() == before
    expect(page.locator("#menu-2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(version(page)).to_have_text("1")
    expect(page.locator("#more-2")).to_have_count(0)


def test_an_answer_that_comes_while_a_menu_is_open_is_not_put_in(page, site):
    is_being_asked(page, site)
    page.locator("#more-2").click()
    site.version = 1
    with page.expect_response("**/list"):
        site.let_go()
    expect(page.locator("#menu-2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(version(page)).to_have_text("1")


def test_the_keyboard_goes_on_in_the_list_when_its_row_is_gone(page, site):
    page.locator("#button-2").focus()
    site.rows = [1, 3]
    news(page, site)
    expect(version(page)).to_have_text("1")
    expect(page.locator("#question-list")).to_be_focused()


def test_an_answer_is_heard_though_its_form_is_gone(page, site):
    page.evaluate("addEventListener('toast', event => { window.told = event.detail.text })")
    with page.expect_request("**/act"):
        page.locator("#send-2").press("Enter")
    site.rows = [1, 3]
    news(page, site)
    expect(version(page)).to_have_text("1")
    [act] = site.acts
    act.fulfill(status=204, headers={"HX-Trigger": '{"toast": {"text": "Done"}}'})
    page.wait_for_function("window.told === 'Done'")
