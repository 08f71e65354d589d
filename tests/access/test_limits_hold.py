"""Limits that strangers cannot push out, and that a full lecture hall does not reach."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from access.guests.models import Guest
from access.invitations.models import InvitationCode
from access.links import guest_link_token
from media_items.catalogue.models import Kind
from media_items.live.sessions import services as sessions
from tests import factories
from tests.access.invitations.door_acts import press
from tests.conftest import client_with_admissions

pytestmark = pytest.mark.django_db
ELSEWHERE = "203.0.113.9"
CAMPUS = "198.51.100.7"
HALL = 500


def sign_in(address, *, network="127.0.0.1", **typed):
    typed = {"username": address, "password": "wrong", **typed}
    return Client(REMOTE_ADDR=network).post(reverse("access:sign_in"), typed).status_code


def codes_until_refused(invitation):
    """How many codes are granted before the first refusal; at most twenty are tried."""
    for granted in range(20):
        if press(Client(), invitation).status_code == 429:
            return granted
    return 20


@pytest.fixture
def invited(item):
    return factories.InvitationFactory(item=item, email="grace@example.org")


def foreign_sign_ins():
    return [sign_in(f"invented{n}@example.org", network=ELSEWHERE) for n in range(330)]


def test_hundreds_of_foreign_sign_ins_push_no_limit_out(invited, owner):
    assert codes_until_refused(invited) == 10
    assert [sign_in(owner.email) for _try in range(11)] == [422] * 10 + [429]
    assert set(foreign_sign_ins()) == {422, 429}
    assert codes_until_refused(invited) == 0
    assert sign_in(owner.email, password=factories.PASSWORD) == 429


def test_a_lively_chat_pushes_no_limit_out(invited, owner, settings):
    settings.CHAT_RATE_PER_PERSON = settings.REACTION_RATE_PER_PERSON = "1000/10s"
    assert codes_until_refused(invited) == 10
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    sessions.open_session(item=room)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    for guest in range(30):
        browser = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
        browser.post(reverse("media_items:enter_session", args=[room.public_id]))
        for said in range(6):
            path = reverse("media_items:send_chat_message", args=[room.public_id])
            assert browser.post(path, {"text": f"{guest} {said}"}).status_code == 302
            path = reverse("media_items:send_reaction", args=[room.public_id])
            assert browser.post(path, {"kind": "clap"}).status_code == 302
    assert codes_until_refused(invited) == 0


@pytest.mark.long
def test_a_lecture_hall_behind_one_address_joins_by_a_link(link):
    path = reverse("access:join", args=[guest_link_token(link)])
    for number in range(HALL):
        typed = {"name": f"Student {number}", "email": f"student{number}@example.edu"}
        assert Client(REMOTE_ADDR=CAMPUS).post(path, typed).status_code == 302, number
    assert Guest.objects.filter(link=link).count() == HALL


@pytest.mark.long
def test_a_lecture_hall_behind_one_address_gets_its_codes(item):
    for number in range(HALL):
        invited = factories.InvitationFactory(item=item, email=f"student{number}@example.edu")
        assert press(Client(REMOTE_ADDR=CAMPUS), invited).status_code == 302, number
    assert InvitationCode.objects.count() == HALL


def test_what_the_networks_limit_refuses_does_not_count_against_the_invitation(invited, settings):
    settings.CODE_RATE_PER_NETWORK = "1/h"
    press(Client(REMOTE_ADDR=CAMPUS), factories.InvitationFactory())
    for _try in range(15):
        assert press(Client(REMOTE_ADDR=CAMPUS), invited).status_code == 429
    assert press(Client(REMOTE_ADDR=ELSEWHERE), invited).status_code == 302


def test_one_address_gets_so_many_codes_however_many_invitations_it_has(settings):
    settings.CODE_RATE_PER_ADDRESS = "3/h"
    to_one = [factories.InvitationFactory(email="grace@example.org") for _one in range(4)]
    assert [press(Client(), one).status_code for one in to_one] == [302, 302, 302, 429]
    assert press(Client(), factories.InvitationFactory()).status_code == 302
