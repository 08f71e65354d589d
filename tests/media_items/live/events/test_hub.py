"""Who hears what, how much is kept for a slow reader, and when a stream ends."""

import asyncio
import json
import time
from math import inf

import pytest

from media_items.live.events.facts import CREW, EVERYBODY, MODERATORS, Fact, FactKind, only
from media_items.live.events.hub import DOUBTFUL_SECONDS, STREAMS_EACH, Hub
from media_items.live.events.streams import (
    LONGEST_SEND_SECONDS,
    MOST_BYTES,
    MOST_PIECES,
    SIGN_OF_LIFE_SECONDS,
)
from media_items.live.events.tickets import BadTicket, Ticket
from tests import own_event_loop
from tests.waiting import PATIENCE_SECONDS

HERE, ELSEWHERE = "abcdefgh2345", "another2345"


def ticket(number, *recipients, session=HERE, issued_at=None, read_at=inf):
    issued_at = time.time() if issued_at is None else issued_at
    return Ticket(session, number, frozenset([only(number), *recipients]), issued_at, read_at)


def heard(stream):
    """(kind, data) of what waits to be sent."""
    blocks = b"".join(stream._pieces).decode().split("\n\n")
    lines = [block.splitlines() for block in blocks if block.startswith("event: ")]
    return [(block[0][7:], json.loads(block[-1][6:])) for block in lines]


def kinds(stream):
    return [kind for kind, _data in heard(stream)]


@pytest.fixture
def hub():
    return Hub()


@pytest.mark.parametrize(
    ("recipients", "hearers"),
    [
        (EVERYBODY, {"viewer", "speaker", "moderator"}),
        (CREW, {"speaker", "moderator"}),
        (MODERATORS, {"moderator"}),
        (only(1), {"viewer"}),
        (only(9), set()),
    ],
)
def test_a_fact_reaches_its_recipients_and_nobody_else(hub, recipients, hearers):
    streams = {
        "waiting": hub.open(ticket(4)),
        "viewer": hub.open(ticket(1, EVERYBODY)),
        "speaker": hub.open(ticket(2, EVERYBODY, CREW)),
        "moderator": hub.open(ticket(3, EVERYBODY, CREW, MODERATORS)),
        "elsewhere": hub.open(ticket(5, EVERYBODY, CREW, MODERATORS, session=ELSEWHERE)),
    }
    hub.deliver(Fact(HERE, recipients, "chat", {"id": 7}))
    assert {name for name, stream in streams.items() if kinds(stream)} == hearers


def test_what_was_told_while_the_page_was_read_and_came_is_told_again(hub):
    hub.deliver(Fact(HERE, EVERYBODY, "chat"))
    began = time.time()
    hub.deliver(Fact(HERE, EVERYBODY, "broadcast", {"id": 7}))
    hub.deliver(Fact(HERE, only(1), "me"))
    hub.deliver(Fact(HERE, only(2), "me"))
    hub.deliver(Fact(HERE, MODERATORS, "qna"))
    hub.deliver(Fact(HERE, EVERYBODY, "reaction"))  # about one moment, which is over
    hub.deliver(Fact(ELSEWHERE, EVERYBODY, "polls"))
    stream = hub.open(ticket(1, EVERYBODY, read_at=began))
    assert sorted(kinds(stream)) == ["broadcast", "me"]
    assert ("broadcast", {"id": 7, "w": 0}) in heard(stream)
    assert kinds(hub.open(ticket(1, EVERYBODY, read_at=time.time() + 1))) == []


def test_what_is_told_again_has_the_number_it_had(hub):
    began = time.time()
    before = hub.open(ticket(1, EVERYBODY))
    hub.deliver(Fact(HERE, EVERYBODY, "chat"))
    after = hub.open(ticket(1, EVERYBODY, read_at=began))
    assert list(after._pieces) == list(before._pieces)


def test_a_page_read_before_the_process_listened_or_the_bus_was_back_asks_for_everything(hub):
    assert kinds(hub.open(ticket(1, EVERYBODY, read_at=time.time() - 60))) == ["missed"]
    began = time.time()
    hub.missed_something()
    assert kinds(hub.open(ticket(1, EVERYBODY, read_at=began))) == ["missed"]


def test_what_is_told_again_is_not_kept_longer_than_a_ticket_lasts(hub, time_machine):
    time_machine.move_to(1_900_000_000, tick=False)
    hub.deliver(Fact(HERE, EVERYBODY, "chat"))
    assert len(hub._told) == 1
    time_machine.shift(121)
    hub.look_after()
    assert hub._told == {}


