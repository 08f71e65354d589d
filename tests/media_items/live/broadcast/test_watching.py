"""The picture reaches whoever may see it, and nobody else, by one door."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from access.invitations.models import InvitationRole
from media_items.catalogue.models import State
from media_items.live.broadcast import folders, services
from media_items.live.broadcast.models import Broadcast
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Participant
from tests import factories
from tests.conftest import client_with_admissions

pytestmark = pytest.mark.django_db
NAMES = ["live.m3u8", "000000.ts"]


@pytest.fixture
def broadcast(me):
    services.start_run(me=me, mime_type="video/webm")
    made = Broadcast.objects.select_related("session__item").get()
    folder = folders.ensure_folder(folders.hls_folder(made))
    (folder / "live.m3u8").write_text("#EXTM3U\n")
    (folder / "000000.ts").write_bytes(b"picture")
    (folder / "live.m3u8.tmp").write_bytes(b"unfinished")
    return made


@pytest.fixture
def address(event, broadcast):
    base = f"/media/{event.public_id}/session/broadcast/files/{broadcast.pk}/"
    return lambda name: base + name


@pytest.mark.parametrize("name", NAMES)
def test_whoever_is_inside_gets_the_picture(invite, event, address, name):
    answer = invite(InvitationRole.VIEWER, item=event).get(address(name))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Type"] == (
        "application/vnd.apple.mpegurl" if name == "live.m3u8" else "video/mp2t"
    )
    assert b"".join(answer) == (b"#EXTM3U\n" if name == "live.m3u8" else b"picture")


@pytest.mark.parametrize("name", NAMES)
def test_a_removed_viewer_is_refused_at_the_next_piece(invite, event, address, name):
    viewer = invite(InvitationRole.VIEWER, item=event)
    b"".join(viewer.get(address(name)))
    Participant.objects.filter(key__startswith="invitation").update(removed_at=timezone.now())
    assert viewer.get(address(name)).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_a_removed_guest_is_refused_in_a_second_browser_too(event, session, address, name):
    link = factories.GuestLinkFactory(item=event, access_on=True)
    guest = factories.GuestFactory(link=link, email="ada@example.org")
    first = client_with_admissions(factories.GuestAdmissionFactory(guest=guest))
    first.post(f"/media/{event.public_id}/session/enter/")
    second = client_with_admissions(factories.GuestAdmissionFactory(guest=guest))
    assert second.get(address(name)).status_code == 200
    Participant.objects.filter(key__startswith="guest").update(removed_at=timezone.now())
    assert first.get(address(name)).status_code == 403
    assert second.get(address(name)).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_somebody_proven_goes_on_watching_when_who_typed_their_address_is_removed(
    invite, event, session, address, name
):
    viewer = invite(InvitationRole.VIEWER, item=event, invitation__email="ada@example.org")
    link = factories.GuestLinkFactory(item=event, access_on=True)
    guest = factories.GuestFactory(link=link, email="ada@example.org")
    impostor = client_with_admissions(factories.GuestAdmissionFactory(guest=guest))
    impostor.post(f"/media/{event.public_id}/session/enter/")
    Participant.objects.filter(key__startswith="guest").update(removed_at=timezone.now())
    assert impostor.get(address(name)).status_code == 403
    assert viewer.get(address(name)).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_told_nothing(client_of, stranger, client, address, name):
    assert client_of(stranger).get(address(name)).status_code == 404
    assert client.get(address(name)).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_passer_by_of_an_unlisted_event_watches_until_it_is_locked(
    client, event, session, address, name
):
    event.state = State.UNLISTED
    event.save()
    assert client.get(address(name)).status_code == 200
    sessions.lock_session(session=session)
    assert client.get(address(name)).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_whoever_waits_at_the_door_does_not_see_in(let_guest_in, event, address, name):
    waiting = let_guest_in(item=event, waiting_room=True)
    assert waiting.get(address(name)).status_code == 403
    outside = let_guest_in(item=event, waiting_room=True, inside=False)
    assert outside.get(address(name)).status_code == 403


@pytest.fixture
def let_all_wait(event):
    """As by the switch *Waiting room* of the session's settings."""

    def switch(*, on=True):
        live = sessions.settings_of(event)
        live.waiting_room = on
        sessions.save_settings(live=live)

    return switch


