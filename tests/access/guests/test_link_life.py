"""Any life of a link, in any order: nobody is in who should not be.

The model below says in a few plain lines who should get in; hypothesis looks for an order of acts
after which the database says something else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.refusals import Refused
from access.guests.services import guests, joining, links
from access.guests.services.places import NoPlaceLeft
from tests import factories
from tests.examples import examples

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDRESSES = [f"{name}@example.org" for name in ("ada", "bob", "eve")]
addresses = st.sampled_from(ADDRESSES)


class LinkLife(RuleBasedStateMachine):
    @initialize(places=st.one_of(st.none(), st.integers(1, 3)))
    def a_new_link(self, places):
        self.clock = time_machine.travel(START, tick=False)
        self.traveller = self.clock.start()
        self.item = factories.MediaItemFactory()
        self.owner = self.item.owner
        self.link = factories.GuestLinkFactory(item=self.item, places=places)
        # The model: what a person would say about the link.
        self.places, self.on, self.paused, self.deleted = places, False, False, False
        self.expires, self.version = None, 1
        self.holders: set[str] = set()
        self.erased_places = 0
        self.removed: set[str] = set()
        self.inside: dict[int, str] = {}
        self.waiting: dict[int, str] = {}  # browsers of guests removed, in again with them

    def _end_everybody(self):
        self.inside.clear()
        self.waiting.clear()

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()

    # --- what hosts do

    @rule()
    def switch_on(self):
        links.switch_on(item=self.item, by=self.owner)
        self.on = True

    @rule(end=st.booleans())
    def switch_off(self, end):
        links.switch_off(item=self.item, by=self.owner, end_inside=end)
        self.on = False
        if end:
            self._end_everybody()

    @rule(end=st.booleans())
    def pause(self, end):
        links.pause_link(link=self.link, by=self.owner, end_inside=end)
        self.paused = True
        if end:
            self._end_everybody()

    @rule()
    def resume(self):
        links.resume_link(link=self.link, by=self.owner)
        self.paused = False

    @rule()
    def new_address(self):
        links.give_new_address(link=self.link, by=self.owner)
        self.version = GuestLink.objects.get(pk=self.link.pk).key_version

    @rule(days=st.one_of(st.none(), st.integers(-1, 3)))
    def move_the_last_day(self, days):
        expires = None if days is None else self.now + timedelta(days=days)
        links.change_link(link=self.link, by=self.owner, expires_at=expires)
        self.expires = expires

    @rule(places=st.one_of(st.none(), st.integers(1, 4)))
    def change_places(self, places):
        try:
            links.change_link(link=self.link, by=self.owner, places=places)
        except links.FewerThanCame:
            assert places is not None
            assert places < self.taken
        else:
            self.places = places

    @rule(days=st.integers(1, 2))
    def time_passes(self, days):
        self.traveller.shift(timedelta(days=days))

    @rule(email=addresses)
    def remove(self, email):
        guest = Guest.objects.filter(link=self.link, email=email).first()
        if guest:
            guests.remove_guest(guest=guest, by=self.owner)
            self.removed.add(email)
            self.holders.discard(email)
            self.waiting |= {pk: who for pk, who in self.inside.items() if who == email}
            self.inside = {pk: who for pk, who in self.inside.items() if who != email}

    @rule(email=addresses)
    def let_back(self, email):
        guest = Guest.objects.filter(link=self.link, email=email).first()
        if guest is None:
            return
        is_full = self.places is not None and self.taken >= self.places
        try:
            guests.readmit_guest(guest=guest, by=self.owner)
        except NoPlaceLeft:
            assert is_full
            assert email in self.removed
            return
        if email in self.removed:
            assert not is_full
            self.removed.discard(email)
            self.holders.add(email)
            self.inside |= {pk: who for pk, who in self.waiting.items() if who == email}
            self.waiting = {pk: who for pk, who in self.waiting.items() if who != email}

    @rule()
    def delete(self):
        links.delete_link(link=self.link, by=self.owner)
        self.deleted = True
        self._end_everybody()

    # --- what guests do

    @rule(email=addresses, old_address=st.booleans())
    def join(self, email, old_address):
        version = max(1, self.version - 1) if old_address else self.version
        may = (
            self.on
            and not self.paused
            and not self.deleted
            and not self.is_expired
            and version == self.version
            and email not in self.removed
            and (email in self.holders or self.places is None or self.taken < self.places)
        )
        try:
            admission = joining.join(link=self.link, key_version=version, name="Guest", email=email)
        except Refused:
            assert not may, "somebody who should get in did not"
        else:
            assert may, "somebody got in who should not"
            self.holders.add(email)
            self.inside[admission.pk] = email

    @rule(email=addresses)
    def leave(self, email):
        for pk in [pk for pk, who in self.inside.items() if who == email]:
            joining.leave(admission=GuestAdmission.objects.get(pk=pk))
            del self.inside[pk]

    @rule(email=addresses)
    def erase(self, email):
        guest = Guest.objects.filter(link=self.link, email=email).first()
        if guest:
            guests.erase_guest(guest=guest, by=None)
            self.erased_places += email in self.holders
            self.holders.discard(email)
            self.inside = {pk: who for pk, who in self.inside.items() if who != email}
            self.waiting = {pk: who for pk, who in self.waiting.items() if who != email}

    # --- what must hold after every act

    @property
    def now(self):
        return datetime.now(tz=UTC)

    @property
    def is_expired(self):
        return self.expires is not None and self.now >= self.expires

    @property
    def taken(self):
        return len(self.holders) + self.erased_places

    @invariant()
    def those_in_force_are_those_who_should_be_inside(self):
        if not hasattr(self, "link"):
            return
        expected = set() if self.is_expired or self.deleted else set(self.inside)
        found = set(
            GuestAdmission.objects.in_force(self.now)
            .filter(guest__link=self.link)
            .values_list("pk", flat=True)
        )
        assert found == expected

    @invariant()
    def places_count_people(self):
        if not hasattr(self, "link"):
            return
        link = GuestLink.objects.get(pk=self.link.pk)
        assert link.places_taken == self.taken
        assert link.places is None or link.places_taken <= link.places


@pytest.mark.long
class TestLinkLife(TestCase, LinkLife.TestCase):
    settings = examples(20, stateful_step_count=25)
