"""The guests of an item: found, selected, acted on together, taken away as a file, last seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.blocks.models import Block
from access.guests.acts import ACTS
from access.guests.models import Guest, GuestAdmission
from access.guests.services.guests import erase_guest
from media_items.selections import MOST_AT_ONCE
from tests import factories
from tests.access.register.test_exports import csv_rows, xlsx_cells
from tests.factories import BlockFactory
from tests.live_factories import ParticipantFactory
from tests.reading import text_of, text_of_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


@pytest.fixture
def url(item):
    return lambda name, *args: reverse(f"access:{name}", args=[item.public_id, *args])


@pytest.fixture
def three(link):
    """Three guests who have access."""
    return [guest_of(link, f"P{n}") for n in range(3)]


def guest_of(link, name, **fields):
    guest = factories.GuestFactory(
        link=link, name=name, email=f"{name.lower()}@example.org", **fields
    )
    factories.GuestAdmissionFactory(guest=guest, name=name)
    link.places_taken += 1
    link.save()
    return guest


def act(host, url, guests, key, **fields):
    pks = [guest.pk for guest in guests]
    return host.post(url("guests_act"), {"act": key, "pk": pks, **fields})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def inside():
    rows = GuestAdmission.objects.in_force(timezone.now())
    return set(rows.values_list("guest__name", flat=True))


# --- many at once ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ACTS)
def test_an_act_on_many_asks_first_and_counts_them(host, url, three, key):
    for guest in three if key == "let_back" else ():
        Guest.objects.filter(pk=guest.pk).update(removed_at=timezone.now())
    before = list(Guest.objects.order_by("pk").values())
    page = text_of_page(act(host, url, three, key))
    assert "3 guests" in page
    assert all(f"p{n}@example.org" in page for n in range(3))
    assert list(Guest.objects.order_by("pk").values()) == before
    assert not AccessEvent.objects.exists()


def test_access_is_ended_and_the_place_is_kept(host, url, link, three, owner):
    response = act(host, url, three[:2], "end", sure="yes")
    assert said(response) == ["The access of 2 guests was ended."]
    assert inside() == {"P2"}
    link.refresh_from_db()
    assert link.places_taken == 3
    events = AccessEvent.objects.filter(act=Act.GUESTS_ENDED, actor=owner)
    assert {event.guest for event in events} == set(three[:2])
    again = act(host, url, three[:1], "end", sure="yes")
    assert again.status_code == 422
    assert "They have no access now." in text_of(again)


def test_many_are_removed_and_undone_together(host, url, link):
    guests = [guest_of(link, f"P{n}") for n in range(7)]
    # The line that offers to undo it says it.
    assert said(act(host, url, guests, "remove", sure="yes")) == []
    assert inside() == set()
    page = text_of_page(host.get(url("guests")))
    named = ", ".join(f"<bdi>P{n}</bdi>" for n in (6, 5, 4))
    assert f"{named} and 4 more guests were removed." in page
    response = act(host, url, guests, "let_back", sure="yes")
    assert said(response) == ["You let 7 guests back in."]
    assert len(inside()) == 7
    link.refresh_from_db()
    assert link.places_taken == 7


def test_few_who_were_removed_by_one_press_have_one_line_and_one_undo(host, url, three):
    act(host, url, three[:2], "remove", sure="yes")
    page = text_of_page(host.get(url("guests")))
    names = ", ".join(f"<bdi>{one.name}</bdi>" for one in reversed(three[:2]))
    assert f"{names} were removed." in page
    assert page.count('name="act" value="let_back"') == 1
    response = act(host, url, three[:2], "let_back", sure="yes")
    assert said(response) == ["You let 2 guests back in."]


def test_those_removed_one_by_one_are_undone_one_by_one(host, url, three):
    for n, guest in enumerate(three[:2]):
        host.post(url("remove_guest", guest.pk))
        moment = timezone.now() - timedelta(seconds=10 * n)
        type(guest).objects.filter(pk=guest.pk).update(removed_at=moment)
    page = text_of_page(host.get(url("guests")))
    for guest in three[:2]:
        assert f"<bdi>{guest.name}</bdi> was removed." in page


def test_the_line_says_who_was_blocked_and_who_was_only_removed(host, url, three):
    act(host, url, three[:1], "remove", sure="yes")
    act(host, url, three[1:], "block", sure="yes")
    page = text_of_page(host.get(url("guests")))
    assert "<bdi>P2</bdi>, <bdi>P1</bdi> were removed and blocked." in page
    assert "<bdi>P0</bdi> was removed." in page


def test_many_are_blocked_and_let_back_in(host, url, three):
    act(host, url, three[:1], "remove", sure="yes")
    assert said(act(host, url, three, "block", sure="yes")) == [
        "3 guests were removed and blocked."
    ]
    assert Block.objects.in_force().count() == 3
    page = text_of_page(host.get(url("guests")))
    assert page.count("Blocked") >= 3
    assert "<bdi>P2</bdi>, <bdi>P1</bdi>, <bdi>P0</bdi> were removed and blocked." in page
    act(host, url, three, "let_back", sure="yes")
    assert not Block.objects.in_force().exists()
    assert len(inside()) == 3


def test_many_let_back_twice_keep_the_blocks_that_were_made_in_a_session(host, url, item, three):
    """The question says of whom a block is lifted: of those who were not removed."""
    first = ParticipantFactory(session__item=item)
    people = [first, ParticipantFactory(session=first.session)]
    for one, row in zip(three, people, strict=False):
        BlockFactory(item=item, email=one.email, participant=row)
    act(host, url, three[:1], "remove", sure="yes")
    question = text_of(act(host, url, three[:2], "let_back"))
    assert question.count('name="unblock"') == 1
    for _press in range(2):
        act(host, url, three[:2], "let_back", sure="yes", unblock=[three[1].pk])
    kept, lifted = Block.objects.order_by("pk")
    assert (kept.lifted_at is None, lifted.lifted_at is None) == (True, False)


def test_what_does_not_fit_one_is_done_for_the_others_and_said(host, url, link, three):
    act(host, url, three[:1], "remove", sure="yes")
    assert "People to whom this applies: 2 of 3" in text_of_page(act(host, url, three, "remove"))
    response = act(host, url, three, "remove", sure="yes")
    assert said(response) == ["Not changed: P0. They have been removed already."]
    link.places = 2
    link.places_taken = 1
    link.save()
    response = act(host, url, three, "let_back", sure="yes")
    assert "You let 1 guest back in." in said(response)
    assert "Not changed: P1, P2. All places" in " ".join(said(response))


def test_all_that_the_filter_finds_are_selected_on_every_page(host, url, item, link):
    other = factories.GuestLinkFactory(item=item, name="Parents")
    Guest.objects.bulk_create(
        factories.GuestFactory.build(link=link, name=f"G{n:03}", email=f"g{n}@example.org")
        for n in range(60)
    )
    alone = guest_of(other, "Alone")
    page = text_of_page(host.get(url("guests"), {"link": link.pk, "sort": "name"}))
    assert "Select all 60" in page
    fields = {"everything": "yes", "filter": f"link={link.pk}"}
    asked = host.post(url("guests_act"), {"act": "remove", **fields})
    assert "60 guests, on all pages of this list" in text_of_page(asked)
    late = guest_of(link, "Late")
    keys = asked.context["selection"].keys
    host.post(url("guests_act"), {"act": "remove", "pk": keys, "sure": "yes", **fields})
    assert set(Guest.objects.filter(removed_at=None)) == {alone, late}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"act": "remove"}, "Nobody is selected"),
        ({"act": "remove", "pk": range(1, MOST_AT_ONCE + 2)}, "up to 500 people"),
        ({"act": ""}, "Choose what to do"),
    ],
)
def test_a_selection_that_says_nothing_is_answered_kindly(host, url, fields, words):
    response = host.post(url("guests_act"), fields)
    assert response.status_code == 422
    assert words in text_of(response)


def test_a_guest_of_another_item_is_not_reached(host, url, three):
    foreign = factories.GuestFactory()
    assert act(host, url, [*three, foreign], "remove", sure="yes").status_code == 404
    assert not Guest.objects.filter(removed_at__isnull=False).exists()


def test_nothing_is_done_to_somebody_erased(host, url, three, owner):
    erase_guest(guest=three[0], by=owner)
    page = text_of_page(host.get(url("guests")))
    assert f'name="pk" value="{three[1].pk}"' in page
    assert f'name="pk" value="{three[0].pk}"' not in page
    act(host, url, three, "remove", sure="yes")
    assert not Guest.objects.get(pk=three[0].pk).removed_at


# --- the list as a file ---------------------------------------------------------------------------


def test_the_file_holds_what_the_list_shows(host, url, item, link, three, owner):
    other = factories.GuestLinkFactory(item=item, name="Parents")
    guest_of(other, "=Evil")
    act(host, url, three[:1], "remove", sure="yes")
    erase_guest(guest=three[1], by=owner)
    moment = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    Guest.objects.filter(pk=three[2].pk).update(joined_at=moment)
    GuestAdmission.objects.filter(guest=three[2]).update(last_seen_at=moment)
    host.cookies["foyer_zone"] = "Europe/Berlin"
    response = host.get(url("guests_export", "csv"), {"link": link.pk, "sort": "name"})
    assert "no-store" in response["Cache-Control"]
    head, *rows = csv_rows(response)
    found = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert set(found) == {"P0", "Erased guest", "P2"}
    assert found["P2"] == {
        "Name": "P2",
        "Email": "p2@example.org",
        "Verification": "Not verified",
        "Link": "Webinar",
        "Status": "Has access",
        "Joined (Europe/Berlin)": "2026-07-01 12:00:00",
        "Last seen (Europe/Berlin)": "2026-07-01 12:00:00",
        "Removed (Europe/Berlin)": "",
    }
    assert found["P0"]["Status"] == "Removed"
    assert found["Erased guest"]["Email"] == ""
    cells = xlsx_cells(host.get(url("guests_export", "xlsx"), {"q": "evil"}))
    assert [row[0].value for row in cells] == ["Name", "'=Evil"]
    assert cells[1][5].is_date


def test_the_file_costs_the_same_queries_with_one_guest_and_with_eleven(
    host, url, link, django_assert_num_queries
):
    def fetch():
        b"".join(host.get(url("guests_export", "xlsx")).streaming_content)

    guest_of(link, "P0")
    fetch()
    with CaptureQueriesContext(connection) as one:
        fetch()
    for n in range(1, 11):
        guest_of(link, f"P{n}")
    with django_assert_num_queries(len(one)):
        fetch()


def test_the_page_costs_the_same_queries_with_one_guest_and_with_eleven(
    host, url, link, django_assert_num_queries
):
    guest_of(link, "P0")
    host.get(url("guests"))
    with CaptureQueriesContext(connection) as one:
        host.get(url("guests"))
    for n in range(1, 11):
        guest_of(link, f"P{n}")
    with django_assert_num_queries(len(one)):
        host.get(url("guests"))


# --- last seen ------------------------------------------------------------------------------------


def test_a_guest_is_seen_to_within_a_minute(host, url, item, admission, guest_client):
    before = timezone.now() - timedelta(seconds=50)
    GuestAdmission.objects.update(last_seen_at=before)
    guest_client.get(item.get_absolute_url())
    assert GuestAdmission.objects.get().last_seen_at == before
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        guest_client.get(item.get_absolute_url())
        assert GuestAdmission.objects.get().last_seen_at == timezone.now()
    seen_again = guest_of(admission.guest.link, "Grace")
    GuestAdmission.objects.filter(guest=seen_again).update(last_seen_at=before)
    page = host.get(url("guests"), {"sort": "seen"})
    assert [one.name for one in page.context["page_obj"]] == ["Ada Lovelace", "Grace"]
    assert "Last seen" in text_of_page(page)
    record = guest_client.get(url("guest_record"))
    assert "Last seen" in text_of_page(record)
