"""The rules as data, and the proof that the list and the single answer agree."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from access import session_proofs
from access.guests.models import GuestAdmission
from access.invitations.models import Certainty, Invitation, InvitationProof, InvitationRole
from access.invitations.policies import ever_invited, is_invited_account
from access.memberships.models import GalleryRole
from access.memberships.proofs import AccountProofs
from access.policies import (
    ABILITIES,
    Standing,
    abilities_for,
)
from access.proofs import Holding, Reach
from access.roles import Role
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.catalogue.models import Kind, Publication, State
from media_items.live.sessions.models import LiveSession
from media_items.models import MediaItem
from tests import factories

asked_both_ways = pytest.mark.usefixtures("asked_both_ways")

A = Ability
EVERY_GUEST_SWITCH = frozenset(
    {A.DOWNLOAD, A.CHAT, A.ASK_QUESTIONS, A.RAISE_HAND, A.WALK_IN, A.INTERACT, A.TAKE_QUIZ}
)


def standing(kind=Kind.VIDEO, *roles, **more):
    return Standing(kind=Kind(kind), roles=frozenset(roles), **more)


@pytest.mark.parametrize("kind", Kind)
def test_somebody_without_a_role_may_do_nothing(kind):
    assert abilities_for(standing(kind)) == frozenset()


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.GUEST, Role.PASSER_BY])
def test_nobody_but_editors_may_change_or_open_doors(kind, role):
    reserved = {
        A.EDIT,
        A.EDIT_DETAILS,
        A.INVITE_USERS,
        A.SEE_REGISTER,
        A.EDIT,
        A.PUBLISH,
        A.DELETE,
        A.SHARE,
        A.EMBED,
        A.MANAGE_GUEST_ACCESS,
        A.RESTORE,
        A.BACKCHANNEL,
        A.TAKE_STAGE,
        A.BROADCAST,
        A.MODERATE,
        A.RUN_SESSION,
        A.EDIT_QUESTIONS,
        A.SEE_RESULTS,
        A.MARK,
    }
    found = abilities_for(standing(kind, role, guest_allows=frozenset(Ability)))
    assert not found & reserved
    assert A.VIEW in found


@pytest.mark.parametrize("kind", Kind)
def test_a_co_editor_may_do_everything_but_delete(kind):
    owner = abilities_for(standing(kind, Role.OWNER))
    reserved = {A.DELETE, A.MANAGE_CO_EDITORS}
    assert abilities_for(standing(kind, Role.CO_EDITOR)) == owner - reserved


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        (Kind.VIDEO, {A.DOWNLOAD}),
        (Kind.AUDIO, {A.DOWNLOAD}),
        (Kind.DOCUMENT, {A.DOWNLOAD}),
        (Kind.QUIZ, {A.TAKE_QUIZ}),
        (Kind.LIVE_EVENT, {A.WALK_IN, A.CHAT, A.ASK_QUESTIONS, A.INTERACT}),
        (Kind.ROOM, {A.WALK_IN, A.CHAT, A.ASK_QUESTIONS, A.INTERACT, A.RAISE_HAND}),
    ],
)
def test_a_guest_gets_what_the_host_allows_as_far_as_the_kind_has_it(kind, extra):
    allowed = standing(kind, Role.GUEST, guest_allows=EVERY_GUEST_SWITCH)
    assert abilities_for(allowed) == {A.VIEW} | extra
    assert abilities_for(standing(kind, Role.GUEST)) == {A.VIEW}


@pytest.mark.parametrize("kind", Kind)
def test_a_passer_by_takes_a_quiz_only_under_a_name(kind):
    extra = {A.TAKE_QUIZ} if kind == Kind.QUIZ else set()
    assert abilities_for(standing(kind, Role.PASSER_BY, is_known=True)) == {A.VIEW} | extra
    assert abilities_for(standing(kind, Role.PASSER_BY)) == {A.VIEW}
    assert abilities_for(standing(kind, is_known=True)) == frozenset()


@pytest.mark.parametrize("kind", Kind)
def test_outside_its_window_an_item_exists_for_editors_only(kind):
    everybody = [Role.VIEWER, Role.GUEST, Role.PASSER_BY]
    closed = standing(kind, *everybody, guest_allows=EVERY_GUEST_SWITCH, is_available=False)
    assert abilities_for(closed) == frozenset()
    for role in (Role.OWNER, Role.CO_EDITOR):
        assert abilities_for(standing(kind, role, is_available=False)) == abilities_for(
            standing(kind, role)
        )


@pytest.mark.parametrize("kind", Kind)
def test_in_the_bin_only_the_owner_may_restore_and_nobody_anything_else(kind):
    for role in set(Role) - {Role.OWNER}:
        assert abilities_for(standing(kind, role, is_in_bin=True)) == frozenset()
    assert abilities_for(standing(kind, *Role, is_in_bin=True)) == {A.RESTORE}


def test_the_site_can_take_making_guest_links_from_everybody_but_never_closing_them():
    for role in Role:
        with_right = abilities_for(standing(Kind.VIDEO, role))
        without = abilities_for(standing(Kind.VIDEO, role, may_make_guest_links=False))
        assert without == with_right - {A.MAKE_GUEST_LINKS}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("lets", [set(), {Role.OWNER}, {Role.OWNER, Role.CO_EDITOR}, set(Role)])
def test_the_site_lets_people_invite_by_some_roles_and_takes_nothing_else(kind, lets):
    for role in Role:
        with_right = abilities_for(standing(kind, role, moderators_may_invite=True))
        limited = standing(kind, role, moderators_may_invite=True, may_invite_as=frozenset(lets))
        taken = set() if role in lets else {A.INVITE_USERS}
        assert abilities_for(limited) == with_right - taken


@pytest.mark.parametrize("kind", Kind)
def test_roles_add_up_and_one_more_never_takes_anything_away(kind):
    for size in range(len(Role)):
        for roles in itertools.combinations(Role, size):
            before = abilities_for(standing(kind, *roles))
            for more in Role:
                assert before <= abilities_for(standing(kind, *roles, more))


def test_every_role_has_a_row():
    assert set(ABILITIES) == set(Role)


# --- the list and the single answer ---------------------------------------------------------------


def visitor(*, user=None, admissions=(), proofs=()):
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    request.COOKIES["foyer_session"] = "any"
    request.session = {
        session_proofs.guest_admissions.session_key: [one.pk for one in admissions],
        session_proofs.invitation_proofs.session_key: [one.pk for one in proofs],
    }
    return Visitor.of_request(request)


def _windows():
    now = timezone.now()
    hour = timedelta(hours=1)
    return {
        "always": {},
        "now": {"available_from": now - hour, "available_until": now + hour},
        "future": {"available_from": now + hour},
        "past": {"available_until": now - hour},
    }


ADMISSIONS = {
    "good": {},
    "left": {"left_at": timezone.now()},
    "ended": {"ended_at": timezone.now()},
    "erased": {"erased_at": timezone.now(), "name": ""},
    "removed": {"guest__removed_at": timezone.now()},
    "guest_erased": {"guest__erased_at": timezone.now(), "guest__name": "", "guest__email": ""},
    "link_deleted": {"guest__link__deleted_at": timezone.now()},
    "link_expired": {"guest__link__expires_at": timezone.now() - timedelta(seconds=1)},
    "link_expires_later": {"guest__link__expires_at": timezone.now() + timedelta(days=2)},
    "link_paused": {"guest__link__paused_at": timezone.now()},
    "link_full": {"guest__link__places": 1, "guest__link__places_taken": 1},
}
STAYS_IN = {"good", "link_expires_later", "link_paused", "link_full"}

_NOW, _SECOND, _DAYS = timezone.now(), timedelta(seconds=1), timedelta(days=2)
# Every state of an invitation, and whether its role counts in it.
INVITATIONS = {
    "made": ({}, False),
    "opened": ({"opened_at": _NOW}, False),
    "accepted": ({"accepted": True}, True),
    "accepted_works_on": ({"accepted": True, "expires_at": _NOW + _DAYS}, True),
    "new_address": ({"accepted": True, "key_version": 2}, True),
    "declined": ({"declined": True}, False),
    "expired": ({"accepted": True, "expires_at": _NOW - _SECOND}, False),
    "revoked": ({"accepted": True, "revoked": True}, False),
    "revoked_before_an_answer": ({"revoked": True}, False),
    "revoked_and_expired": (
        {"accepted": True, "revoked": True, "expires_at": _NOW - _SECOND},
        False,
    ),
}
# Every state of a browser's proof of one.
PROOFS = {
    "good": ({}, True),
    "typed": ({"how": Certainty.TYPED}, True),
    "ended": ({"ended_at": _NOW}, False),
    "old": ({"expires_at": _NOW - _SECOND}, False),
}
# Every way an account can be the person invited, or not; the address is the invitation's.
ACCOUNTS = {
    "verified": ({"email": "grace@example.org", "email_verified_at": _NOW}, False, True),
    "unverified": ({"email": "grace@example.org"}, False, False),
    "bound": ({"email": "grace.private@example.org"}, True, True),
    "another": ({"email": "eve@example.org", "email_verified_at": _NOW}, False, False),
}


def published_items(windows, bins):
    """Each state × window × bin, owned by somebody, published in one gallery."""
    owner = factories.UserFactory()
    gallery = factories.GalleryFactory()
    made = MediaItem.objects.bulk_create(
        factories.MediaItemFactory.build(owner=owner, state=state, in_bin=in_bin, **window)
        for state, window, in_bin in itertools.product(State, windows, bins)
    )
    Publication.objects.bulk_create(
        factories.PublicationFactory.build(item=item, gallery=gallery) for item in made
    )
    return owner, gallery, made


@pytest.fixture
def every_item(db):
    return published_items(_windows().values(), [False, True])


@pytest.fixture
def item_of_each_state(db):
    """Open, outside the bin: what the cases of a table differ by lies with the people."""
    return published_items([_windows()["now"]], [False])


@contextmanager
def in_case(name: str):
    """One of many before the same items: what it makes is undone. A failure says which it was."""
    with transaction.atomic():
        try:
            yield
        except AssertionError as failure:
            failure.add_note(f"In the case: {name}")
            raise
        transaction.set_rollback(True)


def keys(items):
    return items.values_list("pk", flat=True)


def assert_agree(who: Visitor) -> set[int]:
    seen_at(None)
    listed = set(who.visible_items().values_list("pk", flat=True))
    single = {item.pk for item in MediaItem.objects.all() if A.VIEW in who.abilities_on(item)}
    assert listed == single == set(who.of_visible_items(keys))
    assert_noted(who, listed)
    assert_held(who)
    assert set(who.own_items().values_list("pk", flat=True)) == set(who.of_own_items(keys))
    for ability in (A.PUBLISH, A.DELETE, A.RESTORE, A.EDIT):
        allowed = set(who.items_with(ability).values_list("pk", flat=True))
        assert allowed == {
            item.pk for item in MediaItem.objects.all() if ability in who.abilities_on(item)
        }
    return listed


def assert_noted(who: Visitor, listed: set[int]) -> None:
    """What is to be noted where `who`, who has looked at all, was seen is left out until it is."""
    left_out = listed - set(who.of_noted_items(keys))
    who.note_use()
    has_own = any(type(one).reach is not Holding.reach for one in who.holdings)
    assert left_out == (listed if has_own else items_with_somebody_seen())
    seen_at(who.moment)
    assert set(who.of_noted_items(keys)) == (set() if has_own else listed)


def assert_held(who: Visitor) -> None:
    """An item that comes together with what somebody holds is judged as one that is fetched."""
    for item in MediaItem.objects.all():
        another = Visitor(who.holdings, who.moment)
        held = another.item_held(item.public_id)
        assert held is None or (held == item and item.deleted_at is None)
        found = held or item
        assert another.abilities_on(found) == who.abilities_on(item)
        assert another.identity_on(found) == who.identity_on(item)
        assert another.ends_at(found) == who.ends_at(item)


def seen_at(moment: datetime | None) -> None:
    GuestAdmission.objects.update(last_seen_at=moment)
    Invitation.objects.update(last_seen_at=moment)


def items_with_somebody_seen() -> set[int]:
    guests = GuestAdmission.objects.exclude(last_seen_at=None)
    invited = Invitation.objects.exclude(last_seen_at=None)
    return {
        *guests.values_list("guest__link__item", flat=True),
        *invited.values_list("item", flat=True),
    }


def test_a_kind_with_a_reach_of_its_own_is_asked_by_that(item, owner):
    """SECURITY: not by the values that it holds besides."""

    class Nowhere(AccountProofs):
        def reach(self, moment):
            return Reach()

    who = Visitor([Nowhere(account=owner)])
    assert who.of_visible_items(keys) == list(who.visible_items()) == []
    assert who.of_noted_items(keys) == []


@pytest.mark.parametrize("ability", [A.VIEW, A.CHAT, A.INVITE_USERS, A.EDIT_DETAILS, A.DOWNLOAD])
def test_what_others_than_editors_have_is_no_condition_on_items(db, ability):
    with pytest.raises(ValueError, match="who may"):
        visitor().items_with(ability)


@asked_both_ways
def test_list_and_single_answer_agree_for_accounts(every_item):
    owner, gallery, items = every_item
    co_editor = factories.UserFactory()
    for item in items:
        factories.CoEditorFactory(item=item, user=co_editor)
    member = factories.GalleryMembershipFactory(gallery=gallery).user
    stranger = factories.UserFactory()
    seen = {
        name: assert_agree(visitor(user=user))
        for name, user in {
            "owner": owner,
            "co_editor": co_editor,
            "member": member,
            "stranger": stranger,
            "nobody": None,
        }.items()
    }
    assert len(seen["owner"]) == 12  # everything outside the bin
    assert seen["co_editor"] == seen["owner"]
    assert len(seen["member"]) == 4  # published or unlisted, in a window that is open
    assert len(seen["stranger"]) == 2  # unlisted, in a window that is open
    assert seen["nobody"] == seen["stranger"]


@asked_both_ways
def test_list_and_single_answer_agree_for_guests(item_of_each_state):
    _owner, _gallery, items = item_of_each_state
    nobody = assert_agree(visitor())
    for case, facts in ADMISSIONS.items():
        with in_case(case):
            admissions = [
                factories.GuestAdmissionFactory(guest__link__item=item, **facts) for item in items
            ]
            seen = assert_agree(visitor(admissions=admissions))
            assert len(seen) == (3 if case in STAYS_IN else 1)
            assert nobody <= seen


@asked_both_ways
def test_list_and_single_answer_agree_for_invited_browsers(item_of_each_state):
    _owner, _gallery, items = item_of_each_state
    nobody = assert_agree(visitor())
    for state, (invitation, counts) in INVITATIONS.items():
        with in_case(state):
            invited = Invitation.objects.bulk_create(
                factories.InvitationFactory.build(item=item, **invitation) for item in items
            )
            for proof, (browser, lets_in) in PROOFS.items():
                with in_case(f"{state}, {proof}"):
                    proofs = InvitationProof.objects.bulk_create(
                        factories.InvitationProofFactory.build(invitation=one, **browser)
                        for one in invited
                    )
                    seen = assert_agree(visitor(proofs=proofs))
                    assert len(seen) == (3 if counts and lets_in else 1)
                    assert nobody <= seen


@asked_both_ways
def test_list_and_single_answer_agree_for_invited_accounts(item_of_each_state):
    _owner, _gallery, items = item_of_each_state
    for state, account in itertools.product(INVITATIONS, ACCOUNTS):
        with in_case(f"{state}, {account}"):
            invitation, counts = INVITATIONS[state]
            fields, is_bound, is_theirs = ACCOUNTS[account]
            user = factories.UserFactory(**fields)
            Invitation.objects.bulk_create(
                factories.InvitationFactory.build(
                    item=item,
                    email="grace@example.org",
                    account=user if is_bound else None,
                    **invitation,
                )
                for item in items
            )
            seen = assert_agree(visitor(user=user))
            assert len(seen) == (3 if counts and is_theirs else 1)
            shared = set(visitor(user=user).shared_items().values_list("pk", flat=True))
            # Of what is shared in person nothing is left out for being private, and unlisted
            # counts too.
            assert len(shared) == (3 if counts and is_theirs else 0)
            assert shared <= seen


@asked_both_ways
@pytest.mark.parametrize("is_verified", [True, False])
def test_account_and_browser_add_up(every_item, is_verified):
    """The account's own invitations to half of the items, the browser's to the others."""
    _owner, _gallery, items = every_item
    user = factories.UserFactory(email_verified_at=_NOW if is_verified else None)
    for item in items[::2]:
        factories.InvitationFactory(item=item, email=user.email, accepted=True)
    proofs = [
        factories.InvitationProofFactory(
            invitation=factories.InvitationFactory(item=item, accepted=True)
        )
        for item in items[1::2]
    ]
    both = assert_agree(visitor(user=user, proofs=proofs))
    assert both == assert_agree(visitor(user=user)) | assert_agree(visitor(proofs=proofs))


# --- people who have been removed -----------------------------------------------------------------


def _sessions(item):
    """An ended one and one under way, as a block may be for either or for none."""
    moment = timezone.now()
    return {
        "ended": LiveSession.objects.create(item=item, ended_at=moment, end_reason="by_host"),
        "under_way": LiveSession.objects.get_or_create(item=item, ended_at=None)[0],
    }


# Every state of a block, and whom it removes: those who typed the address, and all.
BLOCKS = {
    "nobody": (None, False, False),
    "blocked": ({}, True, True),
    "removed": ({"session": "under_way"}, True, True),
    "removed_from_a_session_that_is_over": ({"session": "ended"}, False, False),
    "let_back_in": ({"lifted_at": _NOW}, False, False),
    "removed_and_let_back_in": ({"session": "under_way", "lifted_at": _NOW}, False, False),
    "by_a_typed_address_only": ({"only_typed": True}, True, False),
    "somebody_else": ({"email": "eve@example.org"}, False, False),
}
ADA = "ada@example.org"
# Every way in that hangs on the address; whether the address of it was merely typed.
WAYS = {
    "guest": True,
    "two links": True,
    "invited browser": False,
    "invited account": False,
    "account bound to an invitation": False,
    "gallery member": False,
    "member of the room's gallery": False,
    "manager of the room's gallery": False,
}


def _way_in(way: str, items, gallery) -> Callable[[], Visitor]:
    """Makes the way; called, it gives somebody who comes by it, anew each time."""
    user = factories.UserFactory(email=ADA, email_verified_at=_NOW)
    if way == "guest":
        made = [
            factories.GuestAdmissionFactory(guest__link__item=item, guest__email=ADA)
            for item in items
        ]
        return partial(visitor, admissions=made)
    if way == "two links":
        made = [
            factories.GuestAdmissionFactory(guest__link__item=item, guest__email=ADA)
            for item in [*items, *items]
        ]
        return partial(visitor, admissions=made)
    if way == "invited browser":
        made = [
            factories.InvitationProofFactory(invitation__item=item, invitation__email=ADA)
            for item in items
        ]
        return partial(visitor, proofs=made)
    if way == "invited account":
        for item in items:
            factories.InvitationFactory(item=item, email=ADA, accepted=True)
    if way == "account bound to an invitation":
        for item in items:
            factories.InvitationFactory(
                item=item, email="ada.private@example.org", account=user, accepted=True
            )
    if way == "gallery member":
        factories.GalleryMembershipFactory(gallery=gallery, user=user)
    if way.endswith("room's gallery"):
        role = GalleryRole.MANAGER if way.startswith("manager") else GalleryRole.MEMBER
        rooms = factories.GalleryMembershipFactory(user=user, role=role).gallery
        MediaItem.objects.update(kind=Kind.ROOM, room_of=rooms)
    return partial(visitor, user=user)


@asked_both_ways
@pytest.mark.parametrize("way", WAYS)
def test_list_and_single_answer_agree_for_every_item_and_way(every_item, way):
    _owner, gallery, items = every_item
    # In an open window, outside the bin; a member of a gallery, what is published or unlisted.
    assert len(assert_agree(_way_in(way, items, gallery)())) == (
        4 if way == "gallery member" else 6
    )


def _remove(items, fields) -> None:
    for item in items:
        given = dict(fields)
        if "session" in given:
            given["session"] = _sessions(item)[given["session"]]
        factories.BlockFactory(item=item, **{"email": ADA, **given})


@asked_both_ways
@pytest.mark.parametrize("way", WAYS)
def test_list_and_single_answer_agree_for_people_removed(item_of_each_state, way):
    _owner, gallery, items = item_of_each_state
    come = _way_in(way, items, gallery)
    inside = 2 if way == "gallery member" else 3
    for case, (fields, blocks_typed, blocks_proven) in BLOCKS.items():
        with in_case(case):
            who = come()
            if fields is not None:
                _remove(items, fields)
            seen = assert_agree(who)
            is_out = blocks_typed if WAYS[way] else blocks_proven
            # Removed, they get what the public gets: the unlisted one.
            assert len(seen) == (1 if is_out else inside)
            for item in items:
                if is_out and item.pk in seen:
                    assert who.abilities_on(item) == visitor().abilities_on(item)
                assert who.identity_on(item).is_blocked == is_out


@asked_both_ways
def test_owner_and_co_editor_are_never_removed(item_of_each_state):
    owner, _gallery, items = item_of_each_state
    co_editor = factories.UserFactory()
    for item in items:
        factories.CoEditorFactory(item=item, user=co_editor)
    for case, (fields, *_who) in BLOCKS.items():
        with in_case(case):
            for user in (owner, co_editor):
                if fields is not None:
                    _remove(items, {**fields, "email": user.email})
                assert len(assert_agree(visitor(user=user))) == 3
                assert not visitor(user=user).identity_on(items[0]).is_blocked


def test_nothing_is_shared_with_an_account_that_was_removed(item_of_each_state):
    _owner, gallery, items = item_of_each_state
    come = _way_in("invited account", items, gallery)
    for case, (fields, _typed, blocks) in BLOCKS.items():
        with in_case(case):
            who = come()
            if fields is not None:
                _remove(items, fields)
            assert who.shared_items().count() == (0 if blocks else 3)


@asked_both_ways
def test_removed_of_one_item_is_in_on_all_the_others(every_item):
    _owner, gallery, items = every_item
    come = _way_in("invited account", items, gallery)
    _remove(items[:1], {})
    _remove([factories.MediaItemFactory()], {})
    everywhere = assert_agree(come())
    assert items[0].pk not in everywhere
    assert len(everywhere) == 5


def test_the_proof_of_another_address_is_not_touched(item):
    """Proofs add up: what somebody else's address gives in this browser stays."""
    out = factories.GuestAdmissionFactory(guest__link__item=item, guest__email=ADA)
    good = factories.GuestAdmissionFactory(guest__link__item=item)
    factories.BlockFactory(item=item, email=ADA)
    assert visitor(admissions=[out]).abilities_on(item) == frozenset()
    both = visitor(admissions=[out, good])
    assert A.VIEW in both.abilities_on(item)
    assert both.identity_on(item).key == f"guest:{good.pk}"


