"""The harness itself: a page opens, wide and narrow, and what goes wrong on it is seen."""

import pytest

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
