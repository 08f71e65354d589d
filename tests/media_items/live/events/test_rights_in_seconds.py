"""How long a right is heard, seen on stage and watched after it has ended: in seconds, before a
running site, for each of the ways in which it ends."""

from __future__ import annotations

import http.client
import logging
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.accounts import services as accounts
from access.accounts.models import User
from access.blocks import services as blocks
from access.blocks.services import Actor
from access.guests.models import GuestLink
from access.guests.services import guests, links
from access.invitations.models import Invitation
from access.invitations.services import managing
from access.memberships import services as memberships
from media_items.catalogue.models import Gallery, Kind, MediaItem
from media_items.library.services import deleting, publishing
from media_items.live.events.tickets import COOKIE_NAME
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Level
from media_items.live.stage.models import SeatKind
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.live_factories import SeatFactory
from tests.media_items.live.conftest import come_in
from tests.media_items.live.events.test_app import load
from tests.waiting import PATIENCE_SECONDS, machine_is_busy, until

pytestmark = pytest.mark.django_db(transaction=True)
logger = logging.getLogger(__name__)
AT_ONCE, BY_THE_CLOCK = 2, 15


class Inside:
    """Somebody in a room of their own: a stream, a seat on the stage, the bytes of a picture."""

    def __init__(self, process, listen, way_in):
        self.port, self._listen = process.port, listen
        self.owner = factories.UserFactory()
        self.gallery = factories.GalleryFactory()
        self.room = factories.MediaItemFactory(owner=self.owner, kind=Kind.ROOM)
        self.room.thumbnail.save("picture.webp", ContentFile(b"RIFF0000WEBP"))
        self.session = sessions.open_session(item=self.room)
        self.browser, self.key = getattr(self, way_in)()
        come_in(self.browser, self.room)
        load(self.browser, self.room)
        self.me = self.session.participants.get(key=self.key)
        self.seat = SeatFactory(participant=self.me, session=self.session, kind=SeatKind.STAGE)
        self.ticket = f"{COOKIE_NAME}={self.browser.cookies[COOKIE_NAME].value}"
        self.stream = self.listen()
        assert self.stream.status == 200
        assert self.status_of_bytes() == 200

    def guest(self):
        self.link = factories.GuestLinkFactory(item=self.room, access_on=True)
        admission = factories.GuestAdmissionFactory(guest__link=self.link)
        self.one = admission.guest
        return client_with_admissions(admission), f"guest:{admission.pk}"

    def invited(self):
        proof = factories.InvitationProofFactory(
            invitation__item=self.room, invitation__role="speaker"
        )
        self.invitation = proof.invitation
        return client_with_proofs(proof), f"invitation:{proof.invitation_id}"

    def member(self):
        self.membership = factories.GalleryMembershipFactory(gallery=self.gallery)
        publishing.publish(
            item=self.room,
            state="published",
            galleries=[self.gallery],
            among=Gallery.objects.all(),
            by=self.owner,
        )
        self.room.refresh_from_db()
        self.user = self.membership.user
        browser = client_with_admissions()
        browser.force_login(self.user)
        return browser, f"account:{self.user.pk}"

    def listen(self):
        """With the ticket they had while they were inside."""
        return self._listen(self.browser, self.session, cookie=self.ticket)

    def status_of_bytes(self):
        """Over the wire, with this browser's cookies as they were before the right ended."""
        name = django_settings.SESSION_COOKIE_NAME
        cookie = f"{name}={self.browser.cookies[name].value}"
        connection = http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE_SECONDS)
        connection.request(
            "GET", f"{self.room.get_absolute_url()}thumbnail/", headers={"Cookie": cookie}
        )
        status = connection.getresponse().status
        connection.close()
        return status

    def make_private(self):
        publishing.publish(
            item=self.room,
            state="private",
            galleries=[],
            among=Gallery.objects.all(),
            by=self.owner,
        )

    def sign_out(self):
        self.old = self.browser.cookies.copy()
        self.browser.post(reverse("access:sign_out"))
        self.browser.cookies = self.old

    def change_password_elsewhere(self):
        other = Client()
        other.force_login(self.user)
        new = "another long password"
        typed = {"old_password": factories.PASSWORD, "new_password1": new, "new_password2": new}
        assert other.post(reverse("access:change_password"), typed).status_code == 302

    def end_http_session(self, at):
        key = self.browser.cookies[django_settings.SESSION_COOKIE_NAME].value
        Session.objects.filter(pk=key).update(expire_date=at)

    def switch_off_account(self):
        self.user.is_active = False
        admin = User.objects.create_superuser(email=f"admin{self.user.pk}@example.edu")
        accounts.edit_account(user=self.user, by=admin)


