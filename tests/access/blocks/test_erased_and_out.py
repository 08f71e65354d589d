"""Erasing oneself is no way back in: what keeps somebody out outlives what is erased about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.accounts.models import User
from access.accounts.services import create_account, delete_account
from access.blocks.models import Block
from access.blocks.services import Actor, unblock
from access.guests.models import Guest, GuestAdmission
from access.guests.services import guests
from access.invitations.people import Invitee, Inviter
from access.invitations.services import managing
from access.invitations.services.inviting import invite
from access.links import guest_link_token
from access.personal_data import erase_outdated
from media_items.live.sessions.models import Level
from tests import factories
from tests.access.blocks.conftest import ADA, address, enter, is_inside
from tests.conftest import client_with_proofs

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(room):
    return factories.GuestLinkFactory(item=room, access_on=True)


def join(link, email=ADA, browser=None):
    """The browser, and what it was told."""
    browser = browser or Client()
    answer = browser.post(f"/g/{guest_link_token(link)}/", {"name": "Ada", "email": email})
    return browser, answer.status_code


def erase(browser, room):
    assert browser.post(f"/media/{room.public_id}/my-record/erase/").status_code == 302


def long_ago():
    moment = timezone.now() - timedelta(days=4_000)
    GuestAdmission.objects.update(admitted_at=moment)
    Guest.objects.update(joined_at=moment)
    Block.objects.update(made_at=moment)


WAYS = ["by themselves", "by the host", "by age"]


def is_erased(how, browser, room):
    if how == "by themselves":
        erase(browser, room)
    elif how == "by the host":
        guests.erase_guest(guest=Guest.objects.get(), by=room.owner)
    else:
        long_ago()
        erase_outdated()
    assert not Guest.objects.exclude(email="").exists()


# --- removed from a link --------------------------------------------------------------------------


@pytest.mark.parametrize("how", WAYS)
def test_a_removed_guest_who_is_erased_does_not_join_again(room, link, how):
    browser, _status = join(link)
    guests.remove_guest(guest=Guest.objects.get(), by=room.owner)
    is_erased(how, browser, room)
    for again in (browser, Client()):
        for form in (ADA, "ADA@example。org"):
            assert join(link, form, again)[1] == 403
    assert join(link, "bob@example.org")[1] == 302
    assert ADA not in str(Guest.objects.values())


def test_let_back_in_after_erasing_they_come_by_the_form(room, link):
    browser, _status = join(link)
    guest = Guest.objects.get()
    guests.remove_guest(guest=guest, by=room.owner)
    erase(browser, room)
    guests.readmit_guest(guest=guest, by=room.owner)
    assert Guest.objects.get().digest == ""
    assert join(link)[1] == 302


def test_who_was_not_out_leaves_nothing(room, link):
    browser, _status = join(link)
    erase(browser, room)
    assert Guest.objects.get().digest == ""
    assert join(link)[1] == 302


def test_a_removal_outlives_another_secret_key(room, link, settings):
    browser, _status = join(link)
    guests.remove_guest(guest=Guest.objects.get(), by=room.owner)
    erase(browser, room)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
    assert join(link)[1] == 403


# --- blocked on the item --------------------------------------------------------------------------


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("what", ["remove", "block"])
def test_somebody_put_out_who_is_erased_does_not_come_back(host, come, room, link, what, how):
    browser, _status = join(link)
    host.browser.post(address(room, what, come(browser).row.pk))
    is_erased(how, browser, room)
    assert ADA not in str(Block.objects.values())
    elsewhere = factories.GuestLinkFactory(item=room, access_on=True)
    for by in (link, elsewhere):
        assert join(by)[1] == 403
        # Nor from the browser that proves this person, with another address.
        assert join(by, "bob@example.org", browser)[1] == 403
    assert join(link, "bob@example.org")[1] == 302


def test_nor_from_that_browser_after_leaving(host, come, room, link):
    browser, _status = join(link)
    host.browser.post(address(room, "block", come(browser).row.pk))
    browser.post(f"/media/{room.public_id}/leave/")
    assert join(link, "bob@example.org", browser)[1] == 403


def test_nor_from_the_browser_of_somebody_invited_after_leaving(host, come, room, link):
    proof = factories.InvitationProofFactory(invitation__item=room, invitation__email=ADA)
    browser = client_with_proofs(proof)
    host.browser.post(address(room, "block", come(browser).row.pk))
    type(proof).objects.update(ended_at=timezone.now())
    assert join(link, "bob@example.org", browser)[1] == 403


def test_who_has_proven_an_address_is_not_kept_out_by_that_of_an_impostor(host, come, room, link):
    proof = factories.InvitationProofFactory(invitation__item=room, invitation__email=ADA)
    browser = client_with_proofs(proof)
    impostor, _status = join(link)
    host.browser.post(address(room, "block", come(impostor).row.pk))
    type(proof).objects.update(ended_at=timezone.now())
    assert join(link, "bob@example.org", browser)[1] == 302


def test_let_back_in_after_erasing_nothing_is_kept(host, come, room, link):
    browser, _status = join(link)
    host.browser.post(address(room, "block", come(browser).row.pk))
    erase(browser, room)
    unblock(block=Block.objects.get(), by=Actor(Level.HOST))
    assert join(link)[1] == 302
    erase_outdated()
    assert set(Guest.objects.values_list("digest", flat=True)) == {""}
    assert set(Block.objects.values_list("digest", flat=True)) == {""}


def test_lifting_one_that_was_erased_lifts_no_other(host, come, room, link):
    for email in (ADA, "bob@example.org"):
        browser, _status = join(link, email)
        host.browser.post(address(room, "block", come(browser).row.pk))
        erase(browser, room)
    unblock(block=Block.objects.first(), by=Actor(Level.HOST))
    assert Block.objects.in_force().count() == 1


def test_the_host_reads_of_the_block_and_can_lift_it(host, come, room, link):
    browser, _status = join(link)
    host.browser.post(address(room, "block", come(browser).row.pk))
    erase(browser, room)
    page = host.browser.get(f"/media/{room.public_id}/blocked/").content.decode()
    assert "Blocked" in page
    assert ADA not in page
    people = host.browser.get(f"/media/{room.public_id}/guests/").content.decode()
    assert "Erased guest" in people


def test_another_browser_with_the_address_stays_out_when_one_erases(host, come, room, link):
    """Their row still has the address, so the block keeps it, for the database to compare."""
    one, _status = join(link)
    other, _status = join(link)
    host.browser.post(address(room, "block", come(one).row.pk))
    erase(one, room)
    assert not is_inside(other, room)
    enter(other, room)
    assert not is_inside(other, room)
    erase(other, room)
    assert ADA not in str(Block.objects.values())
    assert join(link)[1] == 403


def test_a_block_of_somebody_invited_outlives_the_invitation_and_holds_for_a_new_one(
    host, come, room, link
):
    proof = factories.InvitationProofFactory(invitation__item=room, invitation__email=ADA)
    host.browser.post(address(room, "block", come(client_with_proofs(proof)).row.pk))
    managing.erase_invitation(invitation=proof.invitation, by=room.owner)
    assert ADA not in str(Block.objects.values())
    assert join(link)[1] == 403
    [new] = invite(
        item=room, people=[Invitee(ADA)], role="viewer", by=Inviter.by_account(room.owner, room)
    )
    type(new).objects.update(accepted_at=timezone.now())
    again = client_with_proofs(factories.InvitationProofFactory(invitation=new))
    enter(again, room)
    assert not is_inside(again, room)


def test_a_block_of_an_account_outlives_it_and_holds_for_one_made_anew(
    host, come, room, client_of, link
):
    membership = factories.GalleryMembershipFactory(user__email=ADA)
    room.room_of = membership.gallery
    room.save()
    host.browser.post(address(room, "block", come(client_of(membership.user)).row.pk))
    delete_account(user=membership.user, by=room.owner)
    assert ADA not in str(Block.objects.values())
    assert join(link)[1] == 403
    create_account(email=ADA, first_name="Ada", last_name="", send_mail=False)
    account = User.objects.get(email=ADA)
    factories.GalleryMembershipFactory(user=account, gallery=membership.gallery)
    browser = client_of(account)
    enter(browser, room)
    assert not is_inside(browser, room)


# --- and it is said -------------------------------------------------------------------------------


def test_the_page_says_that_being_out_outlives_erasing(room, link):
    browser, _status = join(link)
    said = "that still applies after erasing"
    assert said in browser.get(f"/media/{room.public_id}/my-record/erase/").content.decode()
    assert said in browser.get("/privacy/").content.decode()
