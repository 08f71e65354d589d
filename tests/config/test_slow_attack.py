"""The one-port form before 200 slow posts, 200 slow readers and 200 half-sent heads at once: a page
is asked for all the while, and 99 of 100 come within a second."""

import http.client
import logging
import re
import socket
import statistics
import threading
import time

import pytest

from tests.config.own_site import Site
from tests.waiting import PATIENCE_SECONDS

logger = logging.getLogger(__name__)

SLOW_OF_EACH_KIND = 200
PAGES = 120
PAGES_ALONE = 60  # before the slow ones come, and as many once they are gone
SECONDS_BETWEEN_PAGES = 0.1
MOST_SECONDS = 1.0
FILM_BYTES = 60_000_000
FORM = "Content-Type: application/x-www-form-urlencoded"

# A film that everybody may see; says its address.
PUT_UP_A_FILM = """
    import sys
    import django
    django.setup()
    from django.core.files.base import ContentFile
    from django.urls import reverse
    from media_items.catalogue.models import State
    from media_items.processing.models import MediaFile, Purpose
    from tests.factories import MediaItemFactory

    item = MediaItemFactory(state=State.UNLISTED)
    size = int(sys.argv[1])
    row = MediaFile(item=item, purpose=Purpose.PLAYBACK, content_type="video/mp4", size=size)
    row.file.save("film.mp4", ContentFile(b"film" * (size // 4)))
    print(reverse("media_items:media_file", args=[item.public_id, row.pk]), flush=True)
"""


class Slow:
    """Connections that send one byte now and then, or read nothing, until `stop()`."""

    def __init__(self, port, cookie, film):
        self.port = port
        head = f"Host: localhost\r\nCookie: {cookie}\r\n"
        self.posts = [
            f"POST /accounts/sign-in/ HTTP/1.1\r\n{head}Content-Length: 100000\r\n{FORM}\r\n\r\n"
        ] * SLOW_OF_EACH_KIND
        self.heads = ["GET /accounts/sign-in/ HTTP/1.1\r\nX-Slow: "] * SLOW_OF_EACH_KIND
        self.readers = [f"GET {film} HTTP/1.1\r\n{head}\r\n"] * SLOW_OF_EACH_KIND
        self.all, self.stopped = [], threading.Event()

    def start(self):
        self.all = [self._open(words) for words in [*self.posts, *self.heads, *self.readers]]
        self.thread = threading.Thread(target=self._send_bytes)
        self.thread.start()

    def stop(self):
        self.stopped.set()
        self.thread.join()
        for connection in self.all:
            connection.close()

    def _open(self, words):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE_SECONDS)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(words.encode())
        return connection

    def _send_bytes(self):
        while not self.stopped.wait(2):
            for connection in self.all[: 2 * SLOW_OF_EACH_KIND]:
                try:
                    connection.sendall(b"x")
                except OSError:  # cut, as it should be
                    continue


def seconds_of_pages(port, *, pages=PAGES):
    """What each of many pages took, each over a connection of its own."""
    took = []
    for _ in range(pages):
        begun_at = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        connection.request("GET", "/accounts/sign-in/", headers={"Host": "localhost"})
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
        connection.close()
        took.append(time.monotonic() - begun_at)
        time.sleep(SECONDS_BETWEEN_PAGES)
    return took


def ninety_nine_of_a_hundred(took):
    return statistics.quantiles(took, n=100, method="inclusive")[98]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.stop()


@pytest.mark.long
def test_a_page_comes_within_a_second_while_six_hundred_are_slow(site):
    film = site.script(PUT_UP_A_FILM, FILM_BYTES).communicate()[0].strip()
    connection = http.client.HTTPConnection("localhost", site.port, timeout=PATIENCE_SECONDS)
    connection.request("GET", "/accounts/sign-in/")
    cookie = re.match(r"[^;]+", connection.getresponse().headers["Set-Cookie"])[0]
    connection.close()

    alone = seconds_of_pages(site.port, pages=PAGES_ALONE)
    slow = Slow(site.port, cookie, film)
    slow.start()
    try:
        # All are there: two hundred requests at once have been answered, and are not read.
        readers = slow.all[-SLOW_OF_EACH_KIND:]
        assert {reader.recv(12) for reader in readers} == {b"HTTP/1.1 200"}
        among_slow = ninety_nine_of_a_hundred(seconds_of_pages(site.port))
    finally:
        slow.stop()
    alone = ninety_nine_of_a_hundred(alone + seconds_of_pages(site.port, pages=PAGES_ALONE))
    logger.info("p99 of a page: %.3f s alone, %.3f s among slow browsers.", alone, among_slow)
    # On a machine that is busy with other things, a page takes long alone, too.
    assert among_slow < max(MOST_SECONDS, 5 * alone), (alone, among_slow)