SOON = timedelta(seconds=1)
ACTS = {
    "made private": ("member", Inside.make_private),
    "moved to the bin": ("guest", lambda it: deleting.move_to_bin(item=it.room, by=it.owner)),
    "signed out": ("member", Inside.sign_out),
    "password changed in another browser": ("member", Inside.change_password_elsewhere),
    "password set by the mailed link": (
        "member",
        lambda it: accounts.set_password_by_mail(user=it.user, password="another long password"),
    ),
    "account switched off": ("member", Inside.switch_off_account),
    "link ended": (
        "guest",
        lambda it: links.pause_link(link=it.link, by=it.owner, end_inside=True),
    ),
    "guest removed": ("guest", lambda it: guests.remove_guest(guest=it.one, by=it.owner)),
    "invitation taken back": (
        "invited",
        lambda it: managing.revoke(invitation=it.invitation, by=it.owner),
    ),
    "role taken": (
        "member",
        lambda it: memberships.remove_member(membership=it.membership, by=it.owner, as_admin=True),
    ),
    "removed from the session": (
        "guest",
        lambda it: blocks.remove(participant=it.me, by=Actor(Level.HOST, it.owner), lasting=True),
    ),
}
CLOCKS = {
    "the link's last day": (
        "guest",
        lambda it, at: GuestLink.objects.filter(pk=it.link.pk).update(expires_at=at),
    ),
    "the invitation's last day": (
        "invited",
        lambda it, at: Invitation.objects.filter(pk=it.invitation.pk).update(expires_at=at),
    ),
    "the sixty days of a browser that has proven an invitation": (
        "invited",
        lambda it, at: it.invitation.proofs.update(expires_at=at),
    ),
    "the sixty days of a sign-in": ("member", lambda it, at: it.end_http_session(at)),
    "the sixty days of a guest's browser": ("guest", lambda it, at: it.end_http_session(at)),
    "the availability window": (
        "guest",
        lambda it, at: MediaItem.objects.filter(pk=it.room.pk).update(available_until=at),
    ),
}


def seconds_until_over(it, begun):
    """Until the stream has ended, the seat is left and the bytes are refused, each by itself."""
    took = {}

    def look():
        if "stream" not in took and it.stream.ends(seconds=0.02):
            took["stream"] = time.monotonic() - begun
        it.seat.refresh_from_db()
        if "stage" not in took and it.seat.left_at:
            took["stage"] = time.monotonic() - begun
        if "bytes" not in took and it.status_of_bytes() != 200:
            took["bytes"] = time.monotonic() - begun
        return len(took) == 3

    until(look)
    return took


def all_end_in_time(process, listen):
    took = {}
    for name, (way_in, act) in ACTS.items():
        it = Inside(process, listen, way_in)
        begun = time.monotonic()
        act(it)
        took[name] = seconds_until_over(it, begun)
        assert it.listen().status == 403, f"{name}: the old ticket opens the stream again"
    inside = {name: Inside(process, listen, way_in) for name, (way_in, _end) in CLOCKS.items()}
    ends_at, begun = timezone.now() + SOON, time.monotonic() + SOON.total_seconds()
    for name, (_way_in, end) in CLOCKS.items():
        end(inside[name], ends_at)
    for name, it in inside.items():
        took[name] = seconds_until_over(it, begun)
        assert it.listen().status == 403, f"{name}: the old ticket opens the stream again"
    logger.info("%s", took)
    if not machine_is_busy():
        for name, seconds in took.items():
            within = BY_THE_CLOCK if name in CLOCKS else AT_ONCE
            assert max(seconds.values()) < within, (name, seconds)


def test_rights_end_in_seconds_whatever_ended_them(live_process, listen):
    all_end_in_time(live_process, listen)


@pytest.mark.postgres
def test_so_they_do_where_pages_and_streams_have_processes_of_their_own(deployed, listen_deployed):
    all_end_in_time(deployed, listen_deployed)