def test_a_guest_removed_is_not_inside_by_being_let_in_anew(item):
    factories.BlockFactory(item=item, email=ADA)
    later = factories.GuestAdmissionFactory(guest__link__item=item, guest__email=ADA)
    assert visitor(admissions=[later]).abilities_on(item) == frozenset()


# --- rooms of galleries ---------------------------------------------------------------------------


@pytest.fixture
def rooms(db, gallery):
    """Each state × window × bin of a room of `gallery`, published nowhere."""
    made = []
    for state, window, in_bin in itertools.product(State, _windows().values(), [False, True]):
        made.append(
            factories.MediaItemFactory(
                kind=Kind.ROOM, room_of=gallery, state=state, in_bin=in_bin, **window
            )
        )
    return made


@asked_both_ways
@pytest.mark.parametrize("role", GalleryRole)
def test_list_and_single_answer_agree_for_rooms_of_a_gallery(rooms, gallery, role):
    user = factories.GalleryMembershipFactory(gallery=gallery, role=role).user
    elsewhere = factories.GalleryMembershipFactory(role=GalleryRole.MANAGER).user
    assert len(assert_agree(visitor(user=user))) == 6  # in an open window, whatever the state
    assert len(assert_agree(visitor(user=elsewhere))) == 2  # the unlisted ones
    room = next(one for one in rooms if one.is_available and not one.deleted_at)
    is_manager = role == GalleryRole.MANAGER
    expected = Role.MODERATOR if is_manager else Role.VIEWER
    assert visitor(user=user).roles_on(room) == {expected}
    assert (A.MODERATE in visitor(user=user).abilities_on(room)) == is_manager
    assert visitor(user=user).identity_on(room).role == expected.value


