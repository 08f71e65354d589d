"""Signed out in another tab: what was typed is shown again after signing in, and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as site_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.accounts import kept_work
from access.accounts.known_browsers import COOKIE, remember_account
from access.guests.models import GuestLink
from access.people_lists.models import Batch
from media_items.library.uploads import MOST_BYTES_OF_A_FORM
from media_items.models import MediaItem
from tests.factories import PASSWORD, GuestLinkFactory
from tests.reading import tags_of, text_of, unescaped

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"
ADDRESSES = "\n".join(f"person{number}@example.edu" for number in range(60))
ORIGIN = {"Origin": "http://testserver"}


def fields_of(response):
    """What the page's form would send, as a browser does."""
    sent = {}
    forms = [one for one in tags_of(response) if one.name == "form" and one["method"] == "post"]
    last = forms[-1]
    for one in tags_of(response):
        inside = [part for part in one.inside if part.name == "form"]
        if one["name"] and one["type"] != "file" and inside and inside[-1] == last:
            words = one.words.removeprefix("\n") if one.name == "textarea" else one["value"]
            sent.setdefault(one["name"], []).append(words or "")
    return last["action"], sent


@pytest.fixture
def browser(owner):
    """Signed in with the form, with the protection against forgery as in a browser."""
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, owner)
    return browser


def sign_in(browser, user, password=PASSWORD, **more):
    token = browser.get(SIGN_IN).cookies[site_settings.CSRF_COOKIE_NAME].value
    more = {"csrfmiddlewaretoken": token, **more}
    return browser.post(SIGN_IN, {"username": user.email, "password": password, **more})


def token_on(browser, address):
    return next(
        one["value"]
        for one in tags_of(browser.get(address))
        if one["name"] == "csrfmiddlewaretoken"
    )


def sign_out_elsewhere(browser):
    token = token_on(browser, reverse("access:account"))
    browser.post(reverse("access:sign_out"), {"csrfmiddlewaretoken": token})


def many(item):
    return reverse("access:create_batch", args=[item.public_id])


def test_sixty_pasted_addresses_are_there_after_signing_in_again(browser, owner, item):
    typed = {"csrfmiddlewaretoken": token_on(browser, many(item)), "people": ADDRESSES}
    typed |= {"role": "viewer"}
    sign_out_elsewhere(browser)
    page = browser.post(many(item), typed)
    assert page.status_code == 403
    assert "get back what you typed" in text_of(page)
    assert "person59@" not in text_of(page)
    _action, carried = fields_of(page)
    again = browser.post(SIGN_IN, {**carried, "username": owner.email, "password": "wrong"})
    assert again.status_code == 422
    _action, carried = fields_of(again)
    shown = browser.post(SIGN_IN, {**carried, "username": owner.email, "password": PASSWORD})
    assert "person59@example.edu" in text_of(shown)
    assert "no-store" in shown["Cache-Control"]
    assert not Batch.objects.exists()
    action, fields = fields_of(shown)
    assert action == many(item)
    assert fields["people"] == [ADDRESSES]
    assert browser.post(action, fields).status_code in {200, 302}
    assert Batch.objects.exists()


def test_an_upload_keeps_its_words_and_asks_for_the_file_again(browser, owner):
    address = reverse("media_items:create_media_item", args=["video"])
    typed = {"csrfmiddlewaretoken": token_on(browser, address), "title": "My “film” & <b>"}
    typed["description"] = "\nOne\n\nTwo"
    sign_out_elsewhere(browser)
    file = SimpleUploadedFile("film.mp4", b"not carried")
    _action, carried = fields_of(browser.post(address, {**typed, "file": file}))
    shown = browser.post(SIGN_IN, {**carried, "username": owner.email, "password": PASSWORD})
    assert "Choose the file “film.mp4” again" in unescaped(shown)
    _action, fields = fields_of(shown)
    assert fields["title"] == [typed["title"]]
    assert fields["description"][0].replace("\r", "") == typed["description"]
    assert not MediaItem.objects.exists()


# --- it comes back as the form it was -------------------------------------------------------------


def come_back(browser, owner, address, typed, *, page=None, files=None):
    """Signed out meanwhile, sent, signed in again: the answer."""
    typed = {"csrfmiddlewaretoken": token_on(browser, page or address), **typed}
    sign_out_elsewhere(browser)
    headers = {"Referer": f"http://testserver{page or address}"}
    sent = browser.post(address, {**typed, **(files or {})}, headers=headers)
    _action, carried = fields_of(sent)
    return browser.post(SIGN_IN, {**carried, "username": owner.email, "password": PASSWORD})


def form_of(response, address):
    """The fields of the form that goes there, by name; of boxes those that are ticked."""
    found = {}
    for one in tags_of(response):
        forms = [part["action"] for part in one.inside if part.name == "form"]
        is_box = one["type"] in {"checkbox", "radio"}
        if one["name"] and forms[-1:] == [address] and not (is_box and "checked" not in one):
            words = one.words.removeprefix("\n") if one.name == "textarea" else one["value"]
            found[one["name"]] = words or ("on" if is_box else "")
    return found


