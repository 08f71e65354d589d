"""A change of rights while somebody is removed from the session: neither waits for good.

On PostgreSQL, with real threads. What changes a right holds the invitation or the item and writes a
row that points to the session; whoever removes holds the session and writes rows that point to
both.
"""

from __future__ import annotations

from functools import partial

import pytest

from access.blocks import services as blocks
from access.blocks.services import Actor
from access.invitations.services import managing
from media_items.catalogue.models import Gallery, Kind, State
from media_items.library.services import publishing
from media_items.live.sessions.models import Level
from media_items.live.sessions.services import open_session
from tests import factories
from tests.live_factories import ParticipantFactory
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TIMES = 6
HOST = Actor(Level.HOST)


@pytest.fixture
def inside():
    """`inside()`: a room's session with an invited person in it; room, invitation, participant."""

    def make():
        room = factories.MediaItemFactory(kind=Kind.ROOM, state=State.UNLISTED)
        invitation = factories.InvitationFactory(item=room, accepted=True)
        factories.InvitationProofFactory(invitation=invitation)
        participant = ParticipantFactory(
            session=open_session(item=room),
            key=f"invitation:{invitation.pk}",
            inside=True,
            email=invitation.email,
        )
        return room, invitation, participant

    return make


def test_removing_somebody_whose_invitation_is_taken_back_at_that_moment(inside):
    for _time in range(TIMES):
        _room, invitation, participant = inside()
        results = at_once(
            [
                partial(
                    blocks.remove, participant=participant, by=Actor(Level.HOST), lasting=False
                ),
                partial(managing.revoke, invitation=invitation, by=None),
            ]
        )
        assert [one for one in results if isinstance(one, Exception)] == []
        participant.refresh_from_db()
        invitation.refresh_from_db()
        assert invitation.revoked_at
        assert participant.removed_at or participant.right_ended_at


def test_blocking_somebody_while_the_room_is_made_private(inside):
    for _time in range(TIMES):
        room, _invitation, participant = inside()
        private = {"state": State.PRIVATE, "galleries": [], "among": Gallery.objects.none()}
        results = at_once(
            [
                partial(blocks.remove, participant=participant, by=HOST, lasting=True),
                partial(publishing.publish, item=room, by=room.owner, **private),
            ]
        )
        assert [one for one in results if isinstance(one, Exception)] == []
        room.refresh_from_db()
        participant.refresh_from_db()
        assert room.state == State.PRIVATE
        assert participant.removed_at
