"""Proofs: their keys, their registry, and that a new kind is one class and one registration."""

from __future__ import annotations

import ast
import itertools
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from access import proof_kinds
from access.blocks import services as blocks
from access.blocks.policies import block_of
from access.blocks.services import Actor, NotAbove
from access.guests.proofs import GuestProofs
from access.invitations.models import InvitationRole
from access.invitations.proofs import InvitationProofs
from access.memberships.models import GalleryRole
from access.memberships.proofs import AccountProofs
from access.policies import galleries_letting_into, let_in_by
from access.proofs import (
    Holding,
    Person,
    Proof,
    ProofKey,
    Reach,
    Weight,
    keys_of,
    parsed,
    pks_named,
)
from access.roles import Role
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.catalogue.models import Kind, State
from media_items.live.sessions.models import Level, Participant
from media_items.live.sessions.services import open_session
from media_items.models import MediaItem
from media_items.visitors import Certainty, Identity, IdentityKind
from tests import factories, live_factories
from tests.access.blocks.conftest import enter, is_inside
from tests.access.test_policies import (
    ACCOUNTS,
    ADMISSIONS,
    BLOCKS,
    INVITATIONS,
    PROOFS,
    _remove,
    assert_agree,
    visitor,
)
from tests.access.test_policies import every_item as every_item

NOW = timezone.now()
ADA = "ada@example.org"


# --- a kind of its own: a token that a program shows in a header ----------------------------------


@dataclass(frozen=True)
class Token:
    item: int
    role: Role = Role.VIEWER
    email: str = ""
    is_revoked: bool = False


class TokenProofs(Holding[Proof]):
    kind = "token"
    weight = Weight.IN_PERSON
    known: dict[int, Token] = {}

    def __init__(self, pk: int | None) -> None:
        self.pk = pk

    @property
    def token(self) -> Token | None:
        return self.known.get(self.pk)

    @classmethod
    def of_request(cls, request):
        shown = request.headers.get("X-Token", "")
        return cls(int(shown) if shown.isdecimal() else None)

    @classmethod
    def of_keys(cls, keys):
        return {key: cls(key.pk) for key in keys if key.kind == cls.kind}

    @classmethod
    def is_there(cls, pk):
        return pk in cls.known

    @classmethod
    def load(cls, holdings, item, moment):
        return [[one.proof(item)] if one.is_good_on(item) else [] for one in holdings]

    def is_good_on(self, item) -> bool:
        return self.token is not None and self.token.item == item.pk and not self.token.is_revoked

    def proof(self, item) -> Proof:
        emails = frozenset({self.token.email} - {""})
        return Proof(
            key=self.key_of(self.pk),
            identity=Identity(
                key=str(self.key_of(self.pk)),
                kind=IdentityKind.INVITEE,
                name=f"Program {self.pk}",
                email=self.token.email,
                certainty=Certainty.CONFIRMED,
            ),
            roles=frozenset({self.token.role}),
            emails=emails,
            is_blocked=block_of(item=item, emails=emails) is not None,
        )

    def reach(self, moment):
        there = MediaItem.objects.filter(pk=self.token.item if self.token else None).first()
        in_force = there and self.is_good_on(there) and not self.proof(there).is_blocked
        return Reach(sees=Q(pk=there.pk)) if in_force else Reach()

    @classmethod
    def people(cls, keys, item):
        return {
            key: Person(emails=frozenset({cls.known[key.pk].email} - {""}))
            for key in keys
            if key.kind == cls.kind and key.pk in cls.known
        }


def explain_lost_token(request, visitor, item):
    token = visitor.holding(TokenProofs).token
    if token is None or token.item != item.pk:
        return None
    return HttpResponse("This token was revoked.", status=403)


@pytest.fixture
def tokens():
    proof_kinds.register(TokenProofs, explain=explain_lost_token)
    TokenProofs.known = {}
    yield TokenProofs.known
    del proof_kinds.KINDS["token"]


def with_token(pk, *, user=None) -> Visitor:
    request = RequestFactory().get("/", headers={"X-Token": str(pk)})
    request.user = user or AnonymousUser()
    return Visitor.of_request(request)


@pytest.mark.parametrize("is_revoked", [False, True])
def test_the_list_and_the_single_answer_agree_for_a_new_kind(every_item, tokens, is_revoked):
    _owner, _gallery, items = every_item
    for pk, item in enumerate(items, start=1):
        tokens[pk] = Token(item.pk, is_revoked=is_revoked)
        seen = assert_agree(with_token(pk))
        is_open = item.is_available and item.deleted_at is None
        is_private = item.state != State.UNLISTED
        assert (item.pk in seen) == (is_open and not (is_revoked and is_private))
    assert assert_agree(with_token(0)) == assert_agree(visitor())


