"""Presence, the host who is gone, lobbies nobody opened: what `tick` makes of a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from media_items.live.events.presence import Attendance
from media_items.live.sessions import services, upkeep
from media_items.live.sessions.entering import leave, mark_present
from media_items.live.sessions.models import EndReason, Level, LiveSession, Participant, Stay
from media_items.live.stage.models import Seat, SeatKind

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


def after(seconds=0, *, minutes=0, hours=0):
    return NOON + timedelta(seconds=seconds, minutes=minutes, hours=hours)


@pytest.fixture(autouse=True)
def _noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def person(session):
    """`person()`: somebody inside, there since noon, with no stream unless a test says so."""

    def make(*, level=Level.AUDIENCE, session=session, **facts):
        number = Participant.objects.count()
        facts = {"admitted_at": NOON, **facts}
        row = Participant.objects.create(
            session=session, key=f"guest:{number}", level=level, **facts
        )
        Stay.objects.create(participant=row, came_at=NOON, seen_at=NOON)
        return row

    return make


@pytest.fixture
def host(person):
    return person(level=Level.HOST)


def tick(now, *here, departed=None, since=NOON - timedelta(hours=1)):
    """`here` have a stream; `departed` had one until the moment given."""
    gone = {one.pk: at for one, at in (departed or {}).items()}
    upkeep.tick(now, Attendance(frozenset(one.pk for one in here), gone, since))


def stay(person):
    return person.stays.get()


# --- who is there ---------------------------------------------------------------------------------


def test_whoever_has_a_stream_is_there_and_is_seen(person, host):
    ada = person()
    tick(after(300), ada, host)
    assert stay(ada).left_at is None
    assert stay(ada).seen_at == after(300)


def test_it_is_not_written_down_at_every_tick(person, host):
    ada = person()
    tick(after(14), ada, host)
    assert stay(ada).seen_at == NOON


def test_a_page_that_is_loaded_anew_is_not_a_departure(person):
    ada = person()
    tick(after(9), departed={ada: after(0)})
    assert stay(ada).left_at is None


def test_ten_seconds_after_the_last_stream_they_left_when_it_ended(person):
    ada = person()
    tick(after(42), departed={ada: after(32)})
    assert stay(ada).left_at == after(32)


def test_whoever_polls_after_their_stream_ended_is_there(person):
    ada = person()
    mark_present(ada, after(40))
    tick(after(60), departed={ada: after(32)})
    assert stay(ada).left_at is None


def test_whoever_only_polls_is_there_until_three_quarters_of_a_minute_of_silence(person):
    ada = person()
    mark_present(ada, after(30))
    tick(after(74))
    assert stay(ada).left_at is None
    tick(after(75))
    assert stay(ada).left_at == after(30)


def test_a_process_that_has_just_started_waits_for_people_to_come_back(person):
    ada = person()
    tick(after(300), since=after(290))
    assert stay(ada).left_at is None
    tick(after(340), since=after(290))
    assert stay(ada).left_at == NOON


def test_housekeeping_knows_of_no_streams_and_goes_by_signs_of_life(person):
    ada, bo = person(), person()
    mark_present(bo, after(30))
    upkeep.tick(after(60), Attendance.unknown())
    assert stay(ada).left_at == NOON
    assert stay(bo).left_at is None


def test_nobody_is_brought_back_by_a_tick_but_by_coming(person, host):
    ada = person()
    leave(me=ada)
    tick(after(20), ada, host)
    assert not ada.stays.filter(left_at=None).exists()
    mark_present(ada, after(21))
    assert ada.stays.filter(left_at=None).exists()


def test_whoever_waits_at_the_door_and_goes_is_not_waiting_any_more(person, session):
    ada = person(admitted_at=None)
    assert session.participants.waiting().get() == ada
    tick(after(20), departed={ada: after(5)})
    assert not session.participants.waiting().exists()


def test_being_lost_lowers_the_hand_and_frees_the_seat(person, host, session):
    ada = person(hand_raised_at=NOON)
    seat = Seat.objects.create(session=session, participant=ada, kind=SeatKind.STAGE)
    tick(after(60), host, departed={ada: after(5)})
    ada.refresh_from_db()
    seat.refresh_from_db()
    assert ada.hand_raised_at is None
    assert seat.left_at is not None


def test_whoever_stays_keeps_hand_and_seat(person, host, session):
    ada = person(hand_raised_at=NOON)
    seat = Seat.objects.create(session=session, participant=ada, kind=SeatKind.STAGE)
    tick(after(60), host, ada)
    ada.refresh_from_db()
    seat.refresh_from_db()
    assert ada.hand_raised_at == NOON
    assert seat.left_at is None


def test_leaving_by_oneself_does_the_same(person, session):
    ada = person(hand_raised_at=NOON)
    seat = Seat.objects.create(session=session, participant=ada, kind=SeatKind.STAGE)
    leave(me=ada)
    leave(me=ada)
    ada.refresh_from_db()
    seat.refresh_from_db()
    assert (stay(ada).left_at, ada.hand_raised_at, seat.left_at) == (NOON, None, NOON)


@pytest.mark.parametrize("gone", [False, True])
def test_the_number_of_questions_does_not_grow_with_the_number_of_people(
    person, host, gone, django_assert_num_queries
):
    def crowd(size):
        people = [person() for _ in range(size)]
        Stay.objects.exclude(participant=host).exclude(participant__in=people).delete()
        Stay.objects.update(seen_at=NOON)
        departed = {one: after(5) for one in people} if gone else {}
        return (host, *(() if gone else people)), departed

    # Five of them ask what has just ended by the clock: links, invitations, windows, what browsers
    # have proven, and their HTTP sessions.
    expected = 16 if gone else 9
    for size in (1, 11):
        here, departed = crowd(size)
        with django_assert_num_queries(expected):
            tick(after(60), *here, departed=departed)


# --- the host who is gone -------------------------------------------------------------------------


def state(session):
    session.refresh_from_db()
    return session.host_gone_since, session.warned_at, session.ended_at


def test_while_somebody_who_may_run_it_is_there_nothing_happens(session, person):
    moderator = person(level=Level.MODERATOR)
    for minute in range(60):
        tick(after(minutes=minute), moderator)
    assert state(session) == (None, None, None)


@pytest.mark.parametrize("level", [Level.AUDIENCE, Level.SPEAKER])
def test_viewers_and_speakers_are_no_hosts(session, person, level):
    tick(after(60), person(level=level))
    assert state(session) == (after(60), None, None)


def test_a_moderator_at_the_door_or_removed_is_no_host(session, person):
    waiting = person(level=Level.MODERATOR, admitted_at=None)
    removed = person(level=Level.MODERATOR, removed_at=NOON)
    tick(after(60), waiting, removed)
    assert state(session)[0] == after(60)


def test_it_warns_two_minutes_before_and_ends_for_all(session, person):
    ada = person()
    tick(NOON, ada)
    tick(after(59, minutes=12), ada)
    assert state(session) == (NOON, None, None)
    tick(after(minutes=13), ada)
    assert state(session) == (NOON, after(minutes=13), None)
    assert session.ends_without_host_at == after(minutes=15)
    tick(after(59, minutes=14), ada)
    assert state(session)[2] is None
    tick(after(minutes=15), ada)
    assert state(session)[2] is not None
    assert session.end_reason == EndReason.HOST_GONE
    assert stay(ada).left_at is not None


def test_the_host_who_comes_back_stops_the_clock(session, host, time_machine):
    leave(me=host)
    tick(NOON)
    tick(after(minutes=13))
    mark_present(host, after(minutes=14))
    assert state(session) == (None, None, None)
    tick(after(minutes=14), host)
    tick(after(minutes=16), host)
    assert state(session) == (None, None, None)


def test_coming_and_going_in_one_moment_is_mended_at_the_next_tick(session, host):
    LiveSession.objects.update(host_gone_since=NOON, warned_at=NOON)
    tick(after(3), host)
    assert state(session) == (None, None, None)


def test_nobody_is_ended_without_a_warning_after_the_keeper_was_away(session, person):
    ada = person()
    tick(NOON, ada)
    tick(after(minutes=40), ada)
    assert state(session)[1:] == (after(minutes=40), None)
    assert session.ends_without_host_at == after(minutes=42)
    tick(after(minutes=42), ada)
    assert state(session)[2] is not None


def test_the_minutes_are_a_setting(session, settings, person):
    settings.LIVE_HOST_GONE_MINUTES = 2
    ada = person()
    tick(NOON, ada)
    tick(after(3), ada)
    assert state(session)[1] == after(3)
    tick(after(minutes=2, seconds=3), ada)
    assert state(session)[2] is not None


def test_a_lobby_waits_for_its_host(event, person):
    lobby = LiveSession.objects.create(item=event)
    ada = person(session=lobby)
    for minute in range(0, 60, 5):
        tick(after(minutes=minute), ada)
    assert state(lobby) == (None, None, None)


# --- lobbies that nobody opened -------------------------------------------------------------------


@pytest.fixture
def lobby(event):
    return LiveSession.objects.create(item=event, made_at=NOON)


def test_a_lobby_nobody_was_in_for_a_day_is_ended(lobby, person):
    ada = person(session=lobby)
    tick(after(60))
    assert stay(ada).left_at == NOON
    tick(after(hours=23, seconds=59))
    assert state(lobby)[2] is None
    tick(after(hours=24, seconds=1))
    lobby.refresh_from_db()
    assert lobby.end_reason == EndReason.NEVER_OPENED


def test_a_lobby_that_somebody_is_in_stays(lobby, person):
    ada = person(session=lobby)
    tick(after(hours=48), ada)
    assert state(lobby)[2] is None


def test_an_open_session_is_never_ended_as_forgotten(lobby, event, host, person):
    services.open_session(item=event)
    tick(after(hours=48), host, person(session=lobby, level=Level.HOST))
    assert state(lobby)[2] is None


# --- cuts that a process may not have heard of ----------------------------------------------------


def test_recent_cuts_are_those_of_sessions_under_way(session, person, event):
    removed = person(removed_at=after(10))
    declined = person(admitted_at=None, declined_at=after(20))
    ended = person(right_ended_at=after(30))
    both = person(right_ended_at=after(10), removed_at=after(40))
    person(right_ended_at=after(-500))
    person(removed_at=after(-500))
    person()
    over = LiveSession.objects.create(item=event, ended_at=NOON, end_reason=EndReason.BY_HOST)
    person(session=over, removed_at=after(10))
    assert upkeep.recent_cuts(since=NOON.timestamp()) == {
        removed.pk: after(10).timestamp(),
        declined.pk: after(20).timestamp(),
        ended.pk: after(30).timestamp(),
        both.pk: after(40).timestamp(),
    }


def test_who_has_gone_is_among_them(session, person):
    """Whoever has signed out has gone, and nothing else says so. Another browser may have come."""
    gone, removed = person(), person(removed_at=after(10))
    for who, left_at in ((gone, after(20)), (gone, after(-500)), (removed, after(5))):
        Stay.objects.create(participant=who, came_at=after(-600), left_at=left_at)
    assert upkeep.recent_cuts(since=NOON.timestamp()) == {
        gone.pk: after(20).timestamp(),
        removed.pk: after(10).timestamp(),
    }
