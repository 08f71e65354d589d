"""Written down while being erased, on PostgreSQL with two connections: one stops before its commit,
the other begins. Whichever comes first, nothing of the person is left."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.accounts import services as accounts
from access.accounts.models import User
from access.blocks import services as blocks
from access.blocks.models import Block
from access.guests.models import Guest, GuestAdmission
from access.guests.services import guests, joining
from access.invitations.models import Invitation
from access.invitations.people import Invitee, Inviter
from access.invitations.services import managing
from access.invitations.services.inviting import invite
from access.mail.models import OutgoingMail
from access.personal_data import erase_outdated
from access.visitors import Visitor
from media_items.catalogue.models import Kind, State
from media_items.kept_people import lock_to_erase
from media_items.live.chat import services as chat
from media_items.live.chat.models import ChatMessage
from media_items.live.qna import services as qna
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions import entering
from media_items.live.sessions.models import Level, LiveSession, Participant
from media_items.live.sessions.services import open_session
from media_items.refusals import Refusal
from tests import factories
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ADA = "ada@example.org"


@pytest.fixture
def room(db):
    item = factories.MediaItemFactory(kind=Kind.ROOM, state=State.UNLISTED)
    open_session(item=item)
    return item


class Somebody:
    """Somebody whom a proof lets into the room: who they are is judged, and kept in hand."""

    def __init__(self, room, key, erase):
        self.room, self.key, self.erase = room, key, erase
        visitor = Visitor.of_participant(Participant(pk=1, key=key))
        self.identity, self.abilities = visitor.identity_on(room), visitor.abilities_on(room)

    def come_in(self):
        return entering.enter(item=self.room, identity=self.identity, abilities=self.abilities)


def an_account(room):
    user = factories.UserFactory(email=ADA, first_name="Ada", last_name="Lovelace")
    return Somebody(
        room, f"account:{user.pk}", lambda: accounts.delete_account(user=user, by=room.owner)
    )


def a_guest(room):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    one = factories.GuestAdmissionFactory(guest__link=link, guest__email=ADA)
    return Somebody(room, f"guest:{one.pk}", lambda: guests.erase_guest(guest=one.guest, by=None))


def one_browser_of_a_guest(room):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    one = factories.GuestAdmissionFactory(guest__link=link, guest__email=ADA)
    factories.GuestAdmissionFactory(guest=one.guest)
    return Somebody(room, f"guest:{one.pk}", lambda: guests.erase_admission(admission=one))


def a_guest_of_long_ago(room):
    somebody = a_guest(room)
    long_ago = timezone.now() - timedelta(days=4_000)
    GuestAdmission.objects.update(admitted_at=long_ago)
    somebody.erase = erase_outdated
    return somebody


def somebody_invited(room):
    one = factories.InvitationFactory(item=room, email=ADA, accepted=True)
    factories.InvitationProofFactory(invitation=one)
    return Somebody(
        room,
        f"invitation:{one.pk}",
        lambda: managing.erase_invitation(invitation=one, by=room.owner),
    )


KINDS = [an_account, a_guest, one_browser_of_a_guest, a_guest_of_long_ago, somebody_invited]


def one_before_the_other(first, second):
    """`first` has done its work and not committed when `second` begins, and goes on as soon as
    `second` waits for it or is done. What was refused is no error."""
    done_its_work, go_on = threading.Event(), threading.Event()

    def begin():
        with transaction.atomic():
            first()
            done_its_work.set()
            go_on.wait(PATIENCE_SECONDS)

    def run(act):
        try:
            act()
        except Refusal:
            pass
        finally:
            done_its_work.set()
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(run, begin)
        done_its_work.wait(PATIENCE_SECONDS)
        other = pool.submit(run, second)
        until(lambda: other.done() or somebody_waits())
        go_on.set()
        one.result()
        other.result()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE NOT granted AND datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


def in_either_order(first, second, *, erasing_first):
    one_before_the_other(*((second, first) if erasing_first else (first, second)))


def nothing_is_left_of(somebody):
    rows = Participant.objects.filter(key=somebody.key)
    assert not rows.exclude(name="", person="").exists()
    assert not ChatMessage.objects.filter(author__in=rows).exclude(text="").exists()
    assert not AudienceQuestion.objects.filter(author__in=rows).exclude(text="").exists()


def test_these_run_on_postgresql():
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize("erasing_first", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_who_comes_in_while_being_erased_leaves_no_name(room, kind, erasing_first):
    somebody = kind(room)
    in_either_order(somebody.come_in, somebody.erase, erasing_first=erasing_first)
    nothing_is_left_of(somebody)


@pytest.mark.parametrize("erasing_first", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_sign_of_life_writes_no_name_that_was_erased(room, kind, erasing_first):
    somebody = kind(room)
    me = somebody.come_in()
    Participant.objects.filter(pk=me.pk).update(name="As they were called before")
    me.refresh_from_db()
    me.session = LiveSession.objects.get()

    def refresh():
        entering.refresh_participant(me, identity=somebody.identity, abilities=somebody.abilities)

    in_either_order(refresh, somebody.erase, erasing_first=erasing_first)
    nothing_is_left_of(somebody)


@pytest.mark.parametrize("erasing_first", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_while_being_erased_is_erased_or_refused(room, kind, erasing_first):
    somebody = kind(room)
    me = somebody.come_in()
    session = LiveSession.objects.get()

    def write():
        qna.ask(session=session, author=me, text="My name is Ada")
        chat.say(author=me, text="My name is Ada")

    in_either_order(write, somebody.erase, erasing_first=erasing_first)
    nothing_is_left_of(somebody)


@pytest.mark.parametrize("erasing_first", [False, True])
@pytest.mark.parametrize("kind", [an_account, a_guest, somebody_invited])
def test_a_block_keeps_no_address_that_was_erased(room, kind, erasing_first):
    somebody = kind(room)
    me = somebody.come_in()

    def remove():
        blocks.remove(participant=me, by=blocks.Actor(Level.HOST), lasting=True)

    in_either_order(remove, somebody.erase, erasing_first=erasing_first)
    assert not Block.objects.exclude(email="").exists()
    nothing_is_left_of(somebody)


def invited_anew(room):
    """What somebody does, to whom the address is known again by it."""
    host = Inviter.by_account(room.owner, room)
    return lambda: invite(item=room, people=[Invitee(ADA)], role="viewer", by=host)


def invited_by_another_address_that_is_corrected(room):
    one = factories.InvitationFactory(item=room, email="adda@example.org")
    host = Inviter.by_account(room.owner, room)
    return lambda: managing.correct_address(invitation=one, email=ADA, by=host)


def with_an_account_made_anew(room):
    return lambda: accounts.create_account(
        email=ADA, first_name="Ada", last_name="", send_mail=False
    )


KNOWN_AGAIN = [
    invited_anew,
    invited_by_another_address_that_is_corrected,
    with_an_account_made_anew,
]


@pytest.mark.parametrize("erasing_first", [False, True])
@pytest.mark.parametrize("known_again", KNOWN_AGAIN)
@pytest.mark.parametrize("kind", [a_guest, somebody_invited])
def test_somebody_blocked_who_is_known_again_while_being_erased_is_out(
    room, kind, known_again, erasing_first
):
    """The database compares addresses, so the block of somebody who is known has theirs."""
    somebody = kind(room)
    if kind is somebody_invited and known_again is not with_an_account_made_anew:
        managing.revoke(invitation=Invitation.objects.get(), by=room.owner)
    blocks.remove(participant=somebody.come_in(), by=blocks.Actor(Level.HOST), lasting=True)
    act = known_again(room)
    in_either_order(act, somebody.erase, erasing_first=erasing_first)
    assert Block.objects.get().email == ADA


def test_erasing_locks_the_session_before_the_block_as_removing_does(room):
    somebody = a_guest(room)
    me = somebody.come_in()
    blocks.remove(participant=me, by=blocks.Actor(Level.HOST), lasting=True)
    for act in (
        somebody.erase,
        lambda: blocks.unblock(block=Block.objects.get(), by=blocks.Actor(Level.HOST)),
    ):
        with CaptureQueriesContext(connection) as asked:
            act()
        locking = (one["sql"].partition(" FROM ")[2] for one in asked if " FOR " in one["sql"])
        tables = [sql.split()[0].strip('"') for sql in locking]
        assert tables.index(LiveSession._meta.db_table) < tables.index(Block._meta.db_table)


def test_all_keys_of_one_person_are_kept_together(room):
    """One after the other they would be taken in another order than by whoever erases."""
    account = factories.UserFactory(email=ADA, email_verified_at=timezone.now())
    one = factories.InvitationFactory(item=room, email=ADA, account=account, accepted=True)
    me = Somebody(room, f"account:{account.pk}", None).come_in()
    with CaptureQueriesContext(connection) as asked:
        blocks.remove(participant=me, by=blocks.Actor(Level.HOST), lasting=True)
    kept = [sql["sql"] for sql in asked if "pg_advisory_xact_lock_shared" in sql["sql"]]
    assert len(kept) == 1
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        lock_to_erase([me.key, f"invitation:{one.pk}"])
    [erased] = [sql["sql"] for sql in asked if "pg_advisory_xact_lock(" in sql["sql"]]
    assert kept[0].split("FROM")[1] == erased.split("FROM")[1]


@pytest.mark.parametrize("erasing_first", [False, True])
def test_no_mail_keeps_the_address_of_an_account_that_was_deleted(room, erasing_first):
    somebody = an_account(room)
    user = User.objects.get(email=ADA)

    def ask():
        accounts.answer_password_request(address=ADA)
        accounts.send_set_password(user=user)

    in_either_order(ask, somebody.erase, erasing_first=erasing_first)
    assert not OutgoingMail.objects.filter(address=ADA).exists()


@pytest.mark.parametrize("erasing_first", [False, True])
def test_who_comes_back_when_their_time_is_over_is_a_guest_or_new(room, erasing_first):
    """The guest of long ago has no browser left; their row is erased when they come again."""
    link = factories.GuestLinkFactory(item=room, access_on=True)
    guest = factories.GuestFactory(link=link, email=ADA)
    Guest.objects.update(joined_at=timezone.now() - timedelta(days=4_000))

    def come_back():
        joining.join(link=link, key_version=link.key_version, name="Ada", email=ADA)

    in_either_order(come_back, erase_outdated, erasing_first=erasing_first)
    [admission] = GuestAdmission.objects.all()
    assert admission.guest.email == ADA
    assert admission.guest.erased_at is None
    assert (admission.guest_id == guest.pk) is not erasing_first
