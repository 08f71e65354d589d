"""Q&A, reactions and polls, before real browsers: a moderator, two viewers, one without script."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, Route, expect

from access.invitations.models import InvitationRole
from media_items.catalogue.models import Kind
from media_items.live.sessions import services
from tests import factories
from tests.browser.steps import scripts_run, until
from tests.conftest import client_with_proofs

pytestmark = pytest.mark.live

NARROW = {"width": 390, "height": 844}
DRAWN_WIDTH = (
    "box => box.querySelector('rect').getBoundingClientRect().width"
    " / box.querySelector('svg').getBoundingClientRect().width"
)


@pytest.fixture
def room(owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    services.open_session(item=room)
    return room


@pytest.fixture
def come(open_page, room, site):
    """`come("viewer", "Ada")`: a browser of somebody invited as that, inside, at the questions."""

    def enter(role: str, name: str, **browser) -> Page:
        proof = factories.InvitationProofFactory(
            invitation__item=room,
            invitation__role=InvitationRole(role),
            invitation__first_name=name,
            invitation__last_name="Stone",
        )
        client = client_with_proofs(proof)
        client.post(f"/media/{room.public_id}/session/enter/", SERVER_NAME="localhost")
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        page = open_page(**browser)
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": site, "httpOnly": True}]
        )
        page.goto(f"/media/{room.public_id}/session/qna/")
        if browser.get("javascript", True):
            # A menu opened before that would be drawn anew under the hand.
            scripts_run(page)
        return page

    return enter


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your question").fill(text)
    page.get_by_role("button", name="Ask", exact=True).click()


def question(page: Page, text: str):
    return page.locator("#question-list li.question", has_text=text).last


def count_news(page: Page) -> None:
    page.evaluate(
        "() => { window.news = 0; document.body.addEventListener('live:qna', () => news++); }"
    )


class Held:
    """Answers of the site to `method` at `path`, which the page does not get before `let_go`."""

    def __init__(self, page: Page, path: str, method: str = "GET", query: str = ".*") -> None:
        self.page, self.method, self.answers, self.is_over = page, method, [], False
        page.route(re.compile(re.escape(path) + rf"(\?{query})?$"), self._keep)

    def _keep(self, route: Route) -> None:
        if route.request.method == self.method and not self.is_over:
            self.answers.append((route, route.fetch()))
        else:
            route.continue_()

    def wait(self) -> None:
        until(self.page, lambda: self.answers)

    def let_go(self) -> None:
        self.is_over = True
        for route, answer in self.answers:
            route.fulfill(response=answer)


def test_a_question_is_asked_taken_answered_shown_and_voted_for(come, axe):
    moderator, ada, bob = come("moderator", "Dana"), come("viewer", "Ada"), come("viewer", "Bob")
    expect(moderator.get_by_text("No new questions.")).to_be_visible()

    ask(ada, "Why do cells divide?")
    expect(ada.get_by_role("textbox", name="Your question")).to_have_value("")
    expect(question(ada, "Why do cells divide?")).to_contain_text("Waiting")
    expect(ada.locator("#toasts")).to_contain_text("Sent to the moderators")

    # It comes to the moderator by itself; nobody else sees it.
    row = question(moderator, "Why do cells divide?")
    expect(row).to_contain_text("Ada Stone")
    # Whoever thinks better of answering has not taken it.
    row.get_by_role("button", name="Answer").click()
    expect(moderator.get_by_label("Your answer")).to_be_focused()
    expect(question(ada, "Why do cells divide?")).to_contain_text("Being answered")
    moderator.keyboard.press("Escape")
    expect(question(ada, "Why do cells divide?")).to_contain_text("Waiting")
    expect(row.get_by_role("button", name="Answer")).to_be_focused()
    row.get_by_role("button", name="Take").click()
    expect(question(ada, "Why do cells divide?")).to_contain_text("Being answered")
    expect(row).to_contain_text("Taken by you")
    expect(bob.locator("#question-list")).not_to_contain_text("Why do cells divide?")

    moderator.get_by_role("link", name=re.compile("Taken")).click()
    row = question(moderator, "Why do cells divide?")
    expect(row).to_contain_text("Taken by you")
    row.get_by_role("link", name="Answer").click()
    expect(moderator.get_by_label("Your answer")).to_be_focused()
    axe(moderator, within="#dialog")
    moderator.get_by_label("Your answer").fill("Because they grow.")
    expect(moderator.get_by_label("Show question and answer to everybody")).to_be_checked()
    moderator.get_by_role("button", name="Save answer").click()
    expect(moderator.locator("#dialog")).to_be_hidden()

    expect(question(bob, "Because they grow.")).to_contain_text("Dana Stone")
    vote = question(bob, "Because they grow.").get_by_role("button", name=re.compile("^0 votes"))
    vote.focus()
    bob.keyboard.press("Enter")
    pressed = question(bob, "Because they grow.").get_by_role("button", name="1 vote.")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(pressed).to_be_focused()
    expect(question(ada, "Because they grow.").locator(".question-vote")).to_have_text(
        re.compile(r"^\s*1")
    )
    for page in (moderator, ada, bob):
        axe(page)


def test_an_open_menu_is_left_alone_while_the_list_changes(come):
    moderator, ada = come("moderator", "Dana"), come("viewer", "Ada")
    ask(ada, "First?")
    row = question(moderator, "First?")
    row.get_by_role("button", name="More for this question").click()
    count_news(moderator)
    ask(ada, "Second?")
    expect(question(ada, "Second?")).to_be_visible()
    until(moderator, lambda: moderator.evaluate("news") >= 1)
    dismiss = row.get_by_role("menuitem", name="Dismiss")
    expect(dismiss).to_be_visible()
    dismiss.click()
    expect(moderator.locator("#toasts")).to_contain_text("You can restore it")
    expect(question(moderator, "Second?")).to_be_visible()
    expect(moderator.locator("#question-list")).not_to_contain_text("First?")
    expect(question(ada, "First?")).to_contain_text("Not answered")


def test_news_does_not_take_the_place_of_what_was_chosen(come):
    moderator, ada = come("moderator", "Dana"), come("viewer", "Ada")
    ask(ada, "First?")
    question(moderator, "First?").get_by_role("button", name="Take").click()
    expect(moderator.get_by_text("No new questions.")).to_be_visible()
    count_news(moderator)
    held = Held(moderator, "/session/qna/", query="group=taken")
    moderator.get_by_role("link", name=re.compile("Taken")).click()
    held.wait()
    ask(ada, "Second?")
    until(moderator, lambda: moderator.evaluate("news") >= 1)
    # As long as it would take the list to ask for itself and to be put anew.
    moderator.wait_for_timeout(1500)
    held.let_go()
    expect(question(moderator, "First?")).to_contain_text("Taken by you")
    expect(moderator.get_by_role("link", name=re.compile("1 New"))).to_be_visible()


def test_news_is_shown_again_after_one_left_before_what_was_chosen_came(come):
    moderator, ada = come("moderator", "Dana"), come("viewer", "Ada")
    held = Held(moderator, "/session/qna/", query="group=taken")
    moderator.get_by_role("link", name=re.compile("Taken")).click()
    held.wait()
    moderator.get_by_role("link", name="Chat", exact=True).click()
    expect(moderator.locator("#question-list")).to_have_count(0)
    held.let_go()
    moderator.get_by_role("link", name="Q&A").click()
    expect(moderator.get_by_text("No new questions.")).to_be_visible()
    ask(ada, "First?")
    expect(question(moderator, "First?")).to_be_visible()


def test_a_question_that_comes_while_the_list_is_being_asked_for_is_shown(come):
    moderator, ada = come("moderator", "Dana"), come("viewer", "Ada")
    count_news(moderator)
    held = Held(moderator, "/session/qna/")
    ask(ada, "First?")
    held.wait()
    ask(ada, "Second?")
    until(moderator, lambda: moderator.evaluate("news") >= 2)
    assert "Second?" not in "".join(answer.text() for _, answer in held.answers)
    held.let_go()
    expect(question(moderator, "First?")).to_be_visible()
    expect(question(moderator, "Second?")).to_be_visible()


def test_what_was_done_is_said_even_if_the_list_was_drawn_anew_meanwhile(come):
    moderator, ada = come("moderator", "Dana"), come("viewer", "Ada")
    ask(ada, "First?")
    row = question(moderator, "First?")
    expect(row).to_be_visible()
    held = Held(moderator, "/dismiss/", "POST")
    row.get_by_role("button", name="More for this question").click()
    row.get_by_role("menuitem", name="Dismiss").click()
    held.wait()
    ask(ada, "Second?")
    expect(question(moderator, "Second?")).to_be_visible()
    held.let_go()
    expect(moderator.locator("#toasts")).to_contain_text("You can restore it")
    expect(moderator.locator("#question-list")).not_to_contain_text("First?")


def test_by_keyboard_one_stays_in_the_list_whose_row_has_gone(come):
    moderator, ada = come("moderator", "Dana"), come("viewer", "Ada")
    ask(ada, "First?")
    expect(question(moderator, "First?")).to_be_visible()
    ask(ada, "Second?")
    question(moderator, "Second?").get_by_role("button", name="Take").focus()
    moderator.keyboard.press("Enter")
    taken = question(moderator, "Second?")
    expect(taken.get_by_role("link", name="Answer")).to_be_focused()
    taken.get_by_role("button", name="Answered live").press("Enter")
    expect(moderator.locator("#question-list")).not_to_contain_text("Second?")
    expect(moderator.locator("#question-list")).to_be_focused()
    moderator.keyboard.press("Tab")
    inside = "() => document.getElementById('question-list').contains(document.activeElement)"
    assert moderator.evaluate(inside)


def test_by_keyboard_one_is_back_at_a_button_that_one_drawing_of_the_list_lacks(come):
    """As between two reads: a question that has left one group and not come to the other."""
    moderator, ada = come("moderator", "Dana"), come("viewer", "Ada")
    ask(ada, "First?")
    take = question(moderator, "First?").get_by_role("button", name="Take")
    take.focus()
    lacking = []

    def answer_once(route: Route) -> None:
        lacking.append(route)
        route.fulfill(
            response=route.fetch(url=f"{route.request.url.partition('?')[0]}?group=taken")
        )

    moderator.route(re.compile(r"/session/qna/(\?.*)?$"), answer_once, times=1)
    again = "() => htmx.trigger('#question-list', 'foyer:again')"
    moderator.evaluate(again)
    expect(take).to_have_count(0)
    expect(moderator.locator("#question-list")).to_be_focused()
    assert lacking
    moderator.get_by_role("link", name=re.compile("New")).evaluate("link => link.click()")
    expect(take).to_be_focused()


def test_a_poll_is_written_started_answered_and_its_results_are_drawn(come, axe):
    moderator, ada, bob = come("moderator", "Dana"), come("viewer", "Ada"), come("viewer", "Bob")
    moderator.get_by_role("link", name="Polls").click()
    moderator.get_by_role("link", name="Create a poll").click()
    moderator.locator("#dialog [name=question]").fill("Which phase is the longest?")
    moderator.get_by_label("Answer 1").fill("Interphase")
    moderator.get_by_label("Answer 2").fill("Metaphase")
    axe(moderator, within="#dialog")
    moderator.get_by_role("button", name="Start now").click()
    expect(moderator.locator("#dialog")).to_be_hidden()

    for page in (ada, bob):
        card = page.locator("#poll-card")
        expect(card).to_contain_text("Which phase is the longest?")
        expect(card).not_to_contain_text("%")
    expect(ada.locator("#announcements")).to_contain_text("New poll: Which phase is the longest?")
    ada.get_by_role("button", name="Interphase").click()
    expect(ada.locator("#poll-card")).to_contain_text("1 · 100%")
    bob.get_by_role("button", name="Metaphase").click()
    for page in (ada, bob, moderator):
        expect(page.locator("#poll-card")).to_contain_text("2 answers.")
        expect(page.locator("#poll-card .poll-numbers")).to_have_text(["1 · 50%", "1 · 50%"])
        option = page.locator("#poll-card .poll-option").first
        assert option.evaluate(DRAWN_WIDTH) == pytest.approx(0.5, abs=0.02)
        axe(page)
    # Convinced: the answer moves. What was folded is told after the press: the card may have come
    # anew by then.
    ada.evaluate("""() => addEventListener(
      "htmx:beforeSwap",
      () => document.querySelector("#poll-card summary").click(),
      { capture: true, once: true })""")
    bob.get_by_role("button", name="Interphase").click()
    expect(ada.locator("#poll-card .poll-numbers")).to_have_text(["2 · 100%", "0 · 0%"])
    expect(ada.locator("#poll-card")).not_to_have_attribute("open", "")
    ada.locator("#poll-card summary").click()

    moderator.get_by_role("button", name="Close the poll").click()
    expect(ada.locator("#poll-card")).to_contain_text("Results")
    expect(ada.locator("#poll-card button")).to_have_count(0)
    moderator.get_by_role("button", name="Close the results").click()
    expect(ada.locator("#poll-card")).to_have_count(0)


def test_a_reaction_flies_for_the_others_and_is_a_number_for_who_wants_no_motion(come, settings):
    ada, bob = come("viewer", "Ada"), come("viewer", "Bob")
    bob.emulate_media(reduced_motion="no-preference")
    bob.evaluate(
        "new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach("
        "(node) => (document.title = node.className)))).observe("
        "document.getElementById('reaction-air'), { childList: true })"
    )
    ada.get_by_role("button", name="Applause").click()
    expect(bob).to_have_title("reaction-flying reaction-clap")
    for page in (ada, bob):
        expect(page.locator('[data-reaction="clap"]')).to_have_text("1")
    expect(ada.locator("#reaction-air > *")).to_have_count(0)
    expect(bob.locator("#reaction-air > *")).to_have_count(0)
    # Too many: it is said once, however often one is told.
    settings.REACTION_RATE_PER_PERSON = "1/h"
    for _press in range(4):
        with ada.expect_response("**/reactions/send/"):
            ada.get_by_role("button", name="Applause").click()
    expect(ada.locator("#toasts")).to_contain_text("That’s a lot of reactions!")
    expect(ada.locator("#toasts .toast")).to_have_count(1)


def test_without_script_one_asks_votes_answers_and_reacts(come, room):
    ada = come("viewer", "Ada", javascript=False)
    moderator = come("moderator", "Dana", javascript=False)
    ask(ada, "Without script?")
    expect(ada.get_by_text("Sent to the moderators")).to_be_visible()
    expect(question(ada, "Without script?")).to_contain_text("Waiting")

    moderator.reload()
    row = question(moderator, "Without script?")
    row.get_by_role("button", name="Answer").click()
    moderator.get_by_label("Your answer").fill("Yes.")
    moderator.get_by_role("button", name="Save answer").click()
    expect(question(moderator, "Without script?")).to_contain_text("Yes.")
    question(moderator, "Without script?").get_by_role("button", name="0 votes").click()

    moderator.get_by_role("link", name="Polls").click()
    moderator.get_by_role("link", name="Create a poll").click()
    moderator.locator("[name=question]").fill("Works?")
    moderator.get_by_label("Answer 1").fill("Yes")
    moderator.get_by_label("Answer 2").fill("No")
    moderator.get_by_role("button", name="Start now").click()
    expect(moderator.locator("#poll-card")).to_contain_text("Works?")

    ada.reload()
    expect(question(ada, "Without script?").locator(".question-vote")).to_contain_text("1")
    ada.get_by_role("button", name="Yes", exact=True).click()
    expect(ada.locator("#poll-card")).to_contain_text("1 · 100%")
    ada.get_by_role("button", name="Applause").click()
    expect(ada.locator('[data-reaction="clap"]')).to_have_text("1")
    expect(ada).to_have_url(re.compile("/session/qna/$"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [{}, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_light_or_dark_wide_or_narrow(come, axe, size, dark):
    ada = come("viewer", "Ada", dark=dark)
    ask(ada, "Why do cells divide, and " + "w" * 120 + "?")
    moderator = come("moderator", "Dana", dark=dark, **size)
    sheet = moderator.locator("#live-sheet-button")
    if sheet.is_visible() or not size:
        axe(moderator, within=".live-bar")
    if sheet.is_visible():
        sheet.click()
    expect(question(moderator, "Why do cells divide")).to_be_visible()
    axe(moderator, within="#live-panel")
    panel = moderator.locator("#live-panel")
    assert panel.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    question(moderator, "Why do").get_by_role("button", name="More for this question").click()
    moderator.get_by_role("menuitem", name="Publish").click()
    expect(question(moderator, "Why do")).to_contain_text("Shown to everybody")
    axe(moderator, within="#live-panel")
    moderator.goto(moderator.url.replace("/qna/", "/polls/"))
    axe(moderator)
    assert moderator.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
