"""Segments are sent by a grant for some seconds, and by nothing else; and after that by none."""

from __future__ import annotations

import http.client
import time
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.blocks import services as blocks
from access.blocks.services import Actor
from access.guests.services import guests, links
from access.invitations.models import Invitation
from access.invitations.services import managing
from media_items.catalogue.models import MediaItem
from media_items.delivery import grants
from media_items.delivery.grants import COOKIE_NAME, LONGEST_SECONDS
from media_items.library.services import deleting
from media_items.live.broadcast import folders, services
from media_items.live.broadcast.models import Broadcast
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Level
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.media_items.live.conftest import come_in
from tests.media_items.live.events.conftest import live_process  # noqa: F401
from tests.waiting import PATIENCE_SECONDS, machine_is_busy, until

pytestmark = pytest.mark.django_db
PLAYLIST, SEGMENT = "live.m3u8", "000000.ts"


def on_air(event, me):
    """The folder of the event's stream as an address, with a playlist and a segment in it."""
    services.start_run(me=me, mime_type="video/webm")
    made = Broadcast.objects.select_related("session__item").get(session=me.session)
    folder = folders.ensure_folder(folders.hls_folder(made))
    (folder / PLAYLIST).write_text("#EXTM3U\n")
    (folder / SEGMENT).write_bytes(b"picture")
    return f"/media/{event.public_id}/session/broadcast/files/{made.pk}/"


@pytest.fixture
def stream(event, me):
    return on_air(event, me)


def grant_of(answer):
    return answer.cookies.get(COOKIE_NAME)


def holding(grant):
    """A browser that has nothing but this grant."""
    browser = Client()
    browser.cookies[COOKIE_NAME] = grant
    return browser


class Viewer:
    """Somebody inside, by one way in."""

    def __init__(self, event, session, way_in):
        self.event, self.session, self.by = event, session, event.owner
        self.browser, key = getattr(self, way_in)()
        come_in(self.browser, event)
        self.me = session.participants.get(key=key)

    def guest(self):
        self.link = factories.GuestLinkFactory(item=self.event, access_on=True)
        admission = factories.GuestAdmissionFactory(guest__link=self.link)
        self.one = admission.guest
        return client_with_admissions(admission), f"guest:{admission.pk}"

    def invited(self):
        proof = factories.InvitationProofFactory(
            invitation__item=self.event, invitation__role="viewer"
        )
        self.invitation = proof.invitation
        return client_with_proofs(proof), f"invitation:{proof.invitation_id}"

    def co_editor(self):
        user = factories.CoEditorFactory(item=self.event).user
        browser = Client()
        browser.force_login(user)
        return browser, f"account:{user.pk}"

    def sign_out(self):
        held = self.browser.cookies.copy()
        self.browser.post(reverse("access:sign_out"))
        self.browser.cookies = held

    def remove(self, *, lasting):
        blocks.remove(participant=self.me, by=Actor(Level.HOST, self.by), lasting=lasting)


YESTERDAY = timedelta(days=1)
ENDS = {
    "removed from the session": ("guest", lambda it: it.remove(lasting=False)),
    "blocked": ("invited", lambda it: it.remove(lasting=True)),
    "guest removed": ("guest", lambda it: guests.remove_guest(guest=it.one, by=it.by)),
    "link deleted": ("guest", lambda it: links.delete_link(link=it.link, by=it.by)),
    "invitation withdrawn": (
        "invited",
        lambda it: managing.revoke(invitation=it.invitation, by=it.by),
    ),
    "invitation expired": (
        "invited",
        lambda it: Invitation.objects.filter(pk=it.invitation.pk).update(
            expires_at=timezone.now() - YESTERDAY
        ),
    ),
    "no longer available": (
        "guest",
        lambda it: MediaItem.objects.filter(pk=it.event.pk).update(
            available_until=timezone.now() - YESTERDAY
        ),
    ),
    "signed out": ("co_editor", Viewer.sign_out),
    "session ended": ("guest", lambda it: sessions.end_session(session=it.session)),
    "moved to the bin": ("guest", lambda it: deleting.move_to_bin(item=it.event, by=it.by)),
}


