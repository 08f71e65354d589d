"""Signing in and out: the one answer to everything wrong, limits, and what a browser keeps."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from access import session_proofs
from access.accounts.known_browsers import COOKIE
from tests.conftest import client_with_admissions
from tests.factories import PASSWORD, UserFactory

SIGN_IN = "/accounts/sign-in/"


class CountingHasher(MD5PasswordHasher):
    calls = 0

    def encode(self, password, salt):
        type(self).calls += 1
        return super().encode(password, salt)


def sign_in(client, address, password=PASSWORD, **extra):
    return client.post(SIGN_IN, {"username": address, "password": password, **extra})


def text_of(response):
    """The page without what differs by design: the token, and what was typed."""
    context = response.context
    typed = context["form"].data.get("username", "")
    page = response.content.decode().replace(str(context["csrf_token"]), "")
    return page.replace(typed, "")


def is_signed_in(client):
    return SESSION_KEY in client.session


def test_the_right_password_signs_in_and_leads_to_my_media(client, owner):
    response = sign_in(client, owner.email)
    assert response.status_code == 302
    assert response["Location"] == reverse("media_items:my_media")
    assert is_signed_in(client)


def test_the_address_may_be_typed_in_capitals_and_with_spaces(client, owner):
    sign_in(client, f"  {owner.email.upper()} ")
    assert is_signed_in(client)


def test_the_form_tells_password_managers_what_it_is(client, db):
    page = client.get(SIGN_IN).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "autofocus" in page


@pytest.mark.parametrize("case", ["wrong password", "unknown", "switched off", "no password yet"])
def test_everything_wrong_gets_the_same_answer(client, owner, case):
    reference = text_of(sign_in(Client(), owner.email, "wrong"))
    user = UserFactory(email="other@example.edu", is_active=case != "switched off")
    if case == "no password yet":
        user.set_unusable_password()
        user.save()
    address = "nobody@example.edu" if case == "unknown" else user.email
    response = sign_in(client, address, "wrong" if case == "wrong password" else PASSWORD)
    assert response.status_code == 422
    assert text_of(response) == reference
    assert not is_signed_in(client)


@pytest.mark.parametrize("address", ["noa@example.edu", "nobody@example.edu"])
def test_an_unknown_address_costs_as_many_hashes_as_a_known_one(client, owner, settings, address):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    owner.set_password("something else")
    owner.save()
    CountingHasher.calls = 0
    sign_in(client, address)
    assert CountingHasher.calls == 1


def test_a_next_on_this_site_is_followed(client, owner):
    assert sign_in(client, owner.email, next="/galleries/")["Location"] == "/galleries/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", SIGN_IN]
)
def test_a_next_that_leads_elsewhere_is_not_followed(client, owner, elsewhere):
    response = sign_in(client, owner.email, next=elsewhere)
    assert response["Location"] == reverse("media_items:my_media")


def test_somebody_signed_in_is_sent_on(client_of, owner):
    client = client_of(owner)
    assert client.get(SIGN_IN, {"next": "/galleries/"})["Location"] == "/galleries/"
    assert client.get(SIGN_IN, {"next": SIGN_IN})["Location"] == reverse("media_items:my_media")


# --- limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["noa@example.edu", "nobody@example.edu"])
def test_too_many_wrong_passwords_close_the_address_even_to_the_right_one(
    client, owner, settings, address
):
    settings.SIGN_IN_RATE_PER_ADDRESS = "2/10m"
    assert sign_in(client, address, "wrong").status_code == 422
    assert sign_in(client, address.upper(), "wrong").status_code == 422
    response = sign_in(client, address)
    assert response.status_code == 429
    assert "minute" in response.content.decode()
    assert address in response.content.decode()  # what was typed is kept
    assert not is_signed_in(client)


def from_networks(number, address):
    """One try from each."""
    return [
        sign_in(Client(REMOTE_ADDR=f"198.51.100.{last}"), address, "wrong").status_code
        for last in range(number)
    ]


@pytest.mark.parametrize("address", ["noa@example.edu", "nobody@example.edu"])
def test_wrong_passwords_of_one_network_do_not_close_the_address_to_others(owner, address):
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert [sign_in(elsewhere, address, "wrong").status_code for _ in range(11)][-1] == 429
    response = sign_in(Client(), address)
    assert response.status_code == (302 if address == owner.email else 422)


@pytest.mark.parametrize("address", ["noa@example.edu", "nobody@example.edu"])
def test_wrong_passwords_of_many_networks_close_the_address(owner, settings, address):
    settings.SIGN_IN_RATE_PER_ADDRESS_IN_ALL = "3/h"
    assert from_networks(4, address) == [422] * 3 + [429]
    assert sign_in(Client(), address).status_code == 429


def test_a_browser_that_knows_the_account_is_not_locked_out_by_others(client, owner, settings):
    settings.SIGN_IN_RATE_PER_ADDRESS_IN_ALL = "3/h"
    settings.SIGN_IN_RATE_PER_ADDRESS = "2/10m"
    assert sign_in(client, owner.email).status_code == 302
    client.post(reverse("access:sign_out"))
    assert from_networks(4, owner.email)[-1] == 429
    assert [sign_in(Client(), owner.email, "wrong").status_code for _ in range(3)][-1] == 429
    assert sign_in(client, owner.email, "wrong").status_code == 422
    assert sign_in(client, owner.email).status_code == 302


def test_a_browser_that_knows_the_account_has_no_more_guesses_wherever_it_is(
    client, owner, settings
):
    settings.SIGN_IN_RATE_PER_ADDRESS = "2/10m"
    sign_in(client, owner.email)
    mark = client.cookies[COOKIE].value
    for network, status in (("1", 422), ("2", 422), ("3", 429)):
        guessing = Client(REMOTE_ADDR=f"198.51.100.{network}")
        guessing.cookies[COOKIE] = mark
        assert sign_in(guessing, owner.email, "wrong").status_code == status


@pytest.mark.parametrize("address", ["noa@example.edu", "nobody@example.edu"])
@pytest.mark.parametrize("mark", ["of another", "made up"])
def test_a_mark_of_another_account_or_none_wins_nothing(
    client, owner, stranger, settings, address, mark, django_assert_num_queries
):
    sign_in(client, stranger.email)
    client.post(reverse("access:sign_out"))
    if mark == "made up":
        client.cookies[COOKIE] = "é" * 64
    settings.SIGN_IN_RATE_PER_ADDRESS_IN_ALL = "2/h"
    from_networks(2, address)
    # The mark where it is ours, and the counts: of an account that is not, too.
    with django_assert_num_queries(1 if mark == "made up" else 2):
        assert sign_in(client, address).status_code == 429


def test_the_mark_says_nothing_and_is_kept_from_scripts(client, owner):
    sign_in(client, owner.email)
    cookie = client.cookies[COOKIE]
    assert re.fullmatch("[0-9a-f]{64}", cookie.value)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] > client.cookies["foyer_session"]["max-age"]


def test_another_address_stays_open(client, owner, stranger, settings):
    settings.SIGN_IN_RATE_PER_ADDRESS = "1/10m"
    sign_in(client, stranger.email, "wrong")
    assert sign_in(client, owner.email).status_code == 302


def test_too_many_wrong_passwords_close_the_network(client, owner, settings):
    settings.SIGN_IN_RATE_PER_NETWORK = "2/10m"
    for number in range(2):
        sign_in(client, f"nobody{number}@example.edu")
    assert sign_in(client, owner.email).status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert sign_in(elsewhere, owner.email).status_code == 302


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_whoever_began_before_the_limit_was_reached_is_told_nothing_after_it(
    client, owner, settings, monkeypatch, password
):
    settings.SIGN_IN_RATE_PER_ADDRESS = "2/10m"
    verify, others = MD5PasswordHasher.verify, []

    def slowly(self, typed, encoded):
        if not others:
            others.append("begun")
            others.extend(sign_in(Client(), owner.email, "wrong").status_code for _ in range(2))
        return verify(self, typed, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", slowly)
    response = sign_in(client, owner.email, password)
    assert others == ["begun", 422, 422]
    assert response.status_code == 429
    page = response.content.decode()
    assert "Too many attempts" in page
    assert "don’t match" not in page
    assert not is_signed_in(client)


def test_right_passwords_are_not_counted(owner, settings):
    settings.SIGN_IN_RATE_PER_NETWORK = settings.SIGN_IN_RATE_PER_ADDRESS = "2/10m"
    assert [sign_in(Client(), owner.email).status_code for _ in range(5)] == [302] * 5


# --- the session ------------------------------------------------------------------------------


def test_guest_admissions_survive_signing_in_and_the_session_key_does_not(admission, stranger):
    client = client_with_admissions(admission)
    key = client.session.session_key
    sign_in(client, stranger.email)
    assert is_signed_in(client)
    assert session_proofs.guest_admissions.ids(client.session) == [admission.pk]
    assert client.session.session_key != key


def test_signing_out_takes_everything_from_the_browser(admission, stranger):
    client = client_with_admissions(admission)
    sign_in(client, stranger.email)
    response = client.post(reverse("access:sign_out"))
    assert response["Location"] == SIGN_IN
    assert not is_signed_in(client)
    assert session_proofs.guest_admissions.ids(client.session) == []


def test_another_account_in_the_same_browser_starts_empty(admission, owner, stranger, client):
    sign_in(client, stranger.email)
    session = client.session
    session_proofs.guest_admissions.remember(session, admission.pk)
    session.save()
    client.cookies["foyer_session"] = session.session_key
    client.force_login(owner)
    assert session_proofs.guest_admissions.ids(client.session) == []


def test_signing_out_by_a_mere_link_is_refused(client_of, owner):
    client = client_of(owner)
    assert client.get(reverse("access:sign_out")).status_code == 405
    assert is_signed_in(client)


def test_a_forged_form_signs_nobody_in_or_out(owner):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, owner.email).status_code == 403
    client.force_login(owner)
    assert client.post(reverse("access:sign_out")).status_code == 403
    assert is_signed_in(client)
