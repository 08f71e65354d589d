"""The throttles of the door protect everybody behind it and cannot be turned against them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from access.guests.models import AccessRequest
from access.links import guest_link_token
from access.mail.models import OutgoingMail
from tests import factories

pytestmark = pytest.mark.django_db
ELSEWHERE = "203.0.113.9"


def join(link, *, network="127.0.0.1", email="ada@example.org"):
    url = reverse("access:join", args=[guest_link_token(link)])
    return Client(REMOTE_ADDR=network).post(url, {"name": "Ada", "email": email})


def ask(link, *, network="127.0.0.1", email="ada@example.org"):
    url = reverse("access:ask_host", args=[guest_link_token(link)])
    return Client(REMOTE_ADDR=network).post(url, {"name": "Ada", "email": email, "message": ""})


def test_one_machine_cannot_shut_a_link_for_everybody_else(link, settings):
    settings.JOIN_RATE_PER_NETWORK, settings.JOIN_RATE_PER_LINK = "2/h", "4/h"
    statuses = [join(link, email=f"{n}@example.org").status_code for n in range(6)]
    assert statuses == [302, 302, 429, 429, 429, 429]
    assert join(link, network=ELSEWHERE).status_code == 302


def test_one_machine_cannot_keep_everybody_else_from_asking_the_host(link, settings):
    settings.ASK_HOST_RATE_PER_NETWORK, settings.ASK_HOST_RATE_PER_LINK = "2/h", "4/h"
    statuses = [ask(link, email=f"{n}@example.org").status_code for n in range(6)]
    assert statuses == [302, 302, 429, 429, 429, 429]
    assert ask(link, network=ELSEWHERE).status_code == 302


def test_one_machine_with_invented_addresses_takes_few_of_the_requests_at_a_link(link):
    statuses = [ask(link, email=f"{n}@example.org").status_code for n in range(30)]
    assert statuses == [302] * 10 + [429] * 20
    assert AccessRequest.objects.count() == OutgoingMail.objects.count() == 10
    assert ask(link, network=ELSEWHERE).status_code == 302
    assert ask(factories.GuestLinkFactory(access_on=True)).status_code == 302


def test_beyond_the_mails_of_a_link_a_request_is_listed_and_not_refused(link, settings):
    settings.ASK_HOST_RATE_PER_LINK, settings.ASK_HOST_RATE_PER_LINK_A_DAY = "2/h", "4/d"
    statuses = [
        ask(link, network=f"203.0.113.{n}", email=f"{n}@example.org").status_code for n in range(5)
    ]
    assert statuses == [302, 302, 302, 302, 429]
    assert OutgoingMail.objects.count() == 2
    assert AccessRequest.objects.on(link.item).waiting().count() == 4


def test_tries_at_one_link_do_not_lock_an_address_out_of_another(link, settings):
    settings.JOIN_RATE_PER_ADDRESS = settings.ASK_HOST_RATE_PER_ADDRESS = "2/h"
    of_an_enemy = factories.GuestLinkFactory(access_on=True)
    for act in (join, ask):
        assert [act(of_an_enemy).status_code for _n in range(3)] == [302, 302, 429]
        assert act(link, network=ELSEWHERE).status_code == 302


@pytest.mark.parametrize("spelling", ["ADA@example.org", " ada@example.org ", "Ada@Example.ORG"])
def test_another_spelling_of_an_address_is_the_same_address(link, settings, spelling):
    settings.JOIN_RATE_PER_ADDRESS = "1/h"
    assert join(link).status_code == 302
    assert join(link, email=spelling).status_code == 429


def test_a_made_up_forwarded_for_header_makes_no_new_network(link, settings):
    settings.JOIN_RATE_PER_NETWORK = "1/h"
    assert join(link).status_code == 302
    url = reverse("access:join", args=[guest_link_token(link)])
    client = Client(headers={"X-Forwarded-For": "198.51.100.7"})
    refused = client.post(url, {"name": "Ada", "email": "other@example.org"})
    assert refused.status_code == 429
    settings.TRUSTED_PROXIES = 1
    behind = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "198.51.100.7, 127.0.0.1"})
    assert behind.post(url, {"name": "Ada", "email": "third@example.org"}).status_code == 429
