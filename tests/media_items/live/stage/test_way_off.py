"""One way off the stage: whatever ends a seat, the engine hears of it, with the reason."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from media_items.abilities import Ability
from media_items.live.events.presence import Attendance
from media_items.live.personal_data import SessionData
from media_items.live.sessions import entering, removing, roles, upkeep
from media_items.live.sessions.models import EndReason, Level, Stay
from media_items.live.sessions.services import end_session
from media_items.live.stage import services
from media_items.live.stage.models import Seat, SeatEnd, StageInvitation
from media_items.personal_data import Subject
from media_items.visitors import Certainty, Identity, IdentityKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys_made_up")]


class SpyEngine:
    """Room for one on stage and one who watches; remembers what it was told."""

    def __init__(self):
        self.told = []

    def capacity(self, kind):
        return 1

    def seat_taken(self, seat):
        self.told.append(("taken", seat.pk))

    def seats_ended(self, seats, why):
        assert all(seat.left_at and seat.session for seat in seats)
        self.told += [(why, seat.pk) for seat in seats]

    def media_changed(self, seat):
        self.told.append(("media", seat.pk))

    def muted(self, seat):
        self.told.append(("muted", seat.pk))


@pytest.fixture
def engine(monkeypatch):
    spy = SpyEngine()
    for module in ("services", "leaving"):
        monkeypatch.setattr(f"media_items.live.stage.{module}.current_engine", lambda: spy)
    return spy


@pytest.fixture
def seat(engine, on_stage):
    found = on_stage("Ada", level=Level.SPEAKER)
    engine.told.clear()
    return found


@pytest.fixture
def watched(engine, watching):
    found = watching("Grace")
    engine.told.clear()
    return found


def leaves(seat):
    entering.leave(me=seat.participant)


def is_lost(seat):
    Stay.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    upkeep.tick(timezone.now(), Attendance.unknown())


def is_blocked(seat):
    removing.remove(
        session=seat.session, participant=seat.participant, persons=[], below=Level.HOST, by=None
    )


def loses_the_right(seat):
    removing.end_rights(session=seat.session, participant_ids=[seat.participant_id])


def is_erased(seat):
    subject = Subject(item=seat.session.item, keys=frozenset({seat.participant.key}))
    with transaction.atomic():
        SessionData().erase(subject, moment=timezone.now())


def has_the_session_end(seat):
    end_session(session=seat.session)


def has_no_host(seat):
    end_session(session=seat.session, reason=EndReason.HOST_GONE)


def takes_a_new_seat(seat):
    me = seat.participant
    if seat.publishes:
        services.go_on_stage(participant=me, at_will=True, anew=True)
    else:
        services.watch_stage(participant=me)


def gives_it_up(seat):
    services.leave_stage(participant=seat.participant)


ANY_SEAT = [
    (leaves, SeatEnd.LEFT),
    (is_lost, SeatEnd.LEFT),
    (gives_it_up, SeatEnd.LEFT),
    (is_blocked, SeatEnd.REMOVED),
    (loses_the_right, SeatEnd.RIGHT_ENDED),
    (is_erased, SeatEnd.RIGHT_ENDED),
    (has_the_session_end, SeatEnd.SESSION_ENDED),
    (has_no_host, SeatEnd.SESSION_ENDED),
    (takes_a_new_seat, SeatEnd.MOVED),
]


@pytest.mark.parametrize(("act", "why"), ANY_SEAT)
@pytest.mark.parametrize("which", ["seat", "watched"])
def test_the_engine_hears_why_a_seat_has_ended(request, engine, which, act, why):
    seat = request.getfixturevalue(which)
    act(seat)
    assert engine.told[0] == (why, seat.pk)
    assert [one for one in engine.told if one[1] == seat.pk] == [(why, seat.pk)]
    assert Seat.objects.get(pk=seat.pk).left_at


@pytest.mark.parametrize("act", [act for act, why in ANY_SEAT if why != SeatEnd.MOVED])
def test_twice_is_once(engine, seat, act):
    act(seat)
    engine.told.clear()
    act(seat)
    assert engine.told == []


def identity_of_ada(role):
    return Identity(
        key="test:Ada",
        kind=IdentityKind.GUEST,
        name="Ada",
        email="ada@example.org",
        certainty=Certainty.CONFIRMED,
        role=role,
    )


AUDIENCE = frozenset({Ability.VIEW, Ability.WALK_IN})


def is_changed_without_their_page(seat):
    roles.change_level(
        session=seat.session, participant_id=seat.participant_id, level=Level.AUDIENCE
    )


def gives_a_sign_of_life(seat):
    entering.refresh_participant(
        seat.participant, identity=identity_of_ada("viewer"), abilities=AUDIENCE
    )


def comes_in_again(seat):
    entering.enter(item=seat.session.item, identity=identity_of_ada("viewer"), abilities=AUDIENCE)


@pytest.mark.parametrize(
    "act", [is_changed_without_their_page, gives_a_sign_of_life, comes_in_again]
)
def test_role_lost_seat_lost_wherever_it_is_noticed(engine, seat, act):
    act(seat)
    assert engine.told == [(SeatEnd.ROLE_LOST, seat.pk)]
    assert Stay.objects.filter(participant=seat.participant, left_at=None).exists()


def test_whoever_watches_needs_no_role_for_it(engine, watched):
    roles.level_changed(
        session=watched.session,
        participant_id=watched.participant_id,
        before=Level.SPEAKER,
        after=Level.AUDIENCE,
    )
    assert engine.told == []


def test_a_moderator_who_becomes_a_speaker_keeps_the_seat(engine, on_stage):
    seat = on_stage("Mary", level=Level.MODERATOR)
    engine.told.clear()
    roles.change_level(
        session=seat.session, participant_id=seat.participant_id, level=Level.SPEAKER
    )
    assert engine.told == []


def test_taken_off_is_told_and_ends_the_stage_only(engine, seat, watched):
    services.take_off_stage(participant=watched.participant)
    services.take_off_stage(participant=seat.participant)
    assert engine.told == [(SeatEnd.TAKEN_OFF, seat.pk)]


def test_whoever_watched_and_comes_on_stage_has_moved(engine, watched):
    seat = services.go_on_stage(participant=watched.participant, at_will=True)
    assert engine.told == [(SeatEnd.MOVED, watched.pk), ("taken", seat.pk)]


def test_only_those_who_are_gone_lose_their_seats(engine, seat, watched):
    is_blocked(watched)
    assert engine.told == [(SeatEnd.REMOVED, watched.pk)]
    assert Seat.objects.get(pk=seat.pk).left_at is None


def test_removed_or_without_a_right_the_invitation_on_stage_is_withdrawn(person, engine):
    for name, act in (("Ada", is_blocked), ("Bob", loses_the_right)):
        one = person(name)
        StageInvitation.objects.create(participant=one)
        act(Seat(session=one.session, participant=one))
    assert not StageInvitation.objects.exists()


def test_an_engine_that_fails_leaves_nobody_half_gone(engine, seat, monkeypatch):
    def fail(seats, why):
        raise RuntimeError("out of order")

    monkeypatch.setattr(engine, "seats_ended", fail)
    with pytest.raises(RuntimeError):
        leaves(seat)
    assert Seat.objects.get(pk=seat.pk).left_at is None
    assert Stay.objects.filter(participant=seat.participant, left_at=None).exists()


# --- nobody else writes it ------------------------------------------------------------------------


def writes_of_left_at(tree):
    """`x.update(left_at=…)`, `x.save(update_fields=["left_at"])`, `x.left_at = …`, as source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            written = " ".join(
                f"{word.arg} {ast.unparse(word.value)}"
                for word in node.keywords
                if node.func.attr == "update" or word.arg in {"update_fields", "fields"}
            )
            if node.func.attr in {"update", "save", "bulk_update"} and "left_at" in written:
                yield ast.unparse(node)
        elif isinstance(node, ast.Assign):
            parts = [one for target in node.targets for one in ast.walk(target)]
            if any(isinstance(one, ast.Attribute) and one.attr == "left_at" for one in parts):
                yield ast.unparse(node)


def test_no_other_place_ends_a_seat():
    """Stays and the browsers of guests and invited people have a `left_at`, too: their writes name
    them."""
    found = {}
    for app in ("media_items", "access", "config", "demo"):
        for path in (Path(django_settings.BASE_DIR) / app).rglob("*.py"):
            for write in writes_of_left_at(ast.parse(path.read_text())):
                others = ("GuestAdmission", "InvitationProof")
                if not ("stay" in write.lower() or any(one in write for one in others)):
                    found.setdefault(path.name, []).append(write)
    assert len(found.pop("leaving.py")) == 2  # stage/leaving.py: `end_seats`
    assert found == {}
