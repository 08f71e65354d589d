"""People in a live room who write, and what is announced of it."""

from __future__ import annotations

import pytest

from media_items.live.chat import services
from media_items.live.sessions.models import Level, Participant


@pytest.fixture
def sit(sitting):
    """`sit("Ada Lovelace", level=Level.HOST)`: the row of somebody inside `sitting`."""

    def make(name="Ada Lovelace", *, level=Level.AUDIENCE, **facts):
        facts = {"admitted_at": sitting.opened_at, **facts}
        number = sitting.participants.count()
        me = Participant.objects.create(
            session=sitting, key=f"test:{number}", name=name, level=level, **facts
        )
        me.session = sitting
        return me

    return make


@pytest.fixture
def say(sit):
    """`say("Hello", by=ada)`: a message in the chat."""

    def make(text="Hello", *, by=None):
        return services.say(author=by or sit(), text=text, through_pause=True)

    return make
