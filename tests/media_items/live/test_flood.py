"""How often one person may act in a sitting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from media_items.live.flood import TooFast, count_act

RATE = "3/10s"
NOW = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def request_(rf):
    return rf.post("/")


def act(request, times=1, *, group="chat", of="7"):
    for _ in range(times):
        count_act(request, group, of=of, rate=RATE)


def test_the_rate_is_let_through_and_one_more_is_not(request_):
    act(request_, 3)
    with pytest.raises(TooFast) as refusal:
        act(request_)
    assert 1 <= refusal.value.wait_seconds <= 10


def test_one_person_does_not_slow_another(request_):
    act(request_, 3)
    act(request_, 3, of="8")


def test_writing_does_not_slow_asking(request_):
    act(request_, 3)
    act(request_, 3, group="questions")


def test_the_window_passes(request_):
    with time_machine.travel(NOW, tick=False) as clock:
        act(request_, 3)
        clock.shift(timedelta(seconds=21))
        act(request_)
