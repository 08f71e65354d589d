"""Who has left is shown the address by which their browser came, and no other."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.blocks.models import Block
from access.blocks.services import Actor, block_typed, remove, unblock_typed
from access.guests.models import Guest
from access.guests.services import guests, links
from access.links import guest_link_token
from access.session_proofs import MOST_KEPT
from media_items.catalogue.models import Kind
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Level, Participant
from media_items.models import MediaItem
from tests import factories
from tests.conftest import client_with_admissions
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def door(link):
    return reverse("access:join", args=[guest_link_token(link)])


def join(browser, link, email="ada@example.org"):
    sent = browser.post(door(link), {"name": "Ada Lovelace", "email": email}, follow=True)
    assert sent.redirect_chain


def leave(browser, item):
    return browser.post(reverse("access:leave", args=[item.public_id]))


def left(browser):
    return text_of(browser.get(reverse("access:left")))


def both_pages(browser, item):
    """Where somebody who has left may find a way back."""
    return [left(browser), text_of(browser.get(item.get_absolute_url()))]


def no_way_back(browser, item):
    return not any("Join again" in page or "/g/" in page for page in both_pages(browser, item))


@pytest.fixture
def ada(link):
    """The browser of a guest who has filled in the form of the link."""
    browser = Client()
    join(browser, link)
    return browser


# --- the way back ---------------------------------------------------------------------------------


def test_who_has_left_finds_the_way_back_while_the_link_works(ada, link, item):
    leave(ada, item)
    for page in both_pages(ada, item):
        assert item.title in page
        assert f'href="{door(link)}"' in page
        assert "Ask the host" not in page
    links.pause_link(link=link, by=None)
    for page in both_pages(ada, item):
        assert door(link) not in page
        assert reverse("access:ask_host_again", args=[item.public_id]) in page


def test_it_is_still_there_after_another_item_was_left_and_after_leaving_once_more(ada, link, item):
    elsewhere = factories.GuestLinkFactory(access_on=True)
    join(ada, elsewhere)
    leave(ada, item)
    leave(ada, elsewhere.item)
    assert f'href="{door(elsewhere)}"' in left(ada)
    assert f'href="{door(link)}"' in text_of(ada.get(item.get_absolute_url()))
    leave(ada, item)
    assert all(f'href="{door(link)}"' in page for page in both_pages(ada, item))


def test_who_came_back_by_the_new_address_finds_that_one(ada, link, item):
    leave(ada, item)
    link = links.give_new_address(link=link, by=None)
    assert no_way_back(ada, item)
    join(ada, link)
    leave(ada, item)
    assert all(f'href="{door(link)}"' in page for page in both_pages(ada, item))


def test_the_way_out_of_a_session_leads_back_the_same_way(
    owner, django_capture_on_commit_callbacks
):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    sessions.open_session(item=room)
    browser = Client()
    join(browser, link)
    assert Participant.objects.get().right_ended_at is None
    with django_capture_on_commit_callbacks(execute=True):
        leave(browser, room)
    assert Participant.objects.get().right_ended_at
    assert f'href="{door(link)}"' in left(browser)


@pytest.fixture
def event(owner):
    """It has begun, and was to last another hour."""
    now = timezone.now()
    return factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        starts_at=now - timedelta(minutes=5),
        ends_at=now + timedelta(hours=1),
    )


def test_nobody_is_sent_to_a_session_that_is_over(event):
    link = factories.GuestLinkFactory(item=event, access_on=True)
    session = sessions.open_session(item=event)
    left_it, put_out = Client(), Client()
    join(left_it, link)
    join(put_out, link, "grace@example.org")
    guests.end_access(guest=Guest.objects.get(email="grace@example.org"), by=None)
    leave(left_it, event)
    assert all(f'href="{door(link)}"' in page for page in both_pages(left_it, event))
    sessions.end_session(session=session)
    for page in [*both_pages(left_it, event), text_of(put_out.get(event.get_absolute_url()))]:
        assert "Join again" not in page
        assert door(link) not in page
        assert "Ask the host" not in page
        assert "The session has ended, so nobody can join it now." in page


def end_for(browser, item, link):
    join(browser, link)
    guests.end_access(guest=Guest.objects.get(), by=None)


def leave_after_joining(browser, item, link):
    join(browser, link)
    leave(browser, item)


def pause(link):
    links.pause_link(link=link, by=None)


def switch_off(link):
    links.switch_off(item=link.item, by=None, end_inside=False)


def give_new_address(link):
    links.give_new_address(link=link, by=None)


def open_later(link):
    until = timezone.now() + timedelta(days=1)
    MediaItem.objects.filter(pk=link.item_id).update(available_from=until)


def open_no_more(link):
    MediaItem.objects.filter(pk=link.item_id).update(available_until=timezone.now())


@pytest.mark.parametrize(
    ("happens", "said", "may_try_again"),
    [
        (pause, "has switched off the link you came by for now", True),
        (switch_off, "has switched off the link you came by for now", True),
        (give_new_address, "the link you came by no longer works", False),
        (open_later, "Your link works, but the host opens this later.", False),
        (open_no_more, "for a limited time, and that time has passed", False),
    ],
)
@pytest.mark.parametrize("out", [end_for, leave_after_joining])
def test_the_page_says_why_there_is_no_way_back(item, link, out, happens, said, may_try_again):
    browser = Client()
    out(browser, item, link)
    happens(link)
    page = text_of(browser.get(item.get_absolute_url()))
    assert said in page.replace("The link you came", "the link you came")
    others = {"no longer works", "for now", "opens this later", "limited time"}
    assert len([one for one in others if one in page]) == 1
    if out is end_for:
        assert (f'href="{item.get_absolute_url()}"' in page) == may_try_again
        assert ("Try again</a>" in page) == may_try_again


@pytest.mark.parametrize("out", [end_for, leave_after_joining])
def test_who_is_blocked_besides_reads_no_untruth_of_the_link(item, link, out):
    """Nor that they are blocked: the door says that, where they try it."""
    browser = Client()
    out(browser, item, link)
    host = Actor(level=Level.HOST, account=item.owner)
    block_typed(item=item, email="ada@example.org", by=host)
    Guest.objects.update(removed_at=None)
    for page in both_pages(browser, item):
        assert "no longer works" not in page
        assert "removed" not in page
        assert "Join again" not in page


def test_trying_again_after_an_act_leads_to_what_can_be_opened(item, link):
    browser = Client()
    join(browser, link)
    links.pause_link(link=link, by=None, end_inside=True)
    page = text_of(browser.get(item.get_absolute_url(), {"from": "somewhere"}))
    way = f'<a class="button" href="{item.get_absolute_url()}">'
    assert way in page


# --- an address given since -----------------------------------------------------------------------


@pytest.mark.parametrize("when", ["inside", "after leaving", "between leaving twice"])
def test_an_address_given_since_they_came_is_not_shown(ada, link, item, when):
    if when != "inside":
        leave(ada, item)
    link = links.give_new_address(link=link, by=None)
    if when != "after leaving":
        leave(ada, item)
    assert no_way_back(ada, item)
    assert all("The link you came by no longer works." in page for page in both_pages(ada, item))


def test_whose_access_the_host_ended_finds_no_way_back_by_leaving(ada, link, item):
    leave(ada, item)
    links.switch_off(item=item, by=None, end_inside=True)
    links.give_new_address(link=link, by=None)
    links.switch_on(item=item, by=None)
    leave(ada, item)
    assert no_way_back(ada, item)


def test_a_browser_that_was_nobodys_guest_learns_nothing(client, item):
    leave(client, item)
    assert item.title not in left(client)
    assert "You’ve left" in left(client)


# --- somebody whom the host put out ---------------------------------------------------------------


@pytest.mark.parametrize("lasting", [False, True])
def test_who_was_removed_in_the_session_finds_no_way_back(owner, lasting):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    sessions.open_session(item=room)
    browser = Client()
    join(browser, link)
    host = Actor(level=Level.HOST, account=owner)
    remove(participant=Participant.objects.get(), by=host, lasting=lasting)
    assert Block.objects.in_force().exists()
    assert (Guest.objects.get().removed_at is not None) is lasting
    leave(browser, room)
    assert no_way_back(browser, room)
    links.give_new_address(link=link, by=owner)
    leave(browser, room)
    assert no_way_back(browser, room)


@pytest.mark.parametrize("is_reset", [False, True])
@pytest.mark.parametrize("first", ["block", "leave"])
def test_who_is_blocked_finds_no_way_back_until_it_is_lifted(ada, link, item, first, is_reset):
    host = Actor(level=Level.HOST, account=item.owner)
    if first == "leave":
        leave(ada, item)
    block_typed(item=item, email="ada@example.org", by=host)
    if is_reset:
        links.give_new_address(link=link, by=None)
    if first == "block":
        leave(ada, item)
    assert no_way_back(ada, item)
    unblock_typed(item=item, email="ada@example.org", digest="", by=host)
    assert no_way_back(ada, item) is is_reset


@pytest.mark.parametrize("first", ["remove", "leave"])
def test_who_was_put_off_the_link_finds_no_way_back(ada, item, first):
    if first == "leave":
        leave(ada, item)
    guests.remove_guest(guest=Guest.objects.get(), by=None)
    if first == "remove":
        leave(ada, item)
    assert no_way_back(ada, item)


# --- what is remembered ---------------------------------------------------------------------------


def test_where_nothing_is_remembered_there_is_no_way_back_and_no_claim(guest_client, item):
    session = guest_client.session
    del session["guest_came_by"]
    session.save()
    leave(guest_client, item)
    assert no_way_back(guest_client, item)
    assert all("To join again, open your link." in page for page in both_pages(guest_client, item))


def test_the_browser_remembers_numbers_and_few_of_them(ada, link, item):
    leave(ada, item)
    kept = {name: value for name, value in ada.session.items() if name.startswith("guest_")}
    pk = Guest.objects.get().admissions.get().pk
    assert kept == {
        "guest_admissions": [pk],
        "guest_came_by": [[pk, link.key_version]],
        "guest_last_left": pk,
    }
    many = factories.GuestAdmissionFactory.create_batch(MOST_KEPT + 5, guest__link=link)
    session = client_with_admissions(*many).session
    assert [one[0] for one in session["guest_came_by"]] == session["guest_admissions"]
    assert len(session["guest_came_by"]) == MOST_KEPT
    assert len(json.dumps(session["guest_came_by"])) < 2_000


def test_the_pages_ask_the_same_of_the_database_for_one_visit_and_for_many(
    link, item, django_assert_num_queries
):
    def browser_of(visits):
        guest = factories.GuestFactory(link=link)
        return client_with_admissions(
            *factories.GuestAdmissionFactory.create_batch(visits, guest=guest)
        )

    one, many = browser_of(1), browser_of(5)
    for browser in (one, many):
        leave(browser, item)
    for address, count in ((reverse("access:left"), 7), (item.get_absolute_url(), 8)):
        for browser in (one, many):
            with django_assert_num_queries(count):
                assert "Join again" in text_of(browser.get(address))