def test_a_grant_is_no_younger_than_the_question(event, session, stream, monkeypatch):
    """Whoever is put out while the answer stands still is out of the segments in time."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        viewer = Viewer(event, session, "guest")
        began = time.time()
        find = folders.find_delivered

        def stall(*names):
            clock.shift(12)
            return find(*names)

        monkeypatch.setattr(folders, "find_delivered", stall)
        answer = viewer.browser.get(stream + PLAYLIST)
        ends = int(grant_of(answer).value.partition(".")[2])
        assert 0 < ends - began <= settings.STREAM_GRANT_SECONDS


@pytest.mark.parametrize("name", ENDS)
def test_whoever_is_put_out_is_out_of_the_segments_within_seconds(event, session, stream, name):
    """At once for whoever asks as players do; within the life of a grant for whoever kept one."""
    way_in, end = ENDS[name]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        viewer = Viewer(event, session, way_in)
        assert viewer.browser.get(stream + PLAYLIST).status_code == 200
        end(viewer)
        assert viewer.browser.get(stream + PLAYLIST).status_code in {403, 404}
        refused_after = 0
        while viewer.browser.get(stream + SEGMENT).status_code == 200:
            clock.shift(1)
            refused_after += 1
            assert refused_after <= LONGEST_SECONDS
        assert 15 <= refused_after <= 20  # until then it was the grant


def test_a_player_that_goes_on_asking_goes_on(invite, event, stream):
    """Without script and without a heartbeat: the playlist alone renews the grant."""
    viewer = invite("viewer", item=event)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(20):
            held = grant_of(viewer.get(stream + PLAYLIST)).value
            clock.shift(6)
            assert holding(held).get(stream + SEGMENT).status_code == 200


def test_a_segment_by_a_grant_costs_no_query(
    host, client, event, stream, django_assert_num_queries
):
    for browser in (host, holding(grant_of(host.get(stream + PLAYLIST)).value)):
        with django_assert_num_queries(0):
            assert b"".join(browser.get(stream + SEGMENT)) == b"picture"


def test_it_is_the_same_answer_as_without_one(host, stream, settings):
    said_of_pages = {"Vary", "Content-Language"}
    granted = Client()
    granted.cookies.load({name: one.value for name, one in host.cookies.items()})
    granted.get(stream + PLAYLIST)
    for prefix in ("", "/protected"):
        settings.ACCEL_REDIRECT_PREFIX = prefix
        for method in ("get", "head"):
            for headers in ({}, {"Range": "bytes=1-2"}, {"Range": "bytes=99-"}):
                asked, sent = (
                    getattr(browser, method)(stream + SEGMENT, headers=headers)
                    for browser in (host, granted)
                )
                assert asked.status_code == sent.status_code
                told, again = (
                    {k: v for k, v in one.headers.items() if k not in said_of_pages}
                    for one in (asked, sent)
                )
                assert told == again
                assert b"".join(asked) == b"".join(sent)


def test_a_grant_is_for_its_stream_and_no_script(host, stream, settings):
    settings.SESSION_COOKIE_SECURE = True
    given = grant_of(host.get(stream + PLAYLIST))
    assert given["path"] == stream
    assert given["httponly"]
    assert given["secure"]
    assert given["samesite"] == settings.SESSION_COOKIE_SAMESITE
    assert given["max-age"] <= LONGEST_SECONDS


def test_a_grant_names_nobody(host, invite, event, stream):
    """Two people who ask in the same second hold the same one."""
    viewer = invite("viewer", item=event)
    with time_machine.travel(timezone.now(), tick=False):
        mine, theirs = (grant_of(one.get(stream + PLAYLIST)).value for one in (host, viewer))
    assert mine == theirs


def test_a_segment_brings_no_grant(host, stream):
    assert grant_of(host.get(stream + SEGMENT)) is None


def test_who_is_refused_gets_no_grant(client, let_guest_in, event, stream):
    waiting = let_guest_in(item=event, waiting_room=True)
    for browser in (client, waiting):
        answer = browser.get(stream + PLAYLIST)
        assert answer.status_code in {403, 404}
        assert grant_of(answer) is None


def test_a_grant_is_not_good_for_anything_else(host, client_of, owner, event, stream):
    """Of one event: not for its playlist, its pages and pictures, nor another event's segments."""
    other = factories.MediaItemFactory(owner=owner, kind="live_event")
    other_session = sessions.open_session(item=other)
    come_in(host, other)
    other_me = other_session.participants.select_related("session__item").get()
    elsewhere = on_air(other, other_me)
    event.thumbnail.save("picture.webp", ContentFile(b"RIFF0000WEBP"))
    granted = holding(grant_of(host.get(stream + PLAYLIST)).value)
    assert granted.get(stream + SEGMENT).status_code == 200
    for path in (
        stream + PLAYLIST,
        stream + "000001.ts",
        elsewhere + SEGMENT,
        stream.replace(event.public_id, other.public_id) + SEGMENT,
        f"{event.get_absolute_url()}thumbnail/",
        event.get_absolute_url(),
    ):
        assert granted.get(path).status_code == 404, path
    assert granted.post(stream + SEGMENT).status_code in {404, 405}