def test_who_leaves_the_gallery_is_out_of_its_room(gallery, member):
    room = factories.MediaItemFactory(kind=Kind.ROOM, room_of=gallery)
    assert A.CHAT in visitor(user=member).abilities_on(room)
    member.gallery_memberships.all().delete()
    assert visitor(user=member).abilities_on(room) == frozenset()
    assert not visitor(user=member).visible_items().exists()


@asked_both_ways
def test_an_invitation_adds_to_what_the_gallery_gives(gallery, member):
    room = factories.MediaItemFactory(kind=Kind.ROOM, room_of=gallery)
    member.email_verified_at = _NOW
    member.save()
    factories.InvitationFactory(
        item=room, email=member.email, accepted=True, role=InvitationRole.SPEAKER
    )
    who = visitor(user=member)
    assert who.roles_on(room) == {Role.VIEWER, Role.SPEAKER}
    assert who.identity_on(room).role == Role.SPEAKER.value


def test_the_answer_for_an_account_costs_two_queries(gallery, member, django_assert_num_queries):
    """Co-editor, galleries, the room's gallery and being removed in one; then invitations."""
    room = factories.MediaItemFactory(kind=Kind.ROOM, room_of=gallery)
    with django_assert_num_queries(2):
        visitor(user=member).abilities_on(room)


