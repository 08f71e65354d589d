"""Signed link tokens."""

from __future__ import annotations

import pytest
from django.core.signing import Signer
from hypothesis import given
from hypothesis import strategies as st

from access.links import BadToken, LinkKey, guest_link_address, guest_link_token
from access.links import read_guest_link_token as read
from tests import factories

TAG = "Xk3f9Q-_"


def link(pk=7, version=1):
    return factories.GuestLinkFactory.build(pk=pk, key_version=version, tag=TAG, item=None)


def test_a_token_tells_the_row_and_which_of_its_addresses():
    assert read(guest_link_token(link(7, 3))) == LinkKey(pk=7, key_version=3, tag=TAG)


def test_the_address_is_on_the_sites_own_host_whatever_the_request_said():
    assert guest_link_address(link()).startswith(f"http://testserver/g/7-1-{TAG}.")


@given(st.text(max_size=80))
def test_text_that_we_did_not_sign_is_refused(text):
    with pytest.raises(BadToken):
        read(text)


@given(st.integers(min_value=0, max_value=60))
def test_a_token_with_one_character_changed_is_refused(place):
    token = guest_link_token(link())
    place %= len(token)
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    with pytest.raises(BadToken):
        read(changed)


@pytest.mark.parametrize("salt", ["", "access.invitation", "django.core.signing.Signer"])
def test_a_token_signed_for_something_else_is_refused(salt):
    signer = Signer(salt=salt, sep=".") if salt else Signer(sep=".")
    with pytest.raises(BadToken):
        read(signer.sign(f"7-1-{TAG}"))


@pytest.mark.parametrize(
    "payload",
    [
        "7",
        "7-1",
        f"7-0-{TAG}",
        f"-7-1-{TAG}",
        "7-1-1",
        f"a-1-{TAG}",
        f"٧-١-{TAG}",
        f"7-1-{TAG} ",
        f"07-1-{TAG}",
        "7-1-Xk3f9Qé_",
    ],
)
def test_a_payload_of_another_shape_is_refused_even_if_signed(payload):
    with pytest.raises(BadToken):
        read(Signer(salt="access.guest-link", sep=".").sign(payload))
