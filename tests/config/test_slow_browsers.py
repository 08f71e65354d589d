"""A thread is never held by somebody else's line: slow heads, slow bodies, slow readers, crowds."""

import asyncio
import socket
import struct
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.urls import reverse

from config import connections, pages
from config.connections import Limits, SlowBrowserProtocol, Waiting, network_of
from config.pages import SMALL_BODY_BYTES, Pages
from config.spool import LEFT_FREE, Spool
from config.uploads import LineFull, Slots
from tests import own_event_loop
from tests.config.one_port import Application, send, serving, whole
from tests.waiting import PATIENCE_SECONDS, until

SHORT = ("GET /short HTTP/1.1", "Connection: close")


@pytest.fixture
def application(tmp_path):
    application = Application()
    application.file = tmp_path / "film"
    application.file.write_bytes(bytes(range(256)) * 4 * 30_000)  # 30 MB
    return application


@contextmanager
def served(application, *, threads=1, uploads=1, spool=None, slots=None, **limits):
    hasty = type(
        "Hasty", (SlowBrowserProtocol,), {"limits": Limits(**limits), "waiting": Waiting()}
    )
    served_by = Pages(application, threads=threads, uploads=uploads, spool=spool, slots=slots)
    with serving(served_by, hasty) as port:
        yield port, hasty.waiting


def raw(port, words=b""):
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    connection.sendall(words)
    return connection


def is_cut(connection):
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    connection.close()
    return True


def takes_a_byte(connection):
    try:
        connection.sendall(b"a")
    except OSError:
        return False
    return True


def reader_who_does_not_read(port, path, *, method="GET", more="", body=b""):
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n"
    connection.sendall(head.encode() + body)
    return connection


# --- heads ------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [b"", b"GET / HTTP/1.1\r\nHost: local"])
def test_a_head_that_does_not_come_is_waited_for_no_longer(application, words):
    with served(application, head_seconds=0.3) as (port, _waiting):
        assert is_cut(raw(port, words))


def test_single_bytes_of_a_head_win_no_time(application):
    with served(application, head_seconds=0.5) as (port, waiting):
        connection = raw(port, b"GET / HTTP/1.1\r\nX-A: ")
        until(lambda: len(waiting) == 1)
        until(lambda: not takes_a_byte(connection))
        connection.close()


def test_the_second_head_on_a_connection_is_bounded_as_the_first(application):
    with served(application, head_seconds=0.3) as (port, _waiting):
        connection = send(port, "GET /short HTTP/1.1")
        until(lambda: b"short" in connection.recv(65536))
        connection.sendall(b"GET /short HTTP/1.1\r\nX-")
        assert is_cut(connection)


def test_an_answer_that_takes_long_is_not_cut(application):
    with served(application, head_seconds=0.1, body_seconds=0.1) as (port, _waiting):
        connection = send(port, "GET / HTTP/1.1")
        for _ in range(30):
            assert connection.recv(1000)
            time.sleep(0.02)
        connection.close()


# --- bodies -----------------------------------------------------------------------------------


def test_a_slow_small_body_takes_no_thread_and_is_cut(application):
    with served(application, body_seconds=0.5, body_bytes=1000) as (port, _waiting):
        slow = [
            send(port, "POST /upload HTTP/1.1", "Content-Length: 9999", body=b"x")
            for _ in range(20)
        ]
        assert b"short" in whole(send(port, *SHORT))
        assert application.asked == 1
        assert all(is_cut(connection) for connection in slow)


def test_a_slow_large_body_is_cut_and_its_thread_is_free_again(application):
    size = SMALL_BODY_BYTES + 1
    with served(application, body_seconds=0.5, body_bytes=1000) as (port, _waiting):
        slow = send(port, "POST /upload HTTP/1.1", f"Content-Length: {size}", body=b"x")
        assert is_cut(slow)
        head = ("POST /upload HTTP/1.1", f"Content-Length: {size}", "Connection: close")
        assert whole(send(port, *head, body=b"x" * size)).endswith(b"left 0\r\n0\r\n\r\n")


def test_a_body_that_goes_on_slowly_is_taken(application):
    with served(application, body_seconds=0.3, body_bytes=5) as (port, _waiting):
        connection = send(port, "POST /upload HTTP/1.1", "Content-Length: 60", "Connection: close")
        for _ in range(60):
            connection.sendall(b"x")
            time.sleep(0.02)
        assert b"left 0" in whole(connection)


