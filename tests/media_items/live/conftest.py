"""A room that is live, and people in it."""

from __future__ import annotations

import pytest

from media_items.catalogue.models import Kind
from media_items.live.sessions import services
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs


@pytest.fixture
def room(owner):
    """A room of `owner`; nobody has come yet."""
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


@pytest.fixture
def event(owner):
    """A live event of `owner`."""
    return factories.MediaItemFactory(owner=owner, kind=Kind.LIVE_EVENT, title="Open lecture")


@pytest.fixture
def sitting(room):
    """Of `room`, live."""
    return services.open_session(item=room)


@pytest.fixture
def host(client_of, owner, sitting, room):
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


@pytest.fixture
def announced(monkeypatch, django_capture_on_commit_callbacks):
    """`announced(act)`: what goes out on the bus meanwhile, as kind and audience."""
    heard = []

    class Bus:
        def publish(self, fact):
            heard.append((fact.kind, fact.audience))

    monkeypatch.setattr("media_items.live.events.announcing.current_bus", Bus)

    def during(act):
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return list(heard)

    return during


def come_in(browser, item):
    browser.post(f"/media/{item.public_id}/session/enter/")
    return browser
