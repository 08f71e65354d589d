"""Signing in and out, and a forgotten password by way of the mail folder."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser import steps
from tests.tasks import run_tasks


@pytest.fixture
def _mail_folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(tmp_path)},
        }
    }


def test_a_person_signs_in_and_out(page, owner, axe):
    page.goto("/accounts/sign-in/")
    page.get_by_label("Email").fill(owner.email)
    page.get_by_label("Password").fill("not my password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".alert-danger")).to_be_visible()
    axe(page)
    steps.sign_in(page, email=owner.email.upper())
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto("/media/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.usefixtures("_mail_folder")
def test_a_person_sets_a_new_password_by_mail(page, owner):
    page.goto("/accounts/sign-in/")
    page.get_by_role("link", name="Forgot password?").click()
    page.get_by_label("Email").fill(owner.email)
    page.get_by_role("button", name="Email me a link").click()
    run_tasks()
    page.goto("/dev/mail/")
    page.locator("main li a, main td a, main article a").first.click()
    page.get_by_role("link", name="/accounts/set-password/").first.click()
    password = factories.PASSWORD + " staple"
    for field in page.locator("input[type=password]").all():
        field.fill(password)
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your password was set")
    steps.sign_in(page, email=owner.email, password=password)
