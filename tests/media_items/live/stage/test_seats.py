"""Who has which seat: coming on, watching, leaving, being brought and taken off, muted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from media_items.abilities import Ability
from media_items.live.sessions import entering
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Level, Participant, StageAccess, Stay
from media_items.live.stage import services
from media_items.live.stage.mesh.models import Signal, SignalKind
from media_items.live.stage.models import Seat, SeatKind, StageInvitation
from media_items.live.stage.services import may_go_at_will
from media_items.refusals import NotNow

pytestmark = pytest.mark.django_db


def current(session, kind=SeatKind.STAGE):
    return {seat.participant.name for seat in session.seats.current().of_kind(kind)}


@pytest.mark.parametrize(
    ("abilities", "access", "expected"),
    [
        ({Ability.TAKE_STAGE}, StageAccess.INVITE_ONLY, True),
        ({Ability.RAISE_HAND}, StageAccess.EVERYONE, True),
        ({Ability.RAISE_HAND}, StageAccess.BY_REQUEST, False),
        ({Ability.RAISE_HAND}, StageAccess.INVITE_ONLY, False),
        ({Ability.VIEW}, StageAccess.EVERYONE, False),
    ],
)
def test_who_goes_on_stage_at_will(abilities, access, expected):
    assert may_go_at_will(abilities, access) is expected


def test_whoever_goes_on_stage_twice_has_one_seat(person):
    ada = person("Ada")
    first = services.go_on_stage(participant=ada, at_will=True)
    assert services.go_on_stage(participant=ada, at_will=True) == first
    assert Seat.objects.count() == 1


def test_a_page_loaded_again_gets_a_new_seat_in_place_of_the_old(on_stage, session):
    old = on_stage("Ada")
    new = services.go_on_stage(participant=old.participant, at_will=False, anew=True, camera=True)
    old.refresh_from_db()
    assert old.left_at is not None
    assert new.camera_on
    assert list(session.seats.current()) == [new]


def test_nobody_comes_back_to_a_seat_from_which_they_were_taken(on_stage):
    seat = on_stage("Ada")
    services.take_off_stage(participant=seat.participant)
    with pytest.raises(services.NotInvited):
        services.go_on_stage(participant=seat.participant, at_will=False, anew=True)


def test_the_stage_is_full_when_its_seats_are_taken(on_stage, person, settings):
    settings.LIVE_STAGE_SEATS = 2
    on_stage("Ada", level=Level.HOST), on_stage("Grace")
    with pytest.raises(services.StageFull):
        services.go_on_stage(participant=person("Noa"), at_will=True)


@pytest.mark.parametrize("kind", SeatKind)
@pytest.mark.parametrize("host", [Level.MODERATOR, Level.HOST])
def test_a_full_room_has_a_seat_left_for_whoever_runs_it(person, settings, kind, host):
    settings.LIVE_STAGE_SEATS = settings.LIVE_WATCH_SEATS = 3

    def sit(one):
        if kind == SeatKind.WATCH:
            return services.watch_stage(participant=one)
        return services.go_on_stage(participant=one, at_will=True)

    sit(person("Ada")), sit(person("Grace", level=Level.SPEAKER))
    for level in (Level.AUDIENCE, Level.SPEAKER):
        with pytest.raises(services.StageFull):
            sit(person(f"Lise {level}", level=level))
    noa = sit(person("Noa", level=host)).participant
    with pytest.raises(services.StageFull):
        sit(person("Lise"))
    # It is kept again as soon as nobody who runs it sits there.
    services.leave_stage(participant=noa)
    with pytest.raises(services.StageFull):
        sit(person("Emmy"))
    assert sit(noa)


def test_with_a_host_seated_the_other_seats_are_for_everybody(on_stage, settings, session):
    settings.LIVE_STAGE_SEATS = 3
    on_stage("Noa", level=Level.HOST), on_stage("Ada"), on_stage("Grace")
    assert len(current(session)) == 3


def test_a_moderator_is_told_why_nobody_else_can_be_brought(on_stage, person, settings):
    settings.LIVE_STAGE_SEATS = 2
    on_stage("Grace")
    with pytest.raises(services.StageFull, match="kept for a host"):
        services.bring_on_stage(participant=person("Ada"), by=person("Noa"))


def test_watching_has_seats_of_its_own(on_stage, watching, person, settings, session):
    settings.LIVE_STAGE_SEATS, settings.LIVE_WATCH_SEATS = 1, 1
    on_stage("Ada")
    watching("Grace")
    with pytest.raises(services.StageFull):
        services.watch_stage(participant=person("Noa"))
    assert current(session, SeatKind.WATCH) == {"Grace"}


def test_whoever_watched_and_goes_on_stage_frees_the_seat_they_had(watching, session):
    seat = watching("Ada")
    services.go_on_stage(participant=seat.participant, at_will=True)
    assert current(session) == {"Ada"}
    assert current(session, SeatKind.WATCH) == set()


def test_whoever_is_on_stage_and_asks_to_watch_stays_on_stage(on_stage):
    seat = on_stage("Ada")
    assert services.watch_stage(participant=seat.participant) == seat


def test_a_seat_of_somebody_who_is_not_there_counts_as_free(on_stage, person, settings, session):
    settings.LIVE_STAGE_SEATS = 1
    gone = on_stage("Ada").participant
    gone.stays.update(left_at=timezone.now())
    services.go_on_stage(participant=person("Grace"), at_will=True)
    assert current(session) == {"Grace"}
    # And it is ended: coming back makes nobody one too many.
    Stay.objects.create(participant=gone)
    assert current(session) == {"Grace"}


@pytest.mark.parametrize("facts", [{"removed_at": timezone.now()}, {"admitted_at": None}])
def test_somebody_removed_or_not_let_in_has_no_seat(on_stage, session, facts):
    seat = on_stage("Ada")
    Participant.objects.filter(pk=seat.participant_id).update(**facts)
    assert current(session) == set()
    with pytest.raises(services.NotThere):
        services.go_on_stage(participant=seat.participant, at_will=True)


def test_leaving_the_session_frees_the_seat(on_stage, session):
    seat = on_stage("Ada")
    entering.leave(me=seat.participant)
    assert current(session) == set()


def test_nobody_is_on_stage_in_the_lobby_or_after_the_end(person, session):
    ada = person("Ada")
    session.opened_at = None
    session.save()
    with pytest.raises(NotNow):
        services.go_on_stage(participant=ada, at_will=True)
    sessions.end_session(session=session)
    with pytest.raises(NotNow):
        services.watch_stage(participant=ada)


def test_whoever_is_brought_on_stage_is_not_there_before_they_say_yes(person, session):
    host, ada = person("Noa", level=Level.HOST), person("Ada", hand_raised_at=timezone.now())
    services.bring_on_stage(participant=ada, by=host)
    assert current(session) == set()
    assert ada.stage_invitation.invited_by == host
    services.accept_stage(participant=ada, camera=True)
    assert current(session) == {"Ada"}
    ada.refresh_from_db()
    assert ada.hand_raised_at is None
    assert not StageInvitation.objects.exists()


def test_nobody_comes_on_stage_by_a_yes_to_which_there_was_no_question(person):
    with pytest.raises(services.NotInvited):
        services.accept_stage(participant=person("Ada"))


def test_saying_yes_twice_is_saying_it_once(person):
    ada = person("Ada")
    services.bring_on_stage(participant=ada, by=person("Noa", level=Level.HOST))
    assert services.accept_stage(participant=ada) == services.accept_stage(participant=ada)


def test_saying_no_puts_the_hand_down_and_the_invitation_away(person, session):
    ada = person("Ada", hand_raised_at=timezone.now())
    services.bring_on_stage(participant=ada, by=person("Noa", level=Level.HOST))
    services.decline_stage(participant=ada)
    ada.refresh_from_db()
    assert ada.hand_raised_at is None
    with pytest.raises(services.NotInvited):
        services.accept_stage(participant=ada)


def test_nobody_is_invited_to_a_stage_without_a_seat(on_stage, person, settings):
    settings.LIVE_STAGE_SEATS = 1
    on_stage("Grace")
    with pytest.raises(services.StageFull):
        services.bring_on_stage(participant=person("Ada"), by=person("Noa"))
    assert not StageInvitation.objects.exists()


def test_a_stage_that_filled_up_meanwhile_keeps_the_invitation(on_stage, person, settings):
    settings.LIVE_STAGE_SEATS = 1
    ada = person("Ada")
    services.bring_on_stage(participant=ada, by=person("Noa"))
    on_stage("Grace")
    with pytest.raises(services.StageFull):
        services.accept_stage(participant=ada)
    assert StageInvitation.objects.filter(participant=ada).exists()


def test_an_invitation_withdrawn_is_none(person):
    ada = person("Ada")
    services.bring_on_stage(participant=ada, by=person("Noa"))
    services.take_off_stage(participant=ada)
    with pytest.raises(services.NotInvited):
        services.accept_stage(participant=ada)


def test_whoever_is_taken_off_has_no_seat_at_once(on_stage, session):
    seat = on_stage("Ada")
    services.take_off_stage(participant=seat.participant)
    services.take_off_stage(participant=seat.participant)
    assert current(session) == set()


def test_taking_off_leaves_whoever_watches_where_they_are(watching, session):
    seat = watching("Ada")
    services.take_off_stage(participant=seat.participant)
    assert current(session, SeatKind.WATCH) == {"Ada"}


def test_what_was_said_from_a_seat_goes_with_it(on_stage):
    ada, grace = on_stage("Ada"), on_stage("Grace")
    Signal.objects.create(sender=ada, receiver=grace, kind=SignalKind.AGAIN)
    Signal.objects.create(sender=grace, receiver=ada, kind=SignalKind.AGAIN)
    services.leave_stage(participant=ada.participant)
    assert not Signal.objects.exists()


def test_a_moderators_mute_lasts_until_the_person_unmutes_themself(on_stage):
    seat = on_stage("Ada", microphone=True)
    services.mute(participant=seat.participant)
    seat.refresh_from_db()
    assert (seat.microphone_on, seat.muted_by_host_at is not None) == (False, True)
    services.set_media_state(seat=seat, microphone=True, camera=False, screen=False)
    seat.refresh_from_db()
    assert (seat.microphone_on, seat.muted_by_host_at) == (True, None)


def test_muting_somebody_silent_says_nothing_of_them(on_stage):
    seat = on_stage("Ada")
    services.mute(participant=seat.participant)
    seat.refresh_from_db()
    assert seat.muted_by_host_at is None


def test_all_below_are_muted_and_nobody_else(on_stage, session):
    host = on_stage("Noa", level=Level.HOST, microphone=True)
    peer = on_stage("Rosa", level=Level.MODERATOR, microphone=True)
    ada = on_stage("Ada", microphone=True)
    by = peer.participant
    assert services.mute_all(session=session, by=by, below=Level.MODERATOR) == 1
    for seat, on in ((host, True), (peer, True), (ada, False)):
        seat.refresh_from_db()
        assert seat.microphone_on is on


def test_what_is_sent_is_not_written_on_a_seat_that_has_ended(on_stage):
    seat = on_stage("Ada")
    services.take_off_stage(participant=seat.participant)
    with pytest.raises(services.NotThere):
        services.set_media_state(seat=seat, microphone=True, camera=True, screen=False)
    seat.refresh_from_db()
    assert not seat.microphone_on


def test_signals_are_forgotten_after_two_minutes(on_stage):
    ada, grace = on_stage("Ada"), on_stage("Grace")
    old = Signal.objects.create(
        sender=ada,
        receiver=grace,
        kind=SignalKind.AGAIN,
        sent_at=timezone.now() - timedelta(minutes=3),
    )
    new = Signal.objects.create(sender=ada, receiver=grace, kind=SignalKind.AGAIN)
    from media_items.live.stage.mesh.signalling import forget_old_signals, signals_for

    assert signals_for(grace, after=0) == [new]
    assert forget_old_signals() == 1
    assert not Signal.objects.filter(pk=old.pk).exists()