# --- as whom --------------------------------------------------------------------------------------


def test_everybody_is_there_under_their_own_name_and_strongest_role(item, owner, co_editor, link):
    proof = factories.InvitationProofFactory(invitation__item=item)
    admission = factories.GuestAdmissionFactory(guest__link=link)
    viewer = factories.UserFactory(email_verified_at=_NOW)
    factories.InvitationFactory(item=item, email=viewer.email, accepted=True)
    expected = {
        visitor(user=owner): (f"account:{owner.pk}", Role.OWNER),
        visitor(user=co_editor): (f"account:{co_editor.pk}", Role.CO_EDITOR),
        visitor(user=viewer): (f"account:{viewer.pk}", Role.VIEWER),
        visitor(proofs=[proof]): (f"invitation:{proof.invitation_id}", Role.VIEWER),
        visitor(admissions=[admission]): (f"guest:{admission.pk}", Role.GUEST),
        visitor(user=owner, admissions=[admission]): (f"account:{owner.pk}", Role.OWNER),
    }
    for who, (key, role) in expected.items():
        identity = who.identity_on(item)
        assert (identity.key, identity.role) == (key, role.value)
        assert not identity.is_blocked


def test_an_account_bound_to_an_invitation_is_there_with_its_role(item):
    """Bound before it changed its address, so the two differ."""
    user = factories.UserFactory()
    factories.InvitationFactory(item=item, email="old@example.org", account=user, accepted=True)
    identity = visitor(user=user).identity_on(item)
    assert (identity.key, identity.role) == (f"account:{user.pk}", Role.VIEWER.value)