def test_a_new_kind_gives_its_role_adds_up_and_says_who_somebody_is(item, tokens, stranger):
    tokens[7] = Token(item.pk, Role.COLLABORATOR)
    alone = with_token(7)
    assert Ability.EDIT_DETAILS in alone.abilities_on(item)
    assert alone.roles_on(item) == {Role.COLLABORATOR}
    identity = alone.identity_on(item)
    assert (identity.key, identity.name, identity.email) == ("token:7", "Program 7", "")
    assert identity.role == Role.COLLABORATOR.value
    assert with_token(7, user=stranger).abilities_on(item) == alone.abilities_on(item)
    owner = with_token(7, user=item.owner)
    assert Ability.DELETE in owner.abilities_on(item)
    elsewhere = factories.MediaItemFactory()
    assert alone.abilities_on(elsewhere) == frozenset()
    assert alone.identity_on(elsewhere).key == ""


def test_a_new_kind_opens_the_page_and_says_why_it_does_no_more(item, tokens):
    tokens[7] = Token(item.pk)
    program, address = Client(headers={"X-Token": "7"}), item.get_absolute_url()
    assert program.get(address).status_code == 200
    assert Client(headers={"X-Token": "8"}).get(address).status_code == 404
    tokens[7] = Token(item.pk, is_revoked=True)
    answer = program.get(address)
    assert (answer.status_code, answer.content) == (403, b"This token was revoked.")


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)


@pytest.mark.parametrize("email", [ADA, ""])
def test_somebody_of_a_new_kind_comes_in_is_known_there_and_is_removed(room, tokens, email):
    """Without an address, too, as far as the session goes: by the key."""
    tokens[7] = Token(room.pk, Role.SPEAKER, email=email)
    program = Client(headers={"X-Token": "7"})
    session = open_session(item=room)
    enter(program, room)
    person = session.participants.get(key="token:7")
    assert (person.level, is_inside(program, room)) == (Level.SPEAKER, True)
    assert Visitor.of_participant(person).abilities_on(room) == with_token(7).abilities_on(room)
    blocks.remove(participant=person, by=Actor(Level.HOST), lasting=True)
    enter(program, room)
    assert not is_inside(program, room)
    is_out = bool(email)
    assert (Ability.VIEW in with_token(7).abilities_on(room)) != is_out
    assert Visitor.of_participant(person).abilities_on(room) == with_token(7).abilities_on(room)
    assert with_token(7).identity_on(room).is_blocked == is_out


def test_what_a_new_kind_moderates_a_moderator_does_not_reach(room, tokens, monkeypatch):
    """A guest typed its address; out goes the guest, and nobody who has proven it."""
    monkeypatch.setattr(
        TokenProofs, "moderates", classmethod(lambda cls, item, emails: ADA in emails)
    )
    tokens[7] = Token(room.pk, Role.MODERATOR, email=ADA)
    session = open_session(item=room)
    admission = factories.GuestAdmissionFactory(guest__link__item=room, guest__email=ADA)
    guest = live_factories.ParticipantFactory(session=session, key=f"guest:{admission.pk}")
    program = live_factories.ParticipantFactory(
        session=session, key="token:7", certainty=Certainty.CONFIRMED
    )
    moderator = Actor(Level.MODERATOR)
    with pytest.raises(NotAbove):
        blocks.remove(participant=program, by=moderator, lasting=True)
    blocks.remove(participant=guest, by=moderator, lasting=True)
    assert Ability.MODERATE in with_token(7).abilities_on(room)


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [ProofKey("guest", 19), ProofKey("lti_launch", 10**17)])
def test_a_key_is_read_as_it_was_written(key):
    assert ProofKey.parse(str(key)) == key


NO_KEYS = [
    *("", "guest", "guest:", "guest:0", "guest:-1", "guest:1 ", "guest:1\n", "guest:1.0"),
    *(":1", "Guest:1", "a:b:1", "guest:٣", "guest:" + "9" * 40),
]


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_is_no_key_is_not_read(text):
    with pytest.raises(ValueError, match="not the key"):
        ProofKey.parse(text)
    assert parsed([text]) == []
    assert Visitor.of_participant(Participant(pk=1, key=text)).account is None


