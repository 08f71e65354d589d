"""The paths that are asked most, each as one request that a server can be sent again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.guests.models import GuestLink
from access.links import guest_link_token, invitation_token
from access.memberships.models import GalleryRole
from access.session_proofs import invitation_proofs
from media_items.catalogue.models import Kind, MediaItem
from media_items.live.sessions import services as sessions
from media_items.models import MediaFile
from media_items.processing import services as processing
from media_items.processing.models import Purpose
from media_items.processing.tasks import prepare_media_item
from tests import factories
from tests.live_factories import LiveSettingsFactory
from tests.media_samples import samples

CARDS = 20
INVITED = 10
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class HotPath:
    """`goal` is the rate that is wanted, as a share of the bare signed-in page's."""

    name: str
    goal: float | None
    path: str
    expect: int = 200
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    form: Callable[[int], dict[str, str]] | None = None  # never the same number
    by_nginx: bool = False  # the bytes are sent by nginx, of which there is none here
    queries: int | None = None

    def body(self, number: int) -> bytes:
        return urlencode(self.form(number)).encode() if self.form else b""


class Stage:
    """A course: a film, a document, a gallery, a room that is live, and people of each kind."""

    def __init__(self) -> None:
        self.owner = factories.UserFactory(first_name="Grace", last_name="Hopper")
        self.film = self._prepared(Kind.VIDEO, samples().mp4, "Cell division, part 2")
        self.document = self._prepared(Kind.DOCUMENT, samples().pdf, "Reading list")
        self.room = factories.MediaItemFactory(owner=self.owner, kind=Kind.ROOM, title="Hour")
        self.gallery = factories.GalleryFactory(name="Biology")
        factories.GalleryMembershipFactory(
            gallery=self.gallery, user=self.owner, role=GalleryRole.MANAGER
        )
        for number in range(CARDS):
            item = factories.MediaItemFactory(owner=self.owner, title=f"Lecture {number}")
            factories.PublicationFactory(item=item, gallery=self.gallery)
        self.film_link = self._link(self.film)
        self.invitations = [
            factories.InvitationFactory(
                item=self.film, accepted=bool(number % 2), invited_by=self.owner
            )
            for number in range(INVITED)
        ]
        self.as_owner = Client(SERVER_NAME="localhost")
        self.as_owner.force_login(self.owner)
        self.as_guest = self._guest(self.film_link, self._link(self.document))
        self.as_invited = self._invited()

    def _prepared(self, kind: Kind, sample: Any, title: str) -> MediaItem:
        item = factories.MediaItemFactory(owner=self.owner, kind=kind, title=title)
        upload = ContentFile(sample.read_bytes(), name=sample.name)
        processing.attach_upload(item=item, upload=upload, by=self.owner)
        prepare_media_item.call(item.pk)
        return item

    def _link(self, item: MediaItem) -> GuestLink:
        link: GuestLink = factories.GuestLinkFactory(item=item, access_on=True)
        return link

    def _guest(self, *links: GuestLink) -> Client:
        client = Client(SERVER_NAME="localhost")
        for link in links:
            path = reverse("access:join", args=[guest_link_token(link)])
            answer = client.post(path, {"name": "Ada Lovelace", "email": "ada@example.org"})
            if answer.status_code != 302:
                raise SystemExit(f"The guest could not come in: {answer.status_code}.")
        return client

    def _invited(self) -> Client:
        client = Client(SERVER_NAME="localhost")
        proof = factories.InvitationProofFactory(invitation=self.invitations[1])
        session = client.session
        invitation_proofs.remember(session, proof.pk)
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    def enter_room(self) -> tuple[Client, Client]:
        """Its host and a guest, both inside."""
        LiveSettingsFactory(item=self.room)
        sessions.open_session(item=self.room)
        guest = self._guest(self._link(self.room))
        for client in (self.as_owner, guest):
            answer = client.post(reverse("media_items:enter_session", args=[self.room.public_id]))
            if answer.status_code != 302:
                raise SystemExit(f"Nobody could come into the room: {answer.status_code}.")
        return self.as_owner, guest

    def named(self, names: Sequence[str]) -> list[HotPath]:
        """Those whose name begins with one of `names`; all, where there are none. Raises
        SystemExit where a name is of no path."""
        paths = list(self.paths())
        for name in names:
            if not any(one.name.startswith(name) for one in paths):
                known = ", ".join(one.name for one in paths)
                raise SystemExit(f"No path begins with “{name}”. There are: {known}.")
        return [one for one in paths if not names or one.name.startswith(tuple(names))]

    def paths(self) -> Iterator[HotPath]:
        page = self.film.get_absolute_url()
        item, room = [self.film.public_id], [self.room.public_id]
        host, in_room = self.enter_room()
        guest, invited, owner = map(_cookies, (self.as_guest, self.as_invited, self.as_owner))
        playback = MediaFile.objects.get(item=self.film, purpose=Purpose.PLAYBACK)
        bytes_path = reverse("media_items:media_file", args=[*item, playback.pk])
        some = {**guest, "Range": "bytes=1000-17383"}
        join = reverse("access:join", args=[guest_link_token(self.film_link)])
        asked = {"HX-Request": "true"}

        yield HotPath("Media page, guest", 0.6, page, headers=guest)
        yield HotPath("Media page, invited", 0.6, page, headers=invited)
        yield HotPath("Media page, owner", 0.5, page, headers=owner)
        document = self.document.get_absolute_url()
        yield HotPath("Document page, guest", 0.5, document, headers=guest)
        yield HotPath("My media", 0.4, reverse("media_items:my_media"), headers=owner)
        gallery = reverse("media_items:gallery", args=[self.gallery.public_id])
        yield HotPath("Gallery", 0.3, gallery, headers=owner)
        yield HotPath("Join page, GET", 1.0, join)
        yield _sent(
            HotPath("Join, POST, a new guest each", 0.4, join, expect=302),
            lambda n: {"name": "Ada Lovelace", "email": f"guest{n}@example.org"},
        )
        yield HotPath("16 KB of a film", 1.0, bytes_path, expect=206, headers=some)
        yield HotPath("16 KB of a film, X-Accel", 1.0, bytes_path, headers=some, by_nginx=True)
        yield HotPath("HEAD of a film", None, bytes_path, method="HEAD", headers=guest)
        yield HotPath("Forged link", 2.0, f"{join[:-4]}AAA/", expect=404)
        invitation = reverse("access:invitation", args=[invitation_token(self.invitations[0])])
        yield HotPath("Invitation, GET", 1.0, invitation)
        register = reverse("access:register", args=item)
        yield HotPath(f"Register, {INVITED} rows", 0.25, register, headers=owner)
        share = reverse("access:share", args=item)
        yield HotPath("Share dialog", 0.4, share, headers={**owner, **asked})
        session = reverse("media_items:chat", args=room)
        yield HotPath("Live page, guest", 0.35, session, headers=_cookies(in_room))
        people = reverse("media_items:participants", args=room)
        yield HotPath("Participants", 0.4, people, headers={**_cookies(host), **asked})
        beat = reverse("media_items:session_heartbeat", args=room)
        yield _sent(HotPath("Heartbeat", 0.8, beat, expect=204, headers=_cookies(in_room)))
        yield HotPath("Sign-in page", 1.2, reverse("access:sign_in"))


