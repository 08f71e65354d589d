"""Fixed windows per what they protect; and only one module knows the library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from media_items.rate_limits import TooManyTries, check_tries, count_try

RATE = "3/10s"
NOW = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def request_(rf):
    return rf.post("/")


def act(request, times=1, *, group="chat", of="7"):
    for _ in range(times):
        count_try(request, group, of=of, rate=RATE)


def test_the_rate_is_let_through_and_one_more_is_not(request_):
    act(request_, 3)
    with pytest.raises(TooManyTries) as refusal:
        act(request_)
    assert 1 <= refusal.value.wait_seconds <= 10
    assert refusal.value.wait_minutes == 1
    assert refusal.value.status == 429
    assert "Wait a moment" in str(refusal.value)


def test_looking_counts_nothing_and_sees_the_end_before_it_comes(request_):
    for _ in range(5):
        check_tries(request_, "chat", of="7", rate=RATE)
    act(request_, 3)
    with pytest.raises(TooManyTries):
        check_tries(request_, "chat", of="7", rate=RATE)


def test_one_person_does_not_slow_another(request_):
    act(request_, 3)
    act(request_, 3, of="8")


def test_writing_does_not_slow_asking(request_):
    act(request_, 3)
    act(request_, 3, group="questions")


def test_without_a_name_the_network_is_counted(rf):
    act(rf.post("/", REMOTE_ADDR="192.0.2.1"), 3, of="")
    act(rf.post("/", REMOTE_ADDR="192.0.2.2"), 3, of="")
    with pytest.raises(TooManyTries):
        act(rf.post("/", REMOTE_ADDR="192.0.2.1"), of="")


def test_a_network_of_the_new_kind_is_one_network(rf):
    act(rf.post("/", REMOTE_ADDR="2001:db8::1"), 3, of="")
    with pytest.raises(TooManyTries):
        act(rf.post("/", REMOTE_ADDR="2001:db8::2"), of="")


def test_the_window_passes(request_):
    with time_machine.travel(NOW, tick=False) as clock:
        act(request_, 3)
        clock.shift(timedelta(seconds=21))
        act(request_)
