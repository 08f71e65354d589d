"""Whom keys name, for pages and mails of `media_items` that keep no addresses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from media_items.people_behind import PersonBehind, people_behind
from tests.factories import (
    BlockFactory,
    GuestAdmissionFactory,
    InvitationFactory,
    MediaItemFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return MediaItemFactory()


@pytest.fixture
def guest(item):
    return GuestAdmissionFactory(guest__link__item=item, guest__email="ada@example.org")


@pytest.fixture
def invited(item):
    return InvitationFactory(item=item, accepted=True, email="grace@example.org")


def behind(item, kind, row):
    return people_behind([f"{kind}:{row.pk}"], item).get(f"{kind}:{row.pk}")


def test_each_kind_of_proof_names_its_address(item, guest, invited, django_assert_max_num_queries):
    account = UserFactory(email="mary@example.org")
    keys = [f"guest:{guest.pk}", f"invitation:{invited.pk}", f"account:{account.pk}", "nonsense"]
    with django_assert_max_num_queries(3):
        found = people_behind(keys, item)
    assert found == {
        keys[0]: PersonBehind("ada@example.org", may_be_mailed=True),
        keys[1]: PersonBehind("grace@example.org", may_be_mailed=True),
        keys[2]: PersonBehind("mary@example.org", may_be_mailed=True),
    }


def test_no_keys_cost_nothing(item, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert people_behind([], item) == {}


def test_keys_of_another_item_name_nobody(guest, invited):
    other = MediaItemFactory()
    assert people_behind([f"guest:{guest.pk}", f"invitation:{invited.pk}"], other) == {}


def test_who_was_erased_is_left_out(item, guest, invited):
    guest.guest.email = guest.guest.name = ""
    guest.guest.erased_at = timezone.now()
    guest.guest.save()
    invited.email = ""
    invited.save()
    assert people_behind([f"guest:{guest.pk}", f"invitation:{invited.pk}"], item) == {}


@pytest.mark.parametrize("gone", ["removed", "ended", "blocked"])
def test_no_mail_to_a_guest_whose_way_in_was_taken(item, guest, gone):
    now = timezone.now()
    if gone == "removed":
        guest.guest.removed_at = now
        guest.guest.save()
    elif gone == "ended":
        guest.ended_at = now
        guest.save()
    else:
        BlockFactory(item=item, email=guest.guest.email, only_typed=True)
    assert behind(item, "guest", guest) == PersonBehind("ada@example.org", may_be_mailed=False)


def test_a_guest_who_left_or_whose_link_has_expired_may_be_written_to(item, guest):
    guest.left_at = timezone.now()
    guest.save()
    link = guest.guest.link
    link.expires_at = timezone.now() - timedelta(days=1)
    link.save()
    assert behind(item, "guest", guest).may_be_mailed


@pytest.mark.parametrize("gone", ["revoked", "declined", "blocked"])
def test_no_mail_to_an_invited_person_who_is_out_or_has_declined(item, invited, gone):
    if gone == "blocked":
        BlockFactory(item=item, email=invited.email)
    elif gone == "revoked":
        invited.revoked_at = timezone.now()
        invited.save()
    else:
        invited.accepted_at, invited.declined_at = None, timezone.now()
        invited.save()
    found = behind(item, "invitation", invited)
    assert found == PersonBehind("grace@example.org", may_be_mailed=False)


def test_a_block_of_a_typed_address_reaches_no_proven_one(item, invited):
    BlockFactory(item=item, email=invited.email, only_typed=True)
    assert behind(item, "invitation", invited).may_be_mailed


def test_no_mail_to_an_account_that_is_off_or_blocked(item):
    off, out = UserFactory(is_active=False), UserFactory()
    BlockFactory(item=item, email=out.email)
    assert not behind(item, "account", off).may_be_mailed
    assert not behind(item, "account", out).may_be_mailed
