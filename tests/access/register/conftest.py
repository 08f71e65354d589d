"""The cast of the register: everybody who knocks at its door, by name."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.invitations.models import InvitationRole, MailKind
from access.mail.models import OutgoingMail
from tests import factories
from tests.conftest import client_with_proofs


@pytest.fixture
def host(client_of, owner):
    """The owner's browser."""
    return client_of(owner)


@pytest.fixture
def url(item):
    """`url("register")`: an address of the register of `item`."""

    def make(name, *args):
        return reverse(f"access:{name}", args=[item.public_id, *args])

    return make


@pytest.fixture
def mail():
    """`mail(invitation, refused_at=…)`: a mail in that state; sent unless something is said."""

    def make(invitation, **fields):
        fields = fields or {"sent_at": timezone.now()}
        return OutgoingMail.objects.create(
            about=invitation, kind=MailKind.INVITE, address=invitation.email, **fields
        )

    return make


@pytest.fixture
def outsiders(item, stranger, guest_client, invitee_client, client_of):
    """Everybody who must not see the register, with the answer they get."""
    collaborator = factories.InvitationProofFactory(
        invitation__item=item,
        invitation__email="collaborator@example.org",
        invitation__role=InvitationRole.COLLABORATOR,
    )
    return {
        "signed out": (Client(), 404),
        "stranger": (client_of(stranger), 404),
        "guest": (guest_client, 403),
        "viewer": (invitee_client, 403),
        "collaborator": (client_with_proofs(collaborator), 403),
    }
