"""Going live from the browser, in two browsers: one sends, the other sees it move."""

from __future__ import annotations

import re
import time

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from access.invitations.models import InvitationRole
from media_items.catalogue.models import Kind, MediaItem, State
from media_items.live.broadcast.models import BroadcastRun
from media_items.live.sessions import services
from media_items.processing.models import Purpose
from media_items.processing.probe import is_web_safe, probe
from tests import factories
from tests.browser.looks import findings, pressable_when_small
from tests.browser.steps import SENDER_SAYS, go_live, moves, of_script, scripts_run, until
from tests.conftest import client_with_proofs
from tests.tasks import run_tasks
from tests.waiting import machine_is_busy

pytestmark = pytest.mark.live
DEVICES = ["camera", "microphone", "clipboard-read", "clipboard-write"]
# A viewer sees the picture this soon after the host has pressed the button, on a machine that has
# time: one that is busy with other things shows it later.
PROMISED_SECONDS = 15
STATE = "#broadcast-state"
COME_IN = re.compile("Continue|Join the session")


@pytest.fixture
def event(owner):
    made = factories.MediaItemFactory(
        owner=owner, kind=Kind.LIVE_EVENT, title="Open lecture", state=State.UNLISTED
    )
    services.open_session(item=made)
    return made


@pytest.fixture
def come(open_page, event, site):
    """`come(owner)` or `come(InvitationRole.VIEWER)`: their page, inside."""

    def make(who, **window) -> Page:
        if isinstance(who, str):
            page = open_page(**window)
            proof = factories.InvitationProofFactory(invitation__item=event, invitation__role=who)
            name = settings.SESSION_COOKIE_NAME
            value = client_with_proofs(proof).cookies[name].value
            page.context.add_cookies([{"name": name, "value": value, "url": site}])
        else:
            page = open_page(user=who, **window)
        page.context.grant_permissions(DEVICES)
        page.goto(f"/media/{event.public_id}/session/")
        page.get_by_role("button", name=COME_IN).click()
        expect(page.locator("#live")).to_be_visible()
        scripts_run(page)
        return page

    return make


# A screen that hums, then muted: whether what would be sent is heard, and then is not.
MUTES_THE_SCREEN_TOO = """async ({ Studio }) => {
  const context = new AudioContext();
  const hum = new OscillatorNode(context), screen = context.createMediaStreamDestination();
  hum.connect(screen);
  hum.start();
  const studio = new Studio("/static/js/broadcast/clock.js", { screenEnded() {}, soundLost() {} });
  studio.screen = new MediaStream([
    ...document.createElement("canvas").captureStream(1).getVideoTracks(),
    ...screen.stream.getAudioTracks(),
  ]);
  await studio.prepare();
  const heard = context.createAnalyser();
  context.createMediaStreamSource(studio.recorder(500).stream).connect(heard);
  const isLoud = () => {
    const samples = new Float32Array(heard.fftSize);
    heard.getFloatTimeDomainData(samples);
    return Math.max(...samples.map(Math.abs)) > 0.01;
  };
  const comes = async (holds) => {
    for (let n = 0; n < 200 && !holds(); n++) await new Promise((later) => setTimeout(later, 50));
    return holds();
  };
  const before = await comes(isLoud);
  studio.mute(true);
  const after = await comes(() => !isLoud());
  studio.close();
  context.close();
  return [before, after];
}"""

# What the browser cannot read stops the picture: the player gives it another.
ONE_PIECE_IS_BROKEN = """() => {
  const append = SourceBuffer.prototype.appendBuffer;
  SourceBuffer.prototype.appendBuffer = function ({ byteLength }) {
    SourceBuffer.prototype.appendBuffer = append;
    const video = document.getElementById("broadcast-video");
    video.addEventListener("emptied", () => { globalThis.isMended = true; }, { once: true });
    append.call(this, new Uint8Array(byteLength).fill(2, 3, 4)); // a box of two bytes
  };
}"""


