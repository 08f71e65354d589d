"""A room that is live, somebody who moderates it, and people to be removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from access.blocks import services
from access.blocks.services import Actor
from access.invitations.models import InvitationRole
from media_items.catalogue.models import Kind
from media_items.live.sessions.models import Level, Participant
from media_items.live.sessions.services import open_session
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs

ADA = "ada@example.org"


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


@pytest.fixture
def session(room):
    return open_session(item=room)


def enter(browser: Client, room) -> Any:
    return browser.post(f"/media/{room.public_id}/session/enter/")


def is_inside(browser: Client, room) -> bool:
    """What counts: whether a panel is shown."""
    return browser.get(f"/media/{room.public_id}/session/chat/").status_code == 200


@dataclass
class Person:
    browser: Client
    row: Participant


@pytest.fixture
def come(room, session):
    """`come(browser)`: in by the form; the browser with the participant it is."""

    def make(browser: Client, *, item=room) -> Person:
        before = set(item_rows(item))
        enter(browser, item)
        [pk] = set(item_rows(item)) - before
        return Person(browser, Participant.objects.get(pk=pk))

    return make


def item_rows(item):
    return Participant.objects.filter(session__item=item).values_list("pk", flat=True)


@pytest.fixture
def host(come, client_of, owner):
    """The owner, inside."""
    return come(client_of(owner))


@pytest.fixture
def moderator(come, room):
    """By invitation, without an account, inside."""
    proof = factories.InvitationProofFactory(
        invitation__item=room,
        invitation__role=InvitationRole.MODERATOR,
        invitation__email="grace@example.org",
        invitation__first_name="Grace",
    )
    return come(client_with_proofs(proof))


@pytest.fixture
def guest_of(room):
    """`guest_of("ada@example.org")`: a browser let in by a guest link of the room."""

    def make(email=ADA, *, item=room, **facts) -> Client:
        link = factories.GuestLinkFactory(item=item, access_on=True)
        admission = factories.GuestAdmissionFactory(guest__link=link, guest__email=email, **facts)
        return client_with_admissions(admission)

    return make


@pytest.fixture
def invited(room):
    """`invited("ada@example.org", role="speaker")`: a browser proven to be the invited person's."""

    def make(email=ADA, *, role="viewer", item=room) -> Client:
        proof = factories.InvitationProofFactory(
            invitation__item=item, invitation__email=email, invitation__role=role
        )
        return client_with_proofs(proof)

    return make


@pytest.fixture
def remove(room):
    """`removed(row)`: by the host, without a request; `level=` for somebody lower."""

    def make(row, *, lasting=False, level=Level.HOST):
        services.remove(participant=row, by=Actor(level), lasting=lasting)

    return make


def address(room, what, pk) -> str:
    return f"/media/{room.public_id}/session/people/{pk}/{what}/"
