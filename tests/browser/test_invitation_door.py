"""Coming in by an invite link, in a real browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.invitations.services import managing
from access.links import invitation_address
from tests import factories
from tests.access.invitations.door_acts import mailed_digits
from tests.browser.looks import no_wider_than

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = pytest.mark.parametrize(
    ("width", "dark", "javascript"), [(1280, False, True), (390, True, True), (390, False, False)]
)


@pytest.fixture
def invited(item):
    return factories.InvitationFactory(item=item, email="grace@example.org")


@pytest.mark.on_sqlite_too
@SIZES
def test_the_invited_accepts_types_the_code_and_is_in(
    open_page, axe, invited, width, dark, javascript
):
    page = open_page(width=width, dark=dark, javascript=javascript)
    page.goto(invitation_address(invited))
    if javascript:
        axe(page)
    page.get_by_role("button", name="Accept").click()
    field = page.get_by_label("Six-digit code")
    again = page.locator(".door-again button")
    if javascript:
        expect(again).to_be_disabled()
        expect(again).to_contain_text("Send again in")
        axe(page)
    else:
        expect(again).to_have_text("Send again")
    digits = mailed_digits(invited)
    field.fill(f"{digits[:3]} {digits[3:]} ")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("You’re here as Grace Hopper (viewer)").wait_for()
    assert page.url.endswith(invited.item.get_absolute_url())
    if javascript:
        axe(page)
    page.get_by_role("link", name="Leave").click()
    page.get_by_role("heading", name="Leave?").wait_for()
    if javascript:
        axe(page)
    no_wider_than(page, width)


@SIZES
def test_signed_in_as_somebody_else_both_ways_on_are_there(
    open_page, axe, invited, stranger, width, dark, javascript
):
    page = open_page(width=width, dark=dark, javascript=javascript, user=stranger)
    page.goto(invitation_address(invited))
    page.get_by_role("button", name="Sign out and use another account").wait_for()
    if javascript:
        axe(page)
    page.get_by_role("button", name="Continue as").click()
    page.get_by_role("heading", name="Check your email").wait_for()
    page.get_by_label("Six-digit code").fill("12345")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("The code has six digits.").wait_for()
    if javascript:
        axe(page)
    no_wider_than(page, width)


@SIZES
def test_the_refusals_can_be_read_and_lead_on(open_page, axe, invited, width, dark, javascript):
    page = open_page(width=width, dark=dark, javascript=javascript)
    address = invitation_address(invited)
    managing.prolong(invitation=invited, expires_at=timezone.now(), by=None)
    page.goto(address)
    if javascript:
        axe(page)
    page.get_by_role("button", name="Ask for a new link").click()
    page.get_by_role("heading", name="Request sent").wait_for()
    if javascript:
        axe(page)


def test_whoever_waits_is_let_in_by_itself_when_it_opens(open_page, axe, invited, item):
    item.available_from = timezone.now() + timedelta(hours=1)
    item.save()
    page = open_page(width=390)
    page.clock.install()
    page.goto(invitation_address(invited))
    page.get_by_role("button", name="Accept").click()
    page.get_by_label("Six-digit code").fill(mailed_digits(invited))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Not open yet").wait_for()
    axe(page)
    # The time comes, for the site and for the page.
    item.available_from = timezone.now()
    item.save()
    page.clock.fast_forward("01:00:00")
    page.get_by_text("You’re here as Grace Hopper (viewer)").wait_for()