@pytest.fixture
def newcomers(event, session, invite, let_guest_in, client_of, member, gallery):
    """By name, who may come in without being let in; none of them has."""
    event.state = State.PUBLISHED
    event.save()
    factories.PublicationFactory(item=event, gallery=gallery)
    return {
        "viewer": invite(InvitationRole.VIEWER, item=event, inside=False),
        "guest": let_guest_in(item=event, inside=False),
        "member": client_of(member),
    }


def whoever_gets(path, browsers):
    return {who for who, browser in browsers.items() if browser.get(path).status_code == 200}


@pytest.mark.parametrize("name", [*NAMES, "state"])
def test_where_everybody_waits_only_those_who_were_let_in_see_the_picture(
    invite, event, session, address, newcomers, let_all_wait, name
):
    path = (
        f"/media/{event.public_id}/session/broadcast/state/" if name == "state" else address(name)
    )
    inside = invite(InvitationRole.VIEWER, item=event)
    moderator = invite(InvitationRole.MODERATOR, item=event, inside=False)
    assert whoever_gets(path, newcomers) == {"viewer", "guest", "member"}
    let_all_wait()
    assert whoever_gets(path, newcomers) == set()
    assert whoever_gets(path, {"inside": inside, "moderator": moderator}) == {"inside", "moderator"}
    for browser in newcomers.values():
        browser.post(f"/media/{event.public_id}/session/enter/")
    assert whoever_gets(path, newcomers) == set()
    Participant.objects.filter(key__startswith="guest").update(admitted_at=timezone.now())
    assert whoever_gets(path, newcomers) == {"guest"}
    let_all_wait(on=False)
    assert whoever_gets(path, newcomers) == {"guest"}


@pytest.mark.parametrize("name", [*NAMES, "state", "watch"])
def test_a_passer_by_does_not_see_in_where_everybody_waits(
    client, event, session, address, let_all_wait, name
):
    event.state = State.UNLISTED
    event.save()
    base = f"/media/{event.public_id}/session/broadcast/"
    path = address(name) if name in NAMES else f"{base}{name}/"
    assert client.get(path).status_code == 200
    let_all_wait()
    assert client.get(path).status_code == 403
    assert Client().get(path).status_code == 403
    let_all_wait(on=False)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_whoever_was_declined_sees_nothing_by_a_second_browser(
    event, session, address, let_all_wait, name
):
    link = factories.GuestLinkFactory(item=event, access_on=True)
    guest = factories.GuestFactory(link=link, email="ada@example.org")
    first, second = (
        client_with_admissions(factories.GuestAdmissionFactory(guest=guest)) for _ in range(2)
    )
    let_all_wait()
    first.post(f"/media/{event.public_id}/session/enter/")
    Participant.objects.filter(key__startswith="guest").update(declined_at=timezone.now())
    let_all_wait(on=False)
    assert first.get(address(name)).status_code == 403
    assert second.get(address(name)).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "000001.ts",
        "live.m3u8.tmp",
        "00.ts",
        "..%2f..%2fruns",
        "%2e%2e/feeder.lock",
        "000000.ts%00",
        "000000.ts/",
        "../hls/000000.ts",
        "LIVE.M3U8",
        "٠٠٠٠٠٠.ts",
    ],
)
def test_nothing_else_in_the_folder_has_an_address(host, address, name):
    assert host.get(address(name)).status_code == 404


def test_a_broadcast_of_another_event_is_not_found_here(host, owner, event, address, broadcast):
    other = factories.MediaItemFactory(owner=owner, kind="live_event")
    path = address("live.m3u8").replace(event.public_id, other.public_id)
    assert host.get(path).status_code == 404


def test_when_the_session_is_over_so_is_its_picture(host, session, address):
    sessions.end_session(session=session)
    assert host.get(address("live.m3u8")).status_code == 404


def test_nginx_is_told_which_file_to_send(host, settings, event, broadcast, address):
    settings.ACCEL_REDIRECT_PREFIX = "/protected"
    answer = host.get(address("000000.ts"))
    assert answer["X-Accel-Redirect"] == (
        f"/protected/{event.public_id}/broadcast/{broadcast.pk}/hls/000000.ts"
    )
    assert answer["Content-Type"] == "video/mp2t"


def test_a_piece_costs_a_fixed_number_of_queries(
    invite, let_guest_in, event, address, django_assert_num_queries
):
    """A playlist: session, item with proof and what it is of, broadcast with session, participant.
    With the grant that it brings a segment costs none."""
    viewer, guest = invite(InvitationRole.VIEWER, item=event), let_guest_in(item=event)
    for person in (viewer, guest):
        b"".join(person.get(address("live.m3u8")))  # when they were last seen is noted
        for name, queries in (("live.m3u8", 4), ("000000.ts", 0)):
            with django_assert_num_queries(queries):
                b"".join(person.get(address(name)))


