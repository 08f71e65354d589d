"""The administration as an admin meets it: a person found, everything about them, a form kept."""

from __future__ import annotations

import re

from django.utils import timezone
from playwright.sync_api import expect

from access.audit.models import AccessEvent, Act
from tests import factories
from tests.browser.looks import findings
from tests.factories import PASSWORD


def test_an_admin_finds_a_person_and_what_was_typed_comes_back(open_page, picture):
    admin = factories.UserFactory(email="robin@example.edu", is_staff=True, is_superuser=True)
    factories.UserFactory(email="samuel.okafor@example.edu", last_login=timezone.now())
    rosa = factories.UserFactory(email="rosa@example.edu", first_name="Rosa", last_name="Marín")
    guest = factories.GuestFactory(email=rosa.email, name="Rosa M.")
    AccessEvent.objects.create(act=Act.GUEST_JOINED, item=guest.link.item, guest=guest)
    factories.GalleryMembershipFactory(user=rosa)
    page = open_page(user=admin, allow=["403"])
    phone = open_page(user=admin, width=390, height=844, touch=True)
    found = []
    for window, width in ((page, 1280), (phone, 390)):
        window.goto("/admin/")
        found += findings(window, f"start {width}")
        picture(window, f"admin-start-{width}")
        window.get_by_label("Name or email").fill("marín")
        window.get_by_role("button", name="Find").click()
        rosas = window.get_by_role("link", name="Rosa Marín")
        expect(rosas).to_be_visible()
        found += findings(window, f"found {width}")
        rosas.click()
        expect(window.get_by_role("heading", name="Activity")).to_be_visible()
        found += findings(window, f"person {width}")
        picture(window, f"admin-person-{width}")
        for address in (
            *("guests/guest/", f"guests/guest/{guest.pk}/change/", "access/sitepolicy/1/change/"),
            f"media_items/gallery/{rosa.gallery_memberships.get().gallery_id}/change/",
        ):
            window.goto(f"/admin/{address}")
            found += findings(window, f"{address} {width}")
    assert found == []
    page.goto("/admin/accounts/user/")  # every column in sight
    assert page.locator(".results").evaluate("one => one.scrollWidth <= one.clientWidth")
    check_that_a_form_comes_back_at_its_own_address(page, rosa)


def check_that_a_form_comes_back_at_its_own_address(page, rosa):
    """Signed out in another tab meanwhile."""
    page.goto("/accounts/me/")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_label("Email").fill("robin@example.edu")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    address = f"/admin/accounts/user/{rosa.pk}/change/"
    page.goto(address)
    page.get_by_label("First name").fill("Rosalinde")
    other = page.context.new_page()
    other.goto("/accounts/me/")
    other.get_by_role("button", name="Your account").click()
    other.get_by_role("menuitem", name="Sign out").click()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    other.close()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Email").fill("robin@example.edu")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("First name")).to_have_value("Rosalinde")
    expect(page).to_have_url(re.compile(f"{address}$"))
    rosa.refresh_from_db()
    assert rosa.first_name == "Rosa"