def _cookies(client: Client) -> dict[str, str]:
    held = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items() if one.value)
    return {"Cookie": held}


def _sent(path: HotPath, form: Callable[[int], dict[str, str]] = lambda n: {}) -> HotPath:
    """Posted, with the cookie and the word that only Foyer's own pages have."""
    word = "k" * 32
    before = path.headers.get("Cookie")
    cookie = f"{settings.CSRF_COOKIE_NAME}={word}"
    kept = "; ".join(
        one
        for one in (before or "").split("; ")
        if one and not one.startswith(settings.CSRF_COOKIE_NAME)
    )
    headers = {
        **path.headers,
        "Cookie": f"{kept}; {cookie}" if kept else cookie,
        "X-CSRFToken": word,
        "Content-Type": _FORM,
    }
    return replace(path, method="POST", headers=headers, form=form)


def counted(path: HotPath) -> HotPath:
    """With the number of its queries, without those that frame a transaction; asked once before,
    for what a process learns once."""
    ask(path, 10_000_001)
    with CaptureQueriesContext(connection) as captured:
        ask(path, 10_000_002)
    queries = [one["sql"] for one in captured if not _frames_a_transaction(one["sql"])]
    return replace(path, queries=len(queries))


def ask(path: HotPath, number: int) -> None:
    """In this process; raises SystemExit for an answer that is not the one expected."""
    client = Client(SERVER_NAME="localhost", headers=path.headers, enforce_csrf_checks=True)
    body = path.body(number)
    answer = client.generic(path.method, path.path, body, content_type=_FORM)
    b"".join(answer)
    expect = 200 if path.by_nginx else path.expect
    if answer.status_code not in {expect, path.expect, 206}:
        raise SystemExit(f"{path.name} answered {answer.status_code}.")


def _frames_a_transaction(sql: str) -> bool:
    return sql.split(" ", 1)[0] in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"}