def test_keys_and_rows_lead_to_each_other_as_sql(item):
    admissions = factories.GuestAdmissionFactory.create_batch(2, guest__link__item=item)
    rows = type(admissions[0]).objects.all()
    session = live_factories.LiveSessionFactory()
    for one in admissions:
        live_factories.ParticipantFactory(session=session, key=str(GuestProofs.key_of(one.pk)))
    live_factories.ParticipantFactory(session=session, key=f"account:{admissions[0].pk}")
    inside = session.participants.filter(key__in=keys_of(rows, GuestProofs.kind))
    assert inside.count() == 2
    found = rows.filter(pk__in=pks_named(session.participants.all(), GuestProofs.kind))
    assert set(found) == set(admissions)


def test_two_kinds_do_not_share_a_name(tokens):
    class Other(TokenProofs):
        pass

    proof_kinds.register(TokenProofs)
    with pytest.raises(ValueError, match="token"):
        proof_kinds.register(Other)


def test_no_other_module_makes_or_takes_apart_a_key():
    """Looks at every string of the program: none is a key or the beginning of one."""
    root = Path(proof_kinds.__file__).parent.parent
    kinds = "|".join(proof_kinds.KINDS)
    found = []
    for folder in ("access", "media_items", "config"):
        for path in (root / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            found += [
                f"{path.relative_to(root)}:{node.lineno}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(rf"({kinds}):\d*", node.value)
            ]
    assert found == []


# --- somebody in a session, without their browser -------------------------------------------------


def _there(who: Visitor, item) -> Participant:
    return Participant(pk=1, key=who.identity_on(item).key)


def _same(who: Visitor, item) -> None:
    """The person in the session has what their browser has."""
    there = Visitor.of_participants([_there(who, item)], item=item)[1]
    lazily = Visitor.of_participant(_there(who, item))
    for found in (there, lazily):
        assert found.roles_on(item) == who.roles_on(item)
        assert found.abilities_on(item) == who.abilities_on(item)


@pytest.mark.parametrize("case", ADMISSIONS)
def test_a_guest_in_a_session_has_what_their_browser_has(room, case):
    admission = factories.GuestAdmissionFactory(guest__link__item=room, **ADMISSIONS[case])
    key = str(GuestProofs.key_of(admission.pk))
    there = Visitor.of_participant(Participant(pk=1, key=key))
    assert there.abilities_on(room) == visitor(admissions=[admission]).abilities_on(room)


@pytest.mark.parametrize("proof", PROOFS)
@pytest.mark.parametrize("state", INVITATIONS)
def test_a_person_invited_in_a_session_has_what_their_browser_has(room, state, proof):
    (invitation, _counts), (browser, _lets_in) = INVITATIONS[state], PROOFS[proof]
    made = factories.InvitationProofFactory(
        invitation=factories.InvitationFactory(
            item=room, role=InvitationRole.SPEAKER, **invitation
        ),
        **browser,
    )
    key = str(InvitationProofs.key_of(made.invitation_id))
    there = Visitor.of_participant(Participant(pk=1, key=key))
    assert there.abilities_on(room) == visitor(proofs=[made]).abilities_on(room)


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("case", BLOCKS)
def test_an_account_in_a_session_has_what_it_has_anywhere(room, case, account):
    fields, is_bound, _is_theirs = ACCOUNTS[account]
    user = factories.UserFactory(**fields)
    factories.InvitationFactory(
        item=room, email="grace@example.org", account=user if is_bound else None, accepted=True
    )
    room.room_of = factories.GalleryMembershipFactory(user=user, role=GalleryRole.MANAGER).gallery
    room.save()
    _same(visitor(user=user), room)
    block, _typed, _proven = BLOCKS[case]
    if block is not None:
        _remove([room], {**block, "email": block.get("email", user.email)})
    _same(visitor(user=user), room)


def test_what_browsers_proved_for_an_accounts_address_counts_for_the_account_inside(room):
    """Its address is not confirmed, so by itself the account has nothing."""
    user = factories.UserFactory(email=ADA)
    proof = factories.InvitationProofFactory(
        invitation=factories.InvitationFactory(
            item=room, email=ADA, accepted=True, role=InvitationRole.MODERATOR
        )
    )
    _same(visitor(user=user, proofs=[proof]), room)
    assert Visitor.of_account(user).abilities_on(room) == frozenset()


def test_an_account_that_is_switched_off_holds_nothing(room, owner):
    there = Participant(pk=1, key=str(AccountProofs.key_of(owner.pk)))
    assert Ability.EDIT in Visitor.of_participant(there).abilities_on(room)
    owner.is_active = False
    owner.save()
    assert Visitor.of_participant(there).abilities_on(room) == frozenset()
    assert Visitor.of_account(owner).abilities_on(room) == frozenset()


def test_somebody_who_is_gone_or_of_no_kind_that_is_known_holds_nothing(room):
    for key in ("account:999999", "guest:999999", "invitation:999999", "badge:1"):
        there = Visitor.of_participant(Participant(pk=1, key=key))
        assert there.abilities_on(room) == frozenset()
        assert there.identity_on(room).key == ""


def _crowd(room, number: int) -> list[Participant]:
    """So many of each kind."""
    keys = []
    for _one in range(number):
        member = factories.GalleryMembershipFactory(gallery=room.room_of)
        invited = factories.InvitationProofFactory(invitation__item=room)
        guest = factories.GuestAdmissionFactory(guest__link__item=room)
        keys += [
            AccountProofs.key_of(member.user_id),
            InvitationProofs.key_of(invited.invitation_id),
            GuestProofs.key_of(guest.pk),
        ]
    return [Participant(pk=pk, key=str(key)) for pk, key in enumerate(keys)]


def test_many_cost_as_many_queries_as_one(room, django_assert_num_queries):
    """The accounts, twice: what they are and what they were sent; then one for each thing asked."""
    room.room_of = factories.GalleryFactory()
    for people in (_crowd(room, 1), _crowd(room, 11)):
        with django_assert_num_queries(6):
            found = Visitor.of_participants(people, item=room)
            roles = [found[one.pk].roles_on(room) for one in people]
        assert all(roles)


# --- which galleries let people into which item ---------------------------------------------------


@pytest.mark.parametrize("is_published", [True, False])
@pytest.mark.parametrize("is_room", [True, False])
@pytest.mark.parametrize("state", State)
def test_galleries_let_people_in_the_same_from_both_sides(gallery, state, is_room, is_published):
    item = factories.MediaItemFactory(
        kind=Kind.ROOM, state=state, room_of=gallery if is_room else None
    )
    if is_published:
        factories.PublicationFactory(item=item, gallery=gallery)
        factories.PublicationFactory(item=item)
    other = factories.GalleryFactory()
    lets_in = is_room or (is_published and state == State.PUBLISHED)
    assert (gallery in galleries_letting_into(item)) == lets_in
    assert other not in galleries_letting_into(item)
    assert MediaItem.objects.filter(let_in_by([gallery.pk]), pk=item.pk).exists() == lets_in
    assert not MediaItem.objects.filter(let_in_by([other.pk]), pk=item.pk).exists()
    member = factories.GalleryMembershipFactory(gallery=gallery).user
    is_role = Role.VIEWER in visitor(user=member).roles_on(item)
    assert is_role == lets_in


# --- the heaviest proof says why the way in has closed --------------------------------------------


def test_an_account_removed_is_told_so_whatever_guest_link_its_browser_once_used(
    client, member, gallery
):
    item = factories.PublicationFactory(gallery=gallery).item
    factories.BlockFactory(item=item, email=member.email)
    client.force_login(member)
    session = client.session
    gone = factories.GuestAdmissionFactory(guest__link__item=item, left_at=NOW)
    session["guest_admissions"] = [gone.pk]
    session.save()
    page = client.get(item.get_absolute_url())
    assert page.status_code == 403
    assert "access/blocks/blocked.html" in [one.name for one in page.templates]


def test_every_state_of_a_door_is_asked_once_per_request(room, django_assert_num_queries):
    """One browser that holds everything: the account, its invitations, two kinds of rows."""
    member = factories.GalleryMembershipFactory()
    proof = factories.InvitationProofFactory(invitation__item=room)
    admission = factories.GuestAdmissionFactory(guest__link__item=room)
    who = visitor(user=member.user, proofs=[proof], admissions=[admission])
    with django_assert_num_queries(4):
        for _again in range(2):
            who.abilities_on(room)
            who.identity_on(room)
            who.roles_on(room)


def test_windows_and_kinds_count_for_somebody_in_a_session(room, owner):
    """Not the union of what their roles could do anywhere."""
    moderator = factories.InvitationProofFactory(
        invitation=factories.InvitationFactory(
            item=room, accepted=True, role=InvitationRole.MODERATOR
        )
    )
    there = Participant(pk=1, key=str(InvitationProofs.key_of(moderator.invitation_id)))
    for kind, open_, in_bin in itertools.product(
        (Kind.ROOM, Kind.LIVE_EVENT), (True, False), (True, False)
    ):
        room.kind = kind
        room.available_from = None if open_ else NOW + timedelta(days=1)
        room.deleted_at = NOW if in_bin else None
        room.save()
        may = Visitor.of_participant(there).abilities_on(room)
        assert (Ability.MODERATE in may) == (open_ and not in_bin)
        assert (Ability.TAKE_STAGE in may) == (open_ and not in_bin and kind == Kind.ROOM)
