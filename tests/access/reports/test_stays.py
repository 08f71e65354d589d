"""How long people were there: the same in SQL, in the picture, and counted by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.reports.rows import in_words
from access.reports.stays import peaks_of, steps_of, with_presence
from access.reports.timeline import (
    MOST_BUCKETS,
    buckets_of,
    round_up,
    timeline_of,
    width_for,
)
from media_items.spreadsheets import in_figures
from tests.access.reports.conftest import TEN, at
from tests.live_factories import LiveSessionFactory, ParticipantFactory, StayFactory

MINUTES = st.integers(min_value=-20, max_value=70)


@st.composite
def lives(draw):
    """One person: when they were let in, and stays that follow each other as they do for real;
    the last may be open."""
    admitted = draw(st.none() | MINUTES)
    marks = sorted(draw(st.lists(MINUTES, min_size=0, max_size=8)))
    stays = [(marks[n], marks[n + 1]) for n in range(0, len(marks) - 1, 2)]
    is_open = len(marks) % 2 == 1
    return admitted, stays, marks[-1] if is_open else None


def by_hand(admitted, stays, open_from, end):
    """Each second of being there, as a set: a union by definition."""
    if admitted is None:
        return set()
    whole = [*stays, *([(open_from, end)] if open_from is not None else [])]
    return {
        second for start, stop in whole for second in range(max(start, admitted) * 60, stop * 60)
    }


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(lives(), max_size=6))
def test_time_per_person_is_the_union_of_stays_and_the_picture_holds_all_of_it(people):
    end = 75
    session = LiveSessionFactory(made_at=at(-30), opened_at=TEN)
    wanted = {}
    for admitted, stays, open_from in people:
        row = ParticipantFactory(
            session=session, admitted_at=None if admitted is None else at(admitted)
        )
        for start, stop in stays:
            StayFactory(participant=row, came_at=at(start), left_at=at(stop))
        if open_from is not None:
            StayFactory(participant=row, came_at=at(open_from))
        wanted[row.pk] = by_hand(admitted, stays, open_from, end)
    rows = with_presence(session.participants.all(), at(end))
    found = {row.pk: row.there_for.total_seconds() for row in rows}
    assert found == {pk: len(seconds) for pk, seconds in wanted.items()}
    total = sum(found.values())
    most = most_at_once(wanted.values())
    timeline = timeline_of(session, at(end))
    if timeline is None:
        assert total == 0
    else:
        assert sum(bucket.seconds for bucket in timeline.buckets) == pytest.approx(total)
        assert sum(
            bucket.average * bucket.length.total_seconds() for bucket in timeline.buckets
        ) == pytest.approx(total)
        assert timeline.peak == most
    assert peaks_of([session], at(end)) == ({session.pk: most} if most else {})
    session.item.delete()


def most_at_once(people):
    there = {}
    for seconds in people:
        for second in seconds:
            there[second] = there.get(second, 0) + 1
    return max(there.values(), default=0)


@pytest.mark.django_db
def test_waiting_at_the_door_is_not_being_there(session):
    waits = ParticipantFactory(session=session)
    StayFactory(participant=waits, came_at=at(0), left_at=at(30))
    later = ParticipantFactory(session=session, admitted_at=at(20))
    StayFactory(participant=later, came_at=at(0), left_at=at(10))
    StayFactory(participant=later, came_at=at(15), left_at=at(30))
    rows = with_presence(session.participants.order_by("pk"), at(60))
    assert [row.there_for for row in rows] == [timedelta(0), timedelta(minutes=10)]
    assert [row.stay_count for row in rows] == [0, 1]
    assert [row.first_at for row in rows] == [None, at(20)]
    assert [row.last_at for row in rows] == [None, at(30)]


@pytest.mark.django_db
def test_who_goes_at_an_instant_is_not_there_with_who_comes(came, session):
    came("Ada", (0, 30))
    came("Bob", (30, 60))
    assert peaks_of([session], at(60)) == {session.pk: 1}
    assert timeline_of(session, at(60)).peak == 1


@pytest.mark.django_db
def test_each_session_has_its_own_peak(came, session, room):
    other = LiveSessionFactory(item=room, made_at=at(0), opened_at=TEN)
    empty = LiveSessionFactory()
    for name in ("Ada", "Bob", "Cleo"):
        came(name, (0, 10))
        came(name, (0, 10), session=other) if name == "Ada" else None
    peaks = peaks_of([session, other, empty], at(60))
    assert peaks == {session.pk: 3, other.pk: 1}


@pytest.mark.django_db
def test_nobody_makes_no_picture(session):
    assert timeline_of(session, at(60)) is None
    assert peaks_of([], at(60)) == {}


@pytest.mark.django_db
def test_comings_and_goings_are_read_in_order_with_one_query(
    came, session, django_assert_num_queries
):
    for n in range(11):
        came(f"Person {n}", (n, 60 - n))
    with django_assert_num_queries(1):
        steps = list(steps_of(session, at(60)))
    assert steps == sorted(steps)
    assert sum(delta for _at, delta in steps) == 0


@given(st.integers(min_value=1, max_value=400 * 24 * 3600))
def test_there_are_never_more_buckets_than_fit_nor_far_too_few(seconds):
    end = at(0) + timedelta(seconds=seconds)
    step, start = width_for(at(0), end)
    buckets = buckets_of([], start=start, end=end, step=step)
    assert start <= at(0) < start + step
    assert len(buckets) <= MOST_BUCKETS
    assert buckets[-1].at + buckets[-1].length == end
    assert all(bucket.length > timedelta(0) for bucket in buckets)
    if seconds > 1_800:
        assert len(buckets) >= MOST_BUCKETS // 4


@given(st.integers(min_value=0, max_value=10**6))
def test_the_scale_ends_at_an_even_number_not_far_above(most):
    top = round_up(most)
    assert top >= most
    assert top % 2 == 0
    assert top <= max(2, 2 * most)


@pytest.mark.parametrize(
    ("seconds", "words", "figures"),
    [
        (0, "0 s", "0:00:00"),
        (59, "59 s", "0:00:59"),
        (60, "1 min", "0:01:00"),
        (3_600, "1 h", "1:00:00"),
        (3_909, "1 h 5 min", "1:05:09"),
        (90_000, "25 h", "25:00:00"),
    ],
)
def test_lengths_in_words_and_figures(seconds, words, figures):
    length = timedelta(seconds=seconds)
    assert (in_words(length), in_figures(length)) == (words, figures)
