"""The stage of a room in real browsers: who is on it sees and hears the others, and nobody else is
seen; who is taken off is gone for everybody at once."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.invitations.models import InvitationRole
from media_items.catalogue.models import Kind
from media_items.live.events.announcing import announce
from media_items.live.events.facts import MODERATORS
from media_items.live.interactions import polls
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import LiveSession
from media_items.live.stage.models import Seat, SeatKind
from tests import factories
from tests.browser.looks import in_reach, pressable_when_small
from tests.browser.steps import (
    STAGE_REPORT,
    go_on_stage,
    of_script,
    on_with_it,
    screen_is_a_canvas,
    scripts_run,
    seen_and_heard,
    seen_by_the_site,
    until,
)
from tests.conftest import client_with_admissions, client_with_proofs
from tests.live_factories import PollFactory, StayFactory
from tests.waiting import at_rest

pytestmark = pytest.mark.live

GO_ON = re.compile("Go on stage")
DEVICES = "stage/devices.js"
# All that a screen reader is told from now on.
HEARS = """() => {
  const region = document.getElementById("announcements");
  globalThis.heard = [];
  new MutationObserver(() => heard.push(region.textContent)).observe(region, { childList: true });
}"""


@pytest.fixture(autouse=True)
def _small_pictures(settings):
    settings.LIVE_STAGE_PICTURE = "320x180@15"


@pytest.fixture
def room(owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    sessions.open_session(item=room)
    return room


@pytest.fixture
def come_in(open_page, room, site):
    """`come_in(user=owner)`, `come_in(client)`: a page inside the room."""

    def come(client=None, before=None, **how):
        # What a page says from a seat that it is just giving up is refused; its console says so.
        page = open_page(allow=["session/stage/signal"], **how)
        if client is not None:
            name = django_settings.SESSION_COOKIE_NAME
            cookie = {"name": name, "value": client.cookies[name].value, "url": site}
            page.context.add_cookies([cookie])
        if before is not None:
            before(page)
        page.goto(f"/media/{room.public_id}/session/")
        page.get_by_role("button", name=re.compile("Enter the lobby|Join the session")).click()
        scripts_run(page)
        return page

    return come


@pytest.fixture
def speaker(room):
    return client_with_proofs(
        factories.InvitationProofFactory(
            invitation__item=room,
            invitation__role=InvitationRole.SPEAKER,
        )
    )


@pytest.fixture
def guest(room):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    return client_with_admissions(
        factories.GuestAdmissionFactory(guest__link=link, name="Ada Lovelace")
    )


def act(page: Page, path: str, **values: object) -> int:
    """The status of a POST from this page, as its own script would send it."""
    return of_script(
        page,
        "shared/page.js",
        """({ post }, [path, values]) => post(path, values).then((answer) => answer.status)""",
        [page.url.partition("/session/")[0] + "/session/" + path, values],
    )


def tile_of(page: Page, name: str):
    return page.locator(".stage-tile").filter(has_text=name)


@pytest.mark.on_sqlite_too
def test_two_on_stage_see_and_hear_each_other(come_in, owner, speaker):
    host = come_in(user=owner)
    go_on_stage(host)
    other = come_in(speaker)
    go_on_stage(other)
    seen_and_heard(host, 1)
    seen_and_heard(other, 1)
    expect(tile_of(host, "Grace Hopper")).to_be_visible()
    expect(tile_of(other, "Noa Levi")).to_be_visible()


def test_the_stage_is_asked_for_once_on_coming_in(come_in, guest, room):
    """For the seat to watch: it is in the news that the stream brings."""
    asked = []

    def note(request):
        if request.url.endswith(f"{room.public_id}/session/stage/"):
            asked.append(request.url)

    page = come_in(guest, before=lambda page: page.on("request", note))
    expect(page.locator("#stage-facts")).to_have_attribute("data-seat", re.compile(r"\d"))
    assert at_rest(lambda: page.evaluate("1") and len(asked)) == 1


def test_whoever_goes_on_stage_before_their_seat_to_watch_is_ready_is_seen(come_in, owner, speaker):
    """Both seats ask for the engine, and the first is answered after the second."""
    late = []

    def hold_the_first(route):
        if not late:
            late.append((route, route.fetch()))
        else:
            route.continue_()

    host = come_in(
        user=owner, before=lambda page: page.route("**/stage/configuration/*", hold_the_first)
    )
    until(host, lambda: late)
    scripts = []
    host.route("**/stage/mesh.js", lambda route: scripts.append(route))
    go_on_stage(host)
    until(host, lambda: scripts)
    route, answer = late[0]
    with host.expect_response("**/stage/configuration/*"):
        route.fulfill(response=answer)
    host.wait_for_timeout(500)
    scripts[0].continue_()
    other = come_in(speaker)
    go_on_stage(other)
    seen_and_heard(host, 1)
    seen_and_heard(other, 1)


@pytest.mark.long
def test_a_guest_whose_hand_is_up_is_brought_on_stage_and_comes_by_saying_yes(
    come_in, owner, speaker, guest, room
):
    host = come_in(user=owner)
    go_on_stage(host)
    other = come_in(speaker)
    go_on_stage(other)
    third = come_in(guest)
    expect(third.get_by_text("To go on stage, raise your hand.")).to_be_visible()
    ada = sessions.session_of(room).participants.get(name="Ada Lovelace")
    ada.hand_raised_at = timezone.now()
    ada.save()
    # They are writing: the question is beside it and does not take the keys.
    field = third.get_by_label("Your message")
    field.press_sequentially("I th")
    third.evaluate(HEARS)
    assert act(host, f"participants/{ada.pk}/bring-on-stage/") == 204
    until(third, lambda: "Noa Levi invites you on stage." in third.evaluate("heard"))
    expect(third.locator(".stage-invitation")).to_contain_text("Noa Levi invites you on stage")
    third.keyboard.type("ink so")
    expect(field).to_have_value("I think so")
    expect(third.locator("#dialog")).to_be_hidden()
    third.get_by_role("link", name="Respond").click()
    question = third.get_by_role("heading", name="Noa Levi invites you on stage")
    expect(question).to_be_visible()
    assert not Seat.objects.current().filter(participant=ada, kind=SeatKind.STAGE).exists()
    third.locator("#dialog").get_by_role("link", name="Accept").click()
    on_with_it(third)
    for page in (host, other, third):
        seen_and_heard(page, 2)


def test_whoever_is_taken_off_is_gone_for_the_others_at_once(come_in, owner, speaker, room):
    host = come_in(user=owner)
    go_on_stage(host)
    other = come_in(speaker)
    go_on_stage(other)
    seen_and_heard(host, 1)
    seat = Seat.objects.current().get(participant__name="Grace Hopper")
    to = Seat.objects.current().get(participant__name="Noa Levi")
    assert act(host, f"participants/{seat.participant_id}/take-off-stage/") == 204
    expect(tile_of(host, "Grace Hopper")).to_have_count(0)
    expect(other.locator("#toasts")).to_contain_text("You are no longer on stage.")
    expect(other.get_by_role("button", name="Leave the stage")).to_have_count(0)
    # They may watch; they send nothing any more, and what they say from the old seat is refused.
    expect(tile_of(other, "Noa Levi")).to_be_visible()
    off = "({ devices }) => !devices.cameraOn && !devices.microphoneOn"
    until(other, lambda: of_script(other, DEVICES, off))
    sending = partial(of_script, other, "stage/stage.js", STAGE_REPORT)
    until(other, lambda: not any(one["sends"] for one in sending().values()))
    offer = {"seat": seat.pk, "to": to.pk, "kind": "again", "payload": '{"link": "x"}'}
    assert act(other, "stage/signal/", **offer) == 403


def test_somebody_who_watches_sees_and_cannot_send(come_in, owner, guest):
    host = come_in(user=owner)
    go_on_stage(host)
    watcher = come_in(guest)
    seen_and_heard(watcher, 1)
    expect(host.locator(".stage-tile")).to_have_count(1)
    [to_host] = of_script(watcher, "stage/stage.js", STAGE_REPORT).values()
    assert not to_host["sends"]
    mine = Seat.objects.current().get(participant__name="Ada Lovelace")
    to = Seat.objects.current().get(participant__name="Noa Levi")
    made = watcher.evaluate(
        "async () => { const pc = new RTCPeerConnection(); pc.addTransceiver('video');"
        " const { sdp } = await pc.createOffer(); pc.close(); return sdp }"
    )
    for kind in ("offer", "answer"):
        tampered = watcher.evaluate("sdp => JSON.stringify({ link: 'x', sdp })", made)
        said = {"seat": mine.pk, "to": to.pk, "kind": kind, "payload": tampered}
        assert act(watcher, "stage/signal/", **said) == 403
    expect(host.locator(".stage-tile")).to_have_count(1)


def test_a_moderators_mute_is_felt_at_once_and_the_person_unmutes_themself(come_in, owner, speaker):
    host = come_in(user=owner)
    other = come_in(speaker)
    go_on_stage(other)
    expect(tile_of(host, "Grace Hopper").get_by_text("Microphone off")).to_have_count(0)
    grace = Seat.objects.current().get(participant__name="Grace Hopper")
    assert act(host, f"participants/{grace.participant_id}/mute/") == 204
    expect(other.get_by_role("button", name="Unmute")).to_be_visible()
    expect(other.locator("#toasts")).to_contain_text("A moderator has muted you.")
    assert not of_script(other, DEVICES, "({ devices }) => devices.microphoneOn")
    expect(tile_of(host, "Grace Hopper").get_by_text("Microphone off")).to_have_count(1)
    other.get_by_role("button", name="Unmute").click()
    expect(tile_of(host, "Grace Hopper").get_by_text("Microphone off")).to_have_count(0)


@pytest.mark.long
def test_on_a_small_screen_every_control_can_be_pressed_and_the_picture_stays_in_sight(
    come_in, owner, speaker, room, picture
):
    host = come_in(user=owner)
    go_on_stage(host)
    go_on_stage(come_in(speaker))
    seen_and_heard(host, 1)
    pressable_when_small(host)
    for width, height in ((844, 390), (390, 844), (568, 320)):
        host.set_viewport_size({"width": width, "height": height})
        picture(host, f"stage-sheet-{width}")
        assert host.locator("#live.sheet-open").count()
        side = host.locator("#live-side").bounding_box()
        for tile in host.locator(".stage-tile").all():
            box = tile.bounding_box()
            assert box["height"] > 40
            assert box["y"] + box["height"] <= side["y"] or box["x"] + box["width"] <= side["x"]
    host.locator("#live-sheet-close").click()
    picture(host, "stage-568")
    assert min(tile.bounding_box()["height"] for tile in host.locator(".stage-tile").all()) > 60
    host.set_viewport_size({"width": 844, "height": 390})
    picture(host, "stage-844")
    # Muting oneself needs no scrolling there, nor with a poll.
    host.get_by_role("button", name="Mute").click()
    expect(tile_of(host, "Noa Levi").get_by_text("Microphone off")).to_have_count(1)
    session = sessions.session_of(room)
    polls.start_poll(poll=PollFactory(session=session, options=("Yes", "No", "Maybe")))
    expect(host.locator("#poll-card")).to_be_visible()
    picture(host, "stage-844-poll")
    host.get_by_role("button", name="Unmute").click()
    expect(tile_of(host, "Noa Levi").get_by_text("Microphone off")).to_have_count(0)
    host.locator("#poll-card summary").click()
    expect(host.get_by_role("button", name="Maybe")).to_be_visible()


def test_whatever_asks_something_is_in_reach_in_every_layout_and_never_over_mute(
    come_in, owner, guest, room, picture
):
    """A knock, a poll, an invitation on stage, a host who is away."""
    session = sessions.session_of(room)
    host = come_in(user=owner)
    go_on_stage(host)
    watcher = come_in(guest, dark=True)
    polls.start_poll(poll=PollFactory(session=session, options=("Yes", "No", "Maybe")))
    knocks = StayFactory(
        participant__session=session,
        participant__name="Émilie du Châtelet-Lomont",
        participant__inside=False,
    )
    announce(session, "knock", to=MODERATORS)
    expect(host.locator("#knock")).to_contain_text("Émilie")
    asks = "#knock-admit", "#live-knocking", "#poll-card summary"
    in_reach(host, *asks, "#stage-microphone", look=picture, name="host")

    ada = session.participants.get(name="Ada Lovelace")
    watcher.get_by_label("Your message").focus()
    assert act(host, f"participants/{ada.pk}/bring-on-stage/") == 204
    expect(watcher.locator("#stage-answer")).to_be_visible()
    knocks.delete()
    host.context.close()
    moment = timezone.now()
    session.participants.get(name="Noa Levi").stays.update(left_at=moment)
    LiveSession.objects.update(host_gone_since=moment - timedelta(minutes=9), warned_at=moment)
    announce(session, "session")
    expect(watcher.locator(".live-warning")).to_contain_text("The host is away")
    asks = "#stage-answer", "#stage-decline", "#poll-card summary", ".live-warning"
    in_reach(watcher, *asks, look=picture, name="guest")


def test_a_full_stage_says_so_and_names_those_on_it(come_in, owner, guest, settings):
    settings.LIVE_STAGE_SEATS, settings.LIVE_WATCH_SEATS = 1, 0
    host = come_in(user=owner)
    go_on_stage(host)
    late = come_in(guest)
    expect(late.locator(".stage-people")).to_contain_text("Noa Levi")
    expect(late.locator(".stage-full")).to_contain_text("You’ll get one automatically")
    expect(late.locator(".stage-tile")).to_have_count(0)


def test_loading_the_page_again_keeps_ones_place_on_stage(come_in, owner, speaker):
    host = come_in(user=owner)
    go_on_stage(host)
    other = come_in(speaker)
    go_on_stage(other)
    seen_and_heard(host, 1)
    other.reload()
    expect(other.get_by_role("button", name="Leave the stage")).to_be_visible()
    seen_and_heard(other, 1)
    seen_and_heard(host, 1)


def test_a_seat_to_watch_that_comes_late_leaves_the_camera_of_the_check_on(come_in, owner):
    def late(route):
        answers.append((route, route.fetch()))

    answers = []
    page = come_in(user=owner, before=lambda page: page.route("**/stage/watch/", late))
    page.get_by_role("link", name="Go on stage").click()
    page.wait_for_function(f"async () => (await import('/static/js/{DEVICES}')).devices.cameraOn")
    until(page, lambda: answers)
    [(route, answer)] = answers
    with page.expect_response("**/session/stage/configuration/**"):  # the page has the seat
        route.fulfill(response=answer)
    page.wait_for_function("() => document.getElementById('stage-facts').dataset.kind === 'watch'")
    expect(page.get_by_label("Camera", exact=True)).to_be_checked()


def test_news_of_the_stage_from_before_going_on_puts_nobody_off(come_in, owner):
    """It was asked for, and comes late: the next was asked for already when it settles."""

    def late(route):
        answers.append((route, route.fetch()))

    answers = []
    page = come_in(user=owner)
    page.wait_for_function("() => document.getElementById('stage-facts').dataset.kind === 'watch'")
    page.route("**/session/stage/", late, times=1)
    of_script(page, "live/session.js", "({ relay }) => relay.pass('stage', {})")
    until(page, lambda: answers)
    page.get_by_role("link", name="Go on stage").click()
    expect(page.get_by_label("Camera", exact=True)).to_be_checked()
    page.locator("#dialog").get_by_role("button", name="Go on stage").click()
    page.wait_for_function(f"async () => (await import('/static/js/{DEVICES}')).devices.areOnStage")
    [(route, answer)] = answers
    route.fulfill(response=answer)
    expect(tile_of(page, "Noa Levi")).to_be_visible()
    expect(page.get_by_text("You are on stage in another window.")).to_be_hidden()
    assert of_script(page, DEVICES, "({ devices }) => devices.areOnStage && devices.cameraOn")


def test_what_is_switched_twice_in_a_moment_is_told_in_this_order(come_in, owner):
    held, told = [], []
    page = come_in(user=owner)
    go_on_stage(page)
    page.on("response", lambda one: one.url.endswith("/stage/media/") and told.append(one))
    page.route("**/session/stage/media/", lambda route: held.append(route), times=1)
    with page.expect_request("**/session/stage/media/"):
        page.get_by_role("button", name="Mute", exact=True).click()
    page.get_by_role("button", name="Unmute").click()
    expect(page.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    seen_by_the_site(page)
    [slow] = held
    slow.continue_()
    until(page, lambda: len(told) == 2)
    assert Seat.objects.current().get(participant__name="Noa Levi").microphone_on


def test_another_window_of_the_same_person_takes_over_when_asked(come_in, owner):
    first = come_in(user=owner)
    go_on_stage(first)
    expect(tile_of(first, "Noa Levi")).to_be_visible()
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.get_by_text("You are on stage in another window.")).to_be_visible()
    second.get_by_role("button", name="Continue here").click()
    expect(tile_of(second, "Noa Levi")).to_be_visible()
    expect(first.get_by_text("You are on stage in another window.")).to_be_visible()
    expect(first.locator(".stage-tile")).to_have_count(0)


def test_a_shared_screen_takes_the_cameras_place(come_in, owner, speaker):
    host = come_in(user=owner)
    go_on_stage(host)
    other = come_in(speaker)
    go_on_stage(other)
    seen_and_heard(other, 1)
    screen_is_a_canvas(host)
    host.get_by_role("button", name="Share screen").click()
    shown = other.locator(".stage-tile-screen video")
    expect(shown).to_be_visible()
    other.wait_for_function(
        "() => document.querySelector('.stage-tile-screen video')?.videoWidth === 400"
    )
    host.get_by_role("button", name="Stop sharing").click()
    expect(shown).to_have_count(0)


def test_the_device_check_says_in_words_what_the_browser_refuses(come_in, owner):
    page = come_in(user=owner)
    page.evaluate(
        """() => {
          navigator.mediaDevices.getUserMedia = async (wish) => {
            throw new DOMException("", wish.video ? "NotFoundError" : "NotAllowedError");
          };
        }"""
    )
    page.get_by_role("link", name="Go on stage").click()
    problem = page.locator("#device-problem")
    expect(problem).to_have_text(re.compile("No camera was found"))
    page.get_by_label("Microphone", exact=True).click()
    expect(problem).to_have_text(re.compile("does not let this page use the microphone"))
    expect(page.get_by_label("Microphone", exact=True)).not_to_be_checked()
    page.locator("#dialog").get_by_role("button", name=GO_ON).click()
    expect(page.get_by_role("button", name="Turn camera on")).to_be_visible()
    expect(tile_of(page, "Noa Levi").get_by_text("Microphone off")).to_have_count(1)


def test_the_stage_is_worked_by_keys_alone(come_in, owner):
    page = come_in(user=owner)
    page.get_by_role("link", name="Go on stage").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Camera", exact=True)).to_be_checked()
    page.locator("#dialog").get_by_role("button", name=GO_ON).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Mute", exact=True)).to_be_focused()
    page.locator("#main").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Unmute")).to_be_visible()
    page.keyboard.press("v")
    expect(page.get_by_role("button", name="Turn camera on")).to_be_visible()
    expect(page.locator("#announcements")).to_have_text("Camera off")
    page.get_by_role("link", name="Devices").click()
    page.get_by_label(re.compile("Keyboard shortcuts on stage")).uncheck()
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("v")
    expect(page.get_by_role("button", name="Turn camera on")).to_be_visible()
    # The keyboard stays where the button was that has taken itself away.
    page.get_by_role("button", name="Leave the stage").press("Enter")
    expect(page.get_by_role("link", name="Go on stage")).to_be_focused()


def test_axe_finds_nothing_on_stage_beside_it_or_on_the_way(come_in, owner, guest, axe):
    host = come_in(user=owner)
    axe(host, within="#stage")
    host.get_by_role("link", name="Go on stage").click()
    expect(host.get_by_label("Camera", exact=True)).to_be_checked()
    axe(host, within="#dialog")
    on_with_it(host)
    axe(host, within="#stage")
    narrow = come_in(guest, width=390, dark=True)
    seen_and_heard(narrow, 1)
    axe(narrow, within="#stage")


def test_without_script_the_room_says_who_is_on_stage_and_what_is_missing(
    come_in, owner, open_page, guest, room, site
):
    host = come_in(user=owner)
    go_on_stage(host)
    page = open_page(javascript=False)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": guest.cookies[name].value, "url": site}])
    page.goto(f"/media/{room.public_id}/session/")
    page.get_by_role("button", name=re.compile("Enter the lobby|Join the session")).click()
    expect(page.locator(".stage-people")).to_contain_text("Noa Levi")
    expect(page.locator(".stage-notice")).to_contain_text("Video and audio need JavaScript.")
