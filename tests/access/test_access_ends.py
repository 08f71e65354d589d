"""Somebody whose access ends by the clock is told before, in the bar that says who they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from access.guests.services import joining
from media_items.catalogue.models import State
from media_items.moments import written
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.reading import words_of

pytestmark = pytest.mark.django_db

SOON, LATER = timedelta(days=3), timedelta(days=8)
TOLD = ("The last day of your access", "Your access ends on")


def as_guest(item, *ends):
    """A browser that came by a link for each of these ends."""
    admissions = [
        joining.join(
            link=factories.GuestLinkFactory(item=item, access_on=True, expires_at=end),
            key_version=1,
            name="Ada",
            email="ada@example.org",
        )
        for end in ends
    ]
    return client_with_admissions(*admissions)


def bar_of(browser, item):
    words = words_of(browser.get(item.get_absolute_url()))
    assert "You’re here as" in words
    return words


def is_told(browser, item):
    return any(words in bar_of(browser, item) for words in TOLD)


def in_(days):
    return timezone.now() + days if days else None


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ([SOON], True),
        ([LATER], False),
        ([None], False),
        ([SOON, LATER], False),  # the other link still lets them in
        ([SOON, None], False),
        ([SOON, SOON], True),
    ],
)
def test_a_guest_is_told_within_seven_days_of_the_last_end(item, ends, told):
    assert is_told(as_guest(item, *map(in_, ends)), item) is told


@pytest.mark.parametrize(("ends", "told"), [(SOON, True), (LATER, False), (None, False)])
def test_so_is_whoever_is_invited(item, ends, told):
    invitation = factories.InvitationFactory(item=item, accepted=True, expires_at=in_(ends))
    proof = factories.InvitationProofFactory(invitation=invitation)
    assert is_told(client_with_proofs(proof), item) is told


def test_the_end_of_the_item_is_the_end_of_access(item):
    item.available_until = in_(SOON)
    item.save()
    assert is_told(as_guest(item, None), item)
    assert is_told(as_guest(item, in_(LATER)), item)


def test_what_is_open_to_all_does_not_end_with_a_link(item):
    item.state = State.UNLISTED
    item.save()
    assert not is_told(as_guest(item, in_(SOON)), item)


def test_it_is_said_on_the_readers_clock(item):
    in_two_days = (timezone.now() + timedelta(days=2)).date()
    midnight = datetime.combine(in_two_days, datetime.min.time(), ZoneInfo("Asia/Kolkata"))
    browser = as_guest(item, midnight)
    browser.cookies["foyer_zone"] = "Asia/Kolkata"
    day = written(midnight, "until", zone=ZoneInfo("Asia/Kolkata"))
    assert f"The last day of your access: {day}" in bar_of(browser, item)
    browser.cookies["foyer_zone"] = "Asia/Tokyo"
    hour = written(midnight, zone=ZoneInfo("Asia/Tokyo"))
    assert f"Your access ends on {hour}" in bar_of(browser, item)
