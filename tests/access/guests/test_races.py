"""Many people at once, on PostgreSQL with real threads and real connections."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.refusals import Reason, Refused
from access.guests.services import guests, joining, links
from tests import factories
from tests.races import at_once, while_held

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ADA = "ada@example.org"


def joiner(link, email):
    return lambda: joining.join(link=link, key_version=1, name="Guest", email=email)


def test_the_races_run_on_postgresql():
    assert connection.vendor == "postgresql"


def test_fifty_people_at_once_for_the_last_ten_places_make_exactly_ten_guests(item):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=15, places_taken=5)
    results = at_once([joiner(link, f"guest{n}@example.org") for n in range(50)])
    let_in = [result for result in results if isinstance(result, GuestAdmission)]
    refused = [result.reason for result in results if isinstance(result, Refused)]
    link.refresh_from_db()
    assert (len(let_in), len(refused)) == (10, 40), results
    assert set(refused) == {Reason.FULL}
    assert Guest.objects.count() == 10
    assert link.places_taken == 15


def test_one_address_from_twenty_browsers_at_once_takes_one_place(item):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=5)
    results = at_once([joiner(link, "ada@example.org") for _n in range(20)])
    assert all(isinstance(result, GuestAdmission) for result in results), results
    link.refresh_from_db()
    assert link.places_taken == Guest.objects.count() == 1
    assert GuestAdmission.objects.count() == 20


@pytest.mark.parametrize("how", ["switch_off", "pause", "delete", "end"])
def test_nobody_slips_in_while_the_host_ends_it_for_everyone(item, how):
    acts = {
        "switch_off": lambda link: links.switch_off(item=item, by=None, end_inside=True),
        "pause": lambda link: links.pause_link(link=link, by=None, end_inside=True),
        "delete": lambda link: links.delete_link(link=link, by=None),
        # Ending alone keeps the door open: whoever joins afterwards may be inside.
        "end": lambda link: (
            links.pause_link(link=link, by=None),
            links.end_inside(link=link, by=None),
        ),
    }
    for _round in range(5):
        link = factories.GuestLinkFactory(item=item, access_on=True)
        jobs = [joiner(link, f"guest{n}@example.org") for n in range(12)]
        jobs.insert(6, lambda link=link: acts[how](link))
        results = at_once(jobs)
        errors = [
            one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)
        ]
        assert not errors
        inside = GuestAdmission.objects.in_force(timezone.now()).filter(guest__link=link)
        assert not inside.exists(), "somebody is inside after it was ended for everyone"


def test_two_hosts_at_once_do_not_make_more_links_than_the_site_allows(item, settings):
    settings.GUEST_LINKS_PER_ITEM = 3
    results = at_once(
        [
            lambda name=f"Link {n}": links.create_link(item=item, by=item.owner, name=name)
            for n in range(8)
        ]
    )
    assert sum(isinstance(result, GuestLink) for result in results) == 3
    assert GuestLink.objects.on(item).count() == 3


def test_a_name_asked_for_many_times_at_once_is_given_once(item):
    others = [factories.GuestLinkFactory(item=item) for _n in range(3)]
    results = at_once(
        [
            *[lambda: links.create_link(item=item, by=item.owner, name="Parents")] * 4,
            *[
                lambda link=link: links.change_link(link=link, by=item.owner, name="parents")
                for link in others
            ],
        ]
    )
    assert sum(isinstance(result, GuestLink) for result in results) == 1, results
    assert sum(isinstance(result, links.NameTaken) for result in results) == 6, results


# --- who has written and waits for the link -------------------------------------------------------


def come_while_held(act, link, come):
    """`act` of a host on a link, in a transaction that ends once `come` waits for the link."""
    return while_held(
        lambda: GuestLink.objects.select_for_update().get(pk=link.pk), others=come, then=act
    )


def joined():
    return (
        GuestAdmission.objects.count(),
        Guest.objects.count(),
        AccessEvent.objects.filter(act=Act.GUEST_JOINED).count(),
    )


CLOSING = {
    "paused": (lambda link: links.pause_link(link=link, by=None), Reason.SWITCHED_OFF),
    "paused, with end inside": (
        lambda link: links.pause_link(link=link, by=None, end_inside=True),
        Reason.SWITCHED_OFF,
    ),
    "switched off": (
        lambda link: links.switch_off(item=link.item, by=None, end_inside=False),
        Reason.SWITCHED_OFF,
    ),
    "switched off, with end inside": (
        lambda link: links.switch_off(item=link.item, by=None, end_inside=True),
        Reason.SWITCHED_OFF,
    ),
    "deleted": (lambda link: links.delete_link(link=link, by=None), Reason.DELETED),
    "new address": (lambda link: links.give_new_address(link=link, by=None), Reason.NEW_ADDRESS),
    "domains": (
        lambda link: links.change_link(link=link, by=link.item.owner, email_domains="example.edu"),
        Reason.DOMAIN,
    ),
    "over": (
        lambda link: links.change_link(
            link=link, by=link.item.owner, expires_at=timezone.now() - timedelta(seconds=1)
        ),
        Reason.EXPIRED,
    ),
    "full and of another domain": (
        lambda link: links.change_link(
            link=link, by=link.item.owner, places=1, email_domains="example.edu"
        ),
        Reason.FULL,
    ),
    "full": (
        lambda link: links.change_link(link=link, by=link.item.owner, places=1),
        Reason.FULL,
    ),
}


@pytest.mark.parametrize("how", CLOSING)
def test_what_the_host_does_meanwhile_turns_away_who_waits_and_leaves_nothing_of_them(item, how):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=2)
    joiner(link, "first@example.org")()
    before, remembered = joined(), []
    act, reason = CLOSING[how]
    result = come_while_held(
        lambda: act(link),
        link,
        lambda: joining.join(
            link=link, key_version=1, name="Ada", email=ADA, then=remembered.append
        ),
    )
    assert isinstance(result, Refused), result
    assert result.reason == reason
    assert (joined(), remembered) == (before, [])
    link.refresh_from_db()
    assert link.places_taken == 1


def test_who_waits_while_those_inside_are_ended_comes_after_them(item):
    """The link stays open: they are let in, though their rows are older than the act."""
    link = factories.GuestLinkFactory(item=item, access_on=True)
    first = joiner(link, "first@example.org")()
    came = come_while_held(lambda: links.end_inside(link=link, by=None), link, joiner(link, ADA))
    assert isinstance(came, GuestAdmission), came
    assert list(GuestAdmission.objects.in_force(timezone.now())) == [came]
    first.refresh_from_db()
    assert came.admitted_at < first.ended_at
    ended, joined_then = (
        AccessEvent.objects.filter(act=act).latest("pk")
        for act in (Act.GUESTS_ENDED, Act.GUEST_JOINED)
    )
    assert (ended.details["ended"], joined_then.guest) == (1, came.guest)


@pytest.mark.parametrize("how", ["removed", "blocked"])
def test_who_is_put_out_while_they_come_back_stays_out(item, how):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    guest = joiner(link, ADA)().guest
    acts = {"removed": guests.remove_guest, "blocked": guests.block_guest}
    result = come_while_held(lambda: acts[how](guest=guest, by=None), link, joiner(link, ADA))
    assert isinstance(result, Refused), result
    assert result.reason == Reason.ADDRESS
    assert GuestAdmission.objects.count() == 1


def test_who_is_erased_while_they_come_back_is_somebody_new(item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    guest = joiner(link, ADA)().guest
    result = come_while_held(
        lambda: guests.erase_guest(guest=guest, by=None), link, joiner(link, ADA)
    )
    assert isinstance(result, GuestAdmission), result
    assert result.guest != guest
    link.refresh_from_db()
    assert link.places_taken == 2
    guest.refresh_from_db()
    assert guest.name == guest.email == ""
    assert not guest.admissions.exclude(name="").exists()


# --- what a commit waits for, and what is no race -------------------------------------------------


@pytest.mark.parametrize("comes_back", [True, False])
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_join_waits_for_the_disk_where_it_moves_a_sign_in(item, is_signed_in, comes_back):
    link, said = factories.GuestLinkFactory(item=item, access_on=True), []
    if comes_back:
        joiner(link, ADA)()

    def then(admission):
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            said.append(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
    by = item.owner if is_signed_in else None
    try:
        joining.join(link=link, key_version=1, name="Ada", email=ADA, by=by, then=then)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
    assert said == ["on" if is_signed_in else "off"]


def test_a_row_that_is_refused_though_nobody_of_the_address_is_there_is_no_refusal(item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    first = joiner(link, "first@example.org")().guest
    with connection.cursor() as cursor:  # as after a restore that forgot it
        behind = "SELECT setval(pg_get_serial_sequence('guests_guest', 'id'), %s, false)"
        cursor.execute(behind, [first.pk])
    with pytest.raises(IntegrityError):
        joiner(link, ADA)()
    assert joined() == (1, 1, 1)
