"""Two who lock the same rows, on PostgreSQL with two connections: one waits for the other, and
neither for both. The first stops with its first lock in hand until the second waits for it."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.accounts import services as accounts
from access.accounts.models import User
from access.audit.models import AccessEvent
from access.blocks import services as blocks
from access.guests.services import guests
from access.memberships import galleries
from access.memberships import services as memberships
from access.memberships.models import CoEditor, GalleryMembership, GalleryRole
from media_items.catalogue.models import Kind, State
from media_items.library.services import deleting, editing, publishing
from media_items.library.services.galleries import GalleryGone
from media_items.live.sessions.models import Level, LiveSession, Participant
from media_items.live.sessions.services import open_session
from media_items.models import Gallery, MediaItem
from tests import factories
from tests.access.test_erasing_races import an_account, somebody_waits
from tests.statements import texts_of
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(db):
    item = factories.MediaItemFactory(kind=Kind.ROOM, state=State.UNLISTED)
    open_session(item=item)
    return item


def both_at_once(lock, act, other):
    """`lock` is taken by the transaction of `act`, which goes on when `other` waits or is done.
    Returns what each of them raised."""
    holds, done = threading.Event(), threading.Event()

    def first():
        try:
            with transaction.atomic():
                lock()
                holds.set()
                until(lambda: done.is_set() or somebody_waits())
                act()
        finally:
            holds.set()
            connections.close_all()

    def second():
        try:
            other()
        finally:
            done.set()
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert holds.wait(PATIENCE_SECONDS)
        two = pool.submit(second)
        return one.exception(), two.exception()


def hold(row):
    return lambda: type(row).objects.select_for_update(no_key=True).get(pk=row.pk)


@pytest.mark.parametrize("role", [GalleryRole.MANAGER, GalleryRole.CONTRIBUTOR])
def test_an_account_is_deleted_while_it_adds_somebody_to_its_gallery(role):
    gallery, boss = factories.GalleryFactory(), factories.UserFactory()
    user, newcomer = factories.UserFactory(), factories.UserFactory()
    GalleryMembership.objects.create(gallery=gallery, user=boss, role=GalleryRole.MANAGER)
    GalleryMembership.objects.create(gallery=gallery, user=user, role=role)

    def add():
        memberships.add_member(gallery=gallery, user=newcomer, role=GalleryRole.MEMBER, by=user)

    def delete():
        accounts.delete_account(user=User.objects.get(pk=user.pk), by=boss)

    assert both_at_once(hold(gallery), add, delete) == (None, None)
    assert set(gallery.memberships.values_list("user", flat=True)) == {boss.pk, newcomer.pk}
    assert not User.objects.filter(pk=user.pk).exists()


def test_an_account_is_deleted_while_its_role_changes():
    gallery, boss, user = (
        factories.GalleryFactory(),
        factories.UserFactory(),
        factories.UserFactory(),
    )
    GalleryMembership.objects.create(gallery=gallery, user=boss, role=GalleryRole.MANAGER)
    one = GalleryMembership.objects.create(gallery=gallery, user=user)

    def change():
        memberships.change_role(membership=one, role=GalleryRole.CONTRIBUTOR, by=boss)

    def delete():
        accounts.delete_account(user=User.objects.get(pk=user.pk), by=boss)

    assert both_at_once(hold(gallery), change, delete) == (None, None)
    assert not gallery.memberships.filter(user=user.pk).exists()


def test_an_account_is_deleted_while_it_removes_somebody_from_a_session(room):
    host = an_account(room)
    host.come_in()
    user = User.objects.get(pk=int(host.key.partition(":")[2]))
    link = factories.GuestLinkFactory(item=room, access_on=True)
    guest = factories.GuestAdmissionFactory(guest__link=link)
    other = Participant.objects.create(
        session=LiveSession.objects.get(), key=f"guest:{guest.pk}", admitted_at=timezone.now()
    )

    def remove():
        blocks.remove(participant=other, by=blocks.Actor(Level.HOST, user), lasting=True)

    assert both_at_once(hold(other.session), remove, host.erase) == (None, None)
    other.refresh_from_db()
    assert other.removed_at


@pytest.mark.parametrize("act", ["password", "first password", "guest"])
def test_sessions_are_locked_before_anything_that_hangs_on_an_account(room, act):
    host = an_account(room)
    host.come_in()
    user = User.objects.get(pk=int(host.key.partition(":")[2]))
    link = factories.GuestLinkFactory(item=room, access_on=True)
    one = factories.GuestAdmissionFactory(guest__link=link)
    acts = {
        "password": lambda: accounts.change_password(user=user, password="another long one"),
        "first password": lambda: accounts.set_password_by_mail(user=user, password="a long one"),
        "guest": lambda: guests.erase_guest(guest=one.guest, by=user),
    }
    with CaptureQueriesContext(connection) as asked:
        acts[act]()
    statements = texts_of(asked)
    session, account = (
        next(n for n, sql in enumerate(statements) if re.match(pattern, sql, re.DOTALL))
        for pattern in (
            f'SELECT .*"{LiveSession._meta.db_table}".* FOR NO KEY UPDATE',
            f'(UPDATE "{User._meta.db_table}"|INSERT INTO "{AccessEvent._meta.db_table}")',
        )
    )
    assert session < account


@pytest.mark.parametrize("deletes_first", [True, False])
@pytest.mark.parametrize("how", ["one", "many", "room"])
def test_a_gallery_is_deleted_while_somebody_publishes_in_it(how, deletes_first):
    """The item is published in it already, so deleting it takes the item out."""
    gallery, boss = factories.GalleryFactory(), factories.UserFactory()
    GalleryMembership.objects.create(gallery=gallery, user=boss, role=GalleryRole.MANAGER)
    item = factories.MediaItemFactory(owner=boss, kind=Kind.ROOM, state=State.PUBLISHED)
    factories.PublicationFactory(item=item, gallery=gallery)
    other = factories.MediaItemFactory(owner=boss, kind=Kind.ROOM)
    fields = {
        "state": State.PUBLISHED,
        "galleries": [gallery],
        "among": Gallery.objects.filter(memberships__user=boss),
        "by": boss,
    }

    def publish():
        if how == "one":
            publishing.publish(item=other, **fields)
        elif how == "many":
            publishing.publish_many(items=MediaItem.objects.filter(owner=boss), **fields)
        else:
            other.room_of_id = gallery.pk
            editing.edit_media_item(
                item=other,
                seen_at=other.updated_at,
                by=boss,
                only=("room_of",),
                room_among=fields["among"],
            )

    def delete():
        galleries.delete_gallery(gallery=gallery, by=boss)

    if deletes_first:
        errors = both_at_once(hold(gallery), delete, publish)
        assert errors[0] is None
        assert isinstance(errors[1], GalleryGone)
    else:
        assert both_at_once(hold(gallery), publish, delete) == (None, None)
    assert not Gallery.objects.exists()
    assert not MediaItem.objects.filter(room_of__isnull=False).exists()
    assert not MediaItem.objects.exclude(state=State.PRIVATE).exists()


@pytest.mark.parametrize("key", ["publish", "delete"])
def test_whoever_is_a_co_editor_no_more_once_their_turn_comes_does_nothing(key):
    """It was asked before they waited, and is asked again."""
    item, user = factories.MediaItemFactory(), factories.UserFactory()
    co_editor = factories.CoEditorFactory(item=item, user=user)
    theirs = CoEditor.objects.filter(item=OuterRef("pk"), user=user)
    items = MediaItem.objects.filter(Exists(theirs))

    def act():
        if key == "delete":
            deleting.move_many_to_bin(items=items, by=user)
        else:
            none = Gallery.objects.none()
            publishing.publish_many(
                items=items, state=State.UNLISTED, galleries=[], among=none, by=user
            )

    assert both_at_once(hold(item), co_editor.delete, act) == (None, None)
    item.refresh_from_db()
    assert (item.state, item.deleted_at) == (State.PRIVATE, None)
