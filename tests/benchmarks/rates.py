"""Requests per second of the hot paths, each beside the bare view of the same moment."""

from __future__ import annotations

import itertools
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.accounts.models import User
from access.guests.models import GuestLink
from access.links import guest_link_token
from media_items.catalogue.models import Kind, MediaItem
from media_items.models import MediaFile
from media_items.processing import services as processing
from media_items.processing.models import Purpose
from media_items.processing.tasks import prepare_media_item
from tests.benchmarks import load
from tests.factories import GuestLinkFactory, MediaItemFactory, UserFactory
from tests.media_samples import samples

ROOT = Path(__file__).resolve().parents[2]
WARM_SECONDS, SECONDS, ROUNDS = 1.0, 2.0, 5
WORKERS, THREADS = 2, 4


@dataclass
class Scenario:
    name: str
    expect: int
    make: Callable[[int], bytes]
    queries: int | None = None


@dataclass
class Rate:
    name: str
    per_second: float
    ratio: float
    queries: int | None


class Server:
    """gunicorn as shipped, with two processes of four threads."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        command = [
            *(sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"),
            *("--workers", str(WORKERS), "--threads", str(THREADS)),
            *("--bind", f"127.0.0.1:{port}"),
        ]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=log.open("wb"), stderr=subprocess.STDOUT
        )

    def __enter__(self) -> Self:
        bare = load.request_bytes("GET", "/bare/", port=self.port)
        for _ in range(300):
            try:
                if load.status_of(load.send(self.port, bare)) == 200:
                    return self
            except (OSError, ValueError):
                time.sleep(0.1)
        raise SystemExit("The server did not open.")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


def make_item() -> tuple[MediaItem, GuestLink, User]:
    """A video with its real files, and a link without limits."""
    owner = UserFactory()
    item = MediaItemFactory(owner=owner, kind=Kind.VIDEO, title="Cell division, part 2")
    film = ContentFile(samples().mp4.read_bytes(), name="film.mp4")
    processing.attach_upload(item=item, upload=film, by=owner)
    prepare_media_item.call(item.pk)
    return item, GuestLinkFactory(item=item, access_on=True), owner


def scenarios(port: int) -> list[Scenario]:
    item, link, _owner = make_item()
    page = item.get_absolute_url()
    film = MediaFile.objects.get(item=item, purpose=Purpose.PLAYBACK)
    file_path = reverse("media_items:media_file", args=[item.public_id, film.pk])
    join_path = reverse("access:join", args=[guest_link_token(link)])
    forged_path = join_path[:-4] + "AAA/"
    cookie, body = csrf_of(port, join_path)
    guest = Client(SERVER_NAME="localhost")
    joined = guest.post(join_path, {"name": "Ada", "email": "ada@example.org"})
    if joined.status_code != 302:
        raise SystemExit(f"The guest could not come in: {joined.status_code}.")
    name = settings.SESSION_COOKIE_NAME
    inside = {"Cookie": f"{name}={guest.cookies[name].value}"}

    def plain(method: str, path: str, headers: dict[str, str] | None = None) -> Callable:
        ready = load.request_bytes(method, path, port=port, headers=headers)
        return lambda number: ready

    def join(number: int) -> bytes:
        words = {"name": "Ada Lovelace", "email": f"guest{number}@example.org"}
        form = f"{body}&{urlencode(words)}".encode()
        return load.request_bytes("POST", join_path, port=port, headers=cookie, body=form)

    some = {**inside, "Range": "bytes=1000-17383"}
    return [
        Scenario("bare view", 200, plain("GET", "/bare/")),
        Scenario("media page, as a guest", 200, plain("GET", page, inside),
                 queries_of(guest, page)),
        Scenario("join, a new guest each", 302, join, queries_of_joining(join_path)),
        Scenario("16 KB of a video, as a guest", 206, plain("GET", file_path, some),
                 queries_of(guest, file_path)),
        Scenario("HEAD of a video, as a guest", 200, plain("HEAD", file_path, inside)),
        Scenario("forged link", 404, plain("GET", forged_path),
                 queries_of(Client(SERVER_NAME="localhost"), forged_path)),
    ]  # fmt: skip


def csrf_of(port: int, join_path: str) -> tuple[dict[str, str], str]:
    """A stranger's cookie and the hidden field that belongs to it."""
    answer = load.send(port, load.request_bytes("GET", join_path, port=port)).decode()
    cookie = re.search(rf"Set-Cookie: ({settings.CSRF_COOKIE_NAME}=[^;]+)", answer)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer)
    if not cookie or not token:
        raise SystemExit(f"No join form: {answer[:500]}")
    return {"Cookie": cookie[1]}, urlencode({"csrfmiddlewaretoken": token[1]})


def queries_of(client: Client, path: str) -> int:
    b"".join(client.get(path))
    with CaptureQueriesContext(connection) as captured:
        b"".join(client.get(path))
    return len(captured)


def queries_of_joining(path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        Client(SERVER_NAME="localhost").post(path, {"name": "Bo", "email": "bo@example.org"})
    return sum(not _frames_a_transaction(query["sql"]) for query in captured)


def _frames_a_transaction(sql: str) -> bool:
    return sql.split(" ", 1)[0] in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"}


def measure(port: int, log: Path) -> list[Rate]:
    with Server(port, log):
        wanted = scenarios(port)
        numbers = itertools.count(1)
        seen: dict[str, list[float]] = {scenario.name: [] for scenario in wanted}
        # In turns, so that a slow moment of the machine meets all of them.
        for turn in range(ROUNDS + 1):
            for scenario in wanted:
                rate = load.per_second(
                    port,
                    scenario.make,
                    expect=scenario.expect,
                    seconds=SECONDS if turn else WARM_SECONDS,
                    numbers=numbers,
                )
                if turn:
                    seen[scenario.name].append(rate)
    bare = seen["bare view"]
    return [
        Rate(
            scenario.name,
            statistics.median(seen[scenario.name]),
            statistics.median(
                one / base for one, base in zip(seen[scenario.name], bare, strict=True)
            ),
            scenario.queries,
        )
        for scenario in wanted
    ]
