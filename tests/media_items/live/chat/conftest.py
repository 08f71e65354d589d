"""People in a live room who write, and what is announced of it."""

from __future__ import annotations

import pytest

from media_items.live.chat import services
from media_items.live.sessions.models import Level, Participant


@pytest.fixture
def sit(session):
    """`sit("Ada Lovelace", level=Level.HOST)`: the row of somebody inside `session`."""

    def make(name="Ada Lovelace", *, level=Level.AUDIENCE, **facts):
        facts = {"admitted_at": session.opened_at, **facts}
        number = session.participants.count()
        me = Participant.objects.create(
            session=session, key=f"test:{number}", name=name, level=level, **facts
        )
        me.session = session
        return me

    return make


@pytest.fixture
def say(sit):
    """`say("Hello", by=ada)`: a message in the chat."""

    def make(text="Hello", *, by=None):
        return services.say(author=by or sit(), text=text, through_pause=True)

    return make
