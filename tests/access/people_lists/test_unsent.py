"""A list that was read and not sent is found again by whoever brought it, or discarded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.people_lists.models import Batch
from access.people_lists.parsing import read_people
from access.people_lists.services import correcting, inviting
from tests import factories
from tests.reading import text_of_page

pytestmark = pytest.mark.django_db

UNSENT = "You have a list of 2 people that isn’t sent yet."


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


@pytest.fixture
def unsent(item, owner):
    people = read_people("ada@example.org\nbob@example.org")
    return correcting.create_batch(item=item, people=people, role="viewer", by=owner)


def url(name, item, *args):
    return reverse(f"access:{name}", args=[item.public_id, *args])


@pytest.fixture(params=["create_batch", "register"])
def place(request, item):
    return url(request.param, item)


def test_a_list_that_is_not_sent_leads_back_to_itself(host, item, unsent, place):
    page = text_of_page(host.get(place))
    assert UNSENT in page
    assert url("batch", item, unsent.pk) in page


def test_a_list_that_is_sent_or_old_or_empty_is_not_offered(host, unsent, place):
    inviting.start(batch=unsent)
    assert UNSENT not in text_of_page(host.get(place))
    Batch.objects.update(started_at=None, made_at=timezone.now() - timedelta(days=8))
    assert UNSENT not in text_of_page(host.get(place))
    Batch.objects.update(made_at=timezone.now())
    assert UNSENT in text_of_page(host.get(place))
    unsent.lines.all().delete()
    assert "isn’t sent yet" not in text_of_page(host.get(place))


def test_nobody_else_is_offered_it(client_of, co_editor, unsent, place):
    assert "isn’t sent yet" not in text_of_page(client_of(co_editor).get(place))


def test_neither_is_it_offered_on_another_item(host, owner, unsent):
    other = factories.MediaItemFactory(owner=owner)
    for name in ("create_batch", "register"):
        assert "isn’t sent yet" not in text_of_page(host.get(url(name, other)))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_it_is_discarded_with_all_its_lines(host, item, unsent, headers):
    address = url("discard_batch", item, unsent.pk)
    assert host.get(address).status_code == 405
    answer = host.post(address, headers=headers)
    assert answer.status_code == (200 if headers else 302)
    assert "isn’t sent yet" not in answer.text
    assert not Batch.objects.exists()
    again = host.post(address, headers=headers)
    assert again.status_code == answer.status_code  # twice is once


def test_it_swaps_the_part_in_which_it_was_pressed(host, unsent, place):
    page = host.get(place).text
    assert 'id="unsent-lists"' not in page
    assert 'hx-target="closest .unsent-lists"' in page


def test_nobody_elses_list_is_discarded(client_of, co_editor, item, unsent):
    answer = client_of(co_editor).post(url("discard_batch", item, unsent.pk))
    assert answer.status_code == 404
    assert Batch.objects.exists()


def test_a_list_that_is_being_sent_is_not_discarded(host, item, unsent):
    inviting.start(batch=unsent)
    host.post(url("discard_batch", item, unsent.pk))
    assert Batch.objects.exists()


def test_after_inviting_there_is_a_way_on(host, item, unsent):
    inviting.start(batch=unsent)
    inviting.make_batch.func(unsent.pk)
    page = text_of_page(host.get(url("batch", item, unsent.pk)))
    assert "Done" in page
    assert url("register", item) in page