@pytest.mark.django_db
def test_an_account_takes_an_unlisted_quiz_until_it_is_blocked(stranger):
    item = factories.MediaItemFactory(kind=Kind.QUIZ, state=State.UNLISTED)
    assert Visitor.of_account(stranger).abilities_on(item) == {A.VIEW, A.TAKE_QUIZ}
    assert Visitor().abilities_on(item) == {A.VIEW}
    factories.BlockFactory(item=item, email=stranger.email)
    assert Visitor.of_account(stranger).abilities_on(item) == {A.VIEW}


def test_a_passer_by_has_a_name_only_when_signed_in(stranger):
    item = factories.MediaItemFactory(unlisted=True, kind=Kind.ROOM)
    assert visitor().identity_on(item).key == ""
    passing = visitor(user=stranger)
    identity = passing.identity_on(item)
    assert (identity.key, identity.role) == (f"account:{stranger.pk}", Role.PASSER_BY.value)
    assert passing.abilities_on(item) == {A.VIEW}


@asked_both_ways
def test_a_browsers_role_and_the_accounts_add_up_on_one_item(item):
    user = factories.UserFactory(email_verified_at=_NOW)
    factories.InvitationFactory(item=item, email=user.email, accepted=True)
    proof = factories.InvitationProofFactory(
        invitation=factories.InvitationFactory(
            item=item, accepted=True, role=InvitationRole.COLLABORATOR
        )
    )
    assert A.EDIT_DETAILS not in visitor(user=user).abilities_on(item)
    assert A.EDIT_DETAILS in visitor(user=user, proofs=[proof]).abilities_on(item)


