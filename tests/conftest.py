"""The cast: people whose access to `item` can be said in one sentence each."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings

from access import session_proofs
from tests import factories


@pytest.fixture(autouse=True)
def _empty_cache():
    """Throttles start at nought in every test."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _quick_settings():
    """What takes time and is not what a test is about."""
    staticfiles = {"BACKEND": "tests.static_addresses.RememberedAddresses"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={**settings.STORAGES, "staticfiles": staticfiles},
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _refusals_are_answers():
    """Thousands of requests are refused on purpose; the log would hold a traceback of each."""
    logging.getLogger("django.request").setLevel(logging.ERROR)


@pytest.fixture
def owner(db):
    """Made `item`."""
    return factories.UserFactory(email="noa@example.edu", first_name="Noa", last_name="Levi")


@pytest.fixture
def item(owner):
    """A private video of `owner`."""
    return factories.MediaItemFactory(owner=owner, title="Cell division, part 2")


@pytest.fixture
def co_editor(item):
    """Has an account and was added to `item` by its owner."""
    return factories.CoEditorFactory(item=item).user


@pytest.fixture
def gallery(db):
    return factories.GalleryFactory(name="Biology 101")


@pytest.fixture
def member(gallery):
    """Member of `gallery`; sees what is published there."""
    return factories.GalleryMembershipFactory(gallery=gallery).user


@pytest.fixture
def stranger(db):
    """Has an account and nothing to do with `item`."""
    return factories.UserFactory(email="stranger@example.edu")


@pytest.fixture
def link(item):
    """An active guest link of `item` without limits."""
    return factories.GuestLinkFactory(item=item, access_on=True)


@pytest.fixture
def admission(link):
    """A guest who came by `link`, in one browser."""
    return factories.GuestAdmissionFactory(guest__link=link)


def client_with_admissions(*admissions) -> Client:
    """A browser whose session proves these guest admissions."""
    client = Client()
    session = client.session
    for one in admissions:
        session_proofs.guest_admissions.remember(session, one.pk)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.fixture
def guest_client(admission):
    return client_with_admissions(admission)


def client_with_proofs(*proofs) -> Client:
    """A browser whose session proves these invitations."""
    client = Client()
    session = client.session
    for one in proofs:
        session_proofs.invitation_proofs.remember(session, one.pk)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.fixture
def invitation(item):
    """Grace Hopper, invited to `item` as a viewer; she has accepted."""
    return factories.InvitationFactory(item=item, email="grace@example.org", accepted=True)


@pytest.fixture
def invitee_client(invitation):
    """Her browser, proven by a code."""
    return client_with_proofs(factories.InvitationProofFactory(invitation=invitation))


@pytest.fixture
def client_of():
    """`client_of(user)`: a browser in which that account is signed in."""

    def make(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make
