"""The guests of an item are the same, whether its links are known or not."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from access.guests.found import GuestFilter
from access.guests.models import GuestLink
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def links(item):
    """Two links of it with guests, one of them deleted; another item has guests, too."""
    now = timezone.now()
    made = [
        factories.GuestLinkFactory(item=item, access_on=True),
        factories.GuestLinkFactory(item=item, access_on=True, deleted_at=now),
        factories.GuestLinkFactory(access_on=True),
    ]
    for link in made:
        for more in ({}, {"removed_at": now}, {"name": "Ada <b>"}):
            guest = factories.GuestFactory(link=link, **more)
            factories.GuestAdmissionFactory(guest=guest)
    return made


@pytest.mark.parametrize("query", ["", "only=inside", "only=removed", "q=ada", "q=nobody"])
@pytest.mark.parametrize("sort", ["", "seen", "name"])
@pytest.mark.parametrize("of_link", [None, 0, 1, 2])
def test_the_same_guests_in_the_same_order(item, links, query, sort, of_link):
    link = "" if of_link is None else f"&link={links[of_link].pk}"
    wanted, now = GuestFilter.of(QueryDict(f"{query}&sort={sort}{link}")), timezone.now()
    known = list(GuestLink.objects.filter(item=item).values_list("pk", flat=True))
    assert len(known) == 2
    found = list(wanted.found_on(item, now))
    assert list(wanted.found_on(item, now, links=known)) == found
    assert all(guest.link_id in known for guest in found)
    assert not (of_link == 2 and found)


def test_an_item_without_links_has_no_guests(item, links):
    assert not GuestFilter().found_on(item, timezone.now(), links=[])
