"""Pages inside the ASGI server: what is sent and who goes away in the middle of it."""

import asyncio

import pytest

from config.asgi import with_streams
from config.pages import SMALL_BODY_BYTES, Pages
from tests import own_event_loop
from tests.config.one_port import Application, send, serving, whole
from tests.waiting import PATIENCE_SECONDS, at_rest, until


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def port(application):
    with serving(Pages(application, threads=2)) as number:
        yield number


def test_a_body_without_a_length_is_refused_clearly(port, application):
    connection = send(
        port, "POST /upload HTTP/1.1", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n"
    )
    answer = whole(connection).decode()
    assert answer.startswith("HTTP/1.1 411 ")
    assert "Content-Length" in answer
    assert application.seen == {}


@pytest.mark.parametrize("size", [3_000_000, SMALL_BODY_BYTES + 3_000_000])
def test_a_body_with_a_length_arrives_whole(port, size):
    head = ("POST /upload HTTP/1.1", f"Content-Length: {size}", "Connection: close")
    assert whole(send(port, *head, body=b"x" * size)).endswith(b"left 0\r\n0\r\n\r\n")


def test_a_small_body_that_breaks_off_reaches_no_page(port, application):
    connection = send(port, "POST /upload HTTP/1.1", "Content-Length: 3000000", body=b"x" * 99_999)
    connection.close()
    assert whole(send(port, "GET /short HTTP/1.1", "Connection: close"))
    assert application.seen["PATH_INFO"] == "/short"
    assert application.asked == 1


def test_a_large_body_that_breaks_off_is_not_taken_for_a_whole_one(port, application):
    size = SMALL_BODY_BYTES + 1
    connection = send(port, "POST /upload HTTP/1.1", f"Content-Length: {size}", body=b"x" * 99_999)
    until(lambda: application.seen)
    connection.close()
    assert isinstance(until(lambda: application.failed), OSError)


def test_a_reader_who_goes_away_holds_no_thread(port, application):
    connection = send(port, "GET / HTTP/1.1")
    connection.recv(1_000_000)
    connection.close()
    assert application.closed.wait(PATIENCE_SECONDS)


def test_a_reader_who_stands_still_is_not_read_for_ahead(port, application):
    connection = send(port, "GET / HTTP/1.1")
    until(lambda: application.pieces)
    at_rest(lambda: application.pieces)
    connection.close()
    assert application.closed.wait(PATIENCE_SECONDS)


def test_no_header_with_an_underscore_passes_for_one_of_a_proxy(port, application):
    head = ("GET / HTTP/1.1", "X_Forwarded_For: 192.0.2.1", "X-Real: yes")
    connection = send(port, *head)
    connection.recv(1000)
    connection.close()
    application.closed.wait(PATIENCE_SECONDS)
    assert "HTTP_X_FORWARDED_FOR" not in application.seen
    assert application.seen["HTTP_X_REAL"] == "yes"


def test_forwarded_headers_are_handed_on_and_not_believed(port, application):
    head = ("GET / HTTP/1.1", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https")
    connection = send(port, *head)
    connection.recv(1000)
    connection.close()
    application.closed.wait(PATIENCE_SECONDS)
    assert application.seen["REMOTE_ADDR"] == "127.0.0.1"
    assert application.seen["wsgi.url_scheme"] == "http"
    assert application.seen["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


def test_whoever_goes_before_the_page_is_begun_needs_none(application):
    async def gone():
        return {"type": "http.disconnect"}

    async def ask():
        sent = []

        async def keep(message):
            sent.append(message["type"])

        scope = {
            "type": "http", "method": "GET", "path": "/", "http_version": "1.1", "headers": [],
            "query_string": b"",
        }  # fmt: skip
        await asyncio.wait_for(Pages(application, threads=1)(scope, gone, keep), PATIENCE_SECONDS)
        return sent

    own_event_loop.run(ask())
    assert application.pieces <= 1


@pytest.mark.django_db
def test_the_event_stream_alone_refuses_a_bus_that_reaches_nobody(settings):
    settings.LIVE_BUS = "memory"

    async def start():
        sent = []

        async def receive():
            return {"type": "lifespan.startup"}

        async def keep(message):
            sent.append(message)

        await with_streams(None)({"type": "lifespan"}, receive, keep)
        return sent

    [answer] = own_event_loop.run(start())
    assert answer["type"] == "lifespan.startup.failed"
    assert "LIVE_BUS" in answer["message"]
