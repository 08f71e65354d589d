"""Erased: who it was and what they wrote is gone; that somebody was there is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.blocks.models import Block
from access.guests.models import Guest, GuestAdmission
from access.guests.services.guests import erase_guest
from access.links import guest_link_token
from access.personal_data import erase_outdated
from media_items import personal_data
from media_items.live.chat.models import BackchannelMessage, ChatMessage
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions.admitting import decline
from media_items.live.sessions.models import Participant, Stay
from media_items.live.sessions.services import end_session, lock_session, unlock_session
from media_items.live.stage.models import Seat, SeatKind
from media_items.personal_data import Subject
from tests import factories
from tests.media_items.live.conftest import come_in


@pytest.fixture
def ada(let_guest_in, session):
    """A guest inside who has written everywhere."""
    browser = let_guest_in()
    row = Participant.objects.get(name="Ada Lovelace")
    ChatMessage.objects.create(
        session=session, author=row, text="I am Ada", pinned_at=timezone.now()
    )
    BackchannelMessage.objects.create(session=session, author=row, text="Ada again")
    AudienceQuestion.objects.create(
        session=session,
        author=row,
        text="Is Ada right?",
        published_at=timezone.now(),
        answer="Yes.",
    )
    Seat.objects.create(session=session, participant=row, kind=SeatKind.STAGE)
    return browser, row


def assert_forgotten(row):
    row.refresh_from_db()
    assert (row.name, row.person) == ("", "")
    assert row.erased_at
    assert str(row) == "Erased guest"
    message, said = ChatMessage.objects.get(author=row), BackchannelMessage.objects.get(author=row)
    question = AudienceQuestion.objects.get(author=row)
    assert message.text == said.text == question.text == ""
    assert message.deleted_at
    assert said.deleted_at
    assert question.dismissed_at
    assert message.pinned_at is question.published_at is None
    assert question.answer == "Yes."
    assert Stay.objects.filter(participant=row).exists()


def assert_remembered(row):
    row.refresh_from_db()
    assert row.name
    assert row.erased_at is None


def test_a_guest_who_erases_themself_is_forgotten_in_the_session_at_once(
    ada, room, let_guest_in, host
):
    browser, row = ada
    let_guest_in(name="Bob")
    browser.post(f"/media/{room.public_id}/my-record/erase/")
    assert_forgotten(row)
    assert not Stay.objects.filter(participant=row, left_at=None).exists()
    assert not Seat.objects.filter(left_at=None).exists()
    assert browser.get(f"/media/{room.public_id}/session/chat/").status_code == 403
    assert_remembered(Participant.objects.get(name="Bob"))


def test_the_hosts_erasing_reaches_every_browser_and_every_session(ada, room, session):
    browser, row = ada
    end_session(session=session)
    come_in(browser, room)
    again = Participant.objects.exclude(pk=row.pk).get(key=row.key)
    erase_guest(guest=Guest.objects.get(), by=None)
    assert_forgotten(row)
    again.refresh_from_db()
    assert again.name == ""


def test_one_browser_of_two_forgets_only_what_that_one_did(ada, room, session):
    browser, row = ada
    guest = Guest.objects.get()
    other = GuestAdmission.objects.create(guest=guest, name="Ada of the library")
    kept = Participant.objects.create(session=session, key=f"guest:{other.pk}", name=other.name)
    browser.post(f"/media/{room.public_id}/my-record/erase/")
    assert_forgotten(row)
    assert_remembered(kept)


def test_erasing_oneself_after_being_declined_is_no_way_in(room, session):
    """The session is open to newcomers meanwhile; whoever was declined waits until it ends."""
    link = factories.GuestLinkFactory(item=room, access_on=True)

    def come(browser, email):
        browser.post(f"/g/{guest_link_token(link)}/", {"name": "Ada", "email": email})
        come_in(browser, room)
        return Participant.objects.latest("pk")

    lock_session(session=session)
    browser = Client()
    declined = come(browser, "ada@example.org")
    decline(session=session, participant_id=declined.pk)
    unlock_session(session=session)
    browser.post(f"/media/{room.public_id}/my-record/erase/")
    declined.refresh_from_db()
    assert declined.name == ""
    for again in (browser, Client()):
        assert come(again, "ada@example.org").admitted_at is None
    assert come(Client(), "bob@example.org").admitted_at
    end_session(session=session)
    declined.refresh_from_db()
    assert declined.person == ""


def test_when_its_time_is_up_it_goes_without_anybody_asking(ada, host):
    _browser, row = ada
    GuestAdmission.objects.update(admitted_at=timezone.now() - timedelta(days=4_000))
    Guest.objects.update(joined_at=timezone.now() - timedelta(days=4_000))
    assert erase_outdated() == 1
    assert_forgotten(row)
    assert_remembered(Participant.objects.exclude(pk=row.pk).get())


def test_twice_is_once_and_nobody_is_no_error(ada, room):
    _browser, row = ada
    for keys in ({row.key}, {row.key}, set(), {"guest:0"}):
        personal_data.erase(Subject(item=room, keys=frozenset(keys)), moment=timezone.now())
    assert_forgotten(row)


def test_erasing_oneself_is_no_way_back_in(ada, room, session):
    """Of the address of a block a digest stays as long as the block does."""
    browser, _row = ada
    guest = Guest.objects.get()
    block = factories.BlockFactory(item=room, email=guest.email)
    over = factories.BlockFactory(item=room, email=guest.email, lifted_at=timezone.now())
    other = factories.BlockFactory(item=room, lifted_at=timezone.now())
    browser.post(f"/media/{room.public_id}/my-record/erase/")
    for one in (block, over, other):
        one.refresh_from_db()
    assert (block.email, block.erased_at is None, bool(block.digest)) == ("", False, True)
    assert (over.email, over.digest) == ("", "")
    assert over.erased_at
    assert other.email
    link = factories.GuestLinkFactory(item=room, access_on=True)
    answer = browser.post(f"/g/{guest_link_token(link)}/", {"name": "Ada", "email": guest.email})
    assert answer.status_code == 403


def test_addresses_of_blocks_that_are_over_go_with_their_time(room, session):
    long_ago = timezone.now() - timedelta(days=4_000)
    kept = factories.BlockFactory(item=room, made_at=long_ago)
    fresh = factories.BlockFactory(item=room, lifted_at=timezone.now())
    removed = factories.BlockFactory(item=room, session=session, made_at=long_ago)
    lifted = factories.BlockFactory(item=room, lifted_at=long_ago, made_at=long_ago)
    erase_outdated()
    assert set(Block.objects.exclude(digest="")) == {kept, fresh, removed}
    assert set(Block.objects.exclude(email="")) == {fresh}
    lifted.refresh_from_db()
    assert lifted.erased_at
    end_session(session=session)
    erase_outdated()
    assert set(Block.objects.exclude(digest="")) == {kept, fresh}
