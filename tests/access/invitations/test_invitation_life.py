"""Any life of an item's invitations, in any order: nobody is in who should not be.

The model below says in a few plain lines who should be in; hypothesis looks for an order of acts
after which the database says something else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import RequestFactory
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from access import session_proofs
from access.invitations.models import Certainty, Invitation, InvitationProof, InvitationRole
from access.invitations.people import Invitee, Inviter
from access.invitations.refusals import Reason, Refused
from access.invitations.services import answering, inviting, managing
from access.roles import Role
from access.visitors import Visitor
from media_items.abilities import Ability
from tests import factories
from tests.examples import examples

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDRESSES = [f"{name}@example.org" for name in ("ada", "bob", "eve")]
WITH_ACCOUNT = ADDRESSES[:2]  # ada's is verified from the start, bob's is not, eve has none
PROOF_LIFE = timedelta(days=60)
addresses = st.sampled_from(ADDRESSES)
accounts = st.sampled_from(WITH_ACCOUNT)
roles = st.sampled_from([InvitationRole.VIEWER, InvitationRole.COLLABORATOR])
which = st.integers(0, 5)


@dataclass
class Browser:
    until: datetime
    ended: bool = False


@dataclass
class Row:
    """What a person would say about one invitation."""

    email: str
    role: str
    version: int = 1
    answer: str = ""
    revoked: datetime | None = None
    expires: datetime | None = None
    account: str = ""
    browsers: dict[int, Browser] = field(default_factory=dict)

    def refusal(self, now, version):
        if self.revoked:
            return Reason.REVOKED
        if version != self.version:
            return Reason.NEW_ADDRESS
        if self.expires and now >= self.expires:
            return Reason.EXPIRED
        return None

    def counts(self, now):
        return self.answer == "yes" and self.refusal(now, self.version) is None


def tried(act, **arguments):
    """What came of it, and why it was refused."""
    try:
        return act(**arguments), None
    except Refused as refused:
        return None, refused.reason
    except answering.AcceptedAlready:
        return None, answering.AcceptedAlready


class InvitationLife(RuleBasedStateMachine):
    @initialize()
    def an_item_and_its_people(self):
        # Each example starts with an empty house.
        self.house = transaction.atomic()
        self.house.__enter__()
        self.clock = time_machine.travel(START, tick=False)
        self.traveller = self.clock.start()
        self.item = factories.MediaItemFactory()
        self.by = Inviter(roles={Role.OWNER}, account=self.item.owner)
        self.users = {email: factories.UserFactory(email=email) for email in WITH_ACCOUNT}
        self.verified = {ADDRESSES[0]}
        self.users[ADDRESSES[0]].email_verified_at = START
        self.users[ADDRESSES[0]].save()
        self.rows: dict[int, Row] = {}

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.house.__exit__(None, None, None)

    @property
    def now(self):
        return datetime.now(tz=UTC)

    def pick(self, index):
        """The model's row and the database's, both as they stand now."""
        pk = sorted(self.rows)[index % len(self.rows)]
        return self.rows[pk], Invitation.objects.get(pk=pk)

    def live(self, email):
        return [row for row in self.rows.values() if row.email == email and not row.revoked]

    def any_rows(self):
        return bool(getattr(self, "rows", None))

    def theirs(self, row, email):
        return row.account == email or (email in self.verified and row.email == email)

    # --- what hosts do

    @rule(email=addresses, role=roles)
    def invite(self, email, role):
        made = inviting.invite(
            item=self.item, people=[Invitee(email=email)], role=role, by=self.by, send_mail=False
        )
        assert len(made) == (0 if self.live(email) else 1)
        for invitation in made:
            self.rows[invitation.pk] = Row(email=email, role=role)

    @precondition(any_rows)
    @rule(index=which)
    def revoke(self, index):
        row, invitation = self.pick(index)
        managing.revoke(invitation=invitation, by=self.by.account)
        row.revoked = row.revoked or self.now

    @precondition(any_rows)
    @rule(index=which)
    def undo_revoke(self, index):
        row, invitation = self.pick(index)
        may = (
            row.revoked is not None
            and self.now - row.revoked <= timedelta(seconds=60)
            and not self.live(row.email)
        )
        assert managing.undo_revoke(invitation=invitation, by=self.by.account) == may
        if may:
            row.revoked = None

    @precondition(any_rows)
    @rule(index=which, days=st.one_of(st.none(), st.integers(-1, 40)))
    def prolong_or_expire(self, index, days):
        row, invitation = self.pick(index)
        expires = None if days is None else self.now + timedelta(days=days)
        try:
            managing.prolong(invitation=invitation, expires_at=expires, by=None)
        except managing.AlreadyTakenBack:
            assert row.revoked
        else:
            assert not row.revoked
            row.expires = expires

    @precondition(any_rows)
    @rule(index=which, role=roles)
    def change_role(self, index, role):
        row, invitation = self.pick(index)
        try:
            managing.change_role(invitation=invitation, role=role, by=self.by)
        except managing.AlreadyTakenBack:
            assert row.revoked
        else:
            assert not row.revoked
            row.role = role

    @precondition(any_rows)
    @rule(index=which, end=st.booleans())
    def new_address(self, index, end):
        row, invitation = self.pick(index)
        try:
            managing.give_new_address(invitation=invitation, end_browsers=end, by=None)
        except managing.AlreadyTakenBack:
            assert row.revoked
            return
        assert not row.revoked
        row.version = Invitation.objects.get(pk=invitation.pk).key_version
        if end:
            self.end_browsers(row)

    @precondition(any_rows)
    @rule(index=which, email=addresses)
    def correct_address(self, index, email):
        row, invitation = self.pick(index)
        try:
            managing.correct_address(
                invitation=invitation, email=email, by=self.by, send_mail=False
            )
        except managing.AlreadyTakenBack:
            assert row.revoked
        except managing.AlreadyCame:
            assert row.answer == "yes"
        except managing.AddressTaken:
            assert self.live(email)
            assert email != row.email
        else:
            if email != row.email:
                assert row.answer != "yes"
                self.end_browsers(row)
                row.email, row.answer, row.account = email, "", ""
                row.version = Invitation.objects.get(pk=invitation.pk).key_version

    def end_browsers(self, row):
        for browser in row.browsers.values():
            browser.ended = True

    # --- what the invited do

    @precondition(any_rows)
    @rule(index=which, old_link=st.booleans())
    def accept_in_a_browser(self, index, old_link):
        row, invitation = self.pick(index)
        version = max(1, row.version - 1) if old_link else row.version
        proof, refusal = tried(
            answering.accept_in_browser,
            invitation=invitation,
            key_version=version,
            how=Certainty.CONFIRMED,
        )
        assert refusal == row.refusal(self.now, version)
        if proof:
            row.answer = "yes"
            row.browsers[proof.pk] = Browser(until=self.now + PROOF_LIFE)

    @precondition(any_rows)
    @rule(index=which, email=accounts)
    def accept_with_an_account(self, index, email):
        row, invitation = self.pick(index)
        expected = row.refusal(self.now, row.version)
        if expected is None and not self.theirs(row, email):
            expected = Reason.WRONG_ACCOUNT
        _nothing, refusal = tried(
            answering.accept_with_account,
            invitation=invitation,
            key_version=row.version,
            user=self.users[email],
        )
        assert refusal == expected
        if refusal is None:
            row.answer, row.account = "yes", email

    @precondition(any_rows)
    @rule(index=which, email=accounts)
    def type_the_code_while_signed_in(self, index, email):
        row, invitation = self.pick(index)
        proof, refusal = tried(
            answering.accept_by_code,
            invitation=invitation,
            key_version=row.version,
            user=self.users[email],
        )
        assert refusal == row.refusal(self.now, row.version)
        if refusal:
            return
        row.answer = "yes"
        if email == row.email:
            assert proof is None
            self.verified.add(email)
            row.account = email
        else:
            row.browsers[proof.pk] = Browser(until=self.now + PROOF_LIFE)

    @precondition(any_rows)
    @rule(index=which, is_proven=st.booleans())
    def decline(self, index, is_proven):
        row, invitation = self.pick(index)
        expected = row.refusal(self.now, row.version)
        if expected is None and row.answer == "yes" and not is_proven:
            expected = answering.AcceptedAlready
        _nothing, refusal = tried(
            answering.decline,
            invitation=invitation,
            key_version=row.version,
            is_proven=is_proven,
        )
        assert refusal == expected
        if refusal is None:
            row.answer = "no"

    @precondition(any_rows)
    @rule(index=which, browser=which)
    def leave(self, index, browser):
        row, _invitation = self.pick(index)
        if row.browsers:
            pk = sorted(row.browsers)[browser % len(row.browsers)]
            answering.leave(proofs=[InvitationProof.objects.get(pk=pk)])
            row.browsers[pk].ended = True

    @rule(after=st.sampled_from([timedelta(seconds=50), timedelta(days=1), timedelta(days=35)]))
    def time_passes(self, after):
        self.traveller.shift(after)

    # --- what must hold after every act

    @invariant()
    def the_proofs_in_force_are_those_of_browsers_that_should_be_inside(self):
        expected = {
            pk
            for row in getattr(self, "rows", {}).values()
            for pk, browser in row.browsers.items()
            if row.counts(self.now) and not browser.ended and self.now < browser.until
        }
        found = InvitationProof.objects.in_force(self.now).values_list("pk", flat=True)
        assert set(found) == expected

    @invariant()
    def every_account_has_the_roles_it_should_have(self):
        for email, user in getattr(self, "users", {}).items():
            expected = {
                Role(row.role)
                for row in self.rows.values()
                if row.counts(self.now) and self.theirs(row, email)
            }
            user.refresh_from_db()
            self.assert_roles(user, [], expected)

    @invariant()
    def all_proofs_in_one_browser_give_the_roles_that_count(self):
        if not hasattr(self, "rows"):
            return
        proofs, expected = [], set()
        for row in self.rows.values():
            proofs += row.browsers
            if row.counts(self.now) and any(
                not browser.ended and self.now < browser.until for browser in row.browsers.values()
            ):
                expected.add(Role(row.role))
        self.assert_roles(AnonymousUser(), proofs, expected)

    def assert_roles(self, user, proofs, expected):
        request = RequestFactory().get("/")
        request.user = user
        request.COOKIES["foyer_session"] = "any"
        request.session = {session_proofs.invitation_proofs.session_key: proofs}
        visitor = Visitor.of_request(request)
        assert visitor.roles_on(self.item) == expected
        assert (Ability.VIEW in visitor.abilities_on(self.item)) == bool(expected)
        assert visitor.visible_items().exists() == bool(expected)

    @invariant()
    def nothing_is_ever_deleted_and_one_address_has_one_live_invitation(self):
        if not hasattr(self, "rows"):
            return
        assert Invitation.objects.on(self.item).count() == len(self.rows)
        live = list(Invitation.objects.on(self.item).live().values_list("email", flat=True))
        assert len(live) == len(set(live))


@pytest.mark.long
class TestInvitationLife(TestCase, InvitationLife.TestCase):
    settings = examples(7, stateful_step_count=20)
