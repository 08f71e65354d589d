"""Who is blocked gives up their places on guest links, and takes them again when let back in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.blocks.models import Block
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.services import guests, joining
from access.guests.services.places import NoPlaceLeft
from tests import factories
from tests.access.blocks.conftest import ADA, address, enter, is_inside
from tests.conftest import client_with_admissions

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(room):
    return factories.GuestLinkFactory(item=room, access_on=True, places=2)


def joined(link, email=ADA):
    return joining.join(link=link, key_version=1, name="Ada", email=email)


def taken(link) -> int:
    link.refresh_from_db()
    return link.places_taken


def let_back(browser, room):
    block = Block.objects.in_force().order_by("pk").last()
    return browser.post(f"/media/{room.public_id}/blocked/{block.pk}/let-back/")


def test_a_block_made_in_a_session_frees_the_place_and_letting_back_takes_it_again(
    host, come, room, link
):
    ada = come(client_with_admissions(joined(link)))
    assert taken(link) == 1
    for _time in range(2):
        host.browser.post(address(room, "block", ada.row.pk))
    assert taken(link) == 0
    assert Guest.objects.get().removed_by == room.owner
    for _time in range(2):
        let_back_once = Block.objects.get()
        host.browser.post(f"/media/{room.public_id}/blocked/{let_back_once.pk}/let-back/")
    assert taken(link) == 1
    enter(ada.browser, room)
    assert is_inside(ada.browser, room)


def test_a_removal_from_this_session_alone_keeps_the_place(host, come, room, link):
    ada = come(client_with_admissions(joined(link)))
    host.browser.post(address(room, "remove", ada.row.pk))
    assert taken(link) == 1
    host.browser.post(address(room, "block", ada.row.pk))
    assert taken(link) == 0


@pytest.mark.parametrize("where", ["session", "guests"])
def test_the_places_on_every_link_of_the_item_are_free_and_taken_again_together(
    host, come, room, link, where
):
    other = factories.GuestLinkFactory(item=room, access_on=True, places=1)
    elsewhere = factories.GuestLinkFactory(access_on=True)
    first, second = joined(link), joined(other)
    joined(elsewhere)
    bob = joined(link, "bob@example.org")
    if where == "session":
        host.browser.post(address(room, "block", come(client_with_admissions(first)).row.pk))
    else:
        guests.block_guest(guest=first.guest, by=room.owner)
    assert (taken(link), taken(other), taken(elsewhere)) == (1, 0, 1)
    let_back(host.browser, room)
    assert (taken(link), taken(other), taken(elsewhere)) == (2, 1, 1)
    in_force = GuestAdmission.objects.in_force(timezone.now())
    assert {first, second, bob} <= set(in_force)


def test_the_guests_page_offers_to_undo_it_and_does(host, come, room, link):
    ada = come(client_with_admissions(joined(link)))
    host.browser.post(address(room, "block", ada.row.pk))
    base = f"/media/{room.public_id}/guests/"
    assert "was removed and blocked" in host.browser.get(base).content.decode()
    guest = Guest.objects.get()
    host.browser.post(f"{base}{guest.pk}/let-back/", {"undo": "removal"})
    assert taken(link) == 1
    assert not Block.objects.in_force().exists()
    enter(ada.browser, room)
    assert is_inside(ada.browser, room)


def test_whom_the_host_had_removed_before_stays_removed(host, come, invited, room, link):
    guest = joined(link).guest
    guests.remove_guest(guest=guest, by=room.owner)
    Guest.objects.update(removed_at=timezone.now() - timedelta(hours=1))
    ada = come(invited())
    host.browser.post(address(room, "block", ada.row.pk))
    let_back(host.browser, room)
    guest.refresh_from_db()
    assert guest.removed_at
    assert taken(link) == 0


def test_where_others_have_taken_the_place_nobody_is_let_back_and_it_says_so(
    host, come, room, link
):
    ada = come(client_with_admissions(joined(link)))
    host.browser.post(address(room, "block", ada.row.pk))
    for n in range(2):
        joined(link, f"bob{n}@example.org")
    answer = let_back(host.browser, room)
    assert answer.status_code == 422
    assert "All places on this guest’s link are taken" in answer.content.decode()
    assert Block.objects.in_force().exists()
    with pytest.raises(NoPlaceLeft):
        guests.readmit_guest(guest=Guest.objects.get(email=ADA), by=room.owner)
    assert Block.objects.in_force().exists()


def test_a_full_link_that_is_deleted_keeps_nobody_blocked(host, come, room, link):
    """Nobody could give it a place more."""
    ada = come(client_with_admissions(joined(link)))
    host.browser.post(address(room, "block", ada.row.pk))
    for n in range(2):
        joined(link, f"bob{n}@example.org")
    GuestLink.objects.update(deleted_at=timezone.now())
    let_back(host.browser, room)
    assert not Block.objects.in_force().exists()
    assert taken(link) == 2


def test_whoever_is_invited_too_is_let_back_without_the_place_that_is_taken(
    host, come, invited, room, link
):
    joined(link)
    ada = come(invited())
    host.browser.post(address(room, "block", ada.row.pk))
    assert taken(link) == 0
    for n in range(2):
        joined(link, f"bob{n}@example.org")
    let_back(host.browser, room)
    assert not Block.objects.in_force().exists()
    assert taken(link) == 2
    assert Guest.objects.get(email=ADA).removed_at
    enter(ada.browser, room)
    assert is_inside(ada.browser, room)


def test_who_was_erased_since_takes_no_place_and_comes_by_the_form(host, come, room, link):
    admission = joined(link)
    ada = come(client_with_admissions(admission))
    host.browser.post(address(room, "block", ada.row.pk))
    guests.erase_guest(guest=admission.guest, by=None)
    let_back(host.browser, room)
    assert taken(link) == 0
    joined(link)
    assert taken(link) == 1


def test_the_trail_says_that_the_guest_was_removed_and_by_whom(moderator, come, room, link):
    ada = come(client_with_admissions(joined(link)))
    moderator.browser.post(address(room, "block", ada.row.pk))
    event = AccessEvent.objects.get(act=Act.GUEST_REMOVED)
    assert (event.guest, event.link) == (Guest.objects.get(), link)
    assert (event.actor, event.by_participant) == (None, moderator.row)