def test_the_edit_form_comes_back_as_it_was(browser, owner, item):
    address = reverse("media_items:edit_media_item", args=[item.public_id])
    typed = {"title": 'Meiosis <&"', "description": "\nOne\n\nTwo </textarea>", "seen_at": "1"}
    page = come_back(browser, owner, address, typed)
    assert page.status_code == 200
    assert "You’re signed in again" in text_of(page)
    assert "What you typed" not in [one.words for one in tags_of(page) if one.name == "h1"]
    fields = form_of(page, address)
    assert fields["title"] == typed["title"]
    assert fields["description"] == typed["description"]
    [title] = [one for one in tags_of(page) if one["name"] == "title"]
    assert title["data-given"] == item.title
    item.refresh_from_db()
    assert item.title != typed["title"]


def test_boxes_and_choices_come_back_as_they_were(browser, owner, item):
    page = reverse("access:guest_links", args=[item.public_id])
    GuestLinkFactory(item=item, access_on=True, name="Morning")
    address = reverse("access:create_guest_link", args=[item.public_id])
    typed = {"name": "Evening", "places": "12", "days": "30", "may_download": "on"}
    shown = come_back(browser, owner, address, typed, page=page)
    assert form_of(shown, address).items() >= typed.items()
    assert tags_of(shown)[0]["data-page"] == page
    [fold] = [one for one in tags_of(shown) if one.name == "details" and one["class"] == "new-link"]
    assert "open" in fold
    without = come_back(browser, owner, address, {"name": "Evening"}, page=page)
    assert "may_download" not in form_of(without, address)
    assert not GuestLink.objects.filter(name="Evening").exists()


def test_a_choice_of_many_and_a_file_come_back(browser, owner):
    address = reverse("media_items:create_media_item", args=["room"])
    typed = {"title": "Office hour", "time_zone": "Asia/Jerusalem"}
    shown = come_back(browser, owner, address, typed)
    chosen = [one for one in tags_of(shown) if one.name == "option" and "selected" in one]
    assert [one["value"] for one in chosen] == ["Asia/Jerusalem"]
    video = reverse("media_items:create_media_item", args=["video"])
    film = {"file": SimpleUploadedFile("film.mp4", b"not carried")}
    shown = come_back(browser, owner, video, {"title": "My film"}, files=film)
    assert "Choose the file “film.mp4” again" in unescaped(shown)
    assert form_of(shown, video)["title"] == "My film"


@pytest.mark.parametrize("left", ["no place", "no page"])
def test_what_the_form_has_no_place_for_is_shown_as_a_list(browser, owner, item, left):
    address = many(item)
    typed = {"people": ADDRESSES}
    if left == "no place":
        typed["forgotten"] = "One more word"
        shown = come_back(browser, owner, address, typed)
        assert "One more word" in text_of(shown)
    else:
        MediaItem.objects.filter(pk=item.pk).update(deleted_at=timezone.now())
        browser.cookies["foyer_session"] = ""
        sent = browser.post(address, typed)
        _action, carried = fields_of(sent)
        more = {"username": owner.email, "password": PASSWORD}
        shown = browser.post(SIGN_IN, {**carried, **more})
    assert "person59@example.edu" in text_of(shown)
    assert "Send it now" in text_of(shown)


def test_a_page_of_another_site_is_not_asked_for(browser, owner, item):
    token = token_on(browser, many(item))
    sign_out_elsewhere(browser)
    headers = {"Referer": "http://evil.example/accounts/me/"}
    typed = {"csrfmiddlewaretoken": token, "people": ADDRESSES}
    _action, carried = fields_of(browser.post(many(item), typed, headers=headers))
    assert kept_work.KeptWork.read(carried["kept_work"][0]).page == ""


def test_an_address_that_is_none_says_of_no_page(rf, owner):
    request = rf.post("/", {"people": ADDRESSES}, headers={"Referer": "http://[testserver/"})
    remember_account(signed_in := HttpResponse(), owner)
    request.COOKIES[COOKIE] = signed_in.cookies[COOKIE].value
    assert kept_work.KeptWork.of_request(request).page == ""


@pytest.mark.parametrize("again", [False, True])
def test_a_form_of_the_administration_comes_back_too(browser, owner, again):
    """Signed out elsewhere, or signed in again since: its pages are made by other views."""
    owner.is_staff = owner.is_superuser = True
    owner.save()
    address = reverse("admin:accounts_user_change", args=[owner.pk])
    typed = {"email": owner.email, "first_name": "Augusta", "last_name": "King", "is_staff": "on"}
    typed |= {"is_superuser": "on", "is_active": "on", "_continue": "Save and continue editing"}
    if again:
        typed |= {"csrfmiddlewaretoken": token_on(browser, address)}
        sign_out_elsewhere(browser)
        sign_in(browser, owner)
        shown = browser.post(address, typed, headers=ORIGIN)
        assert shown.status_code == 403
    else:
        shown = come_back(browser, owner, address, typed)
        assert shown.status_code == 200
    assert "You’re signed in again" in text_of(shown)
    assert form_of(shown, address)["first_name"] == "Augusta"
    owner.refresh_from_db()
    assert owner.first_name != "Augusta"


