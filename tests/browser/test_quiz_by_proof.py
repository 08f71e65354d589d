"""A quiz is taken by people who prove who they are: invited, signed in, or asked for a code."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.guests.models import GuestCode
from access.links import invitation_address
from access.mailed_codes import make_digits
from media_items.catalogue.models import State
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.content import Content
from media_items.quizzes.models import Attempt, Taker
from media_items.visitors import Certainty
from tests import factories
from tests.access.invitations.door_acts import mailed_digits
from tests.browser.steps import until
from tests.browser.test_quiz_taking import come_in, question, start, state_line, stored
from tests.quiz_factories import SINGLE, TRUE_FALSE, published_quiz


@pytest.fixture
def quiz(owner):
    return published_quiz(Content((SINGLE, TRUE_FALSE)), item__owner=owner)


def test_an_invited_person_leaves_in_the_midst_and_goes_on(open_page, quiz, axe, picture):
    type(quiz).objects.update(time_limit_minutes=30)
    invited = factories.InvitationFactory(item=quiz.item, email="grace@example.org")
    page = open_page(width=390, height=844)

    def comes_by_the_link(button):
        page.goto(invitation_address(invited))
        page.get_by_role("button", name=button).click()
        page.get_by_label("Six-digit code").fill(mailed_digits(invited))
        page.get_by_role("button", name="Continue").click()
        page.get_by_text("You’re here as Grace Hopper (viewer)").wait_for()

    comes_by_the_link("Accept")
    start(page, quiz)
    question(page, "single").get_by_label("Metaphase").check()
    expect(state_line(page)).to_contain_text("Saved")
    page.get_by_role("link", name="Leave", exact=True).click()
    expect(page.get_by_text("Your attempt stays open")).to_contain_text("your time runs on")
    axe(page)
    picture(page, "quiz-leave-invited")
    page.get_by_role("button", name="Leave in this browser").click()
    expect(page.get_by_role("heading", name="You’ve left")).to_be_visible()
    assert Attempt.objects.get().state == AttemptState.OPEN

    comes_by_the_link("Continue")
    page.get_by_role("link", name="Continue").click()
    expect(question(page, "single").get_by_label("Metaphase")).to_be_checked()
    question(page, "true_false").get_by_label("true", exact=True).check()
    until(page, lambda: len(stored()) == 2)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("heading", name="Your answers were handed in")).to_be_visible()
    assert Taker.objects.get().certainty == Certainty.CONFIRMED


@pytest.mark.parametrize("javascript", [True, False])
def test_a_guest_enters_the_code_before_the_quiz(open_page, quiz, axe, picture, javascript):
    link = factories.GuestLinkFactory(item=quiz.item, access_on=True, verify_before_quiz=True)
    admission = factories.GuestAdmissionFactory(guest__link=link)
    page = come_in(open_page(width=390, height=844, javascript=javascript), admission)
    page.goto(quiz.item.get_absolute_url())
    expect(page.get_by_text("Verify your email before you start.")).to_be_visible()
    expect(page.get_by_role("button", name="Start the quiz")).to_have_count(0)
    if javascript:
        axe(page)
        picture(page, "quiz-verify-first")
    page.get_by_role("link", name="Verify your email").click()
    page.get_by_role("button", name="Send a code").click()
    page.get_by_label("Six-digit code").fill(make_digits(GuestCode.objects.get()))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Start the quiz").click()
    expect(page.get_by_role("button", name="Hand in", exact=True)).to_be_visible()


def test_whoever_is_signed_in_passes_and_has_the_certificate(open_page, quiz, axe, picture):
    type(quiz).objects.update(pass_percent=50, gives_certificate=True)
    type(quiz.item).objects.update(state=State.UNLISTED)
    page = open_page(user=factories.UserFactory())
    start(page, quiz)
    question(page, "single").get_by_label("Metaphase").check()
    question(page, "true_false").get_by_label("true", exact=True).check()
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator(".quiz-score")).to_contain_text("2 of 2 points (100%)")
    expect(page.get_by_text("Passed")).to_be_visible()
    axe(page)
    picture(page, "quiz-certificate-offered")
    with page.expect_download() as found:
        page.get_by_role("link", name="Download the certificate").click()
    assert found.value.suggested_filename.endswith(".pdf")
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_text("Counts", exact=True)).to_be_visible()


@pytest.mark.parametrize("how", ["nothing", "a proxy"])
def test_a_site_that_is_away_while_the_line_is_there_loses_nothing(open_page, quiz, owner, how):
    """As a hotel's Wi-Fi has it, or a site that is being restarted."""
    page = open_page(user=owner, allow=["Failed to load resource", "net::ERR"])
    start(page, quiz)
    question(page, "single").get_by_label("Metaphase").check()
    expect(state_line(page)).to_contain_text("Saved")
    here = page.url

    def away(route):
        if how == "nothing":
            route.abort("connectionrefused")
        else:
            route.fulfill(status=502, body="Bad gateway")

    page.route("**/media/**", away)
    assert page.evaluate("navigator.onLine")
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("#quiz-notice")).to_contain_text("or only partly: 2.")
    question(page, "true_false").get_by_label("true", exact=True).check()
    expect(state_line(page)).to_contain_text("the site doesn’t answer")
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("#quiz-notice")).to_contain_text("Not handed in yet")
    assert page.url == here
    page.unroute("**/media/**")
    expect(page.get_by_role("heading", name="Your answers were handed in")).to_be_visible()
    assert stored() == {"single": {"chosen": "a"}, "true_false": {"chosen": "t"}}
