"""Many people at once, on PostgreSQL with real threads and real connections."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.refusals import Reason, Refused
from access.guests.services import joining, links
from tests import factories
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


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