def test_a_film_is_not_read_to_its_end_for_somebody_signed_out(browser, owner):
    address = reverse("media_items:create_media_item", args=["video"])
    typed = {"csrfmiddlewaretoken": token_on(browser, address), "title": "Meiosis"}
    sign_out_elsewhere(browser)
    film = SimpleUploadedFile("film.mp4", b"0" * (MOST_BYTES_OF_A_FORM + 1))
    page = browser.post(address, {**typed, "file": film})
    _action, carried = fields_of(page)
    work = kept_work.KeptWork.read(carried["kept_work"][0])
    assert work.fields == [["title", "Meiosis"]]
    assert work.files == [["file", "film.mp4"]]


def test_another_site_cannot_send_a_form_that_takes_files(browser, item):
    sign_out_elsewhere(browser)
    evil = {"people": "evil@example.com"}
    for origin in ("https://evil.example", "null"):
        answer = browser.post(many(item), evil, headers={"Origin": origin})
        assert "kept_work" not in text_of(answer)


def test_somebody_else_who_signs_in_does_not_see_it(browser, item, stranger):
    typed = {"csrfmiddlewaretoken": token_on(browser, many(item)), "people": ADDRESSES}
    sign_out_elsewhere(browser)
    _action, carried = fields_of(browser.post(many(item), typed))
    answer = browser.post(SIGN_IN, {**carried, "username": stranger.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert "person" not in text_of(answer)


def test_signed_in_again_elsewhere_it_is_shown_and_one_press_sends_it(browser, owner, item):
    typed = {"csrfmiddlewaretoken": token_on(browser, many(item)), "people": ADDRESSES}
    typed |= {"role": "viewer"}
    sign_out_elsewhere(browser)
    sign_in(browser, owner)
    shown = browser.post(many(item), typed, headers=ORIGIN)
    assert shown.status_code == 403
    assert not Batch.objects.exists()
    action, fields = fields_of(shown)
    browser.post(action, fields)
    assert Batch.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_what_another_site_sends_is_never_shown(browser, item, headers):
    answer = browser.post(many(item), {"people": "evil@example.com"}, headers=headers)
    assert answer.status_code == 403
    assert "evil@example.com" not in text_of(answer)


def test_a_stranger_gets_what_every_stranger_gets(client, item):
    answer = client.post(many(item), {"people": ADDRESSES})
    assert (answer.status_code, "kept_work" in text_of(answer)) == (404, False)


def test_no_password_is_carried_and_nothing_that_is_empty(browser):
    address = reverse("access:change_password")
    token = token_on(browser, address)
    typed = {"old_password": PASSWORD, "new_password1": "Secret-1", "new_password2": "Secret-1"}
    sign_out_elsewhere(browser)
    answer = browser.post(address, {"csrfmiddlewaretoken": token, **typed})
    assert answer.status_code == 302
    assert "kept_work" not in text_of(answer)


def test_what_is_carried_cannot_be_made_up_and_is_not_carried_for_ever():
    work = kept_work.KeptWork("/x/", "mark", [["a", "b"]], [])
    packed = work.packed()
    assert kept_work.KeptWork.read(packed) == work
    assert kept_work.KeptWork.read(packed + "x") is None
    with time_machine.travel(timezone.now() + kept_work.KEPT_FOR + timedelta(seconds=1)):
        assert kept_work.KeptWork.read(packed) is None


@pytest.mark.parametrize("again", [False, True])
def test_a_script_is_told_and_keeps_its_form(browser, owner, item, again):
    token = token_on(browser, many(item))
    sign_out_elsewhere(browser)
    if again:
        sign_in(browser, owner)
    headers = {"HX-Request": "true", "X-CSRFToken": token, **ORIGIN}
    answer = browser.post(many(item), {"people": ADDRESSES}, headers=headers)
    assert answer.status_code == 403
    assert answer["Foyer-Session"] == ("changed" if again else "ended")


class Unread:
    """A body that is on its way, for ever."""

    def read(self, *_size):
        raise AssertionError("The body was read.")

    readline = read


@pytest.mark.parametrize("mark", ["x", "a" * 64, ""])
@pytest.mark.parametrize("path", ["/media/new/video/", "/media/AAAAAAAAAAAAAAAA/edit/"])
def test_of_browsers_that_never_signed_in_no_body_is_read(mark, path):
    """SECURITY: anybody could hold a thread by a form that comes slowly."""
    browser = Client()
    if mark:
        browser.cookies[COOKIE] = mark
    answer = browser.generic(
        "POST",
        path,
        b"--x",
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": "8000000000", "wsgi.input": Unread()},
    )
    assert answer.status_code in {302, 404}
