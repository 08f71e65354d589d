"""Many at once for the stage, on PostgreSQL with real threads and real connections."""

from __future__ import annotations

import pytest

from media_items.live.sessions.models import Level
from media_items.live.stage import services
from media_items.live.stage.models import Seat, SeatKind
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_never_share_the_last_seat_on_stage(person, settings, session):
    settings.LIVE_STAGE_SEATS = 4  # one of them is kept for hosts
    people = [person(f"Guest {n}") for n in range(12)]
    results = at_once(
        [lambda one=one: services.go_on_stage(participant=one, at_will=True) for one in people]
    )
    assert sum(isinstance(one, Seat) for one in results) == 3, results
    assert sum(isinstance(one, services.StageFull) for one in results) == 9, results
    assert session.seats.current().of_kind(SeatKind.STAGE).count() == 3


def test_twelve_who_were_all_invited_do_not_share_the_last_seat_either(person, settings, session):
    settings.LIVE_STAGE_SEATS = 1
    host = person("Noa", level=Level.HOST)
    people = [person(f"Guest {n}") for n in range(12)]
    for one in people:
        services.bring_on_stage(participant=one, by=host)
    results = at_once([lambda one=one: services.accept_stage(participant=one) for one in people])
    assert sum(isinstance(one, Seat) for one in results) == 1, results
    assert session.seats.current().count() == 1


def test_two_windows_of_one_person_take_one_seat(person, session):
    ada = person("Ada")
    results = at_once(
        [lambda: services.go_on_stage(participant=ada, at_will=True, anew=True) for _n in range(6)]
    )
    assert all(isinstance(one, Seat) for one in results), results
    assert session.seats.filter(left_at=None).count() == 1


def test_nobody_taken_off_is_on_stage_again_by_their_own_page_saying_what_it_sends(
    on_stage, session
):
    for _round in range(5):
        seat = on_stage(f"Ada {_round}", microphone=True)
        at_once(
            [
                lambda seat=seat: services.take_off_stage(participant=seat.participant),
                lambda seat=seat: services.set_media_state(
                    seat=seat, microphone=False, camera=True, screen=False
                ),
                lambda seat=seat: services.go_on_stage(
                    participant=seat.participant, at_will=False, anew=True
                ),
            ]
        )
        assert not session.seats.current().filter(participant=seat.participant).exists()
