"""Reading the mail that Foyer would have sent, in a browser."""

import pytest
from django.core.mail import EmailMultiAlternatives, mailers

from tests.browser.looks import no_wider_than


@pytest.fixture
def _a_mail(settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(tmp_path)},
        }
    }
    message = EmailMultiAlternatives(
        "Set your password: " + "x" * 80,
        "Open http://localhost/accounts/set-password/MQ/abc/ within three days.",
        "foyer@example.edu",
        ["noa@example.edu"],
    )
    message.attach_alternative('<p style="color: #333">Hello <b>Noa</b></p>', "text/html")
    mailers["default"].send_messages([message])


@pytest.mark.usefixtures("_a_mail")
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_mail_is_found_and_read(open_page, axe, tmp_path, width, dark):
    page = open_page(width=width, dark=dark)
    page.goto("/dev/mail/")
    axe(page)
    page.get_by_role("link", name="Set your password").click()
    page.get_by_role("heading", level=1, name="Set your password").wait_for()
    assert page.get_by_role("link", name="http://localhost/accounts/").is_visible()
    assert page.frame_locator("iframe").get_by_text("Hello Noa").is_visible()
    axe(page)
    no_wider_than(page, width)
