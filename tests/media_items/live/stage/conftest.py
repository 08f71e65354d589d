"""People of a live room: rows for the services, browsers for the views."""

from __future__ import annotations

import pytest
from django.utils import timezone

from media_items.live.sessions.models import Level, Participant, Stay
from media_items.live.stage import services


@pytest.fixture
def person(session):
    """`person("Ada")`: let in, and there."""

    def make(name, *, here=True, level=Level.AUDIENCE, **facts):
        facts = {"admitted_at": timezone.now(), **facts}
        row = Participant.objects.create(
            session=session, key=f"test:{name}", name=name, level=level, **facts
        )
        if here:
            Stay.objects.create(participant=row)
        return row

    return make


@pytest.fixture
def on_stage(person):
    """`on_stage("Ada")`: the seat of somebody who is on stage."""

    def make(name, **facts):
        state = {word: facts.pop(word) for word in ("microphone", "camera") if word in facts}
        return services.go_on_stage(participant=person(name, **facts), at_will=True, **state)

    return make


@pytest.fixture
def watching(person):
    """`watching("Ada")`: the seat of somebody who watches."""

    def make(name):
        return services.watch_stage(participant=person(name))

    return make
