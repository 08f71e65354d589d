"""The guest link's pages as strangers meet them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as live_settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone

from access.accounts.backends import SessionStore
from access.guests.models import AccessRequest, Guest, GuestAdmission
from access.guests.services import guests, joining, links
from access.links import guest_link_token, invitation_token
from media_items.catalogue.models import Kind
from media_items.live.events.facts import EVERYBODY
from media_items.live.events.tickets import COOKIE_NAME, read_ticket
from tests import factories
from tests.conftest import client_with_admissions
from tests.live_factories import LiveSessionFactory
from tests.reading import tags_of, text_of
from tests.statements import texts_of
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db


def door(link):
    return reverse("access:join", args=[guest_link_token(link)])


def send(client, link, name="Ada Lovelace", email="ada@example.org", **more):
    return client.post(door(link), {"name": name, "email": email, **more})


# --- GET changes nothing --------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_every_address_uses_nothing_up(link, method):
    token = guest_link_token(link)
    for name in ("join", "join_picture", "ask_host"):
        client = Client()
        response = getattr(client, method)(reverse(f"access:{name}", args=[token]))
        assert response.status_code in {200, 302, 405}
        assert live_settings.SESSION_COOKIE_NAME not in client.cookies
    link.refresh_from_db()
    assert link.places_taken == 0
    assert not Guest.objects.exists()


def test_the_page_says_who_invites_to_what_and_what_is_kept(client, link):
    page = text_of(client.get(door(link)))
    assert "Invitation from <bdi>Noa Levi</bdi>" in page
    assert "Cell division, part 2" in page
    assert "Watch now" in page
    assert "Kept for 365 days" in page
    assert reverse("access:privacy") in page


@pytest.mark.parametrize(("may", "label"), [(True, "Take the quiz"), (False, "Open the page")])
def test_the_button_to_a_quiz_says_whether_its_guests_may_take_it(client, owner, may, label):
    item = factories.MediaItemFactory(owner=owner, kind=Kind.QUIZ)
    link = factories.GuestLinkFactory(item=item, access_on=True, may_take_quiz=may)
    page = text_of(client.get(door(link)))
    others = {"Take the quiz", "Open the page"} - {label}
    assert label in page
    assert not any(other in page for other in others)


def test_the_door_of_a_closed_quiz_says_so_before_it_asks_for_a_name(client, owner):
    closed = timezone.now() - timedelta(days=1)
    item = factories.MediaItemFactory(owner=owner, kind=Kind.QUIZ, ends_at=closed)
    link = factories.GuestLinkFactory(item=item, access_on=True)
    page = text_of(client.get(door(link)))
    assert "This quiz is closed" in page
    assert "The quiz closed on" in page
    assert 'name="email"' not in page
    back = text_of(client.get(f"{door(link)}?back=1"))
    assert 'name="email"' in back
    assert "This quiz is closed." in back
    assert "Take the quiz" not in back
    assert send(client, link)["Location"] == item.get_absolute_url()

    invitation = factories.InvitationFactory(item=item)
    page = text_of(client.get(reverse("access:invitation", args=[invitation_token(invitation)])))
    assert "This quiz is closed." in page


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [(1, 2, "Pas encore ouvert"), (-1, 1, "Ouvert"), (-2, -1, "Fermé")],
)
def test_the_door_of_a_quiz_says_where_it_is_in_words_of_a_quiz(client, owner, starts, ends, said):
    times = [timezone.now() + timedelta(days=days) for days in (starts, ends)]
    item = factories.MediaItemFactory(
        owner=owner, kind=Kind.QUIZ, starts_at=times[0], ends_at=times[1]
    )
    link = factories.GuestLinkFactory(item=item, access_on=True)
    page = text_of(client.get(f"{door(link)}?back=1", headers={"accept-language": "fr"}))
    assert f"<span>{said}</span>" in page


@pytest.mark.parametrize("kind", [Kind.VIDEO, Kind.ROOM, Kind.LIVE_EVENT])
def test_every_door_says_who_sees_the_name_before_it_is_typed(client, owner, kind):
    item = factories.MediaItemFactory(owner=owner, kind=kind)
    link = factories.GuestLinkFactory(item=item, access_on=True)
    invitation = factories.InvitationFactory(item=item)
    for page in (
        text_of(client.get(door(link))),
        text_of(client.get(reverse("access:invitation", args=[invitation_token(invitation)]))),
    ):
        assert "The host and the site’s administrators can see your name" in page
        in_session = "Everybody in the session sees your name." in page
        assert in_session == (kind != Kind.VIDEO)
    links.pause_link(link=link, by=None)
    page = text_of(client.get(reverse("access:ask_host", args=[guest_link_token(link)])))
    assert "can see your name, email and message" in page


def test_the_page_keeps_its_address_to_itself(client, link):
    response = client.get(door(link))
    assert response["Referrer-Policy"] == "strict-origin"
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    for header in ("Content-Security-Policy",):
        assert "default-src 'none'" in response[header]


def test_the_join_page_has_a_fixed_number_of_queries(client, link, django_assert_num_queries):
    with django_assert_num_queries(1):  # link with item, host, switch and site policy
        client.get(door(link))


@pytest.mark.parametrize("token", ["x", "1-1.aaaa", "1-1", "..%2f", "a" * 300])
def test_a_forged_token_is_refused_without_a_query(client, token, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(reverse("access:join", args=[token]))
    assert response.status_code == 404
    assert "This link does not work" in text_of(response)
    with django_assert_num_queries(0):
        assert client.post(reverse("access:join", args=[token]), {}).status_code == 404


@pytest.mark.parametrize("name", ["access:join", "access:invitation"])
def test_a_forged_link_tells_nobody_to_sign_in_who_has(client_of, owner, client, name):
    """Nobody is asked who they are at this page, so it does not know."""
    for somebody in (client_of(owner), client):
        response = somebody.get(reverse(name, args=["1-1.aaaa"]))
        assert response.status_code == 404
        assert "Sign in" not in text_of(response)


def test_a_page_that_is_the_same_for_all_leads_home_under_a_prefix():
    before = get_script_prefix()
    set_script_prefix("/foyer/")
    try:
        for page in ("errors/bad_link.html", "400.html", "500.html"):
            drawn = render_to_string(page)
            assert 'href="/foyer/"' in drawn
            assert 'href="/"' not in drawn
    finally:
        set_script_prefix(before)


# --- coming in ------------------------------------------------------------------------------------


def test_name_and_email_are_enough_to_watch(client, link, item):
    response = send(client, link)
    assert response.status_code == 302
    assert response["Location"] == item.get_absolute_url()
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert "You’re here as" in text_of(page)
    assert "Ada Lovelace" in text_of(page)


def test_joining_has_a_fixed_number_of_queries(client, link, django_assert_num_queries):
    # The link; its limits; then in one transaction, which costs two statements here: whether it
    # lets them in, guest, admission, trace, hosts, their notices, the place, the session.
    beside = {
        "postgresql": 1,  # whether it lets them in now that it is locked
        "sqlite": 1,  # a look at the limits before anything is written
    }
    with django_assert_num_queries(12 + beside[connection.vendor]):
        send(client, link)


def test_a_browser_that_is_known_already_writes_its_session_once(client, link, item):
    planted = factories.GuestLinkFactory(access_on=True)
    send(client, planted)
    before = client.session.session_key
    with CaptureQueriesContext(connection) as captured:
        assert send(client, link).status_code == 302
    verbs = [sql.split(" ", 1)[0] for sql in texts_of(captured) if "django_session" in sql]
    written = [verb for verb in verbs if verb in {"INSERT", "UPDATE", "DELETE"}]
    assert written == ["INSERT", "DELETE"]
    assert client.session.session_key != before
    assert len(client.session["guest_admissions"]) == 2


def test_what_asks_to_come_in_is_written_with_the_rest(client):
    link = factories.GuestLinkFactory(item__kind=Kind.ROOM, access_on=True)
    with CaptureQueriesContext(connection) as captured:
        assert send(client, link).status_code == 302
    sessions = [one["sql"] for one in captured if "django_session" in one["sql"]]
    assert len(sessions) == 1
    assert client.session["asked_to_come_in"] == [link.item.public_id]


def test_nobody_is_remembered_whose_joining_fails_at_its_end(link, monkeypatch):
    def fails(self):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(SessionStore, "write", fails)
    client = Client(raise_request_exception=False)
    assert send(client, link).status_code == 500
    assert not client.cookies
    assert not GuestAdmission.objects.exists()
    assert not Session.objects.exists()
    link.refresh_from_db()
    assert link.places_taken == 0


def test_the_guests_media_page_has_a_fixed_number_of_queries(
    guest_client, item, django_assert_num_queries
):
    guest_client.get(item.get_absolute_url())
    with django_assert_num_queries(4):  # session, item with admission, files, preparation
        assert guest_client.get(item.get_absolute_url()).status_code == 200


def test_what_a_guest_is_allowed_is_felt_at_the_next_request(guest_client, item, link):
    def sees_download():
        return "download" in guest_client.get(item.get_absolute_url()).context["item"].abilities

    assert not sees_download()
    links.change_link(link=link, by=item.owner, may_download=True)
    assert sees_download()


@pytest.mark.parametrize(
    ("name", "email", "said"),
    [
        ("", "ada@example.org", "Enter your name"),
        ("   ", "ada@example.org", "Enter your name"),
        ("\u200b\u202e", "ada@example.org", "Enter your name"),
        ("Ada", "", "Enter your email address"),
        ("Ada", "ada@", "Enter a full email address"),
        ("Ada", "ada@example.org\nBcc: x@y.z", "Enter a full email address"),
        ("A" * 101, "ada@example.org", "at most 100 characters"),
    ],
)
def test_a_mistake_is_named_beside_the_field_and_nothing_typed_is_lost(
    client, link, name, email, said
):
    response = send(client, link, name, email)
    assert response.status_code == 422
    assert said in text_of(response)
    if email.strip() and "\n" not in email:
        assert f'value="{email}"' in text_of(response)
    assert not Guest.objects.exists()


def test_a_name_is_text_and_never_markup(client, link, item):
    send(client, link, name="<script>alert(1)</script>")
    page = text_of(client.get(item.get_absolute_url()))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_robot_that_fills_every_field_does_not_come_in(client, link):
    response = send(client, link, website="http://spam.example")
    assert response.status_code == 422
    assert not Guest.objects.exists()


@pytest.mark.parametrize("name", ["join", "ask_host"])
def test_a_person_whose_browser_filled_the_trap_reads_why_and_gets_through(client, link, name):
    """The second press sends what a browser sends: no `disabled` field, all others as they are."""
    address = reverse(f"access:{name}", args=[guest_link_token(link)])
    typed = {"name": "Ada", "email": "ada@example.org", "message": "Please."}
    refused = client.post(address, {**typed, "website": "ada@example.org"})
    page = tags_of(refused)
    assert refused.status_code == 422
    [said] = [one for one in page if "alert-danger" in (one["class"] or "")]
    assert "filled in a hidden field" in said.words
    assert [one for one in page if "autofocus" in one] == [said]
    [trap] = [one for one in page if one["name"] == "website"]
    assert "value" not in trap
    assert "disabled" in trap
    assert [one["aria-hidden"] for one in trap.inside if "trap" in (one["class"] or "")] == ["true"]
    again = {
        one["name"]: one["value"] or one.words.strip()
        for one in page
        if one.name in {"input", "textarea"} and "disabled" not in one
    }
    assert again["name"] == "Ada"
    assert client.post(address, again).status_code == 302


def test_a_robot_that_fills_every_field_each_time_never_comes_in(client, link):
    for _time in range(3):
        assert send(client, link, website="http://spam.example").status_code == 422
    assert send(client, link, website="x" * 5000).status_code == 422
    assert not Guest.objects.exists()


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": "", "email": ""}, "name"),
        ({"name": "Ada", "email": ""}, "email"),
        ({"name": "Ada", "email": "", "website": "x"}, "email"),
    ],
)
@pytest.mark.parametrize("name", ["join", "ask_host"])
def test_a_form_that_comes_back_has_its_focus_on_the_first_wrong_field(
    client, link, name, typed, wrong
):
    address = reverse(f"access:{name}", args=[guest_link_token(link)])
    page = tags_of(client.post(address, typed))
    assert [one["name"] for one in page if "autofocus" in one] == [wrong]


def test_the_form_is_protected_against_forgery_from_other_sites(link):
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, link).status_code == 403
    assert not Guest.objects.exists()


def test_the_session_key_changes_when_a_guest_is_let_in(link, item):
    planted = Client()
    session = planted.session
    session["planted"] = True
    session.save()
    planted.cookies[live_settings.SESSION_COOKIE_NAME] = before = session.session_key
    send(planted, link)
    after = planted.cookies[live_settings.SESSION_COOKIE_NAME].value
    assert after != before
    old = Client()
    old.cookies[live_settings.SESSION_COOKIE_NAME] = before
    assert old.get(item.get_absolute_url()).status_code == 404


def test_a_second_browser_with_the_same_address_is_somebody_of_its_own(link, item):
    first, second = Client(), Client()
    send(first, link, name="Ada")
    send(second, link, name="Not Ada")
    assert Guest.objects.count() == 1
    assert GuestAdmission.objects.count() == 2
    record = reverse("access:guest_record", args=[item.public_id])
    assert "Not Ada" not in text_of(first.get(record))
    assert "Not Ada" in text_of(second.get(record))


def test_a_guest_who_opens_the_link_again_is_taken_straight_in(guest_client, link, item):
    response = guest_client.get(door(link))
    assert response.status_code == 302
    assert response["Location"] == item.get_absolute_url()


HERE_AS = "You’re already here as"


@pytest.mark.parametrize(
    "other", [{"name": "Bea Byron"}, {"email": "bea@example.org"}, {"email": "ada@example"}]
)
def test_a_guest_who_sends_another_name_from_another_tab_is_told_who_they_are(
    client, link, item, other
):
    send(client, link)
    response = send(client, link, **other)
    assert response["Location"] == item.get_absolute_url()
    assert Guest.objects.count() == GuestAdmission.objects.count() == 1
    page = text_of(client.get(item.get_absolute_url()))
    assert f"{HERE_AS} Ada Lovelace." in page
    assert "leave first" in page
    assert HERE_AS not in text_of(client.get(item.get_absolute_url()))


def test_the_same_is_told_once_however_often_it_is_sent(client, link, item):
    send(client, link)
    for name in ("Bea", "Cleo", "Bea"):
        send(client, link, name=name)
    assert text_of(client.get(item.get_absolute_url())).count(HERE_AS) == 1
    send(client, link, name="Bea")
    assert HERE_AS in text_of(client.get(item.get_absolute_url()))


def test_a_double_press_is_one_joining_and_says_nothing(client, link, item):
    send(client, link)
    response = send(client, link, name=" Ada  Lovelace", email="Ada@Example.org")
    assert response["Location"] == item.get_absolute_url()
    assert GuestAdmission.objects.count() == 1
    assert HERE_AS not in text_of(client.get(item.get_absolute_url()))


def test_a_guest_by_two_links_is_told_whom_the_newer_one_makes_them(client, link, item):
    other = factories.GuestLinkFactory(item=item, access_on=True)
    send(client, link)
    send(client, other, name="Bob", email="bob@example.org")
    send(client, link)
    assert f"{HERE_AS} Bob." in text_of(client.get(item.get_absolute_url()))


def test_a_host_who_sends_the_form_of_their_own_link_is_told_who_they_are(
    client_of, owner, link, item
):
    host = client_of(owner)
    send(host, link, name=owner.get_full_name(), email=owner.email)
    assert HERE_AS not in text_of(host.get(item.get_absolute_url()))
    send(host, link)
    page = text_of(host.get(item.get_absolute_url()))
    assert f"{HERE_AS} {owner.get_full_name()}." in page
    assert "leave first" not in page


def test_an_account_that_came_by_the_link_and_sent_its_form_twice_hears_nothing(
    client_of, stranger, link, item
):
    browser = client_of(stranger)
    for _again in range(2):
        send(browser, link, name="Somebody else")
    assert HERE_AS not in text_of(browser.get(item.get_absolute_url()))


@pytest.mark.parametrize("who", ["owner", "co_editor"])
def test_somebody_who_has_more_already_is_taken_straight_in(request, client_of, link, item, who):
    response = client_of(request.getfixturevalue(who)).get(door(link))
    assert response.status_code == 302
    assert response["Location"] == item.get_absolute_url()


def test_an_account_without_access_comes_in_as_a_guest_with_its_name_filled_in(
    client_of, stranger, link
):
    page = text_of(client_of(stranger).get(door(link)))
    assert 'value="stranger@example.edu"' in page


def test_a_passer_by_of_an_unlisted_item_may_still_come_as_a_guest(client, owner):
    item = factories.MediaItemFactory(owner=owner, unlisted=True)
    link = factories.GuestLinkFactory(item=item, access_on=True)
    assert client.get(door(link)).status_code == 200


def test_a_guest_sees_that_one_item_and_nothing_else(guest_client, item, owner):
    other = factories.MediaItemFactory(owner=owner)
    assert guest_client.get(item.get_absolute_url()).status_code == 200
    assert guest_client.get(other.get_absolute_url()).status_code == 404
    for name in ("media_items:my_media", "media_items:galleries", "admin:index"):
        assert guest_client.get(reverse(name)).status_code == 302
    for name in ("guest_links", "share", "guests"):
        url = reverse(f"access:{name}", args=[item.public_id])
        assert guest_client.get(url).status_code == 403


# --- refusals -------------------------------------------------------------------------------------


def _closed(link, item, how):
    if how == "off":
        links.switch_off(item=item, by=None, end_inside=False)
    elif how == "paused":
        links.pause_link(link=link, by=None)
    elif how == "deleted":
        links.delete_link(link=link, by=None)
    elif how == "expired":
        links.change_link(link=link, by=item.owner, expires_at=timezone.now())
    elif how == "new_address":
        links.give_new_address(link=link, by=None)
    elif how == "not_yet":
        item.available_from = timezone.now() + timedelta(days=1)
        item.save()
    elif how == "over":
        item.available_until = timezone.now()
        item.save()


@pytest.mark.parametrize(
    ("how", "heading", "names_item"),
    [
        ("off", "The host has switched this link off for now", False),
        ("paused", "The host has switched this link off for now", False),
        ("deleted", "This link no longer works", False),
        ("expired", "This link has expired", False),
        ("new_address", "This link no longer works", False),
        ("over", "This is no longer available", False),
        ("not_yet", "Not open yet", True),
    ],
)
def test_every_refusal_says_which_case_it_is_and_no_more(
    client, link, item, how, heading, names_item
):
    address = door(link)
    _closed(link, item, how)
    for response in (
        client.get(address),
        client.post(address, {"name": "Ada", "email": "a@b.org"}),
    ):
        page = text_of(response)
        assert response.status_code == 403
        assert f"<h1>{heading}</h1>" in page
        assert (item.title in page) == names_item
        assert "Levi" not in page
        assert "noa@" not in page
        assert ("Ask the host" in page) == (how not in {"not_yet", "deleted"})
    assert not Guest.objects.exists()


def test_a_full_link_says_so_in_the_form_and_refuses_the_newcomer(client, item):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=1, places_taken=1)
    assert "All places on this link are taken" in text_of(client.get(door(link)))
    response = send(client, link)
    assert response.status_code == 403
    assert "<h1>All places on this link are taken</h1>" in text_of(response)


def test_a_wrong_domain_has_its_page_and_a_way_to_try_another(client, item):
    link = factories.GuestLinkFactory(item=item, access_on=True, email_domains="example.edu")
    response = send(client, link)
    assert response.status_code == 403
    assert "This email can’t be used here" in text_of(response)
    assert "example.edu" not in text_of(response)
    assert f'action="{door(link)}"' in text_of(response)


def form_to(response, address):
    """What the form that goes there would send, pressed by its last button."""
    sent = {}
    for one in tags_of(response):
        forms = [part for part in one.inside if part.name == "form"]
        to = one["formaction"] or (forms and forms[-1]["action"])
        if one["name"] and to == address and one["name"] != "csrfmiddlewaretoken":
            sent[one["name"]] = one["value"] or ""
    return sent


def values_in(response):
    return {one["name"]: one["value"] for one in tags_of(response) if one.name == "input"}


@pytest.mark.parametrize("way", ["join", "ask_host"])
def test_who_somebody_is_goes_along_to_the_next_form_of_the_door(client, item, way):
    link = factories.GuestLinkFactory(item=item, access_on=True, email_domains="example.edu")
    to = reverse(f"access:{way}", args=[guest_link_token(link)])
    refused = send(client, link, name="Ada & <b>", email="ada@example.org")
    shown = client.post(to, form_to(refused, to))
    assert shown.status_code == 200
    values = values_in(shown)
    assert (values["name"], values["email"]) == ("Ada & <b>", "ada@example.org")
    assert "no-store" in shown["Cache-Control"]
    assert not Guest.objects.exists()
    assert not AccessRequest.objects.exists()
    assert not any("email" in (one["href"] or "") for one in tags_of(refused))


def test_whoever_begins_to_join_a_full_link_asks_the_host_with_what_they_typed(client, item):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=1)
    send(Client(), link, email="first@example.org")
    ask_url = reverse("access:ask_host", args=[guest_link_token(link)])
    page = client.get(door(link))
    pressed = form_to(page, ask_url)
    shown = client.post(ask_url, {"name": "Ada", "email": "ada@example.org", **pressed})
    assert values_in(shown)["email"] == "ada@example.org"
    assert not AccessRequest.objects.exists()


def test_an_item_in_the_bin_is_a_link_that_does_not_work(client, link, item):
    item.deleted_at = timezone.now()
    item.save()
    assert client.get(door(link)).status_code == 404


def test_an_ended_guest_is_told_so_at_the_next_request(guest_client, link, item):
    links.switch_off(item=item, by=None, end_inside=True)
    response = guest_client.get(item.get_absolute_url())
    assert response.status_code == 403
    assert "Your access has ended" in text_of(response)
    assert "removed you" not in text_of(response)
    assert Client().get(item.get_absolute_url()).status_code == 404


def test_a_removed_guest_is_refused_at_the_door_too(guest_client, link, item, admission):
    guests.remove_guest(guest=admission.guest, by=None)
    response = send(guest_client, link, email=admission.guest.email)
    assert "The host has removed you" in text_of(response)


# --- asking the host ------------------------------------------------------------------------------


def ask(client, link, **more):
    words = {"name": "Ada", "email": "ada@example.org", "message": "Please!", **more}
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(reverse("access:ask_host", args=[guest_link_token(link)]), words)


def test_a_word_to_the_host_arrives_once_and_is_answered_to_the_asker(client, link, item):
    links.pause_link(link=link, by=None)
    assert ask(client, link).status_code == 302
    run_tasks()
    run_tasks()
    [sent] = mail.outbox
    assert sent.to == ["noa@example.edu"]
    assert sent.reply_to == ["ada@example.org"]
    assert "Please!" in sent.body
    assert "isn’t verified" in sent.body
    assert guest_link_token(link) not in sent.body
    assert AccessRequest.objects.get().mailed_at


def test_what_a_stranger_writes_cannot_break_out_of_the_mails_head(client, link):
    ask(client, link, name="Ada\r\nBcc: everybody@example.org", message="a\r\nb")
    run_tasks()
    [sent] = mail.outbox
    assert "\n" not in sent.subject + sent.from_email
    assert sent.recipients() == ["noa@example.edu"]


def test_asking_is_throttled_by_address(client, link, settings):
    settings.ASK_HOST_RATE_PER_ADDRESS = "2/h"
    assert [ask(client, link).status_code for _n in range(3)] == [302, 302, 429]
    assert AccessRequest.objects.count() == 2
    assert ask(client, link, email="other@example.org").status_code == 302


def test_a_deleted_link_leads_to_no_host(client, link):
    links.delete_link(link=link, by=None)
    assert ask(client, link).status_code == 403
    assert not AccessRequest.objects.exists()


def test_a_second_browser_with_the_same_address_does_not_rename_the_guest(link):
    send(Client(), link, name="Ada")
    send(Client(), link, name="A thief")
    assert Guest.objects.get().name == "Ada"


def test_a_forged_link_leads_to_no_host(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.post(reverse("access:ask_host", args=["1-1.forged"]), {})
    assert response.status_code == 404
    assert not mail.outbox


def test_only_somebody_who_was_inside_may_ask_without_a_link(client, guest_client, item, link):
    url = reverse("access:ask_host_again", args=[item.public_id])
    links.switch_off(item=item, by=None, end_inside=True)
    assert guest_client.get(url).status_code == 200
    assert client.get(url).status_code == 404


# --- throttles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "setting", ["JOIN_RATE_PER_LINK", "JOIN_RATE_PER_NETWORK", "JOIN_RATE_PER_ADDRESS"]
)
def test_joining_is_throttled_without_regard_to_cookies(link, settings, setting):
    setattr(settings, setting, "2/h")
    statuses = [send(Client(), link).status_code for _n in range(3)]
    assert statuses == [302, 302, 429]


def test_over_the_limit_the_form_keeps_what_was_typed_and_says_how_long(link, settings):
    settings.JOIN_RATE_PER_LINK = "1/h"
    send(Client(), link)
    page = text_of(send(Client(), link, name="Grace Hopper"))
    assert "Grace Hopper" in page
    assert "minute" in page


# --- leaving and erasing --------------------------------------------------------------------------


def test_a_guest_who_leaves_is_out_and_may_come_again(guest_client, link, item, admission):
    guest_client.post(reverse("access:leave", args=[item.public_id]))
    page = guest_client.get(item.get_absolute_url())
    assert page.status_code == 403
    assert "You’ve left" in text_of(page)
    send(guest_client, link, email=admission.guest.email)
    assert guest_client.get(item.get_absolute_url()).status_code == 200


def test_who_was_never_in_learns_nothing_by_leaving(owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    address = reverse("access:leave", args=[room.public_id])
    before = Client().post(address)
    LiveSessionFactory(item=room, live=True)
    now, no_item = Client().post(address), Client().post(reverse("access:leave", args=["q" * 16]))
    for answer in (before, now, no_item):
        assert (answer.status_code, answer["Location"]) == (302, reverse("access:left"))
        assert not answer.cookies


@pytest.mark.parametrize("name", ["leave", "still_in"])
def test_whether_there_is_an_item_is_said_by_no_header(item, name):
    there, nowhere = (
        Client().get(reverse(f"access:{name}", args=[public_id]))
        for public_id in (item.public_id, "q" * 16)
    )
    assert there.headers == nowhere.headers


def test_who_signs_out_in_another_tab_while_the_join_is_under_way_stays_signed_out(
    link, stranger, client_of, monkeypatch
):
    browser, real = client_of(stranger), joining.join
    other_tab = Client()
    other_tab.cookies["foyer_session"] = browser.cookies["foyer_session"].value

    def slow(**asked):
        other_tab.post(reverse("access:sign_out"))
        return real(**asked)

    monkeypatch.setattr(joining, "join", slow)
    answer = send(browser, link)
    assert (answer.status_code, answer["Location"]) == (302, door(link))
    assert not GuestAdmission.objects.exists()
    monkeypatch.undo()
    assert browser.get(reverse("media_items:my_media")).status_code == 302
    assert send(browser, link).status_code == 302


def test_leaving_takes_a_post(guest_client, item):
    asked = guest_client.get(reverse("access:leave", args=[item.public_id]))
    assert "Leave?" in text_of(asked)
    assert guest_client.get(item.get_absolute_url()).status_code == 200


def test_a_guest_sees_what_is_kept_and_can_erase_it(guest_client, item, admission):
    record = reverse("access:guest_record", args=[item.public_id])
    page = text_of(guest_client.get(record))
    assert admission.guest.email in page
    assert "Kept until" in page
    guest_client.post(reverse("access:erase_guest_record", args=[item.public_id]))
    assert Guest.objects.get().email == ""
    assert guest_client.get(item.get_absolute_url()).status_code == 403
    assert guest_client.get(record).status_code == 404


def test_nobody_sees_or_erases_the_record_of_another_browser(client, client_of, owner, admission):
    item = admission.guest.link.item
    other = factories.GuestAdmissionFactory(guest__link__item=factories.MediaItemFactory())
    for stranger in (client, client_of(owner), client_with_admissions(other)):
        for name, method in (("guest_record", "get"), ("erase_guest_record", "post")):
            url = reverse(f"access:{name}", args=[item.public_id])
            assert getattr(stranger, method)(url).status_code == 404
    assert Guest.objects.filter(pk=admission.guest_id, erased_at=None).exists()


def test_an_ended_guest_can_still_see_and_erase_what_is_kept(guest_client, item, link):
    links.delete_link(link=link, by=None)
    assert (
        guest_client.get(reverse("access:guest_record", args=[item.public_id])).status_code == 200
    )


def test_an_open_page_hears_that_its_guest_is_out(guest_client, link, item):
    ask_again = reverse("access:still_in", args=[item.public_id])
    assert "HX-Refresh" not in guest_client.get(ask_again)
    links.switch_off(item=item, by=None, end_inside=True)
    assert guest_client.get(ask_again)["HX-Refresh"] == "true"
    assert Client().get(ask_again)["HX-Refresh"] == "true"
    nowhere = reverse("access:still_in", args=["nothing"])
    assert guest_client.get(nowhere)["HX-Refresh"] == "true"


def test_the_answer_lets_the_page_hear_of_the_next_change_of_rights(guest_client, link, item):
    ask_again = reverse("access:still_in", args=[item.public_id])
    cookie = guest_client.get(ask_again).cookies[COOKIE_NAME]
    assert cookie["path"] == f"/events/{item.public_id}/"
    ticket = read_ticket(cookie.value, session=item.public_id)
    assert ticket.participant_id < 0, "a reader of the page is nobody in a session"
    assert EVERYBODY in ticket.recipients
    assert COOKIE_NAME not in Client().get(ask_again).cookies


def test_the_start_is_told_by_the_readers_clock_and_the_events_where_it_differs(client, owner):
    room = factories.MediaItemFactory(
        owner=owner,
        kind=Kind.ROOM,
        starts_at=datetime(2026, 11, 26, 0, 0, tzinfo=UTC),
        time_zone="Europe/Berlin",
    )
    link = factories.GuestLinkFactory(item=room, access_on=True)
    page = client.get(f"/g/{guest_link_token(link)}/").text
    assert "Thu 26 Nov 2026, 00:00 UTC</time>" in page
    assert "(event time: 01:00 CET)" in page
    assert 'datetime="2026-11-26T00:00:00+00:00"' in page
    client.cookies["foyer_zone"] = "Europe/Paris"
    page = client.get(f"/g/{guest_link_token(link)}/").text
    assert "Thu 26 Nov 2026, 01:00 CET</time>" in page
    assert "(event time:" not in page.replace("(event time: {time})", "")


# --- removed by the host --------------------------------------------------------------------------


def test_a_guest_removed_is_not_told_to_come_in_again_nor_to_ask(link):
    """While the link is open; whether they come by the link or to the item."""
    browser = Client()
    send(browser, link)
    guests.remove_guest(guest=Guest.objects.get(), by=None)
    for response in (send(browser, link), browser.get(link.item.get_absolute_url())):
        page = text_of(response)
        assert response.status_code == 403
        assert "The host has removed you" in page
        assert "once more" not in page
        assert "Ask the host" not in page


@pytest.mark.parametrize(
    ("act", "heading", "said", "ways"),
    [
        (
            lambda link, _guest: links.pause_link(link=link, by=None, end_inside=True),
            "Your access has ended",
            "when it works again, you can join again here",
            {"Ask the host", "Try again"},
        ),
        (
            lambda link, _guest: links.end_inside(link=link, by=None),
            "Your access has ended",
            "Your link works, so you can join again.",
            {"Join again"},
        ),
        (
            lambda _link, guest: guests.end_access(guest=guest, by=None),
            "Your access has ended",
            "Your link works, so you can join again.",
            {"Join again"},
        ),
        (
            lambda link, _guest: links.delete_link(link=link, by=None),
            "This link no longer works",
            "it won’t work again",
            set(),
        ),
        (
            lambda _link, guest: guests.remove_guest(guest=guest, by=None),
            "The host has removed you",
            "until the host lets you back in",
            set(),
        ),
    ],
    ids=["paused", "ended", "ended for one", "deleted", "removed"],
)
def test_who_is_out_is_told_what_became_of_them_and_what_can_be_done(
    link, act, heading, said, ways
):
    browser = Client()
    send(browser, link)
    act(link, Guest.objects.get())
    page = text_of(browser.get(link.item.get_absolute_url()))
    assert f"<h1>{heading}</h1>" in page
    assert said in page
    words = ("Ask the host", "Try again", "Join again")
    assert {one for one in words if f"{one}</a>" in page or f"{one} to" in page} == ways
    assert ("removed you" in page) == (heading == "The host has removed you")
    assert "contact the host" not in page


def test_the_page_of_a_paused_link_offers_to_join_again_once_it_is_resumed(link):
    browser = Client()
    send(browser, link)
    links.pause_link(link=link, by=None, end_inside=True)
    assert "Join again" not in text_of(browser.get(link.item.get_absolute_url()))
    links.resume_link(link=link, by=None)
    assert f'href="{door(link)}"' in text_of(browser.get(link.item.get_absolute_url()))
    send(browser, link)
    assert browser.get(link.item.get_absolute_url()).status_code == 200


def test_who_had_left_before_the_link_was_deleted_is_not_sent_to_it(link):
    browser = Client()
    send(browser, link)
    browser.post(reverse("access:leave", args=[link.item.public_id]))
    links.delete_link(link=link, by=None)
    for address in (link.item.get_absolute_url(), reverse("access:left")):
        page = text_of(browser.get(address))
        assert "The host has deleted the link you came by." in page
        assert "open your link" not in page
