"""A room that is live, and people in it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from media_items import kept_people
from media_items.catalogue.models import Kind
from media_items.live.sessions import services
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs

HTMX = {"HX-Request": "true"}


@pytest.fixture
def room(owner):
    """A room of `owner`; nobody has come yet."""
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


@pytest.fixture
def event(owner):
    """A live event of `owner`."""
    return factories.MediaItemFactory(owner=owner, kind=Kind.LIVE_EVENT, title="Open lecture")


@pytest.fixture
def session(room):
    """Of `room`, live."""
    return services.open_session(item=room)


@pytest.fixture
def host(client_of, owner, session, room):
    """The owner's browser, inside."""
    return come_in(client_of(owner), room)


@pytest.fixture
def invite(room):
    """`invite("speaker")`: the browser of somebody invited to `room` who has come in."""

    def make(role, *, item=room, inside=True, **facts):
        proof = factories.InvitationProofFactory(
            invitation__item=item, invitation__role=role, **facts
        )
        browser = client_with_proofs(proof)
        return come_in(browser, item) if inside else browser

    return make


@pytest.fixture
def let_guest_in(room):
    """`let_guest_in(may_chat=False)`: the browser of a guest of a link to `room`, come in."""

    def make(*, item=room, inside=True, name="Ada Lovelace", **link):
        made = factories.GuestLinkFactory(item=item, access_on=True, **link)
        admission = factories.GuestAdmissionFactory(guest__link=made, name=name)
        browser = client_with_admissions(admission)
        return come_in(browser, item) if inside else browser

    return make


@dataclass
class Person:
    """Somebody inside: their browser and their row."""

    browser: Client
    me: Any

    def get(self, name, *args, htmx=False, **words):
        headers = HTMX if htmx else {}
        return self.browser.get(self._address(name, args), words, headers=headers)

    def post(self, name, *args, htmx=False, **words):
        headers = HTMX if htmx else {}
        return self.browser.post(self._address(name, args), words, headers=headers)

    def _address(self, name, args):
        return reverse(f"media_items:{name}", args=[self.me.session.item.public_id, *args])


@pytest.fixture
def person(session, invite):
    """`person("moderator")`: invited as that, and come in."""

    def make(role="viewer", **facts):
        return Person(invite(role, **facts), session.participants.latest("id"))

    return make


@pytest.fixture
def host_person(session, host):
    """The owner, come in."""
    return Person(host, session.participants.latest("id"))


@pytest.fixture
def guest_person(session, let_guest_in):
    """`guest_person(may_ask=False)`: a guest of a link that allows this, come in."""

    def make(**link):
        return Person(let_guest_in(**link), session.participants.latest("id"))

    return make


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    """`with told() as facts: …`: what goes out on the bus meanwhile, after commit."""
    facts = []

    class Recorder:
        def publish(self, fact):
            facts.append(fact)

    monkeypatch.setattr("media_items.live.events.announcing.current_bus", Recorder)

    @contextmanager
    def listen():
        facts.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield facts

    return listen


@pytest.fixture
def published(told):
    """`published(act, …)`: does it, and returns the facts that went out on the bus meanwhile."""

    def during(act, **more):
        with told() as facts:
            act(**more)
        return list(facts)

    return during


@pytest.fixture
def announced(published):
    """`announced(act)`: the same, as kind and recipients of each."""

    def during(act):
        return [(fact.kind, fact.recipients) for fact in published(act)]

    return during


def come_in(browser, item):
    browser.post(f"/media/{item.public_id}/session/enter/")
    return browser


@pytest.fixture
def keys_made_up(monkeypatch):
    """Identities of tests have rows nowhere: every key names somebody who is there."""
    monkeypatch.setattr(kept_people, "_is_there", [lambda key: True])
