"""The harness itself: a page opens, wide and narrow, and what goes wrong on it is seen."""

import pytest

from tests.browser import steps
from tests.browser.conftest import Complaints
from tests.browser.looks import no_wider_than


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_page_that_is_not_there_is_a_calm_page_without_findings(open_page, axe, width, dark):
    page = open_page(width=width, dark=dark)
    response = page.goto("/nothing/here/")
    assert response.status == 404
    assert page.locator("h1").count() == 1
    axe(page)
    no_wider_than(page, width)


def test_the_page_reads_without_javascript(open_page):
    page = open_page(javascript=False)
    page.goto("/nothing/here/")
    assert page.locator("main h1").is_visible()


def test_the_content_security_policy_refuses_an_inline_script(open_page):
    page = open_page(allow=["Content Security Policy"])
    page.goto("/nothing/here/")
    page.evaluate(
        """() => { const s = document.createElement("script");
        s.textContent = "window.ran = true"; document.head.append(s); }"""
    )
    assert page.evaluate("window.ran") is None


def test_links_carry_the_address_of_the_running_site(page, site, settings):
    page.goto("/nothing/here/")
    assert page.url.startswith(settings.SITE_URL)


def test_a_request_that_a_page_breaks_off_is_no_complaint_and_one_that_fails_is(open_page):
    page = open_page(allow=["htmx:", "Failed to load resource"])
    held = []
    page.route("**/held/", lambda route: held.append(route))
    page.goto("/accounts/sign-in/")
    complaints = Complaints([])
    complaints.watch(page)
    page.evaluate(
        """() => { const part = document.createElement("div");
        part.id = "part";
        part.setAttribute("hx-get", "/held/");
        part.setAttribute("hx-trigger", "again");
        part.setAttribute("hx-sync", "this:replace");
        document.body.append(part);
        htmx.process(part);
        htmx.trigger(part, "again"); }"""
    )
    with page.expect_console_message(lambda message: message.text.startswith("htmx:sendAbort")):
        page.evaluate("htmx.trigger('#part', 'again')")
    steps.until(page, lambda: len(held) == 2)
    assert complaints.seen == []
    with page.expect_console_message(lambda message: message.text.startswith("htmx:sendError")):
        held[-1].abort()
    assert [seen.partition(",")[0] for seen in complaints.seen if seen.startswith("htmx:")] == [
        "htmx:afterRequest",
        "htmx:sendError",
    ]


def test_what_is_refused_while_a_page_is_left_is_no_complaint_and_before_that_it_is(open_page):
    page = open_page(allow=["403"])
    held = []
    page.route("**/refused/*", lambda route: route.fulfill(status=403))
    page.route("**/nothing/here/", lambda route: held.append(route))
    page.goto("/accounts/sign-in/")
    complaints = Complaints([])
    complaints.watch(page)

    def ask_for(what: str, *, leaving: bool = False) -> None:
        leave = "location.assign('/nothing/here/');" if leaving else ""
        with page.expect_console_message(lambda message: what in message.location["url"]):
            page.evaluate(
                f"""what => void setTimeout(() => {{
                    {leave} setTimeout(() => fetch(`/refused/${{what}}`), 100); }})""",
                what,
            )

    ask_for("before")
    ask_for("on-the-way", leaving=True)
    held[0].continue_()
    page.wait_for_url("**/nothing/here/")
    ask_for("after")
    assert [seen.rpartition("/")[2] for seen in complaints.seen] == ["before)", "after)"]
