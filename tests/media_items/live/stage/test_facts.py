"""What everybody hears when the stage changes, and what only one person does."""

from __future__ import annotations

import pytest

from media_items.live.events.facts import EVERYBODY, only
from media_items.live.sessions.models import Level
from media_items.live.stage import services
from media_items.live.stage.mesh import signalling
from tests.media_items.live.stage.samples import description

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(settings, monkeypatch, django_capture_on_commit_callbacks):
    """`heard(act)`: the facts that an act puts on the bus, as (kind, audience)."""

    class Ear:
        def __init__(self):
            self.facts = []

        def publish(self, fact):
            self.facts.append(fact)

    ear = Ear()
    # The bus is the outside here: an ear in place of the process with the streams.
    monkeypatch.setattr("media_items.live.events.announcing.current_bus", lambda: ear)

    def listen(act):
        ear.facts.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return ear.facts

    return listen


def kinds(facts):
    return {(fact.kind, fact.audience) for fact in facts}


def test_everybody_hears_that_somebody_came_on_stage(heard, person):
    ada = person("Ada")
    facts = heard(lambda: services.go_on_stage(participant=ada, at_will=True))
    assert kinds(facts) == {("stage", EVERYBODY), ("participants", EVERYBODY)}


def test_whoever_is_invited_hears_it_themself(heard, person):
    ada, noa = person("Ada"), person("Noa", level=Level.HOST)
    facts = heard(lambda: services.bring_on_stage(participant=ada, by=noa))
    assert kinds(facts) == {
        ("me", only(ada.pk)),
        ("stage", only(ada.pk)),
        ("participants", EVERYBODY),
    }


def test_whoever_is_taken_off_or_muted_hears_it_with_everybody(heard, on_stage):
    seat = on_stage("Ada", microphone=True)
    for act in (services.mute, services.take_off_stage):
        facts = heard(lambda act=act: act(participant=seat.participant))
        assert ("stage", EVERYBODY) in kinds(facts)
        assert ("me", only(seat.participant_id)) in kinds(facts)


def test_nothing_is_announced_when_nothing_has_changed(heard, on_stage):
    seat = on_stage("Ada")
    services.take_off_stage(participant=seat.participant)
    assert heard(lambda: services.take_off_stage(participant=seat.participant)) == []


def test_a_signal_is_announced_to_its_receiver_alone_and_without_its_words(heard, on_stage):
    ada, grace = on_stage("Ada"), on_stage("Grace")
    [fact] = heard(
        lambda: signalling.send_signal(
            me=ada.participant,
            seat_id=ada.pk,
            to=grace.pk,
            kind="offer",
            payload={"link": "x", "sdp": description()},
        )
    )
    assert (fact.kind, fact.audience) == ("signal", only(grace.participant_id))
    assert fact.data == {"seat": grace.pk}
