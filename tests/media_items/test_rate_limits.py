"""A window per what is protected, counted in rows that nothing else pushes out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from config.management.commands.housekeeping import DUTIES
from media_items import rate_limits
from media_items.rate_limits import (
    Limit,
    TooManyTries,
    TriesLeft,
    check_tries,
    count_each,
    count_tries,
    count_tries_with,
    count_try,
    is_first,
    sweep_tries,
)

pytestmark = pytest.mark.django_db
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
        check_tries(request_, [Limit("chat", "7", RATE)])
    act(request_, 3)
    with pytest.raises(TooManyTries):
        check_tries(request_, [Limit("chat", "7", RATE)])


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


def test_the_window_begins_with_the_first_try_and_is_not_drawn_out_by_more(request_):
    with time_machine.travel(NOW, tick=False) as clock:
        act(request_, 3)
        clock.shift(timedelta(seconds=9.5))
        with pytest.raises(TooManyTries) as refusal:
            act(request_)
        assert refusal.value.wait_seconds == 1
        clock.shift(timedelta(seconds=0.5))
        act(request_, 3)
        with pytest.raises(TooManyTries):
            act(request_)


def test_a_look_makes_no_row_and_neither_does_what_is_refused(request_):
    check_tries(request_, [Limit("sign-in", "a@example.org", RATE)])
    assert not TriesLeft.objects.exists()
    act(request_, 3)
    for stranger in range(20):
        with pytest.raises(TooManyTries):
            count_tries(request_, [Limit("x", f"{stranger}", RATE), Limit("chat", "7", RATE)])
    assert TriesLeft.objects.count() == 1


def test_thousands_of_other_counts_push_nothing_out(request_):
    act(request_, 3)
    for stranger in range(2_000):
        count_try(request_, "sign-in", of=f"{stranger}@example.org", rate=RATE)
    with pytest.raises(TooManyTries):
        act(request_)


def test_what_one_limit_refuses_uses_up_nothing_of_the_others(request_):
    both = [Limit("invitation", "5", "2/h"), Limit("network", "", "1/h")]
    count_tries(request_, both)
    for _time in range(5):
        with pytest.raises(TooManyTries):
            count_tries(request_, both)
    count_tries(request_, both[:1])
    with pytest.raises(TooManyTries):
        count_tries(request_, both[:1])


def test_what_ran_out_between_look_and_count_is_given_back(request_, monkeypatch):
    """As when two are asked at the same moment: the look sees a try that is gone when it counts."""
    both = [Limit("invitation", "5", "2/h"), Limit("network", "", "1/h")]
    count_try(request_, "network", of="", rate="1/h")
    monkeypatch.setattr(rate_limits, "_seen_used_up", lambda limits: ("1 = 0", []))
    monkeypatch.setattr(rate_limits, "_raise_if_used_up", lambda limits, now: None)
    with pytest.raises(TooManyTries):
        count_tries(request_, both)
    assert TriesLeft.objects.get(pk=both[0].of_request(request_).key).left == 2


def test_all_limits_of_an_act_are_one_statement(request_, django_assert_num_queries):
    """On SQLite, where to look in it would wait for whoever writes, the look comes before."""
    looks_before = connection.vendor == "sqlite"
    several = [
        Limit("invitation", "5", "1/h"),
        Limit("day", "5", "2/d"),
        Limit("network", "", "9/h"),
    ]
    with django_assert_num_queries(2 if looks_before else 1):
        count_tries(request_, several)
    # Refused: seen by the one, and for how long by another.
    with django_assert_num_queries(1 if looks_before else 2), pytest.raises(TooManyTries):
        count_tries(request_, several)
    with django_assert_num_queries(1), pytest.raises(TooManyTries):
        check_tries(request_, several)
    with django_assert_num_queries(2), pytest.raises(TooManyTries):
        count_each(request_, several)
    assert left_of(request_, several) == [0, 0, 7]


def left_of(request, limits):
    return [TriesLeft.objects.get(pk=one.of_request(request).key).left for one in limits]


def test_what_is_counted_beside_refuses_nobody(request_):
    narrow, beside = Limit("link", "5", "3/h"), Limit("mails", "5", "1/h")
    assert count_tries_with(request_, beside, [narrow])
    assert not count_tries_with(request_, beside, [narrow])
    assert left_of(request_, [narrow, beside]) == [1, 0]


@pytest.mark.parametrize("sees", [True, False])
def test_what_is_counted_beside_is_not_counted_where_the_act_is_refused(
    request_, monkeypatch, sees
):
    narrow, beside = Limit("link", "5", "1/h"), Limit("mails", "5", "3/h")
    count_tries_with(request_, beside, [narrow])
    if not sees:
        monkeypatch.setattr(rate_limits, "_seen_used_up", lambda limits: ("1 = 0", []))
    with pytest.raises(TooManyTries):
        count_tries_with(request_, beside, [narrow])
    assert left_of(request_, [narrow, beside]) == [0, 2]


def test_each_is_counted_though_another_is_used_up(request_):
    several = [Limit("here", "a", "1/h"), Limit("everywhere", "a", "3/h")]
    count_each(request_, several)
    for _time in range(2):
        with pytest.raises(TooManyTries):
            count_each(request_, several)
    assert left_of(request_, several) == [0, 0]


def test_another_rate_holds_at_once(request_):
    count_try(request_, "chat", of="7", rate="1/h")
    count_try(request_, "chat", of="7", rate="2/h")
    with pytest.raises(TooManyTries):
        count_try(request_, "chat", of="7", rate="1/h")


def test_no_row_says_whom_it_counts(rf):
    count_try(rf.post("/", REMOTE_ADDR="192.0.2.77"), "sign-in", of="", rate=RATE)
    count_try(rf.post("/"), "sign-in", of="ada@example.org", rate=RATE)
    rows = str(list(TriesLeft.objects.values_list()))
    assert "192.0.2" not in rows
    assert "ada" not in rows


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("203.0.113.9:50001", "203.0.113.9"),
        ("[2001:db8::1]:50001", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::/64"),
        ("2001:db8::1", "2001:db8::/64"),
        ("unknown", "no address"),
        ("x:1", "no address"),
    ],
)
def test_a_port_or_what_is_no_address_is_no_network_of_its_own(rf, settings, written, network):
    settings.TRUSTED_PROXIES = 1
    asked = rf.post("/", headers={"X-Forwarded-For": written})
    assert rate_limits.client_network(asked) == network


def test_an_address_of_the_old_kind_is_one_network_however_it_is_written(rf):
    act(rf.post("/", REMOTE_ADDR="::ffff:192.0.2.1"), 3, of="")
    act(rf.post("/", REMOTE_ADDR="::ffff:192.0.2.2"), 3, of="")
    with pytest.raises(TooManyTries):
        act(rf.post("/", REMOTE_ADDR="192.0.2.1"), of="")


@pytest.mark.parametrize("written", ["unix:", "192.0.2.1:5555", "…", "x" * 5_000])
def test_what_is_no_address_is_counted_as_it_is_written(rf, settings, written):
    settings.TRUSTED_PROXIES = 1
    request = rf.post("/", headers={"X-Forwarded-For": written})
    act(request, 3, of="")
    with pytest.raises(TooManyTries):
        act(request, of="")


def test_news_is_told_once_in_a_while_and_refuses_nobody():
    within = timedelta(milliseconds=250)
    with time_machine.travel(NOW, tick=False) as clock:
        assert is_first("news", of="5", within=within)
        assert not is_first("news", of="5", within=within)
        assert is_first("news", of="6", within=within)
        clock.shift(within)
        assert is_first("news", of="5", within=within)


def test_housekeeping_sweeps_what_says_nothing_any_more(request_):
    with time_machine.travel(NOW, tick=False) as clock:
        act(request_, 1)
        clock.shift(timedelta(seconds=10))
        count_try(request_, "a day", of="7", rate="3/d")
        assert sweep_tries() == 1
        assert TriesLeft.objects.count() == 1
    assert sweep_tries in DUTIES.values()


@pytest.mark.django_db(transaction=True)
def test_a_try_is_never_counted_inside_an_act_that_may_be_rolled_back(request_):
    with pytest.raises(RuntimeError), transaction.atomic():
        act(request_)
