"""Back from what came after a form that was refused at first: a page, and no question."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from access.invitations.models import Invitation
from access.links import guest_link_address, invitation_address
from tests import factories
from tests.access.invitations.door_acts import mailed_digits
from tests.browser.steps import ADDRESS_OF_ITEM

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_guest_who_has_mistyped_at_the_door_goes_back_to_a_page(open_page, item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    page = open_page()
    page.goto(guest_link_address(link))
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Email").fill("ada@example")
    page.get_by_role("button", name="Watch now").click()
    email = page.get_by_label("Email")
    expect(email).to_have_attribute("aria-invalid", "true")
    email.clear()
    email.fill("ada@example.org")
    page.get_by_role("button", name="Watch now").click()
    expect(page).to_have_url(ADDRESS_OF_ITEM)
    page.go_back()  # the door leads in whoever is in
    expect(page.get_by_text("You’re here as Ada Lovelace (guest)")).to_be_visible()


def test_what_was_mistyped_at_the_sign_in_is_there_after_back_and_a_reload(open_page):
    page = open_page()
    page.goto(reverse("access:sign_in") + "?next=/people/")
    page.get_by_label("Email").fill("noa@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".alert-danger, .invalid-feedback").first).to_be_visible()
    page.get_by_role("link", name="Forgot password?").click()
    expect(page.get_by_label("Password")).to_have_count(0)
    page.go_back()
    expect(page.get_by_label("Email")).to_have_value("noa@example.org")
    expect(page.get_by_label("Password")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Email")).to_have_value("noa@example.org")
    expect(page).to_have_url(re.compile("next=/people/$"))
    assert "wrong" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_somebody_invited_who_has_mistyped_the_code_goes_back_to_a_page(open_page, item):
    invitation = factories.InvitationFactory(item=item, email="grace@example.org")
    page = open_page()
    page.goto(invitation_address(invitation))
    page.get_by_role("button", name="Accept").click()
    digits = mailed_digits(invitation)
    for code in ("000000" if digits != "000000" else "111111", digits):
        page.get_by_label("Six-digit code").fill(code)
        page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(ADDRESS_OF_ITEM)
    assert Invitation.objects.get().accepted_at
    page.go_back()
    expect(page.get_by_text("You’re here as Grace Hopper (viewer)")).to_be_visible()


def test_the_way_from_one_form_of_a_door_to_the_next_leads_back_page_by_page(open_page, item):
    full = factories.GuestLinkFactory(item=item, access_on=True, places=1, places_taken=1)
    page = open_page()
    page.goto(guest_link_address(full))
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_role("button", name="Ask the host to let you in").click()
    message = page.locator("#main textarea")
    message.fill("Please")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Your message is on its way")).to_be_visible()
    page.go_back()
    expect(message).to_be_visible()
    page.go_back()
    expect(message).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Watch now")).to_be_visible()


def test_a_host_who_was_asked_on_a_page_goes_back_to_what_is_left_there(open_page, owner, item):
    one = factories.InvitationFactory(item=item, accepted=True)
    other = factories.InvitationFactory(
        item__owner=owner, item__title="Second item", email=one.email, accepted=True
    )
    page = open_page(user=owner)
    page.goto(f"/people/i{other.pk}/")
    row = page.get_by_role("row").filter(has_text="Second item")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Remove selected").click()
    page.get_by_role("button", name="Remove access", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Grace Hopper", level=1)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=item.title)).to_be_visible()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Remove all").click()
    page.get_by_role("button", name="Remove access", exact=True).click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("/people/$"))
    expect(page.get_by_role("heading", name="People", level=1)).to_be_visible()
