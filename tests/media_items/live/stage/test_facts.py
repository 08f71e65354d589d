"""What everybody hears when the stage changes, and what only one person does."""

from __future__ import annotations

import pytest

from media_items.live.events.facts import EVERYBODY, only
from media_items.live.sessions.models import Level
from media_items.live.stage import services
from media_items.live.stage.mesh import signalling
from tests.media_items.live.stage.samples import description

pytestmark = pytest.mark.django_db


def kinds(facts):
    return {(fact.kind, fact.recipients) for fact in facts}


def test_everybody_hears_that_somebody_came_on_stage(published, person):
    ada = person("Ada")
    facts = published(lambda: services.go_on_stage(participant=ada, at_will=True))
    assert kinds(facts) == {("stage", EVERYBODY), ("participants", EVERYBODY)}


def test_whoever_is_invited_hears_it_themself(published, person):
    ada, noa = person("Ada"), person("Noa", level=Level.HOST)
    facts = published(lambda: services.bring_on_stage(participant=ada, by=noa))
    assert kinds(facts) == {
        ("me", only(ada.pk)),
        ("stage", only(ada.pk)),
        ("participants", EVERYBODY),
    }


def test_whoever_is_taken_off_or_muted_hears_it_with_everybody(published, on_stage):
    seat = on_stage("Ada", microphone=True)
    for act in (services.mute, services.take_off_stage):
        facts = published(lambda act=act: act(participant=seat.participant))
        assert ("stage", EVERYBODY) in kinds(facts)
        assert ("me", only(seat.participant_id)) in kinds(facts)


def test_nothing_is_announced_when_nothing_has_changed(published, on_stage):
    seat = on_stage("Ada")
    services.take_off_stage(participant=seat.participant)
    assert published(lambda: services.take_off_stage(participant=seat.participant)) == []


def test_a_signal_is_announced_to_its_receiver_alone_and_without_its_words(published, on_stage):
    ada, grace = on_stage("Ada"), on_stage("Grace")
    [fact] = published(
        lambda: signalling.send_signal(
            me=ada.participant,
            seat_id=ada.pk,
            to=grace.pk,
            kind="offer",
            payload={"link": "x", "sdp": description()},
        )
    )
    assert (fact.kind, fact.recipients) == ("signal", only(grace.participant_id))
    assert fact.data == {"seat": grace.pk}
