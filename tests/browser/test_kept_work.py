"""Signed out in another tab while a form was being filled in."""

from __future__ import annotations

import io

import pypdfium2
from playwright.sync_api import expect

from access.people_lists.models import Batch
from media_items.catalogue.models import Kind
from media_items.models import MediaItem
from tests import factories
from tests.factories import PASSWORD

ADDRESSES = "\n".join(f"person{number}@example.edu" for number in range(60))


def pdf():
    document, written = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(200, 300)
    document.save(written)
    return written.getvalue()


def sign_in(page, owner):
    page.get_by_label("Email").fill(owner.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_have_count(0)


def test_with_script_the_form_stays_file_and_all_and_the_next_press_works(open_page, site, axe):
    owner = factories.UserFactory()
    page = open_page(allow=["403"])
    page.goto("/accounts/sign-in/")
    sign_in(page, owner)
    page.goto("/media/new/document/")
    page.get_by_label("Title").fill("Meiosis")
    film = {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.locator("input[type=file][name=file]").set_input_files(film)

    token = page.locator("form[data-upload] input[name=csrfmiddlewaretoken]").input_value()
    other = page.context.new_page()
    other.goto("/accounts/me/")
    other.get_by_role("button", name="Your account").click()
    other.get_by_role("menuitem", name="Sign out").click()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()

    save = page.locator("form[data-upload] .button-primary").last
    save.click()
    expect(page.locator(".upload-problem")).to_contain_text("You have been signed out")
    expect(page.get_by_label("Title")).to_have_value("Meiosis")
    axe(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (in a new tab)").first.click()
    sign_in(opened.value, owner)
    expect(opened.value).to_have_url(f"{site}/media/")
    opened.value.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_function(
        "old => document.querySelector('input[name=csrfmiddlewaretoken]').value !== old", arg=token
    )
    save.click()
    expect(page.locator("form[data-upload]")).to_have_count(0)
    assert MediaItem.objects.get().title == "Meiosis"


def test_without_script_the_form_comes_back_after_signing_in(open_page, picture):
    item = factories.MediaItemFactory()
    page = open_page(javascript=False, width=390)
    page.goto("/accounts/sign-in/")
    sign_in(page, item.owner)
    page.goto(f"/media/{item.public_id}/invitations/many/")
    page.locator("textarea[name=people]").fill(ADDRESSES)
    page.context.clear_cookies(name="foyer_session")
    page.locator("form:has(textarea[name=people]) button").last.click()
    expect(page.get_by_text("get back what you typed")).to_be_visible()
    sign_in(page, item.owner)
    expect(page.locator("textarea[name=people]")).to_have_value(ADDRESSES)
    expect(page.get_by_role("status").first).to_contain_text("You’re signed in again")
    picture(page, "kept-work-390")
    page.locator("form:has(textarea[name=people]) button").last.click()
    expect(page.get_by_text("person59@example.edu").first).to_be_visible()
    assert Batch.objects.get().item == item


def test_a_session_that_ended_leaves_the_form_as_it_was_over_a_reload(open_page, site, picture):
    item = factories.MediaItemFactory(title="Mitosis")
    page = open_page(dark=True)
    page.goto("/accounts/sign-in/")
    sign_in(page, item.owner)
    address = f"/media/{item.public_id}/edit/"
    page.goto(address)
    title = page.get_by_label("Title")
    title.fill("Meiosis")
    page.context.clear_cookies(name="foyer_session")
    page.get_by_role("button", name="Save").click()
    sign_in(page, item.owner)
    expect(title).to_have_value("Meiosis")
    picture(page, "kept-form-dark")
    expect(page).to_have_url(f"{site}{address}")
    page.reload()
    expect(title).to_have_value("Meiosis")

    page.context.clear_cookies(name="foyer_session")
    page.reload()
    expect(title).to_have_count(0)
    page.goto("/accounts/sign-in/")
    sign_in(page, item.owner)
    expect(page).to_have_url(f"{site}/media/")
    page.goto(address)
    expect(title).to_have_value("Meiosis")


def test_a_half_written_form_is_there_after_back_a_reload_and_a_lost_line(open_page, site):
    item = factories.MediaItemFactory(title="Mitosis")
    page = open_page(allow=["ERR_FAILED", "ERR_INTERNET_DISCONNECTED"])
    page.goto("/accounts/sign-in/")
    sign_in(page, item.owner)
    address = f"/media/{item.public_id}/edit/"
    title, save = page.get_by_label("Title"), page.get_by_role("button", name="Save")
    page.goto(address)
    title.fill("Meiosis")
    page.get_by_role("link", name="Galleries").click()
    expect(page).to_have_url(f"{site}/galleries/")
    page.go_back()
    expect(title).to_have_value("Meiosis")
    page.reload()
    expect(title).to_have_value("Meiosis")

    page.route(f"**{address}", lambda route: route.abort())
    save.click()
    page.wait_for_url("chrome-error://**")
    page.unroute_all()
    page.go_back()  # the browser's own page has taken the place of the form
    expect(page).to_have_url(f"{site}/media/")
    page.goto(address)
    expect(title).to_have_value("Meiosis")

    title.fill("Meiosis, part one")
    save.click()
    expect(page.get_by_role("heading", name="Meiosis, part one")).to_be_visible()
    page.go_back()
    expect(title).to_have_value("Meiosis, part one")
    item.refresh_from_db()
    assert item.title == "Meiosis, part one"
    MediaItem.objects.filter(pk=item.pk).update(title="Meiosis, by a colleague")
    page.reload()
    expect(title).to_have_value("Meiosis, by a colleague")  # saved is no draft


def test_discarding_leaves_alone_what_is_typed_meanwhile_in_another_form(open_page, site):
    item = factories.MediaItemFactory(title="Mitosis", kind=Kind.VIDEO)
    page = open_page(user=item.owner)
    address = f"/media/{item.public_id}/edit/"
    page.goto(address)
    page.get_by_label("Title").fill("Meiosis")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"{site}/media/{item.public_id}/")
    page.goto(address)
    expect(page.get_by_label("Title")).to_have_value("Meiosis")
    other = page.locator("form input[name=captions-label]")
    other.fill("For the deaf")
    page.locator("#toasts").get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Title")).to_have_value("Mitosis")
    expect(other).to_have_value("For the deaf")


def test_a_half_written_form_that_is_opened_again_says_so_until_it_is_saved_or_discarded(
    open_page, site, axe, picture
):
    """By a link of the page or Cancel, and then by the menu again: a slip of a thumb."""
    item = factories.MediaItemFactory(title="Mitosis")
    page = open_page(width=390)
    page.goto("/accounts/sign-in/")
    sign_in(page, item.owner)
    address = f"/media/{item.public_id}/edit/"
    title, said = page.get_by_label("Title"), page.locator("#toasts")
    restored = "What you entered before has been restored."
    page.goto(address)
    expect(title).to_have_value("Mitosis")
    expect(said.locator(".toast")).to_have_count(0)
    title.fill("Meiosis")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"{site}/media/{item.public_id}/")
    page.goto(address)
    expect(title).to_have_value("Meiosis")
    expect(said).to_contain_text(restored)
    axe(page)
    picture(page, "restored-390")
    said.get_by_role("button", name="Discard").click()
    expect(title).to_have_value("Mitosis")
    expect(said.locator(".toast")).to_have_count(0)

    title.fill("Meiosis, part one")
    page.get_by_role("link", name="My media", exact=True).first.click()
    page.wait_for_url(f"{site}/media/")
    page.goto(address)
    expect(title).to_have_value("Meiosis, part one")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Meiosis, part one")).to_be_visible()
    page.goto(address)
    expect(title).to_have_value("Meiosis, part one")
    expect(said).not_to_contain_text(restored)


def test_signed_out_nothing_half_written_stays_in_the_tab(open_page):
    item = factories.MediaItemFactory(title="Mitosis")
    page = open_page(allow=["404"])
    page.goto("/accounts/sign-in/")
    sign_in(page, item.owner)
    page.goto(f"/media/{item.public_id}/edit/")
    page.get_by_label("Title").fill("Meiosis")
    page.get_by_label("Title").blur()
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "Meiosis" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.go_back()
    expect(page.get_by_label("Title")).to_have_count(0)
    assert "Meiosis" not in page.content()
    page.goto("/accounts/sign-in/")
    sign_in(page, item.owner)
    page.goto(f"/media/{item.public_id}/edit/")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Mitosis")
