"""Fixtures for rooms of a sitting: people who have come in, and the facts that are announced.

A conftest takes them by `from tests.media_items.live.inside import *`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from media_items.live.events import announcing
from media_items.live.sessions.models import Participant

__all__ = ["guest_person", "host_person", "person", "told"]

HTMX = {"HX-Request": "true"}


@dataclass
class Person:
    """Somebody inside: their browser and their row."""

    browser: Client
    me: Participant

    def get(self, name, *args, htmx=False, **words):
        headers = HTMX if htmx else {}
        return self.browser.get(self._address(name, args), words, headers=headers)

    def post(self, name, *args, htmx=False, **words):
        headers = HTMX if htmx else {}
        return self.browser.post(self._address(name, args), words, headers=headers)

    def _address(self, name, args):
        return reverse(f"media_items:{name}", args=[self.me.session.item.public_id, *args])


@pytest.fixture
def person(sitting, invite):
    """`person("moderator")`: invited as that, and come in."""

    def make(role="viewer", **facts):
        return Person(invite(role, **facts), sitting.participants.latest("id"))

    return make


@pytest.fixture
def host_person(sitting, host):
    """The owner, come in."""
    return Person(host, sitting.participants.latest("id"))


@pytest.fixture
def guest_person(sitting, let_guest_in):
    """`guest_person(may_ask=False)`: a guest of a link that allows this, come in."""

    def make(**link):
        return Person(let_guest_in(**link), sitting.participants.latest("id"))

    return make


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    """`with told() as facts: …`: what goes out on the bus meanwhile, after commit."""
    facts = []

    class Recorder:
        def publish(self, fact):
            facts.append(fact)

    monkeypatch.setattr(announcing, "current_bus", Recorder)

    @contextmanager
    def listen():
        facts.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield facts

    return listen
