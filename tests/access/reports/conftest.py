"""A session that is over, its host, and everybody who knocks at the door of its report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access.invitations.models import InvitationRole
from media_items.catalogue.models import Kind
from media_items.live.sessions.models import EndReason
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.live_factories import LiveSessionFactory, ParticipantFactory, StayFactory

TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)


def at(minutes, seconds=0):
    """So many minutes after ten, when the session opened."""
    return TEN + timedelta(minutes=minutes, seconds=seconds)


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


@pytest.fixture
def session(room):
    """From ten to eleven, its lobby open a quarter of an hour before."""
    return LiveSessionFactory(
        item=room, made_at=at(-15), opened_at=TEN, ended_at=at(60), end_reason=EndReason.BY_HOST
    )


@pytest.fixture
def host(client_of, owner):
    """The owner's browser."""
    return client_of(owner)


@pytest.fixture
def url(room, session):
    """`url("session_report")`: an address of the report of `session`."""

    def make(name, *args, of=None):
        return reverse(f"access:{name}", args=[room.public_id, (of or session).public_id, *args])

    return make


@pytest.fixture
def came(session):
    """`came("Ada", (0, 30), (40, 60))`: was there in these minutes; let in when they came."""

    def make(name, *stays, session=session, **facts):
        first = at(stays[0][0]) if stays else TEN
        facts = {"admitted_at": first, "asked_at": first, **facts}
        row = ParticipantFactory(session=session, name=name, **facts)
        for start, end in stays:
            left = None if end is None else at(end)
            StayFactory(participant=row, came_at=at(start), seen_at=left or first, left_at=left)
        return row

    return make


@pytest.fixture
def by_account(came):
    def make(user, *stays, **facts):
        facts = {"role": "viewer", "certainty": "signed_in", "email": user.email, **facts}
        return came(user.get_full_name(), *stays, key=f"account:{user.pk}", **facts)

    return make


@pytest.fixture
def by_invitation(came):
    def make(invitation, *stays, **facts):
        facts = {
            "role": invitation.role,
            "certainty": "confirmed",
            "email": invitation.email,
            **facts,
        }
        name = invitation.get_full_name()
        return came(name, *stays, key=f"invitation:{invitation.pk}", **facts)

    return make


@pytest.fixture
def by_guest_link(came, room):
    """`by_guest_link((0, 30), link="Webinar", email="ada@example.org")`."""

    def make(*stays, name="Ada Lovelace", email="ada@example.org", link=None, **facts):
        link = link or factories.GuestLinkFactory(item=room, access_on=True)
        guest = link.guests.filter(email=email).first()
        guest = guest or factories.GuestFactory(link=link, email=email, name=name)
        admission = factories.GuestAdmissionFactory(guest=guest, name=name)
        return came(name, *stays, key=f"guest:{admission.pk}", email=email, **facts)

    return make


@pytest.fixture
def invite(room):
    """`invite("grace@example.org")`: invited a day before the session."""

    def make(email, **facts):
        facts = {"created_at": at(-24 * 60), "item": room, **facts}
        return factories.InvitationFactory(email=email, **facts)

    return make


@pytest.fixture
def outsiders(room, stranger, client_of):
    """Everybody who must not see a report, with the answer they get."""
    proofs = {
        role: factories.InvitationProofFactory(invitation__item=room, invitation__role=role)
        for role in (InvitationRole.MODERATOR, InvitationRole.SPEAKER, InvitationRole.VIEWER)
    }
    link = factories.GuestLinkFactory(item=room, access_on=True)
    guest = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
    return {
        "signed out": (Client(), 404),
        "stranger": (client_of(stranger), 404),
        "guest": (guest, 403),
        **{role.value: (client_with_proofs(proof), 403) for role, proof in proofs.items()},
    }