def test_an_upload_waits_its_turn_while_pages_go_on_and_is_not_taken_for_slow(application):
    size = SMALL_BODY_BYTES + 1
    head = ("POST /upload HTTP/1.1", f"Content-Length: {size}", "Connection: close")
    with served(application, body_seconds=0.3, body_bytes=1) as (port, _waiting):
        first = send(port, *head, body=b"x" * 100)
        until(lambda: application.asked == 1)
        second = raw(port, "\r\n".join([*head, "Host: localhost", "", ""]).encode() + b"x" * 70_000)
        give_up_at = time.monotonic() + 1
        while time.monotonic() < give_up_at:
            first.sendall(b"x")
            time.sleep(0.05)
            assert b"short" in whole(send(port, *SHORT))
        first.close()
        second.sendall(b"x" * (size - 70_000))
        assert b"left 0" in whole(second)


def waits_with(port, size=SMALL_BODY_BYTES + 1, body=b"x" * 70_000):
    head = "\r\n".join([*upload_head(size), "Host: localhost", "", ""])
    return raw(port, head.encode() + body)


def test_whoever_goes_leaves_the_line_and_takes_no_turn(application):
    slots = Slots(1, per_network=1)
    with served(application, slots=slots) as (port, _waiting):
        first = waits_with(port)
        until(lambda: application.asked == 1)
        others = [waits_with(port) for _ in range(20)]
        staying = waits_with(port)
        until(lambda: slots.waiting == 21)
        for connection in others[:10]:
            connection.close()
        for connection in others[10:]:  # as a machine that was reset
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()
        until(lambda: slots.waiting == 1)
        assert application.asked == 1
        first.close()
        until(lambda: application.asked == 2)
        staying.sendall(b"x" * (SMALL_BODY_BYTES + 1 - 70_000))
        assert b"left 0" in whole(staying)


def test_a_line_that_is_full_says_so_and_when_to_come_again(application):
    slots = Slots(1, per_network=1, line=2)
    with served(application, slots=slots) as (port, _waiting):
        first = waits_with(port)
        until(lambda: application.asked == 1)
        waiting = [waits_with(port) for _ in range(2)]
        until(lambda: slots.waiting == 2)
        # Sends all the while, as browsers do: the answer is not lost with the connection.
        answer = whole(waits_with(port, body=b"x" * 1_000_000))
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 60" in answer
        assert b"Try again in a minute" in answer
        assert b"short" in whole(send(port, *SHORT))
        for connection in (first, *waiting):
            connection.close()


def test_one_networks_line_leaves_room_for_others():
    async def ask():
        slots = Slots(1, per_network=1, line=3, line_per_network=2)
        never = asyncio.Event()

        async def upload(network):
            async with slots.one(network):
                await never.wait()

        tasks = [asyncio.create_task(upload(network)) for network in "aaaabb"]
        await asyncio.sleep(0.05)
        full = [task.done() and type(task.exception()) for task in tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return full, slots.waiting, slots._taken

    full, waiting, taken = own_event_loop.run(ask())
    assert full == [False, False, False, LineFull, False, LineFull]
    assert (waiting, taken.total()) == (0, 0)


def test_a_network_that_asks_for_thousands_stands_before_nobody_elses_file():
    async def ask():
        slots, order = Slots(4, per_network=3, line=10_000, line_per_network=10_000), []

        async def file(network):
            async with slots.one(network):
                order.append(network)
                await asyncio.sleep(0)

        await asyncio.gather(*map(file, ["crowd"] * 3_000 + ["one"] * 20))
        return order, slots.waiting, slots._taken, slots._lines

    order, waiting, taken, lines = own_event_loop.run(ask())
    assert len(order) == 3_020
    last_of_one = len(order) - order[::-1].index("one")
    assert last_of_one < 150
    assert (waiting, taken.total(), lines) == (0, 0, {})


def test_a_page_takes_its_turn_between_the_files(application):
    """Two hundred pictures of a document, asked for at once, stand before no page."""
    order = []

    def judge(environ, start_response):
        order.append(environ["PATH_INFO"])
        time.sleep(0.02)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"what"]

    with served(judge, threads=4) as (port, _waiting):
        files = [send(port, "GET /media/abc/files/7/ HTTP/1.1") for _ in range(200)]
        until(lambda: order)
        page = send(port, "GET /media/abc/ HTTP/1.1", "Connection: close")
        assert b"what" in whole(page)
        before = order.index("/media/abc/")
        assert before < 100, before
        for connection in files:
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
            connection.close()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("media_file", ["abc", 7]), ("thumbnail", ["abc"]), ("download_media_item", ["abc"])],
)
def test_what_answers_with_a_file_is_known_by_its_address(name, arguments):
    assert pages._FILE.fullmatch(reverse(f"media_items:{name}", args=arguments))