def test_what_is_told_says_how_widely_to_spread_asking(hub):
    streams = [hub.open(ticket(number, EVERYBODY)) for number in range(100)]
    hub.deliver(Fact(HERE, EVERYBODY, "chat", {"id": 7}))
    assert heard(streams[0]) == [("chat", {"id": 7, "w": 250})]


def test_a_fact_has_the_same_number_on_every_stream_and_no_other_has_it(hub):
    one, other = hub.open(ticket(1, EVERYBODY)), hub.open(ticket(1, EVERYBODY))
    hub.deliver(Fact(HERE, EVERYBODY, "chat"))
    hub.deliver(Fact(HERE, EVERYBODY, "chat"))
    assert one._pieces == other._pieces
    assert one._pieces[0] != one._pieces[1]


@pytest.mark.parametrize("kind", ["participants", "rights"])
def test_a_crowd_of_arrivals_is_told_at_once_and_once_more_a_second_later(hub, kind):
    """Nor does a crowd that leaves make everybody else ask for each of them."""

    async def arrive():
        stream = hub.open(ticket(1, EVERYBODY))
        for _ in range(50):
            hub.deliver(Fact(HERE, EVERYBODY, kind))
        first = kinds(stream)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while kinds(stream) == first:
                await asyncio.sleep(0.02)
        return first, kinds(stream)

    first, later = own_event_loop.run(arrive())
    assert first == [kind]
    assert later == [kind, kind]


def test_a_slow_reader_is_dropped_and_the_others_go_on(hub):
    slow, quick = hub.open(ticket(1, EVERYBODY)), hub.open(ticket(2, EVERYBODY))
    for _ in range(MOST_PIECES + 1):
        hub.deliver(Fact(HERE, EVERYBODY, "chat"))
        quick._pieces, quick._bytes = [], 0  # has read it
    assert slow.is_over
    assert slow._pieces == []
    assert not quick.is_over
    assert hub.attendance().here == {2}
    assert 1 in hub.attendance().departed


