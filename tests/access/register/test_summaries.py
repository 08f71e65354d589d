"""How many have access, for the sentences of pages."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from access.guests.models import Guest, GuestAdmission
from access.register.beside import Beside, beside_register
from access.register.summaries import (
    GuestsSummary,
    guests_summary,
    invited_and_came,
    number_inside,
)
from media_items.models import MediaItem
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_item_erased_meanwhile_has_nobody(item):
    type(item).objects.filter(pk=item.pk).delete()
    assert guests_summary(item) == GuestsSummary(False, 0, 0, 0, 0)
    assert beside_register(item, item.owner, timezone.now()) == Beside()
    assert invited_and_came(item) == (0, 0)


def test_a_guest_is_inside_once_however_many_browsers_and_not_by_what_has_ended(item):
    now = timezone.now()
    for ended in ({}, {"ended_at": now}, {"left_at": now}):
        guest = factories.GuestFactory(link__item=item)
        factories.GuestAdmissionFactory(guest=guest, **ended)
        factories.GuestAdmissionFactory(guest=guest, **ended)
    same_link = factories.GuestFactory(link=guest.link)
    factories.GuestAdmissionFactory(guest=same_link)
    factories.GuestFactory(link=guest.link)
    over = factories.GuestLinkFactory(item=item, expires_at=now - timedelta(days=1))
    factories.GuestAdmissionFactory(guest__link=over)
    removed = factories.GuestAdmissionFactory(guest__link__item=item)
    factories.BlockFactory(item=item, email=removed.guest.email)
    factories.GuestAdmissionFactory()
    assert beside_register(item, item.owner, now).inside == 2


@pytest.mark.postgres
def test_to_count_the_guests_inside_nobody_reads_those_of_other_items(item):
    factories.GuestAdmissionFactory(guest__link__item=item)
    for link in factories.GuestLinkFactory.create_batch(10):
        guests = Guest.objects.bulk_create(
            Guest(link=link, email=f"guest{number}@example.org") for number in range(500)
        )
        GuestAdmission.objects.bulk_create(GuestAdmission(guest=one) for one in guests)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = MediaItem.objects.filter(pk=item.pk).values_list(number_inside(item.pk, timezone.now()))
    [plan] = json.loads(asked.explain(format="json", analyze=True))
    assert _most_read(plan["Plan"]) < 20


def _most_read(plan):
    """Rows that one step of the plan looks at, over all its turns."""
    looked_at = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return max([looked_at * plan["Actual Loops"], *map(_most_read, plan.get("Plans", []))])