@pytest.mark.parametrize("name", ["media_item", "transcript", "preparation", "edit_media_item"])
def test_a_page_is_not_taken_for_a_file(name):
    assert not pages._FILE.fullmatch(reverse(f"media_items:{name}", args=["abc"]))


def upload_head(size):
    return ("POST /upload HTTP/1.1", f"Content-Length: {size}", "Connection: close")


def test_bodies_on_the_disk_take_no_more_than_their_room_and_small_forms_never_wait(application):
    size, spool = 500_000, Spool(1_200_000, per_network=1_200_000)
    with served(application, spool=spool) as (port, _waiting):
        half = [send(port, *upload_head(size), body=b"x" * 100_000) for _ in range(6)]
        until(lambda: spool.taken == 2 * size)
        form = ("POST /upload HTTP/1.1", "Content-Length: 65536", "Connection: close")
        for _ in range(5):
            assert b"left 0" in whole(send(port, *form, body=b"x" * 65536))
            assert spool.taken == 2 * size
        for connection in half:
            connection.sendall(b"x" * (size - 100_000))
            assert b"left 0" in whole(connection)
        until(lambda: spool.taken == 0)


def test_a_body_that_keeps_the_room_from_others_is_cut_after_its_time(application):
    size, spool = 500_000, Spool(600_000, per_network=600_000, read_seconds=0.3)
    with served(application, spool=spool) as (port, _waiting):
        slow = send(port, *upload_head(size), body=b"x" * 100_000)
        until(lambda: spool.taken == size)
        assert b"left 0" in whole(send(port, *upload_head(size), body=b"x" * size))
        assert b" 408 " in whole(slow)


def test_a_body_may_be_slow_while_nobody_waits_for_its_room(application):
    size, spool = 100_000, Spool(600_000, per_network=600_000, read_seconds=0.1)
    with served(application, spool=spool) as (port, _waiting):
        slow = send(port, *upload_head(size))
        for _ in range(10):
            slow.sendall(b"x" * 10_000)
            time.sleep(0.05)
        assert b"left 0" in whole(slow)


def test_a_body_that_breaks_off_gives_its_room_back(application):
    spool = Spool(600_000, per_network=600_000)
    with served(application, spool=spool) as (port, _waiting):
        connection = send(port, *upload_head(500_000), body=b"x" * 100_000)
        until(lambda: spool.taken)
        connection.close()
        until(lambda: spool.taken == 0)


def test_an_answer_that_nobody_reads_keeps_no_room(application):
    size, spool = 100_000, Spool(150_000, per_network=150_000)
    with served(application, spool=spool) as (port, waiting):
        connection = reader_who_does_not_read(
            port, "/rows", method="POST", more=f"Content-Length: {size}\r\n", body=b"x" * size
        )
        until(lambda: application.asked == 1 and len(waiting) == 1)
        until(lambda: spool.taken == 0)
        assert b"left 0" in whole(send(port, *upload_head(size), body=b"x" * size))
        connection.close()


def test_on_a_disk_nearly_full_a_body_is_refused_unread_and_a_form_is_not(application, monkeypatch):
    usage = SimpleNamespace(free=LEFT_FREE + 400_000)
    monkeypatch.setattr("config.spool.shutil.disk_usage", lambda _path: usage)
    with served(application) as (port, _waiting):
        answer = whole(send(port, *upload_head(500_000), body=b"x" * 1000))
        assert b" 503 " in answer
        assert b"out of space" in answer
        assert b"left 0" in whole(send(port, *upload_head(60_000), body=b"x" * 60_000))
        assert application.asked == 1


def test_one_networks_bodies_leave_room_for_others_and_nobody_is_overtaken():
    async def ask():
        spool = Spool(10, per_network=6)
        entered, ends = [], []

        async def body(name, network, size, end):
            async with spool.share(network, size):
                entered.append(name)
                await end.wait()

        async def come(name, network, size):
            ends.append(asyncio.Event())
            task = asyncio.create_task(body(name, network, size, ends[-1]))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return task

        tasks = [
            await come(*one)
            for one in [("a1", "a", 4), ("a2", "a", 4), ("a3", "a", 1), ("b1", "b", 4)]
        ]
        tasks += [await come("c1", "c", 4), await come("d1", "d", 1)]
        first = list(entered)
        ends[0].set()
        await asyncio.gather(tasks[0])
        await asyncio.sleep(0.01)
        second = list(entered)
        for end in ends:
            end.set()
        await asyncio.gather(*tasks)
        return first, second, sorted(entered), spool.taken

    first, second, everybody, taken = own_event_loop.run(ask())
    assert first == ["a1", "b1"]
    assert second == ["a1", "b1", "a2", "a3"]
    assert everybody == ["a1", "a2", "a3", "b1", "c1", "d1"]
    assert taken == 0