def test_no_more_bytes_wait_than_the_limit(hub):
    slow = hub.open(ticket(1))
    for _ in range(3):
        hub.deliver(Fact(HERE, only(1), "signal", {"sdp": "x" * (MOST_BYTES // 2)}))
        assert slow._bytes <= MOST_BYTES
    assert slow.is_over


def test_a_send_that_never_ends_is_broken_off(hub):
    async def stand_still():
        stream = hub.open(ticket(1))
        stream.task = asyncio.create_task(asyncio.Event().wait())
        await asyncio.sleep(0)
        stream.sending_since = time.monotonic() - LONGEST_SEND_SECONDS - 1
        hub.look_after()
        await asyncio.wait([stream.task], timeout=PATIENCE_SECONDS)
        return stream

    stream = own_event_loop.run(stand_still())
    assert stream.was_dropped
    assert stream.task.cancelled()
    assert hub.attendance().here == set()


def test_a_quiet_stream_gives_a_sign_of_life(hub):
    stream = hub.open(ticket(1))
    hub.look_after()
    assert stream._pieces == []
    stream.quiet_since -= SIGN_OF_LIFE_SECONDS + 1
    hub.look_after()
    assert stream._pieces == [b": still here\n\n"]


def test_a_stream_ends_with_its_ticket(hub, time_machine):
    time_machine.move_to(1_900_000_000, tick=False)
    stream = hub.open(ticket(1))
    time_machine.shift(119)
    hub.look_after()
    assert not stream.is_over
    time_machine.shift(1)
    hub.look_after()
    assert stream.is_over
    assert hub.attendance().here == set()


def close(number, **data):
    return Fact(HERE, only(number), FactKind.CLOSE, data)


def test_a_cut_ends_all_streams_of_that_person_and_of_nobody_else(hub):
    cut, both = hub.open(ticket(1, EVERYBODY)), hub.open(ticket(1, EVERYBODY))
    other = hub.open(ticket(2, EVERYBODY))
    hub.deliver(close(1, at=time.time() + 0.001))
    assert (kinds(cut), kinds(both), kinds(other)) == (["closed"], ["closed"], [])
    hub.deliver(Fact(HERE, EVERYBODY, "chat"))
    assert kinds(cut) == ["closed"]


def test_a_ticket_from_before_the_cut_opens_no_other_stream(hub, time_machine):
    time_machine.move_to(1_900_000_000, tick=False)
    before = ticket(1, EVERYBODY)
    time_machine.shift(1)
    hub.deliver(close(1, at=time.time()))
    with pytest.raises(BadTicket):
        hub.open(before)
    time_machine.shift(118)  # until it would have expired
    hub.look_after()
    with pytest.raises(BadTicket):
        hub.open(before)
    hub.open(ticket(2, EVERYBODY))  # nobody else's


def test_a_ticket_from_just_after_the_cut_is_good_for_a_moment_only(hub, time_machine):
    """It may have been judged before the cut was committed."""
    time_machine.move_to(1_900_000_000, tick=False)
    hub.deliver(close(1, at=time.time()))
    doubtful = ticket(1, EVERYBODY)
    stream = hub.open(doubtful)
    time_machine.shift(DOUBTFUL_SECONDS)
    hub.look_after()
    assert stream.is_over
    with pytest.raises(BadTicket):
        hub.open(doubtful)
    sure = hub.open(ticket(1, EVERYBODY))
    assert sure.ends_at == time.time() + 120


def test_a_stream_opened_by_such_a_ticket_before_the_cut_was_heard_of_is_shortened(hub):
    at = time.time()
    stream = hub.open(ticket(1, issued_at=at + 1))
    hub.deliver(close(1, at=at))
    assert not stream.is_over
    assert stream.ends_at == at + DOUBTFUL_SECONDS


def test_a_cut_that_is_heard_of_late_leaves_a_newer_ticket_alone(hub):
    newer, just_after = (
        hub.open(ticket(1, EVERYBODY, issued_at=time.time() - ago)) for ago in (20, 55)
    )
    hub.cut(1, time.time() - 60)
    hub.look_after()
    assert (newer.is_over, just_after.is_over) == (False, True)


def test_cuts_are_forgotten_when_no_ticket_can_be_older(hub, time_machine):
    time_machine.move_to(1_900_000_000, tick=False)
    hub.deliver(close(1))
    time_machine.shift(121)
    hub.look_after()
    assert hub._cuts == {}


def test_the_oldest_window_of_one_person_makes_room_for_another(hub):
    windows = [hub.open(ticket(1, EVERYBODY)) for _ in range(STREAMS_EACH + 1)]
    other = hub.open(ticket(2, EVERYBODY))
    assert kinds(windows[0]) == ["crowded"]
    assert windows[0].is_over
    assert not any(window.is_over for window in [*windows[1:], other])


def test_whoever_missed_something_is_told_once_whatever_they_may_hear(hub):
    moderator = hub.open(ticket(1, EVERYBODY, CREW, MODERATORS))
    waiting = hub.open(ticket(2))
    hub.missed_something()
    assert heard(moderator) == [("missed", {"w": 1000})]
    assert kinds(waiting) == ["missed"]


def test_somebody_is_here_until_their_last_stream_ends(hub):
    one, other = hub.open(ticket(1)), hub.open(ticket(1))
    hub.discard(one)
    assert hub.attendance().here == {1}
    hub.discard(other)
    hub.discard(other)
    attendance = hub.attendance()
    assert attendance.here == set()
    assert list(attendance.departed) == [1]
    hub.open(ticket(1))
    assert hub.attendance().departed == {}


def test_departures_are_forgotten_in_time(hub, time_machine):
    time_machine.move_to(1_900_000_000, tick=False)
    hub.discard(hub.open(ticket(1)))
    time_machine.shift(121)
    hub.look_after()
    assert hub.attendance().departed == {}


def test_nothing_is_left_of_a_stream_that_has_ended(hub):
    stream = hub.open(ticket(1, EVERYBODY, CREW))
    hub.finish(stream)
    assert (hub._streams, hub._of, hub._unfinished) == ({}, {}, set())


def test_a_fact_from_another_thread_is_dropped_where_nobody_listens(hub):
    hub.deliver_from_thread(Fact(HERE, EVERYBODY, "chat"))
    hub.run_in(asyncio.new_event_loop())
    hub._loop.close()
    hub.deliver_from_thread(Fact(HERE, EVERYBODY, "chat"))


@pytest.mark.parametrize(
    "text", ["", "words", "[]", "{}", '{"s":1,"r":"all","k":"chat","d":{}}', '{"s":"x","r":"all"}',
             '{"s":"x","r":"all","k":"chat","d":[]}'],
)  # fmt: skip
def test_what_is_not_a_fact_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any reason
        Fact.from_json(text)


def test_a_fact_comes_back_as_it_was():
    fact = Fact(HERE, only(3), "signal", {"sdp": "שלום\r\n"})
    assert Fact.from_json(fact.as_json()) == fact
    assert fact.as_json().isascii()