@pytest.mark.long
@pytest.mark.on_sqlite_too
def test_a_viewer_sees_the_host_who_goes_live_pauses_goes_on_and_stops(come, owner, event):
    host, viewer = come(owner), come(InvitationRole.VIEWER)
    expect(viewer.locator(STATE)).to_contain_text("The broadcast has not started yet.")
    started = time.monotonic()
    go_live(host)
    moves(viewer)
    assert time.monotonic() - started < PROMISED_SECONDS or machine_is_busy()
    expect(viewer.locator("#broadcast-behind")).to_contain_text("behind live")
    assert viewer.evaluate("document.getElementById('broadcast-video').videoWidth") == 1280

    # The button that was pressed has given its place to the next.
    expect(host.get_by_role("button", name="Pause")).to_be_focused()
    host.get_by_role("button", name="Pause").click()
    expect(host.locator(SENDER_SAYS)).to_contain_text("Paused. Nobody can see or hear you.")
    expect(viewer.locator(STATE)).to_contain_text("The broadcast is paused.")
    # All that was sent has been shown.
    viewer.wait_for_function(
        "() => { const video = document.getElementById('broadcast-video');"
        " return video.paused || video.readyState < video.HAVE_FUTURE_DATA }"
    )
    before = viewer.evaluate("document.getElementById('broadcast-video').currentTime")
    host.get_by_role("button", name="Resume").click()
    expect(viewer.locator("#broadcast")).to_have_attribute("data-picture", "on")
    viewer.wait_for_function(
        "before => document.getElementById('broadcast-video').currentTime > before + 3",
        arg=before,
    )

    host.get_by_role("link", name="Stop the broadcast").click()
    host.get_by_role("button", name="Stop the broadcast").click()
    expect(viewer.locator(STATE)).to_contain_text("The broadcast has ended.")
    expect(host.locator(STATE)).to_contain_text("The broadcast has ended.")
    expect(host.locator("#sender")).to_be_hidden()
    run_tasks()
    recording = MediaItem.objects.get(kind=Kind.VIDEO)
    assert (recording.owner, recording.state) == (owner, State.PRIVATE)
    found = probe(recording.files.get(purpose=Purpose.PLAYBACK).file.path)
    assert is_web_safe(found)
    assert found.duration_ms > 5000
    host.goto(f"/media/{event.public_id}/session/broadcast/recordings/")
    host.get_by_role("link", name=recording.title).click()
    expect(host.locator("video")).to_have_js_property("videoWidth", 1280)


@pytest.mark.long
def test_a_picture_that_was_lost_comes_back_by_itself(come, owner, event):
    gone = ["net::ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"]
    # The last: the viewer may ask for more when the session has ended.
    over = [*gone, "session/broadcast/files"]
    host, viewer = come(owner, allow=gone), come(InvitationRole.VIEWER, allow=over)
    go_live(host)
    pressable_when_small(host)
    moves(viewer)
    host.context.set_offline(True)
    expect(viewer.locator(STATE)).to_contain_text("The video was lost.")
    expect(host.locator(SENDER_SAYS)).to_contain_text("The connection was lost.")
    host.context.set_offline(False)
    expect(viewer.locator("#broadcast")).to_have_attribute("data-picture", "on")
    viewer.evaluate("delete globalThis.from")
    moves(viewer)
    assert of_script(host, "broadcast/studio.js", MUTES_THE_SCREEN_TOO) == [True, True]

    # A viewer's own line is gone: the page says truly how far behind it is, and catches up.
    pressable_when_small(viewer)
    viewer.context.set_offline(True)
    behind = "Number(document.getElementById('broadcast-behind').dataset.seconds)"
    viewer.wait_for_function(f"() => {behind} >= 18")
    viewer.context.set_offline(False)
    viewer.wait_for_function(f"() => {behind} <= 10")
    viewer.evaluate("delete globalThis.from")
    moves(viewer)

    viewer.evaluate(ONE_PIECE_IS_BROKEN)
    viewer.wait_for_function("() => globalThis.isMended")
    viewer.evaluate("delete globalThis.from")
    moves(viewer)

    # Ended by somebody else, the sender's page goes without asking whether to leave it.
    asked = []
    host.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    services.end_session(session=services.session_of(event))
    expect(host.get_by_text("This session has ended")).to_be_visible()
    assert not asked


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_a_broadcast_are_accessible(come, owner, event, width, picture):
    window = {"width": width}
    window |= {"height": 844, "touch": True} if width < 640 else {}
    host, viewer = come(owner, **window), come(InvitationRole.VIEWER, **window)
    found = findings(viewer, "not started") + findings(host, "closed")
    go_live(host)
    moves(viewer)
    viewer.locator("#broadcast-player").hover()
    picture(viewer, f"broadcast-{width}")
    found += findings(viewer, "watching") + findings(host, "on air")
    for key in ("k", "m"):
        viewer.locator("#broadcast-player").press(key)
    expect(viewer.locator("#broadcast-video")).to_have_js_property("paused", True)
    expect(viewer.get_by_role("button", name="Go to live")).to_be_visible()
    viewer.get_by_role("button", name="Go to live").click()
    expect(viewer.locator("#broadcast-video")).to_have_js_property("paused", False)
    host.get_by_role("link", name="Stop the broadcast").click()
    found += findings(host, "asked")
    assert found == []


def test_without_javascript_there_is_a_player_and_a_sentence(open_page, owner, event, site):
    page = open_page(user=owner, javascript=False)
    page.goto(f"/media/{event.public_id}/session/")
    page.get_by_role("button", name=COME_IN).click()
    expect(page.locator("video[controls]")).to_be_attached()
    expect(page.get_by_text("Without JavaScript, the video plays in Safari")).to_be_visible()
    expect(page.get_by_text("Going live from the browser needs JavaScript.")).to_be_visible()


def test_ending_the_session_on_air_sends_the_rest_and_asks_nothing_more(come, owner, event):
    host = come(owner)
    go_live(host)
    asked = []
    host.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    until(host, lambda: BroadcastRun.objects.filter(next_chunk__gte=2).exists())
    host.locator("#live-top").get_by_role("link", name="End").click()
    host.get_by_role("button", name="End for everybody").click()
    expect(host.get_by_text("This session has ended")).to_be_visible()
    assert asked == []