def test_of_too_many_bodies_that_wait_the_longest_wait_is_cut():
    async def ask():
        spool, never = Spool(10, per_network=6, waiting_per_network=2), asyncio.Event()

        async def body(network):
            async with spool.share(network, 6):
                await never.wait()

        tasks = [asyncio.create_task(body(network)) for network in "aaaab"]
        await asyncio.sleep(0.01)
        is_cut = [task.done() for task in tasks]
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        return is_cut, [type(end) for end in ends].count(TimeoutError), spool.taken

    is_cut, cut, taken = own_event_loop.run(ask())
    assert is_cut == [False, True, False, False, False]
    assert (cut, taken) == (1, 0)


def test_one_network_never_has_all_turns():
    async def ask():
        slots = Slots(3, per_network=2)
        entered = []

        async def upload(network):
            async with slots.one(network):
                entered.append(network)
                await asyncio.sleep(3600)

        tasks = [asyncio.create_task(upload(network)) for network in "aaabb"]
        await asyncio.sleep(0.05)
        first = list(entered)
        tasks[0].cancel()
        await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return first, entered

    first, entered = own_event_loop.run(ask())
    assert first == ["a", "a", "b"]
    assert len(entered) == 4


# --- readers ----------------------------------------------------------------------------------


def test_a_file_arrives_whole_and_whoever_does_not_read_holds_no_thread(application):
    with served(application) as (port, _waiting):
        paused = [reader_who_does_not_read(port, "/file") for _ in range(20)]
        answer = whole(send(port, "GET /file HTTP/1.1", "Connection: close"))
        assert answer.partition(b"\r\n\r\n")[2] == application.file.read_bytes()
        assert b"short" in whole(send(port, *SHORT))
        for connection in paused:
            connection.close()


def test_a_page_in_a_million_pieces_arrives_whole_and_holds_no_thread(application):
    with served(application) as (port, _waiting):
        paused = [reader_who_does_not_read(port, "/rows") for _ in range(3)]
        answer = whole(send(port, "GET /rows HTTP/1.1", "Connection: close"))
        assert answer.count(b"row\n") == 1_000_000
        for connection in paused:
            connection.close()


def test_head_of_a_file_has_its_length_and_nothing_else(application):
    with served(application) as (port, _waiting):
        answer = whole(send(port, "HEAD /file HTTP/1.1", "Connection: close"))
        assert f"content-length: {application.file.stat().st_size}".encode() in answer
        assert answer.endswith(b"\r\n\r\n")


def test_whoever_does_not_read_is_cut_and_leaves_no_file_open(application):
    with served(application, unread_seconds=0.3) as (port, waiting):
        connection = reader_who_does_not_read(port, "/file")
        until(lambda: len(waiting) == 1)
        until(lambda: len(waiting) == 0)
        assert is_cut(connection)


# --- crowds -----------------------------------------------------------------------------------


def test_too_many_of_one_network_lose_their_longest_wait_and_newcomers_are_answered(application):
    with served(application, per_network=5) as (port, waiting):
        crowd = [raw(port, b"GET / HTT") for _ in range(5)]
        until(lambda: len(waiting) == 5)
        assert b"short" in whole(send(port, *SHORT))
        assert is_cut(crowd[0])
        for connection in crowd[1:]:
            connection.settimeout(0.05)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.close()


def test_open_files_that_run_out_cost_the_largest_crowd(application, monkeypatch):
    monkeypatch.setattr(connections, "_open_files", lambda: 10)
    with served(application, share_of_open_files=0.5) as (port, waiting):
        crowd = [raw(port, b"GET / HTT") for _ in range(5)]
        until(lambda: len(waiting) == 5)
        assert b"short" in whole(send(port, *SHORT))
        assert is_cut(crowd[0])
        for connection in crowd[1:]:
            connection.close()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_network_is_an_address_or_what_ipv6_gives_to_one_house(address, network):
    assert network_of(address) == network


def test_behind_our_own_proxy_networks_are_not_told_apart(settings):
    settings.TRUSTED_PROXIES = 1
    assert network_of("127.0.0.1") == ""
