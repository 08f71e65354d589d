"""Letting guests in: places count people, and the host's word holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.guests.models import Guest, GuestAccess, GuestAdmission, GuestLink
from access.guests.refusals import Reason, Refused
from access.guests.services import guests, joining, links
from access.guests.services.places import NoPlaceLeft
from tests import factories
from tests.factories import BlockFactory
from tests.live_factories import ParticipantFactory

pytestmark = pytest.mark.django_db


def join(link, email="ada@example.org", name="Ada", version=None):
    return joining.join(link=link, key_version=version or link.key_version, name=name, email=email)


def refusal_of(*args, **kwargs):
    with pytest.raises(Refused) as caught:
        join(*args, **kwargs)
    return caught.value.reason


def in_force(admission):
    return GuestAdmission.objects.in_force(timezone.now()).filter(pk=admission.pk).exists()


def test_a_guest_takes_a_place(link):
    admission = join(link)
    link.refresh_from_db()
    assert link.places_taken == 1
    assert (admission.guest.email, admission.name) == ("ada@example.org", "Ada")
    assert in_force(admission)


def test_the_same_address_takes_no_second_place_however_it_is_written(link):
    first, second = join(link, " Ada@Example.ORG "), join(link, "ada@example.org")
    link.refresh_from_db()
    assert link.places_taken == 1
    assert first.guest == second.guest
    assert first != second


def test_a_full_link_refuses_the_next_and_lets_back_who_has_a_place(item):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=1)
    join(link)
    assert refusal_of(link, "bob@example.org") == Reason.FULL
    assert in_force(join(link, "ada@example.org"))
    link.refresh_from_db()
    assert link.places_taken == 1


def test_a_place_stays_taken_after_leaving(item):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=1)
    joining.leave(admission=join(link))
    assert refusal_of(link, "bob@example.org") == Reason.FULL


@pytest.mark.parametrize(
    ("closed", "reason"),
    [
        ({"paused": True}, Reason.SWITCHED_OFF),
        ({"deleted": True}, Reason.DELETED),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, Reason.EXPIRED),
    ],
)
def test_a_closed_link_refuses_newcomers_and_those_who_come_back(item, closed, reason):
    link = factories.GuestLinkFactory(item=item, access_on=True, **closed)
    factories.GuestFactory(link=link, email="ada@example.org")
    assert refusal_of(link) == reason
    assert refusal_of(link, "bob@example.org") == reason
    link.refresh_from_db()
    assert link.places_taken == 0


def test_a_link_works_only_while_guest_access_is_on(item):
    link = factories.GuestLinkFactory(item=item)
    assert refusal_of(link) == Reason.SWITCHED_OFF
    links.switch_on(item=item, by=item.owner)
    assert in_force(join(link))


def test_an_old_address_of_a_link_is_refused(link):
    links.give_new_address(link=link, by=None)
    assert refusal_of(link, version=1) == Reason.NEW_ADDRESS
    link.refresh_from_db()
    assert in_force(join(link))


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        ({"available_from": timezone.now() + timedelta(hours=1)}, Reason.NOT_YET),
        ({"available_until": timezone.now() - timedelta(hours=1)}, Reason.OVER),
    ],
)
def test_nobody_joins_outside_the_items_window(owner, window, reason):
    item = factories.MediaItemFactory(owner=owner, **window)
    link = factories.GuestLinkFactory(item=item, access_on=True)
    assert refusal_of(link) == reason


def test_nobody_joins_an_item_in_the_bin(owner):
    link = factories.GuestLinkFactory(item__in_bin=True, access_on=True)
    assert refusal_of(link) == Reason.BAD_LINK


@pytest.mark.parametrize(
    ("email", "accepted"),
    [
        ("a@example.edu", True),
        ("a@bio.example.edu", True),
        ("A@EXAMPLE.EDU", True),
        ("a@other.org", True),
        ("a@notexample.edu", False),
        ("a@example.edu.evil.org", False),
    ],
)
def test_only_addresses_of_the_accepted_domains_and_below_them(item, email, accepted):
    link = factories.GuestLinkFactory(
        item=item, access_on=True, email_domains="example.edu\nother.org"
    )
    if accepted:
        assert in_force(join(link, email))
    else:
        assert refusal_of(link, email) == Reason.DOMAIN


def test_a_removed_guest_is_out_and_cannot_come_back_until_let_in(link, owner):
    admission = join(link)
    guests.remove_guest(guest=admission.guest, by=owner)
    assert not in_force(admission)
    assert refusal_of(link) == Reason.ADDRESS
    assert in_force(join(link, "bob@example.org"))
    guests.readmit_guest(guest=admission.guest, by=owner)
    assert in_force(admission)
    assert in_force(join(link))


def test_what_was_ended_while_a_guest_was_removed_stays_ended(link, item, owner):
    admission = join(link)
    guests.remove_guest(guest=admission.guest, by=owner)
    links.pause_link(link=link, by=owner, end_inside=True)
    guests.readmit_guest(guest=admission.guest, by=owner)
    assert not in_force(admission)


def test_a_removed_guest_frees_the_place_for_the_next_visitor(item, owner):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=1)
    ada = join(link)
    assert refusal_of(link, "bob@example.org") == Reason.FULL
    guests.remove_guest(guest=ada.guest, by=owner)
    guests.remove_guest(guest=ada.guest, by=owner)
    link.refresh_from_db()
    assert (link.places_taken, link.places_left) == (0, 1)
    bob = join(link, "bob@example.org")
    assert refusal_of(link) == Reason.FULL
    with pytest.raises(NoPlaceLeft):
        guests.readmit_guest(guest=ada.guest, by=owner)
    assert not in_force(ada)
    guests.remove_guest(guest=bob.guest, by=owner)
    guests.readmit_guest(guest=ada.guest, by=owner)
    link.refresh_from_db()
    assert link.places_taken == 1
    assert in_force(ada)


def test_whoever_was_removed_and_has_erased_takes_no_place_when_let_back(item, owner):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=1)
    ada = join(link)
    guests.remove_guest(guest=ada.guest, by=owner)
    guests.erase_guest(guest=ada.guest, by=None)
    guests.readmit_guest(guest=ada.guest, by=owner)
    link.refresh_from_db()
    assert link.places_taken == 0
    assert in_force(join(link))


def test_a_blocked_guest_is_out_of_every_link_and_back_by_one_act(link, item, owner):
    other = factories.GuestLinkFactory(item=item, access_on=True)
    here, there = join(link), join(other)
    guests.block_guest(guest=here.guest, by=owner)
    guests.block_guest(guest=here.guest, by=owner)
    assert not in_force(here)
    assert not in_force(there)
    assert refusal_of(other) == Reason.ADDRESS
    guests.readmit_guest(guest=here.guest, by=owner)
    assert in_force(here)
    assert in_force(there)


def test_a_blocked_guest_who_erases_stays_out_and_can_be_let_back(link, item, owner):
    other = factories.GuestLinkFactory(item=item, access_on=True)
    ada = join(link)
    guests.block_guest(guest=ada.guest, by=owner)
    guests.erase_guest(guest=ada.guest, by=None)
    assert refusal_of(link) == refusal_of(other) == Reason.ADDRESS
    guests.readmit_guest(guest=ada.guest, by=owner)
    assert in_force(join(link))
    assert in_force(join(other))


def test_undoing_a_removal_lifts_no_block_that_was_made_in_a_session(link, item, owner):
    ada = join(link)
    row = ParticipantFactory(session__item=item)
    block = BlockFactory(item=item, email=ada.guest.email, participant=row)
    guests.remove_guest(guest=ada.guest, by=owner)
    guests.readmit_guest(guest=ada.guest, by=owner)
    block.refresh_from_db()
    assert block.lifted_at is None
    guests.readmit_guest(guest=ada.guest, by=owner)
    block.refresh_from_db()
    assert block.lifted_at is None
    guests.unblock_guest(guest=ada.guest, by=owner)
    block.refresh_from_db()
    assert block.lifted_at is not None


def test_whoever_was_removed_meanwhile_is_not_unblocked(link, item, owner):
    ada = join(link)
    block = BlockFactory(item=item, email=ada.guest.email)
    guests.remove_guest(guest=ada.guest, by=owner)
    with pytest.raises(guests.RemovedSince):
        guests.unblock_guest(guest=ada.guest, by=owner)
    block.refresh_from_db()
    assert block.lifted_at is None


def test_switching_off_without_ending_keeps_those_inside(link, item):
    admission = join(link)
    assert links.switch_off(item=item, by=None, end_inside=False) == 0
    assert in_force(admission)
    assert refusal_of(link) == Reason.SWITCHED_OFF


def test_switching_off_with_ending_puts_everybody_out_and_on_again_revives_only_links(link, item):
    other = factories.GuestLinkFactory(item=item)
    inside = [join(link), join(link), join(other, "bob@example.org")]
    assert links.switch_off(item=item, by=None, end_inside=True) == 2, "two people, three browsers"
    assert not any(map(in_force, inside))
    links.switch_on(item=item, by=None)
    assert not any(map(in_force, inside))
    assert in_force(join(link))


def test_pausing_one_link_leaves_the_others_alone(link, item):
    other = factories.GuestLinkFactory(item=item)
    here, there = join(link), join(other, "bob@example.org")
    assert links.pause_link(link=link, by=None, end_inside=True) == 1
    assert (in_force(here), in_force(there)) == (False, True)
    assert in_force(join(other, "eve@example.org"))
    links.resume_link(link=link, by=None)
    assert not in_force(here)
    assert in_force(join(link))


def test_deleting_a_link_puts_out_whoever_came_by_it(link):
    admission = join(link)
    assert links.delete_link(link=link, by=None) == 1
    assert not in_force(admission)
    assert GuestLink.objects.filter(pk=link.pk).exists(), "the row is history and stays"


def test_moving_the_last_day_takes_people_out_and_lets_them_in_again(link, owner):
    admission = join(link)
    links.change_link(link=link, by=owner, expires_at=timezone.now() - timedelta(seconds=1))
    assert not in_force(admission)
    links.change_link(link=link, by=owner, expires_at=None)
    assert in_force(admission)


def test_erasing_one_browser_leaves_what_another_gave(link):
    first, second = join(link, name="Ada"), join(link, name="Countess")
    guests.erase_admission(admission=second)
    guest = Guest.objects.get()
    assert (guest.name, guest.email) == ("Ada", "ada@example.org")
    assert (in_force(first), in_force(second)) == (True, False)


def test_erasing_the_last_browser_erases_the_address_and_keeps_the_place_taken(link):
    admission = join(link)
    guests.erase_admission(admission=admission)
    guest = Guest.objects.get()
    assert (guest.name, guest.email, bool(guest.erased_at)) == ("", "", True)
    assert GuestAdmission.objects.get().name == ""
    link.refresh_from_db()
    assert link.places_taken == 1
    join(link)
    link.refresh_from_db()
    assert link.places_taken == 2


def test_every_act_leaves_a_trace_without_names_or_addresses(link, item, owner):
    from access.audit.models import AccessEvent

    admission = join(link, "ada@example.org", "Ada Lovelace")
    links.change_link(link=link, by=owner, places=30)
    links.pause_link(link=link, by=owner, end_inside=True)
    links.resume_link(link=link, by=owner)
    guests.remove_guest(guest=admission.guest, by=owner)
    links.switch_off(item=item, by=owner, end_inside=True)
    acts = list(AccessEvent.objects.order_by("pk").values_list("act", flat=True))
    assert acts == [
        "guest_joined",
        "link_changed",
        "link_paused",
        "link_resumed",
        "guest_removed",
        "guest_access_off",
    ]
    assert "ada" not in str(list(AccessEvent.objects.values_list("details", flat=True))).lower()


def test_acts_done_twice_are_done_once(link, item, owner):
    from access.audit.models import AccessEvent

    for act in (links.resume_link, links.pause_link, links.delete_link):
        for _twice in range(2):
            links.switch_on(item=item, by=owner)
            act(link=link, by=owner)
    assert AccessEvent.objects.count() == 2  # paused, deleted
    assert GuestAccess.objects.count() == 1