def test_a_piece_costs_a_passer_by_no_more(client, event, address, django_assert_num_queries):
    """Item, broadcast with session, and whether everybody waits."""
    event.state = State.UNLISTED
    event.save()
    for name, queries in (("live.m3u8", 3), ("000000.ts", 0)):
        with django_assert_num_queries(queries):
            b"".join(client.get(address(name)))


def test_the_state_costs_as_much_with_one_run_as_with_eleven(
    invite, event, me, session, django_assert_max_num_queries
):
    viewer = invite(InvitationRole.VIEWER, item=event)
    state = f"/media/{event.public_id}/session/broadcast/state/"
    for _ in range(11):
        services.start_run(me=me, mime_type="video/webm")
        with django_assert_max_num_queries(9):
            viewer.get(state)
        services.pause(session=session)


def picture_seen_by(browser, event):
    text = browser.get(f"/media/{event.public_id}/session/broadcast/state/").content.decode()
    return text.partition('data-picture="')[2].partition('"')[0]


def test_the_state_follows_the_picture(invite, event, session, me):
    viewer = invite(InvitationRole.VIEWER, item=event)
    assert picture_seen_by(viewer, event) == "off"
    services.start_run(me=me, mime_type="video/webm")
    assert picture_seen_by(viewer, event) == "starting"
    broadcast = Broadcast.objects.select_related("session__item").get()
    (folders.ensure_folder(folders.hls_folder(broadcast)) / "live.m3u8").write_text("#EXTM3U\n")
    assert picture_seen_by(viewer, event) == "on"
    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        assert picture_seen_by(viewer, event) == "lost"
    services.pause(session=session)
    assert picture_seen_by(viewer, event) == "paused"
    services.stop(session=session)
    assert picture_seen_by(viewer, event) == "over"


def badge_seen_by(browser, event):
    html = browser.get(f"/media/{event.public_id}/session/top/?inside=live").content.decode()
    return [word for word in ("Open", "Live") if f">{word}<" in html.replace("\n", "")]


def test_the_badge_says_live_while_the_picture_is_sent_and_open_otherwise(
    invite, event, session, me
):
    viewer = invite(InvitationRole.VIEWER, item=event)
    assert badge_seen_by(viewer, event) == ["Open"]
    services.start_run(me=me, mime_type="video/webm")
    broadcast = Broadcast.objects.select_related("session__item").get()
    (folders.ensure_folder(folders.hls_folder(broadcast)) / "live.m3u8").write_text("#EXTM3U\n")
    assert badge_seen_by(viewer, event) == ["Live"]
    services.pause(session=session)
    assert badge_seen_by(viewer, event) == ["Open"]


def test_only_who_may_act_sees_the_acts(invite, host, event, broadcast):
    state = f"/media/{event.public_id}/session/broadcast/state/"
    viewer, moderator = (
        invite(role, item=event) for role in (InvitationRole.VIEWER, InvitationRole.MODERATOR)
    )
    assert b"Stop the broadcast" in host.get(state).content
    assert b"is broadcasting" in moderator.get(state).content
    assert b"Stop the broadcast" in moderator.get(state).content
    for word in (b"is broadcasting", b"Stop the broadcast"):
        assert word not in viewer.get(state).content


def test_only_the_page_of_a_live_event_lets_a_player_play(host, client_of, owner, event, room):
    sessions.open_session(item=room)
    policies = {}
    for item in (event, room):
        host.post(f"/media/{item.public_id}/session/enter/")
        policies[item] = host.get(f"/media/{item.public_id}/session/chat/")[
            "Content-Security-Policy"
        ]
    assert "media-src 'self' blob:" in policies[event]
    assert "media-src 'self';" in policies[room]
    assert "nonce" not in policies[room]
    for policy in policies.values():
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy


def test_the_page_works_without_what_npm_brings(host, event, settings):
    settings.NPM_PARTS = False
    page = host.get(f"/media/{event.public_id}/session/chat/").content.decode()
    assert "npm/" not in page
    assert "<video" in page


def test_somebody_who_does_not_take_part_watches_on_a_page_of_its_own(
    client, event, session, broadcast
):
    event.state = State.UNLISTED
    event.save()
    watch = f"/media/{event.public_id}/session/broadcast/watch/"
    assert b"without taking part" in client.get(watch).content
    assert watch.encode() in client.get(f"/media/{event.public_id}/session/").content
    sessions.end_session(session=session)
    assert client.get(watch).status_code == 302