def good(stream, *, ends=None):
    ends = ends or int(time.time()) + 20
    return f"{grants._mark(stream, ends)}.{ends}"


def test_the_makings_of_these_tests_are_good(stream):
    assert holding(good(stream)).get(stream + SEGMENT).status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        lambda it: "",
        lambda it: ".",
        lambda it: "nonsense",
        lambda it: good(it).split(".")[0],
        lambda it: good(it).split(".")[0] + ".",
        lambda it: good(it).split(".")[0] + f".{int(time.time()) + 21}",
        lambda it: good(it).split(".")[0] + ".²",
        lambda it: good(it)[:-1],
        lambda it: "é" + good(it)[1:],
        lambda it: good(it).upper(),
        lambda it: good(it, ends=int(time.time())),
        lambda it: good(it, ends=int(time.time()) - 3600),
        lambda it: good(it, ends=int(time.time()) + LONGEST_SECONDS + 1),
        lambda it: good(it, ends=10**18),
        lambda it: good(it, ends=10**30),
        lambda it: good(it[:-1]),
        lambda it: good(it + SEGMENT),
        lambda it: signing.dumps(it, salt="media_items.live.ticket"),
    ],
)
def test_what_is_no_good_grant_is_as_good_as_none(stream, forged):
    assert holding(forged(stream)).get(stream + SEGMENT).status_code == 404


def test_a_grant_of_a_clock_that_goes_ahead_is_not_good_for_longer(host, stream):
    """Of another machine with pages: it is believed once it can be thirty seconds from its end."""
    with time_machine.travel(timezone.now() + timedelta(seconds=60), tick=False):
        early = holding(grant_of(host.get(stream + PLAYLIST)).value)
    assert early.get(stream + SEGMENT).status_code == 404


def test_a_change_of_the_key_ends_every_grant(host, stream, settings):
    old = grant_of(host.get(stream + PLAYLIST)).value
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough, and as hard to guess as this: 7f1c9a"
    assert holding(old).get(stream + SEGMENT).status_code == 404


def test_other_addresses_of_the_folder_are_asked(host, stream):
    granted = holding(grant_of(host.get(stream + PLAYLIST)).value)
    for name in ("000000.ts/", "%2e%2e/000000.ts", "../hls/000000.ts", "000000.ts%00", "00.ts"):
        assert granted.get(stream + name).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_on_a_running_site_the_seconds_are_those_of_the_clock(
    live_process,  # noqa: F811
    event,
    session,
    stream,
    settings,
):
    """The same over the wire and without a frozen clock, with a grant of three seconds."""
    settings.STREAM_GRANT_SECONDS = 3
    viewer = Viewer(event, session, "guest")
    held = {name: one.value for name, one in viewer.browser.cookies.items()}

    def ask(name):
        connection = http.client.HTTPConnection(
            "localhost", live_process.port, timeout=PATIENCE_SECONDS
        )
        cookies = "; ".join(f"{one}={value}" for one, value in held.items())
        connection.request("GET", stream + name, headers={"Cookie": cookies})
        answer = connection.getresponse()
        answer.read()
        for said in answer.headers.get_all("Set-Cookie") or []:
            one, _is, value = said.partition(";")[0].partition("=")
            held[one] = value
        connection.close()
        return answer.status

    assert ask(PLAYLIST) == 200
    viewer.remove(lasting=True)
    begun = time.monotonic()
    assert ask(PLAYLIST) == 403
    still = ask(SEGMENT)
    until(lambda: ask(SEGMENT) == 403)
    if not machine_is_busy():
        assert still == 200
        assert 1 < time.monotonic() - begun < 4


def test_what_is_made_for_nginx_is_its_secure_link(host, stream, settings):
    """And is believed by Foyer, which is asked where nginx is not sure."""
    of_foyer = grant_of(host.get(stream + PLAYLIST)).value
    settings.STREAM_GRANTS_FOR_NGINX = True
    answer = host.get(stream + PLAYLIST)
    mark, _dot, end = grant_of(answer).value.partition(".")
    assert len(mark) == 22
    assert int(end) > time.time()
    assert holding(grant_of(answer).value).get(stream + SEGMENT).status_code == 200
    assert holding(of_foyer).get(stream + SEGMENT).status_code == 404
