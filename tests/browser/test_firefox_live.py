"""A live session between Firefox and Chromium: a stage, a broadcast, and what they make of a
description. This Firefox has no sound output (engines.py), which is how its faults are seen."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from access.invitations.models import InvitationRole
from media_items.catalogue.models import Kind
from media_items.live.sessions import services
from tests import factories
from tests.browser.steps import (
    SENDER_SAYS,
    go_live,
    go_on_stage,
    moves,
    on_with_it,
    scripts_run,
    seen_and_heard,
)
from tests.conftest import client_with_proofs
from tests.media_items.live.stage.samples import firefoxes

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("firefox")]

FIREFOX, CHROMIUM = "firefox", "browser"
DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive"]
# How loud what is played is, at most, in a second of it.
LOUDEST = """
  () => new Promise((found) => {
    const context = new AudioContext();
    const meter = context.createAnalyser();
    const samples = new Float32Array(meter.fftSize);
    const video = document.getElementById("broadcast-video");
    video.muted = false;
    context.createMediaElementSource(video).connect(meter);
    let loudest = 0;
    const began = performance.now();
    const listen = setInterval(() => {
      meter.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, ...samples.map(Math.abs));
      if (loudest < 0.01 && performance.now() - began < 20_000) return;
      clearInterval(listen);
      found(loudest);
    }, 50);
  })
"""
# Which way media run with a peer that says one direction above the first medium and one in each,
# for somebody who would do anything.
AGREED = """
  async ([offer, above, own]) => {
    const lines = offer.replace(/^a=(sendrecv|sendonly|recvonly|inactive)\\r\\n/gm, "");
    const sdp = lines
      .replace("t=0 0\\r\\n", `t=0 0\\r\\na=${above}\\r\\n`)
      .replace(/a=mid:/g, `a=${own}\\r\\na=mid:`);
    const peer = new RTCPeerConnection();
    await peer.setRemoteDescription({ type: "offer", sdp });
    for (const one of peer.getTransceivers()) one.direction = "sendrecv";
    await peer.setLocalDescription();
    const agreed = peer.getTransceivers().map((one) => one.currentDirection);
    peer.close();
    return agreed;
  }
"""
OTHER_SIDE = {"sendonly": "recvonly", "recvonly": "sendonly"}


@pytest.fixture
def come_in(open_page, site):
    """`come_in(item, owner, FIREFOX)` or `come_in(item, InvitationRole.SPEAKER, CHROMIUM)`."""

    def come(item, who, engine: str) -> Page:
        # Firefox says the second when the other side's page closes first.
        allow = ["session/stage/signal", "ICE failed"]
        if isinstance(who, str):
            page = open_page(engine=engine, allow=allow)
            proof = factories.InvitationProofFactory(invitation__item=item, invitation__role=who)
            name = django_settings.SESSION_COOKIE_NAME
            value = client_with_proofs(proof).cookies[name].value
            page.context.add_cookies([{"name": name, "value": value, "url": site}])
        else:
            page = open_page(engine=engine, allow=allow, user=who)
        page.goto(f"/media/{item.public_id}/session/")
        page.get_by_role("button", name=re.compile("Continue|Join the session")).click()
        scripts_run(page)
        return page

    return come


def test_a_stage_is_seen_and_heard_in_firefox_and_from_it(come_in, owner, settings, axe, picture):
    settings.LIVE_STAGE_PICTURE = "320x180@15"
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    services.open_session(item=room)
    host = come_in(room, owner, FIREFOX)
    host.get_by_role("link", name="Go on stage").click()
    expect(host.locator("#device-level-says")).to_contain_text(
        "Your microphone level cannot be shown"
    )
    axe(host)
    on_with_it(host)
    # One way, from Firefox; both ways; and one way, to Firefox.
    speaker = come_in(room, InvitationRole.SPEAKER, CHROMIUM)
    seen_and_heard(speaker, 1)
    go_on_stage(speaker)
    seen_and_heard(speaker, 1)
    seen_and_heard(host, 1)
    watcher = come_in(room, InvitationRole.VIEWER, FIREFOX)
    seen_and_heard(watcher, 2)
    axe(watcher)
    picture(host, "firefox-stage")
    picture(watcher, "firefox-watching")


def test_a_broadcast_is_sent_from_firefox_and_watched_in_it(come_in, owner, axe, picture):
    event = factories.MediaItemFactory(owner=owner, kind=Kind.LIVE_EVENT, title="Open lecture")
    services.open_session(item=event)
    host = come_in(event, owner, FIREFOX)
    go_live(host)  # Firefox gives no camera to a page behind another, so it comes first
    expect(host.locator("[data-level-says]")).to_contain_text("People can still hear you.")
    expect(host.locator("[data-level]")).to_be_hidden()
    axe(host)
    picture(host, "firefox-on-air")
    viewer, here = (come_in(event, InvitationRole.VIEWER, one) for one in (CHROMIUM, FIREFOX))
    moves(viewer)
    moves(here)
    assert viewer.evaluate(LOUDEST) > 0.01
    picture(here, "firefox-viewer")
    here.add_init_script("MediaSource.isTypeSupported = () => false")
    here.reload()
    expect(here.locator("#broadcast-unplayable")).to_contain_text("support H.264 video")
    host.get_by_role("button", name="Pause").click()
    expect(host.locator(SENDER_SAYS)).to_contain_text("Paused. Nobody can see or hear you.")


@pytest.mark.parametrize("engine", [FIREFOX, CHROMIUM])
def test_no_browser_lets_a_direction_above_the_media_take_the_place_of_their_own(
    open_page, engine, site
):
    """What media_items/live/stage/mesh/sdp.py relies on."""
    page = open_page(engine=engine)
    page.goto("/accounts/sign-in/")
    for above in DIRECTIONS:
        for own in DIRECTIONS:
            agreed = page.evaluate(AGREED, [firefoxes("offer"), above, own])
            assert agreed == [OTHER_SIDE.get(own, own)] * 2, (above, own)