def test_nobody_is_shared_their_own_item(item, owner):
    owner.email_verified_at = _NOW
    owner.save()
    factories.InvitationFactory(item=item, email=owner.email, accepted=True)
    assert not visitor(user=owner).shared_items().exists()


def test_a_proof_for_one_item_is_worth_nothing_on_another(invitation):
    proof = factories.InvitationProofFactory(invitation=invitation)
    other = factories.MediaItemFactory()
    assert visitor(proofs=[proof]).abilities_on(other) == frozenset()


@pytest.mark.parametrize("state", INVITATIONS)
def test_the_row_and_the_query_agree_on_what_is_in_force(item, state):
    fields, counts = INVITATIONS[state]
    invitation = factories.InvitationFactory(item=item, **fields)
    moment = timezone.now()
    assert invitation.is_good_at(moment) == counts
    assert Invitation.objects.in_force(moment).filter(pk=invitation.pk).exists() == counts


@pytest.mark.parametrize("account", ACCOUNTS)
def test_the_row_and_the_query_agree_on_whose_invitation_it_is(item, account):
    fields, is_bound, is_theirs = ACCOUNTS[account]
    user = factories.UserFactory(**fields)
    invitation = factories.InvitationFactory(
        item=item, email="grace@example.org", account=user if is_bound else None
    )
    assert is_invited_account(invitation, user) == is_theirs
    assert ever_invited(user).filter(pk=invitation.pk).exists() == is_theirs


