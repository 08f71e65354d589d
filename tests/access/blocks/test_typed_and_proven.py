"""Somebody who has proven an address is never put out for what somebody else typed (adr/0025).

The four cases: who is put out had typed the address or proven it; who comes has typed or proven it.
"""

from __future__ import annotations

import pytest
from django.test import Client

from access.invitations.models import Certainty, Invitation
from access.links import guest_link_token, invitation_token
from media_items.live.sessions.models import Participant
from tests import factories
from tests.access.blocks.conftest import ADA, address, enter, is_inside
from tests.conftest import client_with_proofs


@pytest.fixture(params=["remove", "block"])
def what(request):
    return request.param


@pytest.fixture
def invitation(room):
    return factories.InvitationFactory(item=room, email=ADA, accepted=True)


@pytest.fixture
def by_code(invitation):
    """A new browser of the person invited, proven by a code."""
    return lambda: client_with_proofs(factories.InvitationProofFactory(invitation=invitation))


def by_typing(room):
    """A new browser that types the address at a link."""
    link = factories.GuestLinkFactory(item=room, access_on=True)
    browser = Client()
    browser.post(f"/g/{guest_link_token(link)}/", {"name": "Ada", "email": ADA})
    return browser


def comes_in(browser, room):
    enter(browser, room)
    return is_inside(browser, room)


def test_typed_put_out_and_typed_coming_is_refused(host, come, room, what):
    typed = come(by_typing(room))
    host.browser.post(address(room, what, typed.row.pk))
    assert not is_inside(typed.browser, room)
    assert not comes_in(by_typing(room), room)


def test_typed_put_out_and_proven_coming_is_let_in(host, come, room, by_code, what):
    already = come(by_code())
    typed = come(by_typing(room))
    host.browser.post(address(room, what, typed.row.pk))
    assert not is_inside(typed.browser, room)
    assert is_inside(already.browser, room)
    assert comes_in(by_code(), room)
    assert already.browser.get(room.get_absolute_url()).status_code == 200


def test_proven_put_out_and_typed_coming_is_refused(host, come, room, by_code, what):
    typed, proven = come(by_typing(room)), come(by_code())
    host.browser.post(address(room, what, proven.row.pk))
    assert not is_inside(typed.browser, room)
    assert not comes_in(by_typing(room), room)


def test_proven_put_out_and_proven_coming_is_refused(host, come, room, by_code, what):
    proven = come(by_code())
    host.browser.post(address(room, what, proven.row.pk))
    assert not is_inside(proven.browser, room)
    assert not comes_in(by_code(), room)


@pytest.mark.parametrize("lasting", [True, False])
def test_an_account_with_the_address_stays_too(host, come, room, client_of, lasting):
    membership = factories.GalleryMembershipFactory(user__email=ADA)
    room.room_of = membership.gallery
    room.save()
    member = come(client_of(membership.user))
    typed = come(by_typing(room))
    what = "block" if lasting else "remove"
    host.browser.post(address(room, what, typed.row.pk))
    assert is_inside(member.browser, room)
    member.browser.post(f"/media/{room.public_id}/session/leave/")
    assert comes_in(member.browser, room)


def test_both_put_out_are_both_out_and_let_back_together(host, come, room, by_code, what):
    typed, proven = come(by_typing(room)), come(by_code())
    for one in (typed, proven):
        host.browser.post(address(room, what, one.row.pk))
    assert not comes_in(by_code(), room)
    [row] = room.blocks.in_force()
    assert not row.only_typed
    host.browser.post(f"/media/{room.public_id}/blocked/{row.pk}/let-back/")
    assert comes_in(by_code(), room)


# --- where the site takes a typed address for a proof of an invitation ---


def test_who_typed_the_invited_address_is_out_and_the_account_with_it_is_not(
    host, come, room, invitation, client_of, settings, what
):
    settings.INVITATION_PROOF = "address"
    impostor = Client()
    impostor.post(f"/i/{invitation_token(invitation)}/accept/")
    impostor.post(f"/i/{invitation_token(invitation)}/code/", {"email": ADA})
    typed = come(impostor)
    assert typed.row.certainty == Certainty.TYPED
    host.browser.post(address(room, what, typed.row.pk))
    assert not is_inside(impostor, room)
    assert impostor.get(room.get_absolute_url()).status_code == 403
    user = factories.UserFactory(email=ADA, email_verified_at=invitation.created_at)
    account = client_of(user)
    assert comes_in(account, room)
    # And nobody comes in by typing it once more.
    again = Client()
    again.post(f"/i/{invitation_token(Invitation.objects.get())}/code/", {"email": ADA})
    assert not comes_in(again, room)


# --- the waiting room ---


def test_who_has_proven_an_address_does_not_wait_because_an_impostor_was_declined(
    host, come, room, by_code
):
    link = factories.GuestLinkFactory(item=room, access_on=True, waiting_room=True)
    impostor = Client()
    impostor.post(f"/g/{guest_link_token(link)}/", {"name": "Ada", "email": ADA})
    waiting = come(impostor)
    Participant.objects.filter(pk=waiting.row.pk).update(declined_at=room.created_at)
    assert comes_in(by_code(), room)
    assert not comes_in(by_typing(room), room)


# --- the words of the dialog ---


def test_the_dialog_says_who_goes_with_them_and_who_stays(host, come, room, by_code):
    typed, other = come(by_typing(room)), come(by_typing(room))
    proven = come(by_code())
    Participant.objects.filter(pk=proven.row.pk).update(name="Ada by code")
    Participant.objects.filter(pk=other.row.pk).update(name="Ada elsewhere")
    page = host.browser.get(address(room, "block", typed.row.pk)).content.decode()
    goes, stays = page.split("Remove them too if")
    assert "Ada elsewhere" in goes
    assert "Ada by code" not in goes
    assert "Ada by code" in stays
    page = host.browser.get(address(room, "block", proven.row.pk)).content.decode()
    assert "Ada elsewhere" in page
    assert "Not removed, because" not in page
