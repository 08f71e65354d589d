"""From the media page to the session: what each page says, and to whom it opens."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from media_items.catalogue.models import Kind, State
from media_items.live.sessions import admitting, services, upkeep
from media_items.live.sessions.models import (
    EndReason,
    LiveSession,
    LiveSettings,
    Participant,
    SessionState,
    Stay,
)
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def at(minutes):
    return time_machine.travel(START + timedelta(minutes=minutes), tick=False)


def url(item, end=""):
    return f"/media/{item.public_id}/session/{end}"


def see(browser, address):
    return browser.get(address, follow=True).content.decode()


@pytest.fixture
def lecture(owner):
    """A live event at START, for an hour."""
    return factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        title="Open lecture",
        starts_at=START,
        ends_at=START + timedelta(hours=1),
    )


@pytest.fixture
def viewer(lecture):
    """The browser of somebody invited to `lecture`; made inside the travel, sessions expire."""

    def make():
        proof = factories.InvitationProofFactory(invitation__item=lecture)
        return client_with_proofs(proof)

    return make


# --- what the item's page says ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(-16, "scheduled"), (-15, "lobby"), (0, "lobby"), (59, "lobby"), (60, "ended")],
)
def test_without_a_session_the_schedule_speaks(lecture, minutes, state):
    moment = START + timedelta(minutes=minutes)
    assert services.state_of(lecture, None, LiveSettings(item=lecture), moment) == state


def test_early_entrance_moves_the_opening_of_the_lobby(lecture):
    live = LiveSettings(item=lecture, early_entrance_minutes=0)
    assert services.lobby_opens_at(lecture, live) == START
    before = START - timedelta(minutes=1)
    assert services.state_of(lecture, None, live, before) == SessionState.SCHEDULED


def test_an_event_that_ended_has_ended_before_its_time_is_over(lecture):
    moment = START + timedelta(minutes=30)
    ended = LiveSession(item=lecture, ended_at=moment, end_reason=EndReason.BY_HOST)
    state = services.state_of(lecture, ended, LiveSettings(item=lecture), moment)
    assert state == SessionState.ENDED


def test_a_rehearsal_the_day_before_is_not_the_event(lecture):
    ended = LiveSession(
        item=lecture, ended_at=START - timedelta(days=1), end_reason=EndReason.BY_HOST
    )
    live = LiveSettings(item=lecture)
    assert services.state_of(lecture, ended, live, START) == SessionState.LOBBY
    earlier = START - timedelta(hours=2)
    assert services.state_of(lecture, ended, live, earlier) == SessionState.SCHEDULED


def test_a_lobby_that_nobody_opened_does_not_end_the_event(lecture):
    ended = LiveSession(item=lecture, ended_at=START, end_reason=EndReason.NEVER_OPENED)
    live = LiveSettings(item=lecture)
    assert services.state_of(lecture, ended, live, START) == SessionState.LOBBY


def test_a_room_without_a_time_sits_again_and_again(room):
    ended = LiveSession(item=room, ended_at=START, end_reason=EndReason.BY_HOST)
    state = services.state_of(room, ended, LiveSettings(item=room), START)
    assert state == SessionState.LOBBY


# --- the media page leads in --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "button"),
    [(-60, None), (-10, "Enter the lobby"), (90, None)],
)
def test_the_media_page_of_a_viewer_has_one_way_in_or_none(lecture, viewer, minutes, button):
    with at(minutes):
        html = see(viewer(), lecture.get_absolute_url())
    for one in ("Enter the lobby", "Join the session", "Open the session", "Open again"):
        assert (one in html) == (one == button)


def test_a_live_session_is_joined_from_the_media_page(lecture, viewer):
    with at(5):
        services.open_session(item=lecture)
        browser = viewer()
        assert "Join the session" in see(browser, lecture.get_absolute_url())
        answer = browser.post(url(lecture, "enter/"), follow=True)
    assert answer.redirect_chain[-1][0] == url(lecture, "chat/")


def test_the_host_opens_it_from_the_media_page(client_of, owner, lecture):
    with at(-60):
        browser = client_of(owner)
        assert "Open the session" in see(browser, lecture.get_absolute_url())
        answer = browser.post(url(lecture, "open/"), follow=True)
    assert answer.redirect_chain[-1][0] == url(lecture, "chat/")
    assert LiveSession.objects.get().is_live


def test_in_a_frame_of_another_site_the_way_in_is_a_link(lecture):
    lecture.state = State.UNLISTED
    lecture.save()
    with at(5):
        html = see(Client(), f"/media/{lecture.public_id}/embed/")
    assert f'href="{url(lecture)}"' in html
    assert "<form" not in html


def test_the_settings_are_in_the_menu_of_live_kinds_only(client_of, owner, room, item):
    browser = client_of(owner)
    assert "Session settings" in see(browser, room.get_absolute_url())
    assert "Session settings" not in see(browser, item.get_absolute_url())


# --- the entrance -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "has_waiting_room", "said"),
    [
        (-60, False, "Stay on this page. You’ll be let in automatically when it opens."),
        (-60, True, "Stay on this page. When it opens, the host lets people in one by one."),
        (-3 * 24 * 60, False, "Come back then, the same way as now."),
        (-3 * 24 * 60, True, "Come back then, the same way as now."),
    ],
)
def test_only_who_comes_shortly_before_is_asked_to_stay(
    lecture, viewer, minutes, has_waiting_room, said
):
    LiveSettings.objects.create(item=lecture, waiting_room=has_waiting_room)
    with at(minutes):
        browser = viewer()
        browser.post(url(lecture, "enter/"))
        html = see(browser, url(lecture))
    assert said in html
    assert html.count("be let in automatically") == (
        said.startswith("Stay") and not has_waiting_room
    )
    assert "data-waits-for" in html
    assert "Add to calendar" in html


def test_a_lobby_with_a_waiting_room_promises_nothing_else(lecture, viewer):
    LiveSettings.objects.create(item=lecture, waiting_room=True)
    with at(-10):
        html = see(viewer(), url(lecture))
    assert "The host lets people in one by one." in html
    assert "be let in automatically" not in html


def test_before_the_lobby_opens_the_entrance_counts_down_and_lets_nobody_in(lecture, viewer):
    with at(-60):
        browser = viewer()
        html = see(browser, url(lecture))
        assert "The lobby is not open yet" in html
        assert "data-countdown data-reload" in html
        assert "data-waits-for" in html
        assert "data-enter" not in html
        html = browser.post(url(lecture, "enter/"), follow=True).content.decode()
    assert "Stay on this page. You’ll be let in automatically when it opens." in html
    assert not LiveSession.objects.exists()


def test_the_entrance_looks_again_when_the_lobby_has_opened(lecture, viewer):
    with at(-16):
        browser = viewer()
        address = url(lecture, "top/?entrance=scheduled")
        assert "HX-Refresh" not in browser.get(address)
    with at(-15):
        assert browser.get(address)["HX-Refresh"] == "true"
        assert "data-enter=" in see(browser, url(lecture))


def test_the_entrance_looks_again_when_the_host_opens_early(lecture, viewer):
    with at(-60):
        browser = viewer()
        services.open_session(item=lecture)
        assert browser.get(url(lecture, "top/?entrance=scheduled"))["HX-Refresh"] == "true"


def test_a_passer_by_is_told_how_to_take_part(lecture):
    lecture.state = State.UNLISTED
    lecture.save()
    with at(5):
        for address in (lecture.get_absolute_url(), url(lecture)):
            html = see(Client(), address)
            assert "To take part, sign in, or ask the host" in html
            assert f"/accounts/sign-in/?next={url(lecture)}" in html
            assert "Enter the lobby" not in html
        Client().post(url(lecture, "enter/"))
    assert not LiveSession.objects.exists()


def test_the_entrance_names_the_session_its_host_and_its_times(lecture, viewer):
    lecture.description = "About cells."
    lecture.time_zone = "Asia/Jerusalem"
    lecture.save()
    with at(-60):
        html = see(viewer(), url(lecture))
    for words in ("Open lecture", "Noa Levi", "About cells.", "12:00 UTC", "event time: 14:00"):
        assert words in html
    assert html.count('class="event-time"') == 1
    assert "Opens on <time" in html


# --- the lobby ----------------------------------------------------------------------------------


def test_in_the_lobby_one_is_inside_and_waits_for_the_host(lecture, viewer):
    with at(-10):
        browser = viewer()
        html = browser.post(url(lecture, "enter/"), follow=True).content.decode()
        assert "The host will open the session" in html
        top = url(lecture, "top/?inside=lobby")
        assert "HX-Refresh" not in browser.get(top)
        services.open_session(item=lecture)
        assert browser.get(top)["HX-Refresh"] == "true"
        assert "The host will open the session" not in see(browser, url(lecture))
    assert LiveSession.objects.count() == 1


def test_the_lobby_names_the_zones_and_says_when_its_time_is_past(lecture, viewer):
    lecture.time_zone = "Asia/Jerusalem"
    lecture.save()
    with at(-10):
        browser = viewer()
        early = browser.post(url(lecture, "enter/"), follow=True).content.decode()
        assert 'data-event-zone="Asia/Jerusalem"' in early
        assert "12:00 UTC</time>" in early
        assert "(event time: 14:00 UTC+2)" in early
        assert "Starts on <time" in early
    with at(5):
        late = see(browser, url(lecture, "chat/"))
        assert "The start was planned for <time" in late
        assert "The host has not opened the session yet" in late


# --- after the end ------------------------------------------------------------------------------


def test_after_the_end_everybody_lands_on_the_page_that_says_so(host, invite, room, session):
    viewer = invite("viewer")
    host.post(url(room, "end/"))
    for browser in (host, viewer):
        assert browser.get(url(room, "top/?inside=live"))["HX-Refresh"] == "true"
        answer = browser.get(url(room, "chat/"), follow=True)
        assert answer.redirect_chain == [(url(room), 302)]
        assert "has ended" in answer.content.decode()


def test_ending_leads_the_host_to_the_entrance_and_closes_every_stay(host, room, session):
    answer = host.post(url(room, "end/"), follow=True)
    assert answer.redirect_chain[-1][0] == url(room)
    assert not Stay.objects.filter(left_at=None).exists()


def test_only_those_who_run_it_can_open_an_ended_event_again(client_of, owner, lecture, viewer):
    with at(5):
        first = services.open_session(item=lecture)
        services.end_session(session=first)
        browser = viewer()
        html = see(browser, url(lecture))
        assert "This session has ended" in html
        assert "Open again" not in html
        assert "data-enter" not in html
        browser.post(url(lecture, "enter/"))
        assert LiveSession.objects.count() == 1
        hosts = client_of(owner)
        assert "Open again" in see(hosts, url(lecture))
        hosts.post(url(lecture, "open/"))
        assert "Join the session" in see(browser, url(lecture))
    assert LiveSession.objects.count() == 2


def test_a_room_that_opens_again_is_a_new_session_with_nobody_in_it(host, room, session):
    host.post(url(room, "end/"))
    host.post(url(room, "open/"))
    again = services.session_of(room)
    assert again.pk != session.pk
    assert again.is_live
    assert again.participants.count() == 1
    assert session.participants.count() == 1


# --- waiting, declined, removed -----------------------------------------------------------------


def test_who_waits_is_told_so_and_never_who_else_is_there(host, invite, room, session):
    services.lock_session(session=session)
    name_of_host = Participant.objects.get().name
    html = see(invite("viewer"), url(room))
    assert "Waiting for the host to let you in" in html
    assert "The session is locked" in html
    side = html.split("<main")[1]
    assert name_of_host not in side
    assert "people are here" not in side


def test_who_waits_reads_that_a_host_sees_them_only_while_one_does(
    host, room, session, let_guest_in
):
    guest = let_guest_in(waiting_room=True)
    assert "The host can see that you are waiting." in see(guest, url(room))
    assert "HX-Refresh" not in guest.get(url(room, "top/?waiting=seen"))
    host.post(url(room, "leave/"))
    assert guest.get(url(room, "top/?waiting=seen"))["HX-Refresh"] == "true"
    page = see(guest, url(room))
    assert "No host is in the session right now." in page
    assert "The host can see that you are waiting." not in page
    assert "top/?waiting=unseen" in page


def test_without_script_the_page_that_waits_counts_as_waiting(let_guest_in, room, session):
    page = see(let_guest_in(waiting_room=True), url(room))
    [seconds] = re.findall(r'<noscript><meta http-equiv="refresh" content="(\d+)">', page)
    assert timedelta(seconds=3 * int(seconds)) <= upkeep.SILENCE


def test_who_waits_is_in_by_themself_once_admitted(host, room, session, let_guest_in):
    guest = let_guest_in(waiting_room=True)
    top = url(room, "top/?waiting=seen")
    assert "HX-Refresh" not in guest.get(top)
    me, by = (
        Participant.objects.get(admitted_at=None),
        Participant.objects.exclude(admitted_at=None).get(),
    )
    admitting.admit(session=session, participant_id=me.pk, by=by)
    assert guest.get(top)["HX-Refresh"] == "true"
    assert guest.get(url(room))["Location"] == url(room, "chat/")


def test_who_is_declined_is_told_kindly_and_can_still_be_let_in(host, room, session, let_guest_in):
    guest = let_guest_in(waiting_room=True)
    by = Participant.objects.exclude(admitted_at=None).get()
    me = Participant.objects.get(admitted_at=None)
    admitting.decline(session=session, participant_id=me.pk)
    html = see(guest, url(room))
    assert "The host declined your request to join" in html
    assert "data-enter" not in html
    guest.post(url(room, "enter/"))
    assert not Stay.objects.filter(participant=me, left_at=None).exists()
    assert "HX-Refresh" not in guest.get(url(room, "top/?entrance=declined"))
    admitting.admit(session=session, participant_id=me.pk, by=by)
    assert guest.get(url(room, "top/?entrance=declined"))["HX-Refresh"] == "true"
    assert guest.get(url(room))["Location"] == url(room, "chat/")


def test_who_was_removed_is_told_so_in_a_second_browser_too(host, invite, room, session):
    first = invite("viewer", invitation__email="ada@example.org")
    me = Participant.objects.exclude(level=3).get()
    Participant.objects.filter(pk=me.pk).update(removed_at=session.opened_at)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    second = client_with_admissions(
        factories.GuestAdmissionFactory(guest__link=link, guest__email="ada@example.org")
    )
    for browser in (first, second):
        assert "The host has removed you" in see(browser, url(room))
        browser.post(url(room, "enter/"))
    assert Participant.objects.filter(person=me.person).count() == 1


@pytest.mark.parametrize("page", ["entrance", "doorway"])
def test_a_page_that_waits_hears_that_the_event_has_moved(lecture, viewer, page):
    with at(-60):
        browser = viewer()
        mark = services.planned_for(lecture, services.settings_of(lecture))
        address = url(lecture, f"top/?{page}=scheduled&planned={mark}")
        shown = browser.get(url(lecture) if page == "entrance" else lecture.get_absolute_url())
        assert escape(address) in shown.text
        assert "HX-Refresh" not in browser.get(address)
        lecture.starts_at += timedelta(minutes=30)
        lecture.save()
        assert browser.get(address)["HX-Refresh"] == "true"


def test_an_open_page_hears_that_its_lobby_opens_at_another_time(lecture, viewer):
    with at(-60):
        browser = viewer()
        mark = services.planned_for(lecture, services.settings_of(lecture))
        for page, shown in (("entrance", url(lecture)), ("doorway", lecture.get_absolute_url())):
            address = url(lecture, f"top/?{page}=scheduled&planned={mark}")
            assert escape(address) in browser.get(shown).text
            assert "HX-Refresh" not in browser.get(address)
        LiveSettings.objects.create(item=lecture, early_entrance_minutes=30)
        for page in ("entrance", "doorway"):
            address = url(lecture, f"top/?{page}=scheduled&planned={mark}")
            assert browser.get(address)["HX-Refresh"] == "true"


@pytest.mark.parametrize("closes", ["waiting room", "lock"])
def test_no_page_promises_to_let_in_by_itself_whom_the_host_lets_in(lecture, viewer, closes):
    if closes == "waiting room":
        LiveSettings.objects.create(item=lecture, waiting_room=True)
    with at(-10):
        if closes == "lock":
            services.lock_session(session=services.session_for_entering(lecture))
        browser = viewer()
        for page in (url(lecture), lecture.get_absolute_url()):
            html = see(browser, page)
            assert "The host lets people in one by one." in html
            assert "be let in automatically" not in html


def test_after_a_rehearsal_every_page_says_when_the_event_itself_was_over(lecture, viewer):
    with at(-4 * 24 * 60):
        session = services.open_session(item=lecture)
        browser = viewer()
        key = browser.get(url(lecture)).context["identity"].key
        came = session.participants.create(key=key, person="", admitted_at=START)
        assert came.is_inside
        services.end_session(session=session)
    with at(90):
        browser = viewer()
        LiveSession.objects.get().participants.update(
            key=browser.get(url(lecture)).context["identity"].key
        )
        for page in (url(lecture), url(lecture, "left/"), lecture.get_absolute_url()):
            html = see(browser, page)
            said = html.partition("The session ended on")[2].partition("</p>")[0]
            assert f'datetime="{lecture.ends_at.isoformat()}"' in said, page
            assert "Thank you for coming" not in html


def test_the_entrance_asks_again_and_again_and_not_whether_somebody_came(
    lecture, viewer, django_assert_num_queries
):
    with at(10):
        services.end_session(session=services.open_session(item=lecture))
        browser = viewer()
        assert "The session ended on" in see(browser, url(lecture))
        with django_assert_num_queries(4):  # browser, item, invitation, newest session and settings
            assert "HX-Refresh" not in browser.get(url(lecture, "top/?entrance=ended"))