@asked_both_ways
def test_the_proofs_of_one_browser_add_up(item, admission, co_editor):
    alone = visitor(user=co_editor).abilities_on(item)
    both = visitor(user=co_editor, admissions=[admission]).abilities_on(item)
    assert alone == both


def test_two_links_of_one_item_add_up_in_one_browser(item):
    first = factories.GuestAdmissionFactory(guest__link__item=item)
    second = factories.GuestAdmissionFactory(guest__link__item=item, guest__link__may_download=True)
    assert A.DOWNLOAD not in visitor(admissions=[first]).abilities_on(item)
    assert A.DOWNLOAD in visitor(admissions=[second, first]).abilities_on(item)


def test_an_admission_to_one_item_is_worth_nothing_on_another(admission):
    other = factories.MediaItemFactory()
    assert visitor(admissions=[admission]).abilities_on(other) == frozenset()


def test_a_gallery_does_not_show_an_item_whose_publication_was_taken_back(member, gallery):
    item = factories.PublicationFactory(gallery=gallery).item
    assert A.VIEW in visitor(user=member).abilities_on(item)
    item.state = State.PRIVATE
    item.save()
    assert visitor(user=member).abilities_on(item) == frozenset()
    assert not visitor(user=member).visible_items().exists()


def test_a_stranger_without_a_session_costs_no_query(item, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert Visitor.of_request(request).abilities_on(item) == frozenset()
