"""Whoever signs out is in no session any more, by whatever they had come in."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from access import session_proofs
from access.accounts.backends import SessionStore
from access.links import guest_link_token
from media_items.catalogue.models import Kind
from media_items.live.events import announcing
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.models import Participant
from tests import factories
from tests.live_factories import LiveSessionFactory

# What is announced is said once the transaction is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    LiveSessionFactory(item=room, live=True)
    return room


@pytest.fixture
def browser(stranger):
    """Somebody with an account that is nothing to the room."""
    browser = Client()
    browser.force_login(stranger)
    return browser


def by_account(browser, room, stranger):
    factories.InvitationFactory(
        item=room, email=stranger.email, account=stranger, accepted=True, role="viewer"
    )


def by_guest_link(browser, room, stranger):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    door = reverse("access:join", args=[guest_link_token(link)])
    browser.post(door, {"name": "Ada", "email": "ada@example.org"})


def by_the_invitation_of_another_address(browser, room, stranger):
    proof = factories.InvitationProofFactory(invitation__item=room, invitation__accepted=True)
    session = SessionStore(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    session_proofs.invitation_proofs.remember(session, proof.pk)
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


@pytest.mark.parametrize("came", [by_account, by_guest_link])
def test_who_signs_out_is_put_out_of_the_session_at_once(
    came, browser, room, stranger, monkeypatch
):
    came(browser, room, stranger)
    browser.post(reverse("media_items:enter_session", args=[room.public_id]))
    me = Participant.objects.here().get()
    said = []
    monkeypatch.setattr(
        announcing, "_publish", lambda fact: said.append((fact.kind, fact.recipients))
    )
    browser.post(reverse("access:sign_out"))
    assert not Participant.objects.here().exists()
    assert (FactKind.CLOSE, only(me.pk)) in said


def test_who_has_only_proven_an_invitation_puts_nobody_out_by_signing_out(browser, room, stranger):
    """The person invited may be there by another browser, and this proof may be worth less."""
    by_the_invitation_of_another_address(browser, room, stranger)
    browser.post(reverse("media_items:enter_session", args=[room.public_id]))
    browser.post(reverse("access:sign_out"))
    assert Participant.objects.here().exists()
