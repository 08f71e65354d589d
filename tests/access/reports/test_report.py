"""The report of a session as a host reads it, and for whom it is not there."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from access.guests.models import GuestAdmission
from access.guests.services.guests import erase_guest
from access.memberships.models import GalleryRole
from access.reports import people
from access.reports.rows import person_rows
from media_items.catalogue.models import Kind
from tests import factories
from tests.access.reports.conftest import TEN, at
from tests.live_factories import BackchannelMessageFactory, LiveSessionFactory, StayFactory
from tests.reading import words_of

pytestmark = pytest.mark.django_db

PAGES = ["session_report", "session_chat", "session_questions", "session_polls"]
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "formula": "=HYPERLINK(1)",
    "long": "Ada " + "x" * 200,
    "right to left": "محمد \u202ebad",
}


def names_on(response):
    return [row.name for row in response.context["rows"]]


def row_of(response, name):
    [row] = [row for row in response.context["rows"] if row.name == name]
    return row


# --- for whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_report_is_for_those_who_see_the_register(url, host, room, client_of, outsiders, name):
    assert host.get(url(name)).status_code == 200
    co_editor = factories.CoEditorFactory(item=room).user
    assert client_of(co_editor).get(url(name)).status_code == 200
    for who, (browser, status) in outsiders.items():
        assert browser.get(url(name)).status_code == status, who


@pytest.mark.parametrize("name", [*PAGES, "write_to_missed"])
def test_a_session_of_another_item_is_not_there(url, host, name, owner):
    foreign = LiveSessionFactory(item__owner=owner)
    assert host.get(url(name, of=foreign)).status_code == 404


def test_a_video_has_no_sessions(host, item):
    assert host.get(f"/media/{item.public_id}/sessions/").status_code == 404


def test_the_register_of_a_live_item_leads_to_its_sessions(host, room, item):
    address = f"/media/{room.public_id}/sessions/"
    assert address in host.get(f"/media/{room.public_id}/access/").content.decode()
    assert "/sessions/" not in host.get(f"/media/{item.public_id}/access/").content.decode()


# --- who came ---------------------------------------------------------------------------------


def test_a_guest_is_shown_with_link_times_and_how_sure_we_are(url, host, by_guest_link):
    by_guest_link((0, 10), (20, 45))
    response = host.get(url("session_report"))
    row = row_of(response, "Ada Lovelace")
    assert (row.email, row.role, row.how_sure) == ("ada@example.org", "Guest", "Not verified")
    assert row.by == "Guest link “Webinar”"
    assert (row.first_at, row.last_at) == (at(0), at(45))
    assert (row.time_in_words, row.stay_count) == ("35 min", 2)
    text = words_of(response)
    assert "35 min joined 2 times" in text
    assert "10:00 UTC – 10:45 UTC" in text


def test_an_invitee_is_shown_with_who_invited(url, host, invite, by_invitation, owner):
    by_invitation(invite("grace@example.org", accepted=True, role="speaker"), (0, 60))
    row = row_of(host.get(url("session_report")), "Grace Hopper")
    assert (row.by, row.role, row.how_sure) == (
        "Invited by Noa Levi",
        "Speaker",
        "Verified",
    )


def test_an_account_is_shown_by_its_invitation_its_gallery_or_itself(
    url, host, room, invite, by_account, owner
):
    invited, member, of_room = (factories.UserFactory() for _n in range(3))
    invite(invited.email, accepted=True, account=invited)
    published = factories.PublicationFactory(item=room, gallery__name="Biology 101")
    factories.GalleryMembershipFactory(gallery=published.gallery, user=member)
    own = factories.GalleryFactory(name="Channel of Noa")
    room.room_of = own
    room.save()
    factories.GalleryMembershipFactory(gallery=own, user=of_room, role=GalleryRole.MANAGER)
    for user in (invited, member, of_room):
        by_account(user, (0, 60))
    by_account(owner, (0, 60), role="owner")
    response = host.get(url("session_report"))
    found = {row.email: row.by for row in response.context["rows"]}
    assert found == {
        invited.email: "Invited by Noa Levi",
        member.email: "Gallery “Biology 101”",
        of_room.email: "Gallery “Channel of Noa”",
        owner.email: "Account",
    }
    assert row_of(response, "Noa Levi").how_sure == "Signed in"


def test_an_unverified_account_is_not_taken_for_the_person_invited(
    url, host, invite, by_account, stranger
):
    invite(stranger.email, accepted=True)
    by_account(stranger, (0, 10))
    [row] = host.get(url("session_report")).context["rows"]
    assert row.by == "Account"


def test_an_erased_guest_keeps_the_time_and_loses_name_and_address(
    url, host, by_guest_link, session
):
    from access.guests.models import Guest

    row = by_guest_link((0, 30))
    erase_guest(guest=Guest.objects.get(), by=None)
    session.participants.filter(pk=row.pk).update(name="", person="", erased_at=timezone.now())
    response = host.get(url("session_report"))
    shown = row_of(response, "Erased guest")
    assert (shown.email, shown.time_in_words, shown.by) == ("", "30 min", "Guest link “Webinar”")
    assert "ada@example.org" not in response.content.decode()
    assert "Lovelace" not in response.content.decode()


def test_a_browser_that_erased_its_record_is_not_found_by_the_address_of_the_others(
    url, host, by_guest_link, session
):
    link = factories.GuestLinkFactory(item=session.item, access_on=True)
    erased, kept = by_guest_link((0, 30), link=link), by_guest_link((0, 30), link=link)
    GuestAdmission.objects.filter(pk=int(erased.key.removeprefix("guest:"))).update(
        erased_at=timezone.now()
    )
    found = host.get(url("session_report"), {"q": "ada@example"}).context["rows"]
    assert [row.one.pk for row in found] == [kept.pk]


def test_two_browsers_of_one_address_are_two_lines_that_say_so(url, host, room, by_guest_link):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    by_guest_link((0, 30), link=link, name="Ada")
    by_guest_link((10, 40), link=link, name="Also Ada")
    by_guest_link((0, 5), link=link, name="Bob", email="bob@example.org")
    response = host.get(url("session_report"))
    assert [row.same_address for row in response.context["rows"]] == [True, False, True]
    assert response.context["came"] == 3
    assert "2 different email addresses" in words_of(response)


# --- at the door ------------------------------------------------------------------------------


def test_states_say_what_became_of_everybody(url, host, came):
    came("Ada", (0, 60))
    came("Rem", (0, 10), removed_at=at(10))
    came("Dec", (0, 1), admitted_at=None, declined_at=at(1))
    came("Wai", (0, 60), admitted_at=None)
    assert {row.name: row.state for row in host.get(url("session_report")).context["rows"]} == {
        "Ada": "Attended",
        "Rem": "Removed",
    }
    removed = host.get(url("session_report"), {"show": "removed"})
    assert {row.name: row.state for row in removed.context["rows"]} == {
        "Rem": "Removed",
        "Dec": "Not let in",
        "Wai": "Waited, not let in",
    }
    assert row_of(removed, "Wai").there_for == timedelta(0)


def test_access_that_ended_is_neither_a_removal_nor_still_being_there(
    url, host, room, came, by_guest_link, session
):
    """A guest whose link was deleted while it was going on, and somebody whose role was taken."""
    session.ended_at, session.end_reason = None, ""
    session.save()
    came("Here", (0, None))
    by_guest_link((0, None), name="Guest", right_ended_at=at(30))
    came("Member", (0, 30), key="account:1", right_ended_at=at(30))
    came("Both", (0, 30), right_ended_at=at(20), removed_at=at(30))
    came("Door", admitted_at=None, right_ended_at=at(3))
    rows = host.get(url("session_report")).context["rows"]
    seen = {row.name: (row.state, row.tone, row.is_here) for row in rows}
    assert seen == {
        "Here": ("Here now", "success", True),
        "Guest": ("Access ended", "neutral", False),
        "Member": ("Access ended", "neutral", False),
        "Both": ("Removed", "danger", False),
    }
    at_the_door = host.get(url("session_report"), {"show": "removed"})
    assert {row.name: row.state for row in at_the_door.context["rows"]} == {
        "Both": "Removed",
        "Door": "Access ended",
    }


def test_the_counts_are_the_lengths_of_their_lists(url, host, came, by_guest_link, invite):
    by_guest_link((0, 60))
    came("Rem", (0, 10), removed_at=at(10), key="account:1")
    came("Dec", (0, 1), admitted_at=None, declined_at=at(1))
    invite("missed@example.org")
    response = host.get(url("session_report"))
    counts = {key: count for key, _name, count in response.context["counts"]}
    assert counts == {"": 2, "missed": 1, "guests": 1, "removed": 2}
    for key, count in counts.items():
        shown = host.get(url("session_report"), {"show": key})
        assert len(shown.context["rows"]) == count, key


# --- finding ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lovelace", ["Ada Lovelace"]),
        ("ada@exam", ["Ada Lovelace"]),
        ("grace@", ["Grace Hopper"]),
        ("stranger@", ["Pat"]),
        ("hopper grace", ["Grace Hopper"]),
        ("hopper ada", []),
        ("\0", ["Ada Lovelace", "Grace Hopper", "Pat"]),
    ],
)
def test_people_are_found_by_name_and_by_the_address_the_doors_know(
    url, host, by_guest_link, by_invitation, by_account, invite, stranger, words, found
):
    stranger.last_name = ""
    stranger.save()
    by_guest_link((0, 30))
    by_invitation(invite("grace@example.org", accepted=True), (1, 30))
    by_account(stranger, (2, 30))
    assert names_on(host.get(url("session_report"), {"q": words})) == found


def test_an_address_at_another_item_finds_nobody_here(url, host, came):
    other = factories.GuestAdmissionFactory(guest__email="x@example.org")
    came("Someone", (0, 10), key=f"guest:{other.pk}")
    assert names_on(host.get(url("session_report"), {"q": "x@example.org"})) == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["Cleo", "Ada", "Bob"]),
        ("longest", ["Ada", "Bob", "Cleo"]),
        ("last", ["Bob", "Ada", "Cleo"]),
        ("name", ["Ada", "Bob", "Cleo"]),
        ("role", ["Bob", "Ada", "Cleo"]),
        ("nonsense", ["Cleo", "Ada", "Bob"]),
    ],
)
def test_people_are_sorted_as_asked(url, host, came, sort, order):
    came("Ada", (5, 50))
    came("Bob", (10, 30), (50, 60), level=2)
    came("Cleo", (0, 10))
    assert names_on(host.get(url("session_report"), {"sort": sort})) == order


def test_people_are_narrowed_by_role(url, host, came):
    came("Ada", (0, 10), role="speaker")
    came("Bob", (0, 10))
    assert names_on(host.get(url("session_report"), {"role": "speaker"})) == ["Ada"]
    assert "No results" in words_of(host.get(url("session_report"), {"role": "moderator"}))


def test_htmx_gets_the_list_without_picture_and_tabs(url, host, came):
    came("Ada", (0, 10))
    response = host.get(url("session_report"), headers={"HX-Request": "true"})
    body = response.content.decode()
    assert "Ada" in body
    assert "<svg viewBox" not in body
    assert "<html" not in body
    assert "HX-Request" in response["Vary"]


# --- while it is under way, and the picture ----------------------------------------------------


def test_while_it_is_under_way_the_report_shows_the_numbers_so_far(url, host, room, came):
    now = LiveSessionFactory(item=room, made_at=TEN, opened_at=TEN)
    came("Ada", (0, None), session=now)
    with time_machine.travel(at(20), tick=False):
        response = host.get(url("session_report", of=now))
    row = row_of(response, "Ada")
    assert (row.state, row.time_in_words) == ("Here now", "20 min")
    text = words_of(response)
    assert "numbers so far" in text
    assert "10:00 UTC – now" in text


def test_the_picture_has_a_name_a_description_and_a_table_of_the_same_numbers(url, host, came):
    came("Ada", (-10, 60))
    came("Bob", (30, 60))
    response = host.get(url("session_report"))
    body = response.content.decode()
    assert 'role="img" aria-labelledby="timeline-title timeline-desc"' in body
    assert "Peak attendance: 2 people" in words_of(response)
    assert "Opened at 10:00" in words_of(response)
    timeline = response.context["timeline"]
    assert body.count('data-label="Average attendance"') == len(timeline.buckets)
    assert timeline.area.startswith("M0 100 L0.0 ")
    assert "Bob" not in timeline.area


def test_a_short_picture_has_whole_people_and_no_time_twice(url, host, room, came):
    now = LiveSessionFactory(item=room, made_at=TEN, opened_at=TEN)
    came("Ada", (0.05, None), session=now)
    came("Bob", (0.3, None), session=now)
    with time_machine.travel(at(1.2), tick=False):
        response = host.get(url("session_report", of=now))
    timeline = response.context["timeline"]
    assert timeline.scale_hour == "seconds"
    assert any(bucket.average % 1 for bucket in timeline.buckets)
    heights = {float(part.split()[1]) for part in timeline.area.split("L")[1:]}
    assert heights <= {0, 50, 100}


def test_an_empty_session_says_so(url, host):
    text = words_of(host.get(url("session_report")))
    assert "Nobody to show here." in text
    assert "Email people who missed" not in text


# --- hostile words, and many people --------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_shown_as_text(url, host, came, name):
    came(name[:200], (0, 10))
    body = host.get(url("session_report")).content.decode()
    assert f'<span dir="auto">{escape(name[:200])}</span>' in body


def test_the_report_costs_the_same_queries_for_one_person_of_each_kind_and_for_eleven(
    url, host, session, by_guest_link, by_invitation, by_account, invite, came
):
    def some(n):
        by_guest_link((0, 30), (40, 50), email=f"guest{n}@example.org")
        by_invitation(invite(f"invited{n}@example.org", accepted=True), (1, 30))
        by_account(factories.UserFactory(), (2, 30))
        came("Declined", (0, 1), admitted_at=None, declined_at=at(1))
        invite(f"missed{n}@example.org")

    def queries(**query):
        with CaptureQueriesContext(connection) as captured:
            assert host.get(url("session_report"), query).status_code == 200
        return len(captured)

    some(0)
    shows = ({}, {"show": "missed"}, {"show": "removed"}, {"sort": "longest"}, {"q": "e"})
    few = [queries(**query) for query in shows]
    for n in range(1, 11):
        some(n)
    assert [queries(**query) for query in shows] == few
    assert max(few) <= 26


def test_pages_of_people_never_overlap(url, host, came):
    for n in range(people.PER_PAGE + 5):
        came(f"Person {n:03}", (0, 10))
    first = names_on(host.get(url("session_report"), {"sort": "longest"}))
    second = names_on(host.get(url("session_report"), {"sort": "longest", "page": 2}))
    assert len(first) == people.PER_PAGE
    assert len({*first, *second}) == people.PER_PAGE + 5


def test_a_row_asks_for_nothing_by_itself(session, by_guest_link, django_assert_num_queries):
    by_guest_link((0, 10))
    page = people.page_of_people(session.participants.order_by("pk"), 1, at(60))
    rows = person_rows(page.object_list, session)
    with django_assert_num_queries(0):
        for row in rows:
            assert all((row.state, row.by, row.email, row.time_in_words, row.how_sure))


@pytest.mark.parametrize("name", PAGES)
def test_no_page_says_a_word_of_the_backchannel(url, host, session, came, name):
    author = came("Sam", (0, 60))
    BackchannelMessageFactory(author=author, text="Shall we end now?")
    assert "Shall we end" not in host.get(url(name)).content.decode()


# --- the sessions -------------------------------------------------------------------------------


def test_sessions_are_listed_newest_first_with_how_many_came_and_how_long(
    host, room, session, came
):
    came("Ada", (0, 60))
    came("Bob", (0, 10))
    came("Out", (0, 10), admitted_at=None)
    LiveSessionFactory(item=room, made_at=at(600), ended_at=at(610), end_reason="never_opened")
    response = host.get(f"/media/{room.public_id}/sessions/")
    newest, oldest = response.context["rows"]
    assert (newest.length, newest.came, newest.peak) == (None, 0, 0)
    assert (oldest.length_in_words, oldest.came, oldest.peak) == ("1 h", 2, 2)
    text = words_of(response)
    assert "Never opened" in text
    assert "Ended by the host" in text


def test_the_list_of_sessions_is_for_those_who_see_the_register(host, room, outsiders):
    address = f"/media/{room.public_id}/sessions/"
    assert host.get(address).status_code == 200
    for who, (browser, status) in outsiders.items():
        assert browser.get(address).status_code == status, who


def test_a_room_that_never_sat_says_so(client_of, owner):
    event = factories.MediaItemFactory(owner=owner, kind=Kind.LIVE_EVENT)
    text = words_of(client_of(owner).get(f"/media/{event.public_id}/sessions/"))
    assert "There have been no sessions yet" in text


def test_eleven_sessions_cost_as_many_queries_as_one(host, room, came, session):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            host.get(f"/media/{room.public_id}/sessions/")
        return len(captured)

    came("Ada", (0, 60))
    few = queries()
    for n in range(10):
        other = LiveSessionFactory(
            item=room, made_at=at(100 + n), ended_at=at(200), end_reason="by_host"
        )
        StayFactory(participant=came("Bob", (100, 120), session=other), came_at=at(130))
    assert queries() == few


@pytest.mark.parametrize("name", PAGES)
def test_hours_are_told_by_the_readers_clock(url, host, room, came, session, name):
    came("Ada Lovelace")
    room.starts_at, room.time_zone = TEN, "Asia/Jerusalem"
    room.save()
    began_at = session.opened_at or session.made_at
    assert f"{began_at:%H:%M}" in words_of(host.get(url(name)))
    host.cookies["foyer_zone"] = "Asia/Kathmandu"
    there = timezone.localtime(began_at, ZoneInfo("Asia/Kathmandu"))
    page = words_of(host.get(url(name)))
    assert f"{there:%H:%M}" in page
    assert f"{began_at:%H:%M}" not in page
    # The next page of somebody else is not told by this clock.
    assert timezone.get_current_timezone_name() == "UTC"