@pytest.mark.parametrize("state", [State.UNLISTED, State.PRIVATE])
def test_whoever_runs_it_finds_how_others_watch_without_taking_part(
    client, invite, event, session, host, settings, let_all_wait, state
):
    event.state = state
    event.save()
    page, entrance = event.get_absolute_url(), f"/media/{event.public_id}/session/"
    outside = invite(InvitationRole.MODERATOR, item=event, inside=False)
    is_open = state == State.UNLISTED
    said = "can watch without taking part while" if is_open else "make the event unlisted"
    assert said in outside.get(page).text
    assert said in outside.get(entrance).text
    menu = host.get(f"{entrance}top/?inside=live").text
    copied = f'data-copy="{settings.SITE_URL}{entrance}broadcast/watch/"'
    assert (copied in menu) == is_open
    if is_open:
        for path in (page, entrance):
            assert "Watch without taking part" in client.get(path).text
    let_all_wait()
    for path in (page, entrance):
        assert said not in outside.get(path).text
        assert "While the waiting room is on, nobody can watch" in outside.get(path).text
        if is_open:
            assert "Watch without taking part" not in client.get(path).text
    assert "data-copy" not in host.get(f"{entrance}top/?inside=live").text


def test_nobody_is_sent_to_watch_what_is_locked(client, event, session):
    event.state = State.UNLISTED
    event.save()
    sessions.lock_session(session=session)
    for path in (event.get_absolute_url(), f"/media/{event.public_id}/session/"):
        assert "Watch without taking part" not in client.get(path).text


@pytest.mark.parametrize("is_paused", [False, True])
def test_after_a_lost_picture_going_on_comes_first(
    host, invite, event, session, me, broadcast, is_paused
):
    """Of a sender whose page is gone: it is not said that they send."""
    path = f"/media/{event.public_id}/session/broadcast/state/"
    other = invite(InvitationRole.MODERATOR, item=event)
    assert "is broadcasting" in other.get(path).text
    assert "button-danger" not in host.get(path).text, "red is *End*, beside it"
    if is_paused:
        services.pause(session=session)
    else:
        broadcast.runs.update(started_at=timezone.now() - timedelta(minutes=1))
    mine, theirs = host.get(path).text, other.get(path).text
    assert "button-danger" not in mine + theirs
    assert "Stop the broadcast" in mine
    assert "is broadcasting" not in theirs
    assert "Pause the broadcast" not in theirs
    if not is_paused:
        assert "continue from this browser" in mine
        assert "was broadcasting" in theirs


def test_who_only_watches_is_counted_in_the_head_and_in_the_report(
    client, event, session, broadcast, host
):
    event.state = State.UNLISTED
    event.save()
    address = f"/media/{event.public_id}/session/"
    host.post(f"{address}enter/")
    client.get(f"{address}broadcast/watch/")
    assert not session.watchers.exists()
    for browser in (client, client, Client()):  # the last has no token: it came by no page
        browser.get(f"{address}broadcast/state/")
    assert session.watchers.count() == 1
    top = host.get(f"{address}top/?inside=live").text
    assert "1 person is watching without taking part" in top
    assert 'data-here="1"' in top
    report = host.get(f"/media/{event.public_id}/sessions/{session.public_id}/").text
    assert "1 more person watched anonymously, without taking part." in report
    session.watchers.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert "only watch" not in host.get(f"{address}top/?inside=live").text


def test_whoever_has_a_name_is_sent_in_where_they_are_counted_by_it(
    client_of, stranger, event, session, broadcast
):
    event.state = State.UNLISTED
    event.save()
    browser = client_of(stranger)
    answer = browser.get(f"/media/{event.public_id}/session/broadcast/watch/")
    assert (answer.status_code, answer["Location"]) == (302, f"/media/{event.public_id}/session/")
    assert "Watch without taking part" not in browser.get(answer["Location"]).text


def test_a_token_of_another_session_counts_for_nothing(client, event, session, broadcast):
    event.state = State.UNLISTED
    event.save()
    address = f"/media/{event.public_id}/session/"
    client.get(f"{address}broadcast/watch/")
    sessions.end_session(session=session)
    again = sessions.open_session(item=event)
    client.get(f"{address}broadcast/state/")
    assert not again.watchers.exists()
