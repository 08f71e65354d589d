"""What is half-written is there again: in a dialog, and for people without an account."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from access.guests.models import GuestLink
from access.invitations.models import Invitation
from access.links import guest_link_address, invitation_address
from media_items.catalogue.models import Kind
from media_items.live.sessions import services as sessions
from tests import factories
from tests.browser.steps import ADDRESS_OF_ITEM, scripts_run, until
from tests.conftest import client_with_admissions


@pytest.fixture
def item(owner):
    return factories.MediaItemFactory(owner=owner, title="Mitosis")


def open_invite(page):
    page.locator("#item-menu-button").click()
    page.get_by_role("menuitem", name="Invite users").click()
    expect(page.locator("#dialog h1")).to_have_text("Invite users")


def held_back(page, script):
    """The request for a script of every page, in a list once it is made; it waits."""
    held = []
    page.route(f"**/js/shared/{script}.js", lambda route: held.append(route), times=1)
    return held


def test_a_filled_dialog_asks_before_it_goes(open_page, owner, item, axe, picture):
    page = open_page(user=owner)
    page.goto(item.get_absolute_url())
    dialog, question = page.locator("#dialog"), page.get_by_role("alertdialog")
    email = dialog.get_by_role("combobox", name="Email")
    here = page.url

    open_invite(page)
    page.keyboard.press("Escape")  # nothing typed
    expect(dialog).to_be_hidden()
    assert page.evaluate("history.state?.dialog ?? null") is None

    open_invite(page)
    email.fill("ada@example.org")
    ways = [
        lambda: page.keyboard.press("Escape"),
        lambda: dialog.get_by_role("link", name="Cancel").click(),
        lambda: dialog.get_by_role("button", name="Close").click(),
        lambda: page.mouse.click(5, 400),
        page.go_back,
    ]
    for go in ways:
        go()
        expect(question).to_be_visible()
        expect(page.get_by_role("button", name="Keep editing")).to_be_focused()
        page.get_by_role("button", name="Keep editing").click()
        expect(question).to_be_hidden()
        expect(email).to_have_value("ada@example.org")
    email.focus()
    page.keyboard.press("Escape")
    expect(question).to_be_visible()
    axe(page)
    picture(page, "discard-1280")
    page.keyboard.press("Escape")  # of the question: it keeps
    expect(question).to_be_hidden()
    expect(email).to_be_focused()

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#item-menu-button")).to_be_focused()
    assert page.url == here
    open_invite(page)
    expect(email).to_have_value("")
    page.go_back()  # nothing typed: Back closes it, and the page stays
    expect(dialog).to_be_hidden()
    assert page.url == here


def test_another_part_waits_until_what_was_typed_before_can_be_kept(open_page, owner, item):
    """What keeps it comes with the first letter, and a line may be slow."""
    page = open_page(user=owner)
    held = held_back(page, "drafts")
    page.goto(item.get_absolute_url())
    dialog = page.locator("#dialog")
    email = dialog.get_by_role("combobox", name="Email")
    open_invite(page)
    email.fill("ada@example.org")
    dialog.get_by_role("link", name="Many at once").click()
    page.wait_for_timeout(1000)
    expect(email).to_have_value("ada@example.org")
    held[0].continue_()
    expect(dialog.locator("textarea[name=people]")).to_be_visible()
    dialog.get_by_role("link", name="One person").click()
    expect(email).to_have_value("ada@example.org")


def test_a_dialog_keeps_its_draft_over_a_reload_another_part_and_a_refusal(open_page, owner, item):
    page = open_page(user=owner)
    page.goto(item.get_absolute_url())
    dialog = page.locator("#dialog")
    email, many = (
        dialog.get_by_role("combobox", name="Email"),
        dialog.locator("textarea[name=people]"),
    )
    open_invite(page)
    email.fill("ada@example.org")
    dialog.get_by_role("link", name="Many at once").click()
    many.fill("grace@example.org")
    dialog.get_by_role("link", name="One person").click()
    expect(email).to_have_value("ada@example.org")
    expect(page.locator("#toasts")).to_contain_text("What you entered before has been restored.")
    page.reload()
    expect(email).to_have_value("ada@example.org")

    email.fill("ada at home")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(dialog.locator(".is-invalid").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.get_by_role("button", name="Keep editing").click()
    page.reload()
    expect(email).to_have_value("ada at home")
    email.fill("ada@example.org")
    dialog.get_by_label("First name").fill("Ada")
    dialog.get_by_label("Last name").fill("Lovelace")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(dialog.locator("h1")).to_contain_text("Ada Lovelace")
    assert Invitation.objects.get().email == "ada@example.org"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    open_invite(page)
    expect(email).to_have_value("")
    dialog.get_by_role("link", name="Many at once").click()
    expect(many).to_have_value("grace@example.org")


def test_an_error_goes_when_its_field_is_changed_and_that_of_another_stays(open_page, owner, item):
    page = open_page(user=owner)
    page.goto(f"/media/{item.public_id}/guest-links/")
    page.goto(f"/media/{item.public_id}/invitations/new/")
    page.get_by_role("combobox", name="Email").fill("dana@@example.edu")
    page.locator("form:has([name=email]) button.button-primary").last.click()
    email = page.get_by_role("combobox", name="Email")
    said = page.locator(".invalid-feedback")
    expect(said).to_have_count(1)
    expect(email).to_have_attribute("aria-invalid", "true")
    page.get_by_label("First name").fill("Dana")
    expect(said).to_have_count(1)
    email.fill("dana@example.edu")
    expect(said).to_have_count(0)
    assert email.get_attribute("aria-invalid") is None
    assert "is-invalid" not in email.get_attribute("class")


def test_an_error_that_stays_does_not_go_between_press_and_release(open_page, item):
    """What says so came after the typing, and the button stands below what it would take away."""
    page = open_page(width=390)
    page.goto(guest_link_address(factories.GuestLinkFactory(item=item, access_on=True)))
    held = held_back(page, "typed*")
    button = page.get_by_role("button", name="Watch now")
    button.click()
    expect(page.locator(".invalid-feedback")).to_have_count(2)
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Email").fill("ada@example.org")
    until(page, lambda: held)
    with page.expect_response("**/shared/typed*.js"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 4)
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(ADDRESS_OF_ITEM)


def test_a_refused_link_is_given_back(open_page, owner, item):
    page = open_page(user=owner)
    page.goto(item.get_absolute_url())
    factories.GuestLinkFactory(item=item, access_on=True)
    page.locator("#item-menu-button").click()
    page.get_by_role("menuitem", name="Manage guest access").click()
    dialog = page.locator("#dialog")
    dialog.get_by_text("Create new link").click()
    places = dialog.get_by_label("Places")
    places.fill("-3")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.locator(".is-invalid").first).to_be_visible()
    page.mouse.click(5, 400)
    page.get_by_role("button", name="Discard").click()
    expect(dialog).to_be_hidden()
    assert GuestLink.objects.count() == 1


def test_a_guest_finds_what_they_typed_until_they_leave(open_page, item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    page = open_page(allow=["ERR_FAILED"])
    page.goto(guest_link_address(link))
    name, email = page.get_by_label("Your name"), page.get_by_label("Email")
    name.fill("Ada")
    email.fill("ada@example.org")
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.go_back()
    expect(name).to_have_value("Ada")
    page.reload()
    expect(email).to_have_value("ada@example.org")
    kept = page.evaluate("sessionStorage['foyer-drafts-of-nobody']")
    assert "ada@example.org" in kept
    assert link.tag not in kept
    page.get_by_role("button", name="Watch now").click()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="You’ve left")).to_be_visible()
    assert "ada@example.org" not in page.evaluate("JSON.stringify(sessionStorage)")


@pytest.fixture
def doors(item, settings):
    """Addresses where a stranger types, by what they are."""
    settings.INVITATION_PROOF = "address"
    link = factories.GuestLinkFactory(item=item, access_on=True)
    full = factories.GuestLinkFactory(item=item, access_on=True, places=1, places_taken=1)
    invitation = factories.InvitationFactory(item=item, email="grace@example.org")
    return {
        "join": guest_link_address(link),
        "full": guest_link_address(full),
        "sign in": reverse("access:sign_in"),
        "forgotten": reverse("access:reset_password"),
        "invitation": invitation_address(invitation) + "code/",
    }


def type_and_choose(page, typed):
    for number, text in enumerate(typed):
        page.locator("#main form input:is([type=text], [type=email])").nth(number).fill(text)
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def expect_typed(page, typed):
    for number, text in enumerate(typed):
        field = page.locator("#main form input:is([type=text], [type=email])").nth(number)
        expect(field).to_have_value(text)


@pytest.mark.parametrize(
    ("door", "typed"),
    [
        ("join", ["Ada", "ada@example.org"]),
        ("full", ["Ada", "ada@example.org"]),
        ("sign in", ["ada@example.org"]),
        ("forgotten", ["ada@example.org"]),
        ("invitation", ["ada@example.org"]),
    ],
)
def test_what_was_typed_at_a_door_is_there_in_another_language(open_page, doors, door, typed):
    page = open_page()
    page.goto(doors[door])
    type_and_choose(page, typed)
    expect_typed(page, typed)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect_typed(page, typed)
    page.goto("/privacy/")
    page.goto(doors[door])
    expect(page.locator("#main form").first).to_be_visible()
    page.wait_for_timeout(300)
    expect_typed(page, [""] * len(typed))  # the next in this tab may be another person


def test_a_language_waits_until_what_was_typed_can_be_kept(open_page, doors):
    page = open_page()
    held = held_back(page, "drafts")
    page.goto(doors["join"])
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Français").click(no_wait_after=True)
    page.wait_for_timeout(500)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    held[0].continue_()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect_typed(page, ["Ada"])


def test_a_link_waits_until_what_was_typed_can_be_kept(open_page, doors):
    page = open_page()
    held = held_back(page, "drafts")
    page.goto(doors["join"])
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("link", name="Sign in").click(no_wait_after=True)
    page.wait_for_timeout(500)
    expect(page.get_by_label("Your name")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_label("Password")).to_be_visible()
    page.go_back()
    page.reload()
    expect_typed(page, ["Ada"])


def test_the_last_that_was_pressed_counts(open_page, doors):
    page = open_page()
    held = held_back(page, "drafts")
    page.goto(doors["join"])
    page.get_by_label("Your name").fill("Ada")
    for name in ("Sign in", "Privacy"):
        page.get_by_role("link", name=name, exact=True).last.click(no_wait_after=True)
    until(page, lambda: held)
    held[0].continue_()
    page.wait_for_url("**/privacy/")


def test_a_form_that_is_sent_is_not_given_up_for_a_link_pressed_before(open_page, doors):
    page = open_page()
    held = held_back(page, "drafts")
    page.goto(doors["join"])
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_role("link", name="Sign in").click(no_wait_after=True)
    sent = []
    page.route(
        lambda address: address == page.url,
        lambda route: sent.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_role("button", name="Watch now").click(no_wait_after=True)
    until(page, lambda: sent)
    with page.expect_response("**/js/shared/drafts.js"):
        held[0].continue_()
    page.wait_for_timeout(300)
    sent[0].continue_()
    expect(page.get_by_text("You’re here as Ada")).to_be_visible()


def test_a_link_does_not_wait_for_ever(open_page, doors):
    page = open_page()
    held = held_back(page, "drafts")
    page.goto(doors["join"])
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("link", name="Sign in").click(no_wait_after=True)
    expect(page.get_by_label("Password")).to_be_visible()
    assert held


def test_a_page_that_is_a_dialog_elsewhere_waits_too(open_page, owner, item):
    page = open_page(user=owner)
    held = held_back(page, "drafts")
    page.goto(reverse("access:invite_users", args=[item.public_id]))
    email = page.get_by_role("combobox", name="Email")
    email.fill("ada@example.org")
    page.get_by_role("link", name="Many at once").click(no_wait_after=True)
    page.wait_for_timeout(500)
    expect(email).to_have_value("ada@example.org")
    held[0].continue_()
    expect(page.locator("textarea[name=people]")).to_be_visible()
    page.get_by_role("link", name="One person").click()
    expect(email).to_have_value("ada@example.org")


def test_what_was_typed_before_any_script_is_kept(open_page, doors):
    page = open_page()
    held = held_back(page, "keeping")
    page.goto(doors["join"], wait_until="commit")
    page.wait_for_function("document.getElementById('id_name')")
    page.evaluate("document.getElementById('id_name').value = 'Ada'")
    until(page, lambda: held)
    with page.expect_response("**/js/shared/drafts.js"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect_typed(page, ["Ada"])


def test_what_was_refused_or_carried_on_is_there_in_another_language(open_page, doors):
    page = open_page(allow=["422"])
    page.goto(doors["join"])
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Watch now").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    type_and_choose(page, [])
    expect_typed(page, ["Ada", ""])

    page.get_by_role("button", name="English").click()
    page.goto(doors["full"])
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_role("button", name="Ask the host to let you in").click()
    expect(page.locator("#main textarea")).to_be_visible()
    expect_typed(page, ["Ada", "ada@example.org"])
    type_and_choose(page, [])
    expect_typed(page, ["Ada", "ada@example.org"])


@pytest.mark.live
def test_a_guest_finds_message_and_question_after_a_panel_and_a_reload(open_page, owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    sessions.open_session(item=room)
    link = factories.GuestLinkFactory(item=room, access_on=True, may_chat=True, may_ask=True)
    admission = factories.GuestAdmissionFactory(guest__link=link)
    page = open_page()
    client = client_with_admissions(admission)
    name = settings.SESSION_COOKIE_NAME
    proof = {"name": name, "value": client.cookies[name].value}
    page.context.add_cookies([proof | {"domain": "localhost", "path": "/"}])
    page.goto(f"/media/{room.public_id}/session/")
    page.get_by_role("button", name="Join the session").click()
    scripts_run(page)
    message, question = page.locator("#chat-text"), page.locator("#question-ask textarea")
    message.fill("Half a message")
    page.get_by_role("link", name="Q&A").click()
    question.fill("Half a question")
    page.get_by_role("link", name="Chat").click()
    expect(message).to_have_value("Half a message")
    page.get_by_role("link", name="Q&A").click()
    expect(question).to_have_value("Half a question")
    page.reload()
    scripts_run(page)
    expect(question).to_have_value("Half a question")
    page.get_by_role("link", name="Chat").click()
    expect(message).to_have_value("Half a message")
    message.press("Enter")
    expect(message).to_have_value("")
    page.reload()
    scripts_run(page)
    page.get_by_role("link", name="Chat").click()
    expect(page.get_by_text("Half a message")).to_be_visible()
    expect(message).to_have_value("")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)])
def test_the_question_is_whole_on_small_screens(open_page, owner, item, picture, width, height):
    page = open_page(user=owner, width=width, height=height, dark=True)
    page.goto(item.get_absolute_url())
    open_invite(page)
    page.get_by_role("combobox", name="Email").fill("ada@example.org")
    page.keyboard.press("Escape")
    for button in ("Discard", "Keep editing"):
        expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)
    picture(page, f"discard-{width}-dark")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("#dialog")).to_be_hidden()
