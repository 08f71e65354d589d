"""Inviting in a real browser: one person, many at once, co-editors."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.invitations.models import Invitation
from access.links import invitation_address
from access.people_lists.models import Batch
from access.people_lists.services.inviting import make_batch
from tests import factories
from tests.browser.looks import no_wider_than

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = pytest.mark.parametrize(
    ("width", "dark", "javascript"), [(1280, False, True), (390, True, True), (390, False, False)]
)


@SIZES
def test_a_host_invites_one_person_and_has_the_link(
    open_page, axe, site, owner, item, picture, width, dark, javascript
):
    factories.UserFactory(email="ada@example.edu", first_name="Ada", last_name="Lovelace")
    room = factories.MediaItemFactory(owner=owner, kind="room", title="Office hour")
    page = open_page(width=width, dark=dark, javascript=javascript, user=owner)
    page.goto(site + item.get_absolute_url())
    if javascript:
        page.get_by_role("button", name="More for").click()
        page.get_by_role("menuitem", name="Invite users").click()
        page.get_by_role("heading", name="Invite users").wait_for()
        axe(page)
        page.get_by_role("combobox", name="Email").press_sequentially("lov")
        page.locator("#known-people option").wait_for(state="attached")
        page.get_by_role("combobox", name="Email").fill("ada@example.edu")
        expect(page.get_by_label("Last name")).to_have_value("Lovelace")
    else:
        page.goto(f"{site}{item.get_absolute_url()}invitations/new/")
        page.get_by_role("combobox", name="Email").fill("ada@example.edu")
        page.get_by_label("First name").fill("Ada")
        page.get_by_label("Last name").fill("Lovelace")
    page.get_by_label("Collaborator").check()
    picture(page, f"invite-{width}-{javascript}")
    no_wider_than(page, width)
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_role("heading", name="Ada Lovelace is invited").wait_for()
    invitation = Invitation.objects.get()
    assert page.get_by_label("Link", exact=True).input_value() == invitation_address(invitation)
    assert invitation.role == "collaborator"
    picture(page, f"link-{width}-{javascript}")
    if javascript:
        axe(page)
    no_wider_than(page, width)

    page.get_by_role("link", name="Also invite to…").click()
    expect(page.get_by_role("textbox", name="Email")).to_have_value("ada@example.edu")
    page.get_by_label("Office hour").check()
    page.get_by_role("button", name="Add selected items").click()
    page.get_by_label("Role on “Office hour”").select_option("Speaker")
    expect(page.get_by_label("First name")).to_have_value("Ada")
    picture(page, f"several-{width}-{javascript}")
    no_wider_than(page, width)
    page.get_by_role("button", name="Invite to 2 items").click()
    page.get_by_role("heading", name="Invite links").wait_for()
    page.get_by_text("is invited to 1 item").last.wait_for()
    page.get_by_text(f"Nothing was changed for “{item.title}”").last.wait_for()
    picture(page, f"several-links-{width}-{javascript}")
    assert Invitation.objects.get(item=room).role == "speaker"


def test_a_mistake_is_said_beside_the_field_and_focused(open_page, axe, site, owner, item, picture):
    page = open_page(width=390, user=owner)
    page.goto(site + item.get_absolute_url())
    page.get_by_role("button", name="More for").click()
    page.get_by_role("menuitem", name="Invite users").click()
    page.get_by_role("combobox", name="Email").fill("nonsense")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_text("Enter a full email address").wait_for()
    expect(page.get_by_role("combobox", name="Email")).to_be_focused()
    picture(page, "mistake-390")
    axe(page)


@SIZES
def test_many_are_looked_through_mended_and_invited(
    open_page, axe, site, owner, item, picture, width, dark, javascript
):
    page = open_page(width=width, dark=dark, javascript=javascript, user=owner)
    page.goto(f"{site}{item.get_absolute_url()}invitations/many/")
    if javascript:
        axe(page)
    page.get_by_label("People").fill(
        "Ada Lovelace <ada@@example.org>\ngrace@example.org\nGRACE@example.org\nnoa@example.edu"
    )
    picture(page, f"many-{width}-{javascript}")
    page.get_by_role("button", name="Review list").click()
    page.get_by_role("button", name="Invite 1 person").wait_for()
    picture(page, f"list-{width}-{javascript}")
    no_wider_than(page, width)
    if javascript:
        axe(page)
    page.locator("tr", has_text="You entered").get_by_label("Email").fill("ada@example.org")
    page.locator("tr", has_text="You entered").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Invite 2 people").click()
    if javascript:
        page.get_by_text("Invited: 0 of 2").wait_for()
        axe(page)
    make_batch.func(Batch.objects.get().pk)
    if not javascript:
        page.get_by_role("link", name="Refresh").click()
    page.get_by_text("2 people are invited.").wait_for()
    picture(page, f"made-{width}-{javascript}")
    no_wider_than(page, width)
    if javascript:
        axe(page)


def test_lines_changed_and_not_saved_are_asked_about_before_anybody_is_invited(
    open_page, axe, site, owner, item, picture
):
    page = open_page(width=390, user=owner)
    page.goto(f"{site}{item.get_absolute_url()}invitations/many/")
    page.get_by_label("People").fill("ada@@example.org\ngrace@@example.org\nmary@example.edu")
    page.get_by_role("button", name="Review list").dblclick()
    invite = page.get_by_role("button", name="Invite 1 person")
    for typed in ("ada", "grace"):
        page.locator("tr", has_text=f"{typed}@@").get_by_label("Email").fill(f"{typed}@example.org")
    question = page.get_by_role("alertdialog")
    invite.click()
    expect(question).to_contain_text("1 and 2")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
    axe(page)
    picture(page, "unsaved-390")
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(page.get_by_label("Email").first).to_have_value("ada@example.org")
    assert Batch.objects.get().started_at is None

    invite.click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Invite 3 people").wait_for()
    assert Batch.objects.get().started_at is None
    saved = Batch.objects.get().lines.values_list("email", flat=True)
    assert {"ada@example.org", "grace@example.org"} <= set(saved)

    page.locator("summary", has_text="mary@example.edu").click()
    page.locator("tr", has_text="mary@example.edu").get_by_label("First name").fill("Mary")
    page.get_by_role("button", name="Invite 3 people").click()
    page.get_by_role("button", name="Invite without them").click()
    page.get_by_text("Invited: 0 of 3").wait_for()
    assert set(Batch.objects.get().lines.values_list("first_name", flat=True)) == {""}


@pytest.mark.parametrize("width", [1280, 390])
def test_a_co_editor_is_added_and_removed(
    open_page, axe, site, owner, item, stranger, picture, width
):
    page = open_page(width=width, user=owner)
    page.goto(site + item.get_absolute_url())
    page.get_by_role("link", name="Share").click()
    page.get_by_role("link", name="Invite users").click()
    page.get_by_role("link", name="Co-editors").click()
    page.get_by_text("Can do everything you can").wait_for()
    page.get_by_role("textbox", name="Email").fill(stranger.email)
    page.get_by_role("button", name="Add co-editor").click()
    page.get_by_text("is a co-editor now").wait_for()
    picture(page, f"editors-{width}")
    axe(page)
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("is no longer a co-editor").wait_for()


@pytest.mark.parametrize(
    ("width", "dark", "javascript"), [(1280, True, True), (390, False, True), (390, False, False)]
)
def test_what_was_guessed_of_a_list_is_corrected(
    open_page, axe, site, owner, item, picture, width, dark, javascript
):
    page = open_page(width=width, dark=dark, javascript=javascript, user=owner)
    page.goto(f"{site}{item.get_absolute_url()}invitations/many/")
    text = "Spalte 1;Spalte 2;Kontakt\nכהן;יוסי;yossi@example.org"
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode("cp1255")}
    page.get_by_label("Or upload a file").set_input_files(file)
    page.get_by_role("button", name="Review list").click()
    page.get_by_role("heading", name="Do the names look right?").wait_for()
    page.get_by_label("Hebrew (Windows-1255)").check()
    page.get_by_role("button", name="Read the file this way").click()
    page.get_by_text("The file was read again").last.wait_for()
    page.get_by_text("Change the columns").click()
    page.get_by_label("Spalte 1").select_option("Last name")
    page.get_by_label("Spalte 2").select_option("First name")
    picture(page, f"guesses-{width}-{javascript}")
    if javascript:
        axe(page)
    no_wider_than(page, width)
    page.get_by_role("button", name="Use these columns").click()
    page.get_by_text("The list was read again").last.wait_for()
    line = Batch.objects.get().lines.get()
    assert (line.first_name, line.last_name) == ("יוסי", "כהן")


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_a_file_says_who_comes_as_what(open_page, axe, site, owner, item, picture, width, dark):
    page = open_page(width=width, dark=dark, user=owner)
    page.goto(f"{site}{item.get_absolute_url()}invitations/many/")
    page.get_by_label("People", exact=True).fill('Participants:\n\na"b@example.org')
    text = (
        "Name,Email,Role\nAda Lovelace,ada@example.org,Collaborator\n\n"
        "Grace\tHopper,grace@example.org,TA"
    )
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Or upload a file").set_input_files(file)
    page.get_by_role("button", name="Review list").click()
    page.get_by_text("You can’t give these roles here: TA.").wait_for()
    page.get_by_text("“Participants:” is a heading and was left out.").wait_for()
    page.get_by_role("cell", name="Pasted, 3").wait_for()
    page.get_by_role("cell", name="File, 4").wait_for()
    page.locator("summary", has_text="Grace Hopper").click()
    grace = page.locator("tr", has_text="Grace Hopper")
    grace.get_by_label("Role").select_option("Collaborator")
    picture(page, f"roles-{width}")
    axe(page)
    no_wider_than(page, width)
    page.get_by_role("button", name="Save Grace Hopper").click()
    page.get_by_text("grace@example.org: New.").wait_for()
    page.get_by_role("button", name="Invite 2 people").click()
    page.get_by_text("Invited: 0 of 2").first.wait_for()
    make_batch.func(Batch.objects.get().pk)
    page.get_by_text("2 people are invited.").wait_for()
    page.get_by_role("link", name="Invited 2").wait_for()
    picture(page, f"roles-made-{width}")
    axe(page)
    roles = Invitation.objects.values_list("role", flat=True)
    assert set(roles) == {"collaborator"}
