"""Coming in, waiting, being there and going."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from media_items.abilities import Ability
from media_items.live.sessions import entering, services
from media_items.live.sessions.models import Level, LiveSession, Participant, Stay
from media_items.visitors import Certainty, Identity, IdentityKind
from tests.reading import tags_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys_made_up")]

TAKES_PART = frozenset({Ability.VIEW, Ability.WALK_IN, Ability.CHAT})
RUNS_IT = TAKES_PART | {Ability.MODERATE, Ability.RUN_SESSION, Ability.BACKCHANNEL}


def person(key="invitation:1", *, name="Grace Hopper", email="grace@example.org", **facts):
    return Identity(
        key=key,
        kind=IdentityKind.INVITEE,
        name=name,
        email=email,
        certainty=Certainty.CONFIRMED,
        **facts,
    )


def enter(item, identity=None, abilities=TAKES_PART):
    return entering.enter(item=item, identity=identity or person(), abilities=abilities)


def url(item, end=""):
    return f"/media/{item.public_id}/session/{end}"


# --- who comes in -------------------------------------------------------------------------------


def test_the_first_to_come_makes_the_session_and_the_second_joins_it(room):
    one, two = enter(room), enter(room, person("guest:4", email="b@example.org"))
    assert one.session_id == two.session_id == LiveSession.objects.get().pk
    assert not LiveSession.objects.get().is_live
    assert one.is_inside
    assert two.is_inside


def test_coming_in_twice_is_one_participant_and_one_stay(room):
    assert enter(room) == enter(room)
    assert Stay.objects.count() == 1


def test_somebody_without_a_proof_of_who_they_are_makes_no_session(room):
    with pytest.raises(entering.NoIdentity):
        enter(room, person(""))
    assert not LiveSession.objects.exists()


def test_nobody_but_those_who_run_it_comes_in_before_the_lobby_opens(event):
    event.starts_at = timezone.now() + timedelta(hours=1)
    event.save()
    with pytest.raises(services.NotOpenYet):
        enter(event)
    assert not LiveSession.objects.exists()
    assert enter(event, person("account:1"), RUNS_IT).is_inside
    # And a host in the lobby opens it to all.
    assert enter(event).is_inside


def test_a_locked_session_makes_all_wait_but_those_who_moderate(room, session):
    services.lock_session(session=session)
    assert enter(room).is_waiting
    assert enter(room, person("account:1", email="noa@example.edu"), RUNS_IT).is_inside


def test_who_came_in_before_the_lock_comes_back_in(room, session):
    me = enter(room)
    entering.leave(me=me)
    services.lock_session(session=session)
    assert enter(room).is_inside


def test_who_may_not_walk_in_waits_in_an_unlocked_session_too(room, session):
    assert enter(room, abilities=frozenset({Ability.VIEW})).is_waiting


def test_unlocking_admits_nobody_who_waits_but_lets_newcomers_in(room, session):
    services.lock_session(session=session)
    me = enter(room)
    services.unlock_session(session=session)
    me.refresh_from_db()
    assert me.is_waiting
    assert enter(room, person("guest:4", email="b@example.org")).is_inside


def test_coming_back_to_an_unlocked_session_lets_in_who_waited(room, session):
    services.lock_session(session=session)
    enter(room)
    services.unlock_session(session=session)
    assert enter(room).is_inside


@pytest.mark.parametrize("moment_of", ["declined_at", "removed_at"])
def test_who_was_turned_away_does_not_come_in_again(room, session, moment_of):
    me = enter(room)
    Participant.objects.filter(pk=me.pk).update(**{moment_of: timezone.now()})
    with pytest.raises(entering.TurnedAway):
        enter(room)


def test_who_was_removed_does_not_come_in_by_another_proof_of_the_same_address(room, session):
    me = enter(room)
    Participant.objects.filter(pk=me.pk).update(removed_at=timezone.now())
    with pytest.raises(entering.TurnedAway):
        enter(room, person("guest:9", email="GRACE@example.org"))
    assert enter(room, person("guest:10", email="other@example.org")).is_inside


def test_the_next_session_remembers_no_removal(room, session):
    me = enter(room)
    Participant.objects.filter(pk=me.pk).update(removed_at=timezone.now())
    services.end_session(session=session)
    services.open_session(item=room)
    assert enter(room).is_inside


def test_the_table_holds_no_address(room):
    me = enter(room)
    assert "grace" not in me.person
    assert len(me.person) == 64


# --- what goes out ------------------------------------------------------------------------------


def test_who_has_to_wait_knocks_for_moderators_alone(room, session, announced):
    services.lock_session(session=session)
    heard = announced(lambda: enter(room))
    assert set(heard) == {("knock", "mods"), ("participants", "mods")}


def test_who_waits_knocks_once_and_again_when_they_come_back(room, session, announced):
    services.lock_session(session=session)
    me = enter(room)
    assert ("knock", "mods") not in announced(lambda: enter(room))
    entering.leave(me=me)
    assert ("knock", "mods") in announced(lambda: enter(room))


def test_a_new_role_is_written_down_and_told_at_the_next_sign_of_life(room, session, announced):
    me = enter(room)
    promoted = person(role="moderator")
    heard = announced(
        lambda: entering.refresh_participant(me, identity=promoted, abilities=RUNS_IT)
    )
    assert heard == [("participants", "all")]
    me.refresh_from_db()
    assert (me.level, me.role) == (Level.MODERATOR, "moderator")
    assert not announced(
        lambda: entering.refresh_participant(me, identity=promoted, abilities=RUNS_IT)
    )


def test_the_coming_of_a_moderator_stops_the_clock_of_a_session_without_host(
    room, session, announced
):
    moment = timezone.now()
    LiveSession.objects.filter(pk=session.pk).update(host_gone_since=moment, warned_at=moment)
    enter(room)
    session.refresh_from_db()
    assert session.warned_at
    heard = announced(lambda: enter(room, person("account:1", email="noa@example.edu"), RUNS_IT))
    session.refresh_from_db()
    assert session.host_gone_since is session.warned_at is None
    assert ("session", "all") in heard


# --- being there --------------------------------------------------------------------------------


def test_each_stretch_of_being_there_is_a_stay(room, session):
    noon = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as clock:
        me = enter(room)
        clock.shift(timedelta(minutes=10))
        entering.leave(me=me)
        entering.leave(me=me)
        clock.shift(timedelta(minutes=5))
        enter(room)
    stays = list(me.stays.order_by("came_at").values_list("came_at", "left_at"))
    minute = timedelta(minutes=1)
    assert stays == [(noon, noon + 10 * minute), (noon + 15 * minute, None)]


def test_leaving_lowers_the_hand_and_leaves_the_stage(room, session):
    me = enter(room)
    Participant.objects.filter(pk=me.pk).update(hand_raised_at=timezone.now())
    seat = me.seats.create(session=session, kind="stage")
    entering.leave(me=me)
    me.refresh_from_db()
    seat.refresh_from_db()
    assert me.hand_raised_at is None
    assert seat.left_at


def test_a_page_that_is_open_is_a_sign_of_life_with_and_without_script(invite, room, session):
    browser = invite("viewer")
    Stay.objects.update(left_at=timezone.now())
    browser.get(url(room, "chat/"))
    assert Stay.objects.filter(left_at=None).count() == 1


def test_nobody_stays_in_a_session_that_has_just_ended(room, session):
    me = enter(room)
    services.end_session(session=session)
    assert not entering.refresh_participant(me, identity=person(), abilities=TAKES_PART)
    assert not Stay.objects.filter(left_at=None).exists()


def test_nobody_stays_who_was_removed_this_moment(room, session):
    me = enter(room)
    Stay.objects.update(left_at=timezone.now())
    Participant.objects.filter(pk=me.pk).update(removed_at=timezone.now())
    entering.refresh_participant(me, identity=person(), abilities=TAKES_PART)
    assert not Stay.objects.filter(left_at=None).exists()


# --- the acts of those who run it ---------------------------------------------------------------


def test_opening_and_ending_twice_is_once(room):
    first = services.open_session(item=room)
    assert services.open_session(item=room) == first
    services.end_session(session=first)
    first.refresh_from_db()
    ended_at = first.ended_at
    services.end_session(session=first)
    first.refresh_from_db()
    assert first.ended_at == ended_at


def test_an_ended_session_is_not_locked_any_more(room, session):
    services.end_session(session=session)
    services.lock_session(session=session)
    session.refresh_from_db()
    assert session.locked_at is None


def test_a_moderator_who_was_removed_opens_it_and_sees_why_they_stay_out(invite, room, session):
    moderator = invite("moderator")
    Participant.objects.update(removed_at=timezone.now())
    answer = moderator.post(url(room, "open/"), follow=True)
    assert "The host has removed you" in answer.content.decode()


def test_nobody_puts_a_host_out(host, room, session):
    Participant.objects.update(removed_at=timezone.now())
    answer = host.post(url(room, "open/"), follow=True)
    assert answer.redirect_chain[-1][0] == url(room, "chat/")


def test_ending_asks_once_and_says_for_how_many(host, invite, room, session):
    invite("viewer")
    html = host.get(url(room, "end/")).content.decode()
    assert "The session ends for everybody. 2 people are here now." in html
    session.refresh_from_db()
    assert session.ended_at is None


def test_the_top_line_says_what_is_so_and_offers_what_one_may_do(host, invite, room, session):
    services.lock_session(session=session)
    moment = timezone.now()
    LiveSession.objects.filter(pk=session.pk).update(host_gone_since=moment, warned_at=moment)
    viewer = invite("viewer", inside=False)
    me = viewer.post(url(room, "enter/")) and Participant.objects.get(admitted_at=None)
    Participant.objects.filter(pk=me.pk).update(admitted_at=moment)
    LiveSession.objects.filter(pk=session.pk).update(host_gone_since=moment, warned_at=moment)
    seen = viewer.get(url(room, "top/?inside=live")).content.decode()
    for words in ("Open", "Locked", "2 people are here", "The host is away", "data-countdown"):
        assert words in seen
    for act in ("Unlock session", ">End<", "Session settings"):
        assert act not in seen
        assert act in host.get(url(room, "top/?inside=live")).content.decode()


def test_a_moderator_runs_the_session_and_does_not_change_its_settings(invite, room, session):
    seen = invite("moderator").get(url(room, "top/?inside=live")).content.decode()
    assert "Lock session" in seen
    assert "Session settings" not in seen


# --- the way out --------------------------------------------------------------------------------


def forms_of_leaving(browser, item):
    actions = [one["action"] for one in tags_of(browser.get(url(item, "top/?inside=live")))]
    return [one for one in actions if one and one.endswith("/leave/")]


def test_a_guest_has_one_way_out_and_it_ends_their_visit(
    host, let_guest_in, room, session, django_capture_on_commit_callbacks
):
    guest = let_guest_in(name="Gina")
    [out] = forms_of_leaving(guest, room)
    with django_capture_on_commit_callbacks(execute=True):
        farewell = guest.post(out, follow=True).content.decode()
    assert "You’ve left" in farewell
    assert "Join again" in farewell
    assert not session.participants.here().filter(name="Gina").exists()
    assert guest.get(room.get_absolute_url()).status_code == 403
    assert session.participants.get(name="Gina").right_ended_at
    people = host.get(url(room, "participants/")).content.decode()
    gone = people[people.index('id="people-gone"') :]
    assert "Gina" in gone
    assert "Left" in gone
    assert "Access ended" not in gone


def test_whoever_has_another_right_leaves_the_session_alone(invite, room, session):
    viewer = invite("viewer")
    assert forms_of_leaving(viewer, room) == [url(room, "leave/")]
    assert viewer.post(url(room, "leave/"), follow=True).status_code == 200


@pytest.mark.parametrize("who", ["viewer", "moderator", "owner"])
def test_whoever_leaves_reads_that_they_left_and_joins_again_by_one_button(
    host, invite, room, session, who
):
    browser = host if who == "owner" else invite(who)
    answer = browser.post(url(room, "leave/"), follow=True)
    assert answer.redirect_chain == [(url(room, "left/"), 302)]
    assert "You’ve left" in answer.text
    assert room.title in answer.text
    assert "Join again" in answer.text
    there = session.participants.here().count()
    assert browser.get(url(room, "left/")).status_code == 200  # read again
    assert session.participants.here().count() == there
    actions = [one["action"] for one in tags_of(answer)]
    [again] = [one for one in actions if one and one.endswith("enter/")]
    browser.post(again)
    assert session.participants.here().count() == there + 1


def test_who_leaves_as_it_ends_reads_that_it_has_ended(invite, room, session):
    viewer = invite("viewer")
    services.end_session(session=session)
    page = viewer.post(url(room, "leave/"), follow=True).text
    assert "The session has ended" in page
    assert "Join again" not in page


def test_a_farewell_is_for_who_was_there_and_may_come_back(invite, room, session):
    stranger = invite("viewer", inside=False)
    assert stranger.get(url(room, "left/"))["Location"] == url(room)
    viewer = invite("viewer")
    Participant.objects.filter(key__startswith="invitation").update(removed_at=timezone.now())
    assert viewer.get(url(room, "left/"))["Location"] == url(room)


def test_who_runs_it_ends_it_or_leaves_by_one_button(host, room, session):
    assert forms_of_leaving(host, room) == []
    asks = host.get(url(room, "end/")).content.decode()
    assert "Leave without ending" in asks
    assert f'action="{url(room, "leave/")}"' in asks


def test_a_waiting_host_opens_the_session_in_the_middle_and_leaves_at_the_head(
    client_of, owner, room
):
    browser = client_of(owner)
    browser.post(url(room, "enter/"))
    page = tags_of(browser.get(url(room, "chat/")))
    [opening] = [one for one in page if one["action"] == url(room, "open/")]
    assert any("live-lobby" in (one["class"] or "") for one in opening.inside)
    acts = [one for one in page if one.inside and one.inside[-1]["class"] == "live-acts"]
    assert [one["action"] for one in acts if one.name in {"form", "a"}] == [url(room, "leave/")]


# --- settings -----------------------------------------------------------------------------------


def test_the_settings_are_kept_and_felt_at_once(client_of, owner, room, announced, session):
    browser = client_of(owner)
    typed = {"early_entrance_minutes": "5", "stage_access": "everyone", "anonymous_questions": "on"}
    heard = announced(lambda: browser.post(url(room, "settings/"), typed))
    live = services.settings_of(room)
    assert (live.early_entrance_minutes, live.stage_access) == (5, "everyone")
    assert live.anonymous_questions
    assert {kind for kind, _to in heard} == {"session", "stage", "qna"}


@pytest.mark.parametrize("minutes", ["", "-1", "1441", "soon"])
def test_what_is_no_number_of_minutes_is_said_in_words(client_of, owner, room, minutes):
    browser = client_of(owner)
    typed = {"early_entrance_minutes": minutes, "stage_access": "everyone"}
    answer = browser.post(url(room, "settings/"), typed)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert ("The limit is one day" in html) if minutes == "1441" else ("number of minutes" in html)


def test_a_live_event_has_no_stage_to_set(client_of, owner, event):
    html = client_of(owner).get(url(event, "settings/")).content.decode()
    assert "early_entrance_minutes" in html
    assert "stage_access" not in html


def test_the_stage_of_an_event_is_not_there(client_of, owner, event):
    browser = client_of(owner)
    services.open_session(item=event)
    browser.post(url(event, "enter/"))
    assert browser.get(url(event, "stage-access/")).status_code == 404


def test_stage_access_outlives_the_session(host, room, session):
    host.post(url(room, "stage-access/"), {"access": "invite_only"})
    services.end_session(session=session)
    assert services.settings_of(room).stage_access == "invite_only"


# --- cost ---------------------------------------------------------------------------------------


def test_what_every_open_page_asks_again_and_again_costs_as_much_for_many(
    let_guest_in, room, session, django_assert_num_queries
):
    guest = let_guest_in()
    for others in (0, 30):
        for n in range(others):
            enter(room, person(f"guest:{1000 + n}", email=f"{n}@example.org"))
        with django_assert_num_queries(4):  # session, item with admission, session with me; seen
            guest.post(url(room, "heartbeat/"))
        with django_assert_num_queries(4):  # the same three; how many are here
            guest.get(url(room, "top/?inside=live"))
        with django_assert_num_queries(4):  # the same three; whether they are on stage
            guest.get(url(room, "hand/"))


def test_the_page_of_a_room_costs_as_much_for_many(
    let_guest_in, room, session, django_assert_num_queries
):
    """HTTP session, item with admission, session with me and settings; seen; chat, what is pinned;
    seats, stage invitation; how many are here, poll, reactions."""
    guest = let_guest_in()
    guest.get(url(room, "chat/"))
    for others in (0, 30):
        for n in range(others):
            enter(room, person(f"guest:{1000 + n}", email=f"{n}@example.org"))
        with django_assert_num_queries(11):
            guest.get(url(room, "chat/"))


def test_waiting_costs_little(let_guest_in, room, session, django_assert_num_queries):
    guest = let_guest_in(waiting_room=True)
    with django_assert_num_queries(4):  # session, item with admission, session with me; a host
        guest.get(url(room, "top/?waiting=unseen"))
