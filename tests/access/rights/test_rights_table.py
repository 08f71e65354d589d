"""Every act that changes somebody's rights, and what it must do.

For each: a row in the trail, the stream of whom it concerns cut or the pages told, the seat on
stage left and the stage's engine told of it, the bytes refused. The acts are found in the code:
one that has no row here fails.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

import access
from access.accounts import services as accounts
from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.blocks import services as blocks
from access.blocks.models import Block
from access.blocks.services import Actor
from access.guests import personal_data
from access.guests.models import Guest, GuestAdmission
from access.guests.services import guests, joining, links, places
from access.invitations.models import Invitation
from access.invitations.people import Inviter
from access.invitations.services import answering, managing
from access.invitations.services.inviting import let_moderators_invite
from access.memberships import co_editors
from access.memberships import services as memberships
from access.memberships.models import GalleryRole
from access.personal_data import erase_outdated
from access.rights import items
from access.rights.models import RightsChange
from access.roles import Role
from media_items.catalogue.models import Gallery, MediaItem
from media_items.library.services import deleting, editing, publishing
from media_items.live.events.facts import EVERYBODY, FactKind, only
from media_items.live.sessions.models import Level
from media_items.live.stage.models import SeatKind
from media_items.signals import AccessChange
from tests import factories
from tests.live_factories import SeatFactory

pytestmark = pytest.mark.django_db

GONE = {"seat": False, "bytes": False}  # off the stage, and nothing is shown any more
LOWER = {"seat": False, "bytes": True}  # off the stage, and still there
STAYS = {"seat": True, "bytes": True}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """`declared`: the function with the call. `told`: "cut" where their stream is, "pages" where
    all pages ask. `seat` and `bytes`: whether they still have them. `before`: what was done first.
    """

    declared: Callable[..., object]
    act: Act
    who: str
    do: Callable[[Any], object]
    told: str
    seat: bool
    bytes: bool
    before: Callable[[Any], object] | None = None


def past():
    return timezone.now() - timedelta(minutes=1)


def change_item(it, **columns):
    for name, value in columns.items():
        setattr(it.room, name, value)
    stamp = MediaItem.objects.get(pk=it.room.pk).updated_at
    editing.edit_media_item(
        item=it.room,
        seen_at=stamp,
        by=it.owner,
        only=tuple(columns),
        room_among=Gallery.objects.all(),
    )


def publish(it, state):
    publishing.publish(
        item=it.room,
        state=state,
        galleries=[it.gallery] if state == "published" else [],
        among=Gallery.objects.all(),
        by=it.owner,
    )


def inviter(it):
    return Inviter(roles={Role.OWNER}, account=it.owner)


def edit_account(it, **columns):
    for name, value in columns.items():
        setattr(it.user, name, value)
    accounts.edit_account(user=it.user, by=it.admin)


def block(it):
    blocks.remove(participant=it.person.row, by=Actor(Level.HOST, it.owner), lasting=True)


def _blocked_and_removed(it):
    Guest.objects.update(removed_at=timezone.now())
    factories.BlockFactory(item=it.room, email=it.guest.email, only_typed=True)


def accept(it):
    answering.accept_with_account(invitation=it.invitation, key_version=1, user=it.user)


ROWS = {
    # --- guests
    "guest access off, and out": Row(
        links.switch_off,
        Act.GUEST_ACCESS_OFF,
        "guest",
        lambda it: links.switch_off(item=it.room, by=it.owner, end_inside=True),
        told="cut",
        **GONE,
    ),
    "the link's last day is over": Row(
        links.change_link,
        Act.LINK_CHANGED,
        "guest",
        lambda it: links.change_link(link=it.link, by=it.owner, expires_at=past()),
        told="cut",
        **GONE,
    ),
    "guests of the link do not chat": Row(
        links.change_link,
        Act.LINK_CHANGED,
        "guest",
        lambda it: links.change_link(link=it.link, by=it.owner, may_chat=False),
        told="pages",
        **STAYS,
    ),
    "link paused, and out": Row(
        links.pause_link,
        Act.LINK_PAUSED,
        "guest",
        lambda it: links.pause_link(link=it.link, by=it.owner, end_inside=True),
        told="cut",
        **GONE,
    ),
    "guests ended": Row(
        links.end_inside,
        Act.GUESTS_ENDED,
        "guest",
        lambda it: links.end_inside(link=it.link, by=it.owner),
        told="cut",
        **GONE,
    ),
    "link deleted": Row(
        links.delete_link,
        Act.LINK_DELETED,
        "guest",
        lambda it: links.delete_link(link=it.link, by=it.owner),
        told="cut",
        **GONE,
    ),
    "guest ended": Row(
        guests.end_access,
        Act.GUESTS_ENDED,
        "guest",
        lambda it: guests.end_access(guest=it.guest, by=it.owner),
        told="cut",
        **GONE,
    ),
    "guest removed": Row(
        places.give_up,
        Act.GUEST_REMOVED,
        "guest",
        lambda it: guests.remove_guest(guest=it.guest, by=it.owner),
        told="cut",
        **GONE,
    ),
    "guest blocked": Row(
        blocks.block_typed,
        Act.PARTICIPANT_BLOCKED,
        "guest",
        lambda it: guests.block_guest(guest=it.guest, by=it.owner),
        told="cut",
        **GONE,
    ),
    "guest let back in": Row(
        places.take_again,
        Act.GUEST_LET_BACK,
        "guest",
        lambda it: guests.readmit_guest(guest=it.guest, by=it.owner),
        told="cut",
        **STAYS,
        before=lambda it: Guest.objects.update(removed_at=timezone.now()),
    ),
    "blocked guest let back in": Row(
        blocks.unblock_typed,
        Act.PARTICIPANT_LET_BACK,
        "guest",
        lambda it: guests.readmit_guest(guest=it.guest, by=it.owner),
        told="cut",
        **STAYS,
        before=lambda it: _blocked_and_removed(it),
    ),
    "guest erased": Row(
        guests.erase_guest,
        Act.GUEST_ERASED,
        "guest",
        lambda it: guests.erase_guest(guest=it.guest, by=it.owner),
        told="cut",
        **GONE,
    ),
    "one of two browsers erased": Row(
        guests.erase_admission,
        Act.GUEST_ERASED,
        "guest",
        lambda it: guests.erase_admission(admission=it.admission),
        told="cut",
        **GONE,
        before=lambda it: factories.GuestAdmissionFactory(guest=it.guest),
    ),
    "erased when its time was up": Row(
        personal_data._erase_elsewhere,
        Act.GUESTS_ERASED_BY_AGE,
        "guest",
        lambda it: erase_outdated(),
        told="cut",
        **GONE,
        before=lambda it: GuestAdmission.objects.update(
            admitted_at=timezone.now() - timedelta(days=4000)
        ),
    ),
    "guest left": Row(
        joining.leave,
        Act.GUEST_LEFT,
        "guest",
        lambda it: joining.leave(admission=it.admission),
        told="cut",
        **GONE,
    ),
    # --- people invited
    "taken back": Row(
        managing._revoke,
        Act.INVITATION_REVOKED,
        "invitee",
        lambda it: managing.revoke(invitation=it.invitation, by=it.owner),
        told="cut",
        **GONE,
    ),
    "taken back from an account": Row(
        managing._revoke,
        Act.INVITATION_REVOKED,
        "invited_account",
        lambda it: managing.revoke(invitation=it.invitation, by=it.owner),
        told="cut",
        **GONE,
    ),
    "erased": Row(
        managing._revoke,
        Act.INVITATION_REVOKED,
        "invitee",
        lambda it: managing.erase_invitation(invitation=it.invitation, by=it.owner),
        told="cut",
        **GONE,
    ),
    "taking back undone": Row(
        managing._record_change,
        Act.INVITATION_CHANGED,
        "invitee",
        lambda it: managing.undo_revoke(invitation=it.invitation, by=it.owner),
        told="cut",
        **STAYS,
        before=lambda it: Invitation.objects.update(revoked_at=timezone.now(), revoked_by=it.owner),
    ),
    "a speaker is a viewer": Row(
        managing._record_change,
        Act.INVITATION_CHANGED,
        "invitee",
        lambda it: managing.change_role(invitation=it.invitation, role="viewer", by=inviter(it)),
        told="cut",
        **LOWER,
    ),
    "the invitation's last day is over": Row(
        managing._record_change,
        Act.INVITATION_CHANGED,
        "invited_account",
        lambda it: managing.prolong(invitation=it.invitation, expires_at=past(), by=inviter(it)),
        told="cut",
        **GONE,
    ),
    "new address, browsers ended": Row(
        managing.give_new_address,
        Act.INVITATION_NEW_ADDRESS,
        "invitee",
        lambda it: managing.give_new_address(
            invitation=it.invitation, end_browsers=True, by=it.owner
        ),
        told="cut",
        **GONE,
    ),
    "declined": Row(
        answering.decline,
        Act.INVITATION_DECLINED,
        "invitee",
        lambda it: answering.decline(invitation=it.invitation, key_version=1, is_proven=True),
        told="cut",
        **GONE,
    ),
    "the browser is not theirs any more": Row(
        answering.leave,
        Act.INVITATION_CHANGED,
        "invitee",
        lambda it: answering.leave(proofs=list(it.invitation.proofs.all())),
        told="cut",
        **GONE,
    ),
    "accepted": Row(
        answering._mark_accepted,
        Act.INVITATION_ACCEPTED,
        "passer_by",
        accept,
        told="cut",
        **STAYS,
    ),
    "moderators may invite": Row(
        let_moderators_invite,
        Act.MODERATORS_MAY_INVITE,
        "invitee",
        lambda it: let_moderators_invite(item=it.room, allowed=True, by=it.owner),
        told="pages",
        **STAYS,
    ),
    # --- members and co-editors
    "member added": Row(
        memberships._record_change,
        Act.MEMBER_ADDED,
        "manager",
        lambda it: memberships.add_member(
            gallery=it.gallery, user=it.membership.user, role=GalleryRole.MANAGER, by=it.by
        ),
        told="cut",
        **STAYS,
        before=lambda it: it.membership.delete(),
    ),
    "a manager is a member": Row(
        memberships._record_change,
        Act.MEMBER_CHANGED,
        "manager",
        lambda it: memberships.change_role(
            membership=it.membership, role=GalleryRole.MEMBER, by=it.by
        ),
        told="cut",
        **LOWER,
    ),
    "member removed": Row(
        memberships._record_change,
        Act.MEMBER_REMOVED,
        "manager",
        lambda it: memberships.remove_member(membership=it.membership, by=it.by),
        told="cut",
        **GONE,
    ),
    "co-editor added": Row(
        co_editors.add_co_editor,
        Act.CO_EDITOR_ADDED,
        "invited_account",
        lambda it: co_editors.add_co_editor(item=it.room, email=it.user.email, by=it.owner),
        told="cut",
        **STAYS,
    ),
    "co-editor removed": Row(
        co_editors.remove_co_editor,
        Act.CO_EDITOR_REMOVED,
        "co_editor",
        lambda it: co_editors.remove_co_editor(co_editor=it.co_editor, by=it.owner),
        told="cut",
        **GONE,
    ),
    # --- people removed
    "removed from the session": Row(
        blocks.remove,
        Act.PARTICIPANT_REMOVED,
        "guest",
        lambda it: blocks.remove(
            participant=it.person.row, by=Actor(Level.HOST, it.owner), lasting=False
        ),
        told="cut",
        **GONE,
    ),
    "removed and blocked": Row(
        blocks.remove,
        Act.PARTICIPANT_BLOCKED,
        "invited_account",
        lambda it: blocks.remove(
            participant=it.person.row, by=Actor(Level.HOST, it.owner), lasting=True
        ),
        told="cut",
        **GONE,
    ),
    "let back in": Row(
        blocks.unblock,
        Act.PARTICIPANT_LET_BACK,
        "invitee",
        lambda it: blocks.unblock(block=Block.objects.get(), by=Actor(Level.HOST, it.owner)),
        told="cut",
        **LOWER,
        before=block,
    ),
    # --- accounts
    "account switched off": Row(
        accounts._record_change,
        Act.ACCOUNT_SWITCHED_OFF,
        "invited_account",
        lambda it: accounts.switch_account(user=it.user, on=False, by=it.admin),
        told="cut",
        **GONE,
    ),
    "account switched on again": Row(
        accounts._record_change,
        Act.ACCOUNT_SWITCHED_ON,
        "invited_account",
        lambda it: accounts.switch_account(user=it.user, on=True, by=it.admin),
        told="cut",
        **STAYS,
        before=lambda it: User.objects.filter(pk=it.user.pk).update(is_active=False),
    ),
    "account given a new address": Row(
        accounts._record_change,
        Act.ACCOUNT_NEW_EMAIL,
        "passer_by",
        lambda it: edit_account(it, email="new@example.org"),
        told="cut",
        **STAYS,  # the invitation is bound to the account
        before=accept,
    ),
    "address of an account confirmed": Row(
        accounts._record_change,
        Act.ACCOUNT_EMAIL_CONFIRMED,
        "invited_account",
        lambda it: accounts.confirm_address(user=it.user),
        told="cut",
        **STAYS,
        before=lambda it: User.objects.filter(pk=it.user.pk).update(email_verified_at=None),
    ),
    "account deleted": Row(
        accounts._record_change,
        Act.ACCOUNT_DELETED,
        "co_editor",
        lambda it: accounts.delete_account(user=it.user, by=it.admin),
        told="cut",
        **GONE,
    ),
    # --- the item itself
    "published, and no more open to all": Row(
        items._items_changed,
        Act.ITEM_PUBLISHED,
        "passer_by",
        lambda it: publishing.publish(
            item=it.room,
            state="published",
            galleries=[factories.GalleryFactory()],
            among=Gallery.objects.all(),
            by=it.owner,
        ),
        told="pages",
        **GONE,
    ),
    "opened for anyone with the address": Row(
        items._items_changed,
        Act.ITEM_UNLISTED,
        "reader",
        lambda it: publish(it, "unlisted"),
        told="pages",
        **STAYS,
    ),
    "made private": Row(
        items._items_changed,
        Act.ITEM_MADE_PRIVATE,
        "reader",
        lambda it: publish(it, "private"),
        told="pages",
        **GONE,
    ),
    "made private before those who passed by": Row(
        items._items_changed,
        Act.ITEM_MADE_PRIVATE,
        "passer_by",
        lambda it: publish(it, "private"),
        told="pages",
        **GONE,
    ),
    "taken out of the gallery": Row(
        items._items_changed,
        Act.ITEM_TAKEN_OUT,
        "reader",
        lambda it: publishing.take_out(item=it.room, gallery=it.gallery, by=it.owner),
        told="pages",
        **GONE,
    ),
    "the gallery deleted": Row(
        items._items_changed,
        Act.ITEM_TAKEN_OUT,
        "reader",
        lambda it: publishing.delete_gallery(gallery=it.gallery, by=it.admin),
        told="pages",
        **GONE,
    ),
    "moved to the bin": Row(
        items._items_changed,
        Act.ITEM_MOVED_TO_BIN,
        "invitee",
        lambda it: deleting.move_to_bin(item=it.room, by=it.owner),
        told="pages",
        **GONE,
    ),
    "restored": Row(
        items._items_changed,
        Act.ITEM_RESTORED,
        "invitee",
        lambda it: deleting.restore(item=it.room, by=it.owner),
        told="pages",
        **STAYS,
        before=lambda it: MediaItem.objects.update(deleted_at=timezone.now()),
    ),
    "the window is over for a guest": Row(
        items._items_changed,
        Act.ITEM_WINDOW_CHANGED,
        "guest",
        lambda it: change_item(it, available_until=past()),
        told="pages",
        **GONE,
    ),
    "the window is over for an owner": Row(
        items._items_changed,
        Act.ITEM_WINDOW_CHANGED,
        "owner_inside",
        lambda it: change_item(it, available_until=past()),
        told="pages",
        **STAYS,
    ),
    "the room is no gallery's any more": Row(
        items._items_changed,
        Act.ITEM_ROOM_OF_CHANGED,
        "manager",
        lambda it: change_item(it, room_of=None),
        told="pages",
        **GONE,
    ),
    "given to another owner": Row(
        items._items_changed,
        Act.ITEM_OWNER_CHANGED,
        "owner_inside",
        lambda it: editing.edit_as_admin(
            item=_owned_by(it, it.admin), changed=["owner"], by=it.admin
        ),
        told="pages",
        **GONE,
    ),
}

# Written into the trail, and nobody's rights are others than before.
CHANGES_NOTHING = {
    Act.GUEST_ACCESS_ON: "a door opens; who comes by it gets a right when they do",
    Act.LINK_CREATED: "as above",
    Act.LINK_RESUMED: "as above",
    Act.LINK_NEW_ADDRESS: "those inside stay; the old address opens nothing",
    Act.GUEST_JOINED: "a new proof, by which nobody can be inside yet",
    Act.BROWSER_PROVEN: "as above",
    Act.INVITED: "nothing until it is accepted",
    Act.INVITATION_SENT: "a mail",
    Act.ASKED_HOST: "a mail",
    Act.REQUEST_LET_IN: "an invitation, which is nothing until it is accepted",
    Act.REQUEST_DECLINED: "a line less in a list",
    Act.GALLERY_MADE: "its maker becomes a member, which is an act of its own",
    Act.GALLERY_CHANGED: "its words",
    Act.GALLERY_DELETED: "each item in it is taken out, which is an act of its own",
}


def _owned_by(it, user):
    it.room.owner = user
    return it.room


@pytest.mark.parametrize("name", ROWS)
def test_it_is_written_down_and_felt_at_once(name, people, session, announced, engine_told):
    row = ROWS[name]
    it = people(row.who)
    me = it.person.row
    seat = SeatFactory(participant=me, session=session, kind=SeatKind.STAGE)
    if row.before:
        announced(lambda: row.before(it))
        AccessEvent.objects.all().delete()

    facts = announced(lambda: row.do(it))

    assert AccessEvent.objects.filter(act=row.act).exists(), "no row in the trail"
    asked = {(FactKind.RIGHTS, EVERYBODY), (FactKind.RIGHTS, only(me.pk))} & set(facts)
    assert asked, "no page asks for its rights"
    if row.told == "cut" or not row.seat:
        assert (FactKind.CLOSE, only(me.pk)) in facts, "the stream was not cut"
    else:
        assert (FactKind.RIGHTS, EVERYBODY) in facts
    seat.refresh_from_db()
    assert (seat.left_at is None) == row.seat, "the seat on stage"
    assert (seat.pk in engine_told) == (not row.seat), "what the engine was told"
    picture = it.person.browser.get(f"{it.room.get_absolute_url()}thumbnail/")
    assert (picture.status_code == 200) == row.bytes, "the bytes"
    assert not RightsChange.objects.exists(), "something is still owed"


# --- nobody is forgotten --------------------------------------------------------------------------


def test_every_act_of_the_trail_is_in_the_table_or_changes_nothing():
    assert {row.act for row in ROWS.values()} | set(CHANGES_NOTHING) == set(Act)
    assert not {row.act for row in ROWS.values()} & set(CHANGES_NOTHING)


def test_every_function_that_declares_a_change_is_in_the_table():
    declaring = {name for name, node in _functions() if _declares(node)}
    assert declaring == {_dotted(row.declared) for row in ROWS.values()}


def test_whatever_writes_such_an_act_declares_it_too():
    quiet = {act.name for act in CHANGES_NOTHING}
    forgotten = [
        name
        for name, node in _functions()
        for written in ("record", "record_each", "record_on_items")
        for call in _calls(node, written)
        if not (_acts_named(call) and _acts_named(call) <= quiet) and not _declares(node)
    ]
    assert forgotten == []


def test_only_the_log_writes_rows_of_the_trail():
    home = Path(access.__file__).parent
    writers = [
        str(path.relative_to(home))
        for path in home.rglob("*.py")
        if "migrations" not in path.parts
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and _name_of(call.func) in _WRITING
    ]
    assert set(writers) == {"audit/services.py"}


def test_every_change_that_media_items_announces_has_an_act():
    assert set(items.ACTS) == set(AccessChange)
    assert len(set(items.ACTS.values())) == len(items.ACTS)


_WRITING = {"AccessEvent", "AccessEvent.objects.create", "AccessEvent.objects.bulk_create"}


def _dotted(function):
    return f"{function.__module__}.{function.__qualname__}"


def _functions():
    """Every function of `access` by its dotted name, the call itself apart."""
    home = Path(access.__file__).parent
    for path in sorted(home.rglob("*.py")):
        module = ".".join(["access", *path.relative_to(home).with_suffix("").parts])
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield f"{module}.{node.name}", node


def _declares(node):
    return [*_calls(node, "rights_changed"), *_calls(node, "rights_changed_on_items")]


def _calls(node, name):
    return [
        call
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and _name_of(call.func).split(".")[-1] == name
    ]


def _name_of(func) -> str:
    return ast.unparse(func)


def _acts_named(call):
    """`Act.X` anywhere in the first argument; empty where it is computed."""
    return {
        node.attr
        for node in ast.walk(call.args[0])
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Act"
    }
