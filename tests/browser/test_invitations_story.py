"""The whole story of invite links on a real mail server: three are invited, two come, one may not.

Noa invites Lena, who has an account; Grace, who has none; and Noah, whose address she mistypes.
"""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from media_items.catalogue.models import Kind
from tests import factories
from tests.access.invitations.door_acts import other_than
from tests.access.mail.mail_server import MailServer, free_port
from tests.browser import steps
from tests.browser.looks import no_wider_than
from tests.media_samples import samples
from tests.tasks import run_tasks

LENA, GRACE = "lena@example.edu", "grace@example.org"
MISTYPED, NOAH = "noah@exampel.edu", "noah@example.edu"
NO_SUCH_USER = "550 5.1.1 No such user here"
PHONE = 390
PERSONAL_LINK = re.compile(r"http://localhost:\d+/i/[^\s<>\"]+")
CODE = re.compile(r"Your code is (\d{6})")
# A console says that bytes were refused, which is the point.
REFUSED = "Failed to load resource"


@pytest.fixture
def post_office(settings):
    """Real SMTP on loopback that does not know the mistyped address."""
    server = MailServer(port=free_port(), answers={MISTYPED: [NO_SUCH_USER]})
    server.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 5},
        }
    }
    yield server
    server.stop()


@pytest.fixture
def film(owner):
    return steps.prepared_item(
        owner=owner, kind=Kind.VIDEO, sample=samples().webm, title="Cell division, part 2"
    )


def mails_to(post_office: MailServer, address: str) -> list[str]:
    return [one.part("plain") for one in post_office.arrived if one.recipients == [address]]


def personal_link(post_office: MailServer, address: str) -> str:
    """In the one invitation that reached this mailbox."""
    [link] = {
        link for mail in mails_to(post_office, address) for link in PERSONAL_LINK.findall(mail)
    }
    return link


def newest_code(post_office: MailServer, address: str) -> str:
    run_tasks()
    return CODE.search(mails_to(post_office, address)[-1])[1]


def invite(host: Page, *, email: str, name: str) -> None:
    """From the three dots of the item's page."""
    host.locator("#item-menu-button").click()
    host.get_by_role("menuitem", name="Invite users").click()
    first, last = name.split()
    host.get_by_role("combobox", name="Email").fill(email)
    host.get_by_label("First name").fill(first)
    host.get_by_label("Last name").fill(last)
    host.get_by_label("Viewer").check()
    host.get_by_role("button", name="Invite", exact=True).click()
    expect(host.get_by_role("heading", name=f"{name} is invited")).to_be_visible()
    host.get_by_role("link", name="Done").click()
    expect(host.locator("#dialog")).not_to_be_visible()


def row_of(host: Page, name: str):
    return host.locator(".table-people tbody tr", has=host.get_by_text(name, exact=True))


def act(host: Page, *, on: str, menu: str) -> None:
    """Opens the dialog of one act from the three dots of a row of the register."""
    row_of(host, on).get_by_role("button", name=f"More for {on}").click()
    host.get_by_role("menuitem", name=menu).click()
    expect(host.locator("#dialog h1")).to_be_visible()


def come_in_by_code(page: Page, post_office: MailServer) -> None:
    page.goto(personal_link(post_office, GRACE))
    page.get_by_role("button", name=re.compile("Accept|Continue")).click()
    page.get_by_label("Six-digit code").fill(newest_code(post_office, GRACE))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("You’re here as Grace Hopper (viewer)")).to_be_visible()


def try_the_forwarded_link(page: Page, post_office: MailServer, film) -> None:
    """Whoever has the link but not the mailbox is asked for a code and learns nothing."""
    page.goto(personal_link(post_office, GRACE))
    expect(page.locator("main")).to_contain_text("g•••@example.org")
    page.get_by_role("button", name=re.compile("Accept|Continue")).click()
    right = newest_code(post_office, GRACE)
    for step in range(1, 6):
        knows_nothing_of_grace(page)
        page.get_by_label("Six-digit code").fill(other_than(right, step))
        page.get_by_role("button", name="Continue").click()
        left = f"You can try {5 - step} more" if step < 5 else "no longer works"
        expect(page.locator("main")).to_contain_text(left)
    expect(page.get_by_label("Six-digit code")).to_have_count(0)
    knows_nothing_of_grace(page)
    assert page.goto(film.get_absolute_url()).status == 404


