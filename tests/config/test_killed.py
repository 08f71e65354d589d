"""kill -9 in the midst of everything, with a real site: within a minute nothing of it is left."""

import http.client
import json
import logging
import re
import sqlite3
import time
from contextlib import closing

import pytest
from django_tasks_db.models import DBTaskResult

from tests.config.own_site import Site
from tests.media_samples import slow_pdf
from tests.waiting import PATIENCE_SECONDS, machine_is_busy, until

logger = logging.getLogger(__name__)
SECONDS = 60
TASKS = DBTaskResult._meta.db_table
UPLOAD_BYTES, SENT_BYTES = 20_000_000, 3_000_000
BOUNDARY = "----end-of-part"

SIGN_IN = """
    import django
    django.setup()
    from django.conf import settings
    from django.test import Client
    from tests.factories import UserFactory

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(UserFactory(email="ada@example.edu"))
    name = settings.SESSION_COOKIE_NAME
    secret = f"{settings.CSRF_COOKIE_NAME}={'a' * 32}"
    print(f"{name}={client.cookies[name].value}; {secret}", flush=True)
"""

# As the web server does, and stands still between the file and its row.
STORE_AND_STAND_STILL = """
    import sys
    import django
    django.setup()
    from django.core.files.uploadedfile import TemporaryUploadedFile
    from media_items.catalogue.models import Kind, MediaItem
    from media_items.library.services import editing
    from tests.factories import UserFactory
    from tests.media_samples import samples

    def stand_still(item, *, by, original, then):
        print(item.thumbnail.name, original.file.name, flush=True)
        sys.stdin.readline()

    editing._save_new = stand_still
    upload = TemporaryUploadedFile("film.mp4", "video/mp4", 0, None)
    upload.write(samples().mp4.read_bytes())
    upload.size = upload.tell()
    with samples().png.open("rb") as picture:
        editing.create_media_item(
            item=MediaItem(kind=Kind.VIDEO, title="Film"),
            owner=UserFactory(email="grace@example.edu"),
            upload=upload,
            picture=picture,
        )
"""

PUT_UP_A_DOCUMENT = """
    import sys
    from pathlib import Path
    import django
    django.setup()
    from django.core.files.uploadedfile import SimpleUploadedFile
    from media_items.catalogue.models import Kind
    from media_items.processing.services import attach_upload
    from tests.factories import MediaItemFactory

    item = MediaItemFactory(kind=Kind.DOCUMENT, owner__email="noa@example.edu")
    paper = SimpleUploadedFile("paper.pdf", Path(sys.argv[1]).read_bytes())
    attach_upload(item=item, upload=paper, by=item.owner)
    print(item.public_id, flush=True)
"""


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    site.start()
    yield site
    site.stop()


def half_an_upload(site, session):
    """A connection over which part of a film has come."""
    connection = http.client.HTTPConnection("localhost", site.port, timeout=PATIENCE_SECONDS)
    connection.putrequest("POST", "/media/new/video/")
    connection.putheader("Cookie", session)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(UPLOAD_BYTES))
    connection.endheaders()
    part = 'Content-Disposition: form-data; name="file"; filename="film.mp4"'
    connection.send(f"--{BOUNDARY}\r\n{part}\r\nContent-Type: video/mp4\r\n\r\n".encode())
    connection.send(b"x" * SENT_BYTES)
    return connection


def uploads(site):
    return set((site.folder / "data" / "uploads").glob("*.upload*"))


def running(site):
    """The tasks that stand as running, each with those who began it."""
    with closing(sqlite3.connect(site.folder / "data" / "foyer.sqlite3", timeout=20)) as database:
        found = database.execute(
            f"SELECT id, worker_ids FROM {TASKS} WHERE status = 'RUNNING'"  # noqa: S608
        )
        return {(task, tuple(json.loads(workers))) for task, workers in found}


def test_what_was_killed_in_the_midst_is_gone_or_taken_up_within_a_minute(site, tmp_path):
    media = site.folder / "data" / "media"
    session = site.script(SIGN_IN).communicate()[0].strip()
    first = half_an_upload(site, session)
    broken_off = until(lambda: uploads(site))

    standing = site.script(STORE_AND_STAND_STILL)
    stored = [media / name for name in standing.stdout.readline().split()]
    assert len(stored) == 2
    assert all(path.exists() for path in stored)

    document = site.script(PUT_UP_A_DOCUMENT, slow_pdf(tmp_path)).communicate()[0].strip()
    half_made = until(lambda: set((media / document / "page").glob("*")))
    work = set((site.folder / "data" / "uploads").glob("prepare-*"))
    [at_it] = running(site)

    standing.kill()
    site.child("config.asgi_server").kill()
    site.child("media").kill()
    killed_at = time.monotonic()
    standing.communicate()
    assert work
    until(lambda: site.answers() == 200)
    going_on = half_an_upload(site, session)
    [living] = until(lambda: uploads(site) - broken_off)

    left = broken_off | set(stored) | half_made | work
    sent_at = time.monotonic()

    def is_clean():
        nonlocal sent_at
        if time.monotonic() - sent_at > 30:  # the line is slow, not dead
            going_on.send(b"x" * 100_000)
            sent_at = time.monotonic()
        return not any(path.exists() for path in left) and at_it not in running(site)

    until(is_clean)
    took = time.monotonic() - killed_at
    logger.info("Clean after %.1f s.", took)
    assert took < SECONDS or machine_is_busy()
    assert living.exists()
    # A list goes right after what stands on it.
    lists = (site.folder / "data" / "uploads").glob
    until(lambda: not list(lists("*.names*")) or running(site))
    for connection in (first, going_on):
        connection.close()
    assert re.search(r"leftovers of processes that are gone", site.log)
