"""Any order of removing, letting back, joining, proving, coming in and ending: nobody who is put
out is ever inside or sees anything, and nobody else is kept out.

The model below says in a few plain lines who is out; hypothesis looks for an order of acts after
which the database says something else.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.conf import settings as site
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from access import session_proofs
from access.blocks import services
from access.blocks.models import Block
from access.blocks.services import Actor
from access.guests.models import GuestAdmission
from access.guests.refusals import Refused as GuestRefused
from access.guests.services import guests, joining
from access.invitations.models import Certainty
from access.invitations.refusals import Refused as InvitationRefused
from access.invitations.services import answering
from access.proof_kinds import people_named
from access.proofs import parsed
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.catalogue.models import Kind, State
from media_items.live.sessions.entering import TurnedAway, enter, leave
from media_items.live.sessions.lookups import find_me
from media_items.live.sessions.models import Level, Participant
from media_items.live.sessions.services import end_session, open_session, session_of
from media_items.models import MediaItem
from tests import factories
from tests.examples import examples

ADDRESSES = [f"{name}@example.org" for name in ("ada", "bob")]
addresses = st.sampled_from(ADDRESSES)


@dataclass(frozen=True)
class Browser:
    """One proof, and the address it is of."""

    email: str
    admission: int | None = None
    proof: int | None = None

    def visitor(self) -> Visitor:
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        request.COOKIES[site.SESSION_COOKIE_NAME] = "any"
        request.session = {
            session_proofs.guest_admissions.session_key: [self.admission],
            session_proofs.invitation_proofs.session_key: [self.proof],
        }
        return Visitor.of_request(request)


def addresses_of(row: Participant, item: MediaItem) -> set[str]:
    found = people_named(parsed([row.key]), item)
    return {email for person in found.values() for email in person.emails}


def is_proven(row: Participant) -> bool:
    return row.key.startswith("invitation:")


class BlockLife(RuleBasedStateMachine):
    @initialize(unlisted=st.booleans())
    def a_room(self, unlisted):
        state = State.UNLISTED if unlisted else State.PRIVATE
        self.room = factories.MediaItemFactory(kind=Kind.ROOM, state=state)
        self.is_public = unlisted
        self.links = [factories.GuestLinkFactory(item=self.room, access_on=True) for _n in range(2)]
        self.invitations = {
            email: factories.InvitationFactory(item=self.room, email=email) for email in ADDRESSES
        }
        self.browsers: list[Browser] = []
        # The model: who is blocked, who is removed from the session under way; each with whether
        # they had proven the address.
        self.blocked: set[tuple[str, bool]] = set()
        self.removed: set[tuple[str, bool]] = set()

    def is_out(self, email, *, proven=False) -> bool:
        """Whoever has proven the address is out only if somebody who had was put out."""
        out = self.blocked | self.removed
        return (email, True) in out or (not proven and (email, False) in out)

    @property
    def session(self):
        return session_of(self.room)

    @property
    def admitted(self) -> list[Browser]:
        return [browser for browser in self.browsers if browser.admission]

    # --- what people do. An act that nobody can do just now does nothing: an assumption here would
    # throw away all that came before it.

    @rule(email=addresses, which=st.integers(0, 1))
    def join(self, email, which):
        try:
            made = joining.join(link=self.links[which], key_version=1, name="Guest", email=email)
        except GuestRefused:
            assert self.is_out(email), "somebody who should get in did not"
        else:
            assert not self.is_out(email), "somebody removed joined again"
            self.browsers.append(Browser(email, admission=made.pk))

    @rule(email=addresses)
    def prove(self, email):
        try:
            made = answering.accept_in_browser(
                invitation=self.invitations[email], key_version=1, how=Certainty.CONFIRMED
            )
        except InvitationRefused:
            assert self.is_out(email, proven=True), "somebody who should get in did not"
        else:
            assert not self.is_out(email, proven=True), "somebody removed proved it again"
            self.browsers.append(Browser(email, proof=made.pk))

    @precondition(lambda self: self.browsers)
    @rule(which=st.integers(0, 30))
    def come_in(self, which):
        browser = self.browsers[which % len(self.browsers)]
        visitor = browser.visitor()
        identity = visitor.identity_on(self.room)
        if not identity.key:
            return
        try:
            enter(item=self.room, identity=identity, abilities=visitor.abilities_on(self.room))
        except TurnedAway:
            assert self.is_out(browser.email, proven=browser.proof is not None), (
                "somebody who may come in was turned away"
            )
        else:
            assert not self.is_out(browser.email, proven=browser.proof is not None), (
                "somebody removed came in again"
            )

    @precondition(lambda self: self.browsers and self.session)
    @rule(which=st.integers(0, 30))
    def go(self, which):
        browser = self.browsers[which % len(self.browsers)]
        me = find_me(self.session, browser.visitor().identity_on(self.room))
        if me is not None:
            me.session = self.session
            leave(me=me)

    @precondition(lambda self: self.admitted)
    @rule(which=st.integers(0, 30))
    def erase_themself(self, which):
        browser = self.admitted[which % len(self.admitted)]
        admission = GuestAdmission.objects.select_related("guest__link__item").get(
            pk=browser.admission
        )
        if admission.erased_at is not None:
            return
        guests.erase_admission(admission=admission)
        self.browsers.remove(browser)

    # --- what the host does

    @precondition(lambda self: self.session)
    @rule(which=st.integers(0, 30), lasting=st.booleans())
    def remove(self, which, lasting):
        rows = list(Participant.objects.filter(session=self.session).exclude(name=""))
        if not rows:
            return
        row = rows[which % len(rows)]
        known = addresses_of(row, self.room)
        if not known:
            return
        [email] = known
        services.remove(participant=row, by=Actor(Level.HOST), lasting=lasting)
        (self.blocked if lasting else self.removed).add((email, is_proven(row)))

    @rule(email=addresses)
    def let_back(self, email):
        block = Block.objects.in_force().on(self.room).of_addresses([email]).first()
        assert (block is not None) == self.is_out(email)
        if block:
            services.unblock(block=block, by=Actor(Level.HOST))
            for proven in (True, False):
                self.blocked.discard((email, proven))
                self.removed.discard((email, proven))

    @rule()
    def end(self):
        if self.session:
            end_session(session=self.session)
        self.removed.clear()

    @rule()
    def open(self):
        open_session(item=self.room)

    # --- what must hold after every act

    @invariant()
    def whoever_is_removed_sees_nothing_and_everybody_else_does(self):
        if not hasattr(self, "browsers"):
            return
        for browser in self.browsers:
            visitor = browser.visitor()
            abilities = visitor.abilities_on(self.room)
            is_listed = visitor.visible_items().filter(pk=self.room.pk).exists()
            assert (Ability.VIEW in abilities) == is_listed
            if self.is_out(browser.email, proven=browser.proof is not None):
                assert abilities == ({Ability.VIEW} if self.is_public else set())
            else:
                assert Ability.CHAT in abilities

    @invariant()
    def whoever_is_removed_is_not_inside(self):
        if not hasattr(self, "browsers") or not self.session:
            return
        for row in self.session.participants.inside():
            for email in addresses_of(row, self.room):
                assert not self.is_out(email, proven=is_proven(row)), "somebody removed is inside"
        for browser in self.browsers:
            if self.is_out(browser.email, proven=browser.proof is not None):
                identity = browser.visitor().identity_on(self.room)
                assert identity.is_blocked
                me = find_me(self.session, identity)
                assert me is None or not me.is_inside


@pytest.mark.long
class TestBlockLife(TestCase, BlockLife.TestCase):
    settings = examples(7, stateful_step_count=25)