def knows_nothing_of_grace(page: Page) -> None:
    shown = page.content()
    assert GRACE not in shown
    assert "Grace" not in shown
    assert "Hopper" not in shown


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, PHONE])
def test_three_are_invited_and_the_register_tells_what_became_of_them(
    open_page, axe, owner, film, post_office, width
):
    factories.UserFactory(
        email=LENA, first_name="Lena", last_name="Brandt", email_verified_at=timezone.now()
    )
    host = open_page(width=width, user=owner)
    host.goto(film.get_absolute_url())
    invite(host, email=LENA, name="Lena Brandt")
    invite(host, email=GRACE, name="Grace Hopper")
    invite(host, email=MISTYPED, name="Noah Berg")
    assert not post_office.arrived
    run_tasks()
    assert sorted(post_office.addresses) == [GRACE, LENA]

    # Lena signs in with the invited address: one click, and in.
    lena = open_page(width=width, allow=[REFUSED])
    lena.goto(personal_link(post_office, LENA))
    lena.get_by_role("link", name="Sign in").last.click()
    lena.get_by_label("Email").fill(LENA)
    lena.get_by_label("Password").fill(factories.PASSWORD)
    lena.get_by_role("button", name="Sign in").click()
    lena.get_by_role("button", name="Accept").click()
    expect(lena).to_have_url(steps.ADDRESS_OF_ITEM)
    bytes_of_film = lena.locator("video source").get_attribute("src")
    assert steps.status_of_bytes(lena, bytes_of_film) == 206

    # Grace comes in on her laptop, and again on her phone.
    laptop, phone = open_page(), open_page(width=PHONE, touch=True)
    for device in (laptop, phone):
        come_in_by_code(device, post_office)
        assert steps.status_of_bytes(device, bytes_of_film) == 206

    # Somebody to whom she forwarded the link does not.
    try_the_forwarded_link(open_page(width=width, allow=[REFUSED]), post_office, film)

    # The register shows who came and whose mail was refused, and why.
    host.goto(f"{film.get_absolute_url()}access/")
    expect(row_of(host, "Lena Brandt")).to_contain_text("Signed in")
    expect(row_of(host, "Grace Hopper")).to_contain_text("Verified")
    expect(row_of(host, "Noah Berg")).to_contain_text("Bounced")
    expect(row_of(host, "Noah Berg")).to_contain_text("No such user here")
    axe(host)
    no_wider_than(host, width)

    # The mistyped address is corrected from its row, and the mail arrives.
    noah = row_of(host, "Noah Berg")
    noah.get_by_role("link", name="Correct email").click()
    host.locator("#dialog").get_by_role("textbox", name="Email").fill(NOAH)
    host.locator("#dialog").get_by_role("button", name="Save and send").click()
    expect(noah).to_contain_text("Queued")
    run_tasks()
    assert "/i/" in personal_link(post_office, NOAH)

    # A changed role is felt at the next request, with the same link, on both devices.
    act(host, on="Grace Hopper", menu="Change role")
    host.locator("#dialog").get_by_label("Collaborator").check()
    host.locator("#dialog").get_by_role("button", name="Change role").click()
    expect(row_of(host, "Grace Hopper")).to_contain_text("Collaborator")
    for device in (laptop, phone):
        device.reload()
        expect(device.get_by_text("You’re here as Grace Hopper (collaborator)")).to_be_visible()

    # Taken back, Lena is out at the next request, bytes included.
    act(host, on="Lena Brandt", menu="Withdraw")
    host.locator("#dialog").get_by_role("button", name="Withdraw").click()
    expect(host.get_by_text("The invitation for Lena Brandt was withdrawn.")).to_be_visible()
    assert steps.status_of_bytes(lena, bytes_of_film) in {403, 404}
    assert lena.reload().status in {403, 404}
    assert lena.goto(personal_link(post_office, LENA)).status == 403
    expect(lena.get_by_role("heading", level=1)).to_have_text("This invitation no longer works")
    assert steps.status_of_bytes(phone, bytes_of_film) == 206

    the_register_tells_all_of_it(host, film)
    axe(host)


def the_register_tells_all_of_it(host: Page, film) -> None:
    register = f"{film.get_absolute_url()}access/"
    host.goto(register)
    expect(row_of(host, "Grace Hopper")).to_contain_text("Accepted")
    expect(row_of(host, "Noah Berg")).to_contain_text("Emailed")
    expect(row_of(host, "Noah Berg")).to_contain_text(NOAH)
    host.goto(f"{register}?state=revoked")
    expect(row_of(host, "Lena Brandt")).to_contain_text("Withdrawn")
    host.goto(f"{register}trail/")
    told = host.locator("main tbody tr").all_inner_texts()
    for whom, what, times in (
        ("Lena Brandt", "Invited", 1),
        ("Lena Brandt", "Invitation accepted", 1),
        ("Lena Brandt", "Invitation withdrawn", 1),
        ("Grace Hopper", "Invitation accepted", 1),
        ("Grace Hopper", "Device verified", 2),
        ("Grace Hopper", "Previous role: Viewer", 1),
        ("Noah Berg", "Email corrected", 1),
    ):
        found = [line for line in told if whom in line and what in line]
        assert len(found) == times, (whom, what, told)
