"""The register in a real browser: problems mended, somebody taken back and undone, many at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.guests.models import Guest
from access.guests.services.guests import remove_guest
from access.invitations.models import Invitation, InvitationRole
from access.mail.models import OutgoingMail
from access.people_lists.models import Batch
from access.people_lists.parsing import read_people
from access.people_lists.services import correcting
from tests import factories
from tests.browser.looks import keeps_within, no_wider_than

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = pytest.mark.parametrize(
    ("width", "dark", "javascript"), [(1280, False, True), (390, True, True), (390, False, False)]
)
LONG = "Maximiliane-Katharina-Theodora von Hohenlohe-Langenburg"


@pytest.fixture
def people(item, co_editor, admission):
    """One of each that a host meets, hard names among them."""
    now = timezone.now()

    def invite(email, first, last, **fields):
        return factories.InvitationFactory(
            item=item, email=email, first_name=first, last_name=last, **fields
        )

    wrong = invite("gracee@exampel.org", "Grace", "Hopper")
    OutgoingMail.objects.create(
        about=wrong,
        kind="invite",
        address=wrong.email,
        refused_at=now,
        answer="550 5.1.1 No such user here",
    )
    failed = invite("failed@example.org", "Fay", "Failed")
    OutgoingMail.objects.create(
        about=failed, kind="invite", address=failed.email, failed_at=now, answer="No answer"
    )
    invite("late@example.org", "Ed", "Expired", expires_at=now - timedelta(days=1))
    invite("ada@example.org", "Ada", "Lovelace", accepted=True, last_seen_at=now)
    invite("long@example.org", "", LONG, role=InvitationRole.COLLABORATOR)
    invite("m@example.org", "محمد", "الخوارزمي", declined=True)
    invite("x" * 60 + "@example.org", "", "", opened_at=now)
    return item


@SIZES
def test_a_host_works_through_the_register(
    open_page, axe, site, owner, people, picture, width, dark, javascript
):
    page = open_page(width=width, dark=dark, javascript=javascript, user=owner)
    page.goto(f"{site}/media/{people.public_id}/access/")
    picture(page, f"register-{width}-{javascript}")
    no_wider_than(page, width)
    keeps_within(page, ".table", "main")
    if javascript:
        axe(page)
    if width == 1280:
        # Between a phone and a desk, with every kind of mend in the rows.
        for between in (1000, 760, 700, 645):
            page.set_viewport_size({"width": between, "height": 900})
            picture(page, f"register-{between}")
            no_wider_than(page, between)
            keeps_within(page, ".table", "main")
        page.set_viewport_size({"width": width, "height": 800})
    _mends_the_address(page)
    _takes_back_and_undoes(page, picture, width, javascript)
    _changes_many(page, picture, width, javascript)
    page.get_by_role("link", name="Activity").click()
    page.get_by_role("cell", name="Invitation withdrawn").first.wait_for()
    picture(page, f"trail-{width}-{javascript}")
    no_wider_than(page, width)
    if javascript:
        axe(page)


@pytest.mark.parametrize("language", ["fr", "he"])
def test_the_lists_of_people_are_no_wider_than_their_page_in_other_languages(
    open_page, site, owner, people, link, picture, language
):
    """Where one of each state is in the list, its mend beside it, and the words are longer."""
    type(owner).objects.filter(pk=owner.pk).update(language=language)
    removed = factories.GuestFactory(link=link, name=LONG, email=f"{'x' * 40}@example.org")
    remove_guest(guest=removed, by=None)
    page = open_page(user=owner)
    for name in ("access", "guests"):
        page.goto(f"{site}/media/{people.public_id}/{name}/")
        expect(page.locator("html")).to_have_attribute("lang", language)
        for width in (1280, 1152, 1100, 864, 768, 700, 645):
            page.set_viewport_size({"width": width, "height": 900})
            picture(page, f"{name}-{language}-{width}")
            no_wider_than(page, width)
            keeps_within(page, ".table", "main")


def _mends_the_address(page):
    row = page.get_by_role("row").filter(has_text="550 5.1.1")
    row.get_by_role("link", name="Correct email").click()
    page.locator('input[name="email"]').fill("grace@example.org")
    page.get_by_role("button", name="Save and send").click()
    page.get_by_text(
        "The email was corrected, and the invitation is on its way to it."
    ).first.wait_for()
    assert Invitation.objects.filter(email="grace@example.org").exists()


def _takes_back_and_undoes(page, picture, width, javascript):
    page.get_by_role("button", name="More for Ada Lovelace").click()
    page.get_by_role("menuitem", name="Withdraw").click()
    page.get_by_role("heading", name="Withdraw").wait_for()
    if javascript:  # what was said before does not lie over the buttons
        expect(page.locator("#toasts .toast")).to_have_count(0)
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_text("The invitation for Ada Lovelace was withdrawn.").wait_for()
    picture(page, f"register-undo-{width}-{javascript}")
    assert Invitation.objects.get(email="ada@example.org").revoked_at
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("1 invitation works again.").first.wait_for()
    assert Invitation.objects.get(email="ada@example.org").revoked_at is None


def _changes_many(page, picture, width, javascript):
    page.get_by_label("Select Ada Lovelace").check()
    page.get_by_label("Select Ed Expired").check()
    page.get_by_label("With selected").select_option("change_role")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("heading", name="Change role").wait_for()
    picture(page, f"register-many-{width}-{javascript}")
    no_wider_than(page, width)
    page.get_by_label("Collaborator: can").check()
    page.get_by_role("button", name="Change role").click()
    page.get_by_text(re.compile("^The roles of .+, .+ were changed")).first.wait_for()


def test_everybody_on_the_page_is_picked_with_one_tick_and_searched_while_typing(
    open_page, site, owner, people
):
    for n in range(50):
        factories.InvitationFactory(item=people, email=f"p{n}@example.org", last_name=f"P{n}")
    page = open_page(user=owner)
    page.goto(f"{site}/media/{people.public_id}/access/?sort=seen")
    page.get_by_label("Select all on this page").check()
    expect(page.locator('input[name="pk"]:checked')).to_have_count(50)
    page.get_by_label("Select Ada Lovelace").uncheck()
    assert page.get_by_label("Select all on this page").evaluate("box => box.indeterminate")
    expect(page.get_by_label("Select all 57")).to_be_hidden()
    page.get_by_label("Select all on this page").check()
    page.get_by_label("Select all 57").check()
    page.get_by_label("Select Ada Lovelace").uncheck()  # then not all of them are meant
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_label("Select all 57")).not_to_be_checked()
    page.get_by_label("Select all 57").check()
    page.get_by_label("With selected").select_option("change_role")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("57 people, on all pages of this list").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_label("Name or email").press_sequentially("lovelace")
    page.get_by_text("1 result").first.wait_for()
    expect(page).to_have_url(re.compile("q=lovelace"))


def test_the_register_says_by_itself_what_became_of_a_mail(open_page, axe, site, owner, item):
    for name in ("Ada", "Bea", "Cleo"):
        one = factories.InvitationFactory(
            item=item, email=f"{name.lower()}@example.org", first_name=name, last_name="Lovelace"
        )
        OutgoingMail.objects.create(about=one, kind="invite", address=one.email)
    page = open_page(user=owner)
    asked = []
    page.on("request", lambda one: asked.append(one) if "/access/mailed/" in one.url else None)
    page.goto(f"{site}/media/{item.public_id}/access/")
    ada, bea, cleo = (
        page.get_by_role("row").filter(has_text=name) for name in ("Ada", "Bea", "Cleo")
    )
    expect(page.get_by_role("row").filter(has_text="Queued")).to_have_count(3)

    ada.get_by_role("checkbox").check()
    mails = OutgoingMail.objects.filter
    mails(address="ada@example.org").update(sent_at=timezone.now())
    expect(ada).to_contain_text("Emailed")
    expect(ada.get_by_role("checkbox")).to_be_checked()
    expect(ada.get_by_role("checkbox")).to_be_focused()
    expect(page.locator("#announcements")).to_be_empty()

    page.get_by_role("button", name="More for Bea Lovelace").click()
    expect(page.get_by_role("menuitem", name="Remind")).to_have_count(0)
    mails(address="bea@example.org").update(refused_at=timezone.now(), answer="550 No such user")
    page.wait_for_timeout(4500)
    expect(bea.get_by_role("menuitem", name="Withdraw")).to_be_visible()
    expect(bea).to_contain_text("Queued")
    page.keyboard.press("Escape")
    expect(bea).to_contain_text("550 No such user")
    expect(page.get_by_role("button", name="More for Bea Lovelace")).to_be_focused()
    expect(page.get_by_role("link", name="Problems 1")).to_be_visible()
    axe(page)
    bea.get_by_role("link", name="Correct email").click()
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")

    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.wait_for_timeout(500)
    asked.clear()
    page.wait_for_timeout(4500)
    assert asked == []
    page.evaluate("delete document.hidden")
    mails(address="cleo@example.org").update(sent_at=timezone.now())
    expect(cleo).to_contain_text("Emailed")
    asked.clear()
    page.wait_for_timeout(4500)
    assert asked == []  # nothing waits any more


def test_the_page_of_a_person_says_by_itself_what_became_of_a_mail(open_page, site, owner, item):
    ada = factories.InvitationFactory(item=item, email="ada@example.org")
    OutgoingMail.objects.create(about=ada, kind="invite", address=ada.email)
    page = open_page(user=owner)
    page.goto(f"{site}/people/i{ada.pk}/")
    row = page.get_by_role("row").filter(has_text="Queued")
    row.get_by_role("checkbox").check()
    OutgoingMail.objects.update(sent_at=timezone.now())
    expect(page.get_by_role("row").filter(has_text="Emailed")).to_be_visible()
    expect(page.locator("main").get_by_role("checkbox")).to_be_checked()


def heard_by(page):
    """The answers to a page that asks by itself."""
    heard = []
    page.on("response", lambda one: heard.append(one.status) if "/mailed/" in one.url else None)
    return heard


def queued_on(page):
    return page.get_by_role("row").filter(has_text="Queued")


def test_the_page_of_a_person_asks_no_more_than_there_is_to_hear(open_page, site, owner, item):
    """One of three rows is withdrawn elsewhere, one is gone for good; then the sign-in ends."""
    ada, other, gone = (
        factories.InvitationFactory(item__owner=owner, email="ada@example.org") for _n in range(3)
    )
    for one in (ada, other, gone):
        OutgoingMail.objects.create(about=one, kind="invite", address=one.email)
    page = open_page(user=owner, allow=["404"])
    heard = heard_by(page)
    page.goto(f"{site}/people/i{ada.pk}/")
    expect(queued_on(page)).to_have_count(3)
    title = page.title()
    Invitation.objects.filter(pk=other.pk).update(revoked_at=timezone.now())
    gone.delete()
    expect(page.get_by_role("row").filter(has_text="Withdrawn")).to_be_visible()
    heard.clear()
    page.wait_for_timeout(6500)
    assert set(heard) == {204}
    heard.clear()
    page.context.clear_cookies(name="foyer_session")
    expect(page.locator("#toasts .toast-error")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(4500)
    assert heard[-1] == 404
    assert heard.count(404) == 1
    assert page.title() == title


def test_a_page_asks_no_more_about_rows_that_are_gone(open_page, site, owner, item):
    ada = factories.InvitationFactory(item=item, email="ada@example.org")
    OutgoingMail.objects.create(about=ada, kind="invite", address=ada.email)
    pages = [open_page(user=owner) for _n in range(2)]
    heard = [heard_by(page) for page in pages]
    for page, address in zip(
        pages, (f"/people/i{ada.pk}/", f"/media/{item.public_id}/access/"), strict=True
    ):
        page.goto(f"{site}{address}")
        expect(queued_on(page)).to_have_count(1)
    ada.delete()
    for page in pages:
        page.wait_for_timeout(6500)
    for answers in heard:
        assert answers[-1] == 286
        assert answers.count(286) == 1


@SIZES
def test_a_host_works_through_the_guests(
    open_page, axe, site, owner, people, link, picture, width, dark, javascript
):
    now = timezone.now()
    link.name = "Laboratory visitors"
    link.save()
    for n, name in enumerate([LONG, "محمد الخوارزمي", "Removed"]):
        email = f"many{n}.konstantina.von.hohenfels@example.org"
        guest = factories.GuestFactory(link=link, name=name, email=email)
        factories.GuestAdmissionFactory(guest=guest, last_seen_at=now)
        if name == "Removed":
            remove_guest(guest=guest, by=None)
    page = open_page(width=width, dark=dark, javascript=javascript, user=owner)
    page.goto(f"{site}/media/{people.public_id}/guests/?link={link.pk}")
    picture(page, f"guests-{width}-{javascript}")
    no_wider_than(page, width)
    keeps_within(page, ".table", "main")
    if javascript:
        axe(page)
        page.get_by_label("Select all on this page").check()
    else:
        for box in page.get_by_label(re.compile("^Select (?!all)")).all():
            box.check()
    page.get_by_label("With selected").select_option("remove")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("People to whom this applies: 3 of 4.").wait_for()
    picture(page, f"guests-many-{width}-{javascript}")
    if javascript:
        axe(page, within="#dialog")
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text(re.compile("^.+, .+ were removed.")).first.wait_for()
    # Of those removed the line says it; a notice speaks of the one who had been removed before.
    expect(page.locator("#toasts")).to_contain_text("Not changed: Removed.")
    expect(page.locator("#toasts")).not_to_contain_text("guests were removed")
    picture(page, f"guests-undo-{width}-{javascript}")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text(re.compile("You let 3 guests back in")).first.wait_for()
    assert Guest.objects.filter(removed_at=None).count() == 3


@SIZES
def test_a_host_ends_everything_of_one_person(
    open_page, axe, site, owner, people, picture, width, dark, javascript
):
    page = open_page(width=width, dark=dark, javascript=javascript, user=owner)
    page.goto(f"{site}/people/")
    picture(page, f"people-{width}-{javascript}")
    no_wider_than(page, width)
    if javascript:
        axe(page)
    page.get_by_role("link", name="Ada Lovelace").first.click()
    page.get_by_role("heading", name="Ada Lovelace", level=1).wait_for()
    picture(page, f"person-{width}-{javascript}")
    no_wider_than(page, width)
    if javascript:
        axe(page)
    page.get_by_role("button", name="Remove all").click()
    picture(page, f"end-person-{width}-{javascript}")
    page.get_by_role("button", name="Remove access", exact=True).click()
    page.get_by_text(re.compile("lost access to 1 item")).first.wait_for()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_list_not_sent_is_discarded_in_the_dialog_over_the_page_that_has_it_too(
    open_page, axe, site, owner, item, picture, width, dark
):
    correcting.create_batch(
        item=item, people=read_people("ada@example.org"), role="viewer", by=owner
    )
    page = open_page(width=width, dark=dark, user=owner)
    page.goto(f"{site}/media/{item.public_id}/access/")
    page.get_by_role("link", name="Invite users").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="Many").click()
    dialog.get_by_text("Discard", exact=True).click()
    axe(page)
    picture(page, f"unsent-{width}")
    dialog.get_by_role("button", name="Discard list").click()
    expect(dialog.get_by_text("isn’t sent yet")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Review list")).to_be_visible()
    expect(page.locator("main").get_by_text("isn’t sent yet")).to_have_count(1)  # until it is new
    assert not Batch.objects.exists()
