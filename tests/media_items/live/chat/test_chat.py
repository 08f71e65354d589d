"""The chat as people meet it: who writes, who removes, who pins, pauses and clears."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from media_items.live.chat import services
from media_items.live.chat.models import LONGEST_MESSAGE, ChatMessage
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Level, LiveSession, Participant
from tests.media_items.live.conftest import come_in

HTMX = {"HX-Request": "true"}
FIELD = 'name="text"'


@pytest.fixture
def chat(room):
    return f"/media/{room.public_id}/session/chat/"


@pytest.fixture
def guest(let_guest_in, session):
    return let_guest_in()


@pytest.fixture
def moderator(invite, session):
    return invite("moderator")


def send(browser, chat, text="Hello", **more):
    return browser.post(chat + "send/", {"text": text}, **more)


def read(browser, chat):
    return browser.get(chat).content.decode()


def row_of(level):
    return Participant.objects.get(level=level)


def test_the_way_back_between_tabs_brings_the_whole_page(guest, chat):
    """htmx asks for what stands in the history as it asks for a panel, and says so."""
    assert "<html" not in guest.get(chat, headers=HTMX).content.decode()
    restored = guest.get(chat, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in restored.content.decode()


class TestWriting:
    @pytest.mark.parametrize("role", ["moderator", "speaker", "viewer"])
    def test_whoever_may_chat_writes_and_is_read(self, invite, host, chat, role):
        answer = send(invite(role), chat)
        assert answer.status_code == 302
        assert answer["Location"] == f"{chat}#chat-writer"
        assert "Hello" in read(host, chat)

    def test_for_htmx_the_answer_is_the_event_that_everybody_hears(self, guest, chat):
        answer = send(guest, chat, headers=HTMX)
        assert (answer.status_code, answer["HX-Trigger"]) == (204, "live:chat")

    def test_a_guest_whose_link_does_not_allow_it_reads_and_is_told_why(
        self, let_guest_in, host, chat
    ):
        guest = let_guest_in(may_chat=False)
        send(host, chat, "Welcome")
        page = read(guest, chat)
        assert "Welcome" in page
        assert "Guests of your link can’t write here." in page
        assert FIELD not in page
        assert send(guest, chat).status_code == 403
        assert ChatMessage.objects.count() == 1

    def test_in_the_lobby_there_is_no_form_and_nothing_is_sent(self, guest, chat):
        LiveSession.objects.update(opened_at=None)
        page = read(guest, chat)
        assert "as soon as the session is open" in page
        assert FIELD not in page
        answer = send(guest, chat, "Too early")
        assert answer.status_code == 422
        assert "This was not sent:" in answer.content.decode()
        assert "Too early" in answer.content.decode()
        assert not ChatMessage.objects.exists()

    def test_after_the_end_one_is_led_to_the_page_that_says_so(self, guest, chat, session):
        sessions.end_session(session=session)
        assert send(guest, chat).status_code == 302
        assert send(guest, chat, headers=HTMX)["HX-Refresh"] == "true"
        assert not ChatMessage.objects.exists()

    def test_who_was_removed_neither_reads_nor_writes(self, guest, chat):
        Participant.objects.update(removed_at=timezone.now())
        assert send(guest, chat).status_code == 302
        assert guest.get(chat).status_code == 302
        assert not ChatMessage.objects.exists()

    def test_nothing_is_refused_beside_the_field(self, guest, chat):
        answer = send(guest, chat, "  \x00 ")
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Write something first." in page
        assert 'aria-describedby="chat-wrong"' in page

    def test_too_long_a_message_comes_back_whole(self, guest, chat):
        long = "a" * (LONGEST_MESSAGE + 1)
        for headers in ({}, HTMX):
            answer = send(guest, chat, long, headers=headers)
            assert answer.status_code == 422
            assert long in answer.content.decode()
            assert "2001 characters long" in answer.content.decode()
        assert not ChatMessage.objects.exists()

    def test_a_text_without_a_space_and_marks_that_turn_letters_are_kept_in_bounds(
        self, guest, host, chat
    ):
        send(guest, chat, "x" * LONGEST_MESSAGE)
        send(guest, chat, "abc\u202edef")
        page = read(host, chat)
        assert "x" * LONGEST_MESSAGE in page
        assert "\u202e" not in page

    def test_hostile_words_and_names_are_escaped(self, let_guest_in, host, chat, session):
        script = "<script>alert(1)</script>"
        send(let_guest_in(name=script), chat, script)
        services.pin(message=session.messages.get())
        page = read(host, chat)
        assert script not in page
        assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4

    def test_somebody_erased_is_named_so(self, guest, host, chat):
        send(guest, chat, "I was here")
        Participant.objects.filter(messages__isnull=False).update(name="", erased_at=timezone.now())
        assert "Erased guest" in read(host, chat)


class TestFlood:
    @pytest.fixture(autouse=True)
    def rate(self, settings):
        settings.CHAT_RATE_PER_PERSON = "2/m"

    def test_one_too_many_comes_back_with_its_words(self, guest, chat):
        send(guest, chat, "One")
        send(guest, chat, "Two")
        for headers in ({}, HTMX):
            answer = send(guest, chat, "Three, kept", headers=headers)
            assert answer.status_code == 422
            assert "You are sending messages very fast." in answer.content.decode()
            assert "Three, kept</textarea>" in answer.content.decode()
        assert ChatMessage.objects.count() == 2

    def test_it_slows_one_person_and_nobody_else(self, let_guest_in, guest, chat):
        for text in ("One", "Two", "Three"):
            send(guest, chat, text)
        assert send(let_guest_in(name="Grace"), chat).status_code == 302

    def test_a_refused_form_does_not_count(self, guest, chat):
        for _ in range(3):
            send(guest, chat, "")
        assert send(guest, chat).status_code == 302


class TestRemoving:
    @pytest.fixture
    def of(self, guest, moderator, host, chat):
        """`of[level]`: a message of the guest, the moderator, the host."""
        for browser in (guest, moderator, host):
            send(browser, chat, f"Words {id(browser)}")
        return {message.author.level: message for message in ChatMessage.objects.all()}

    def remove(self, browser, chat, message, **more):
        return browser.post(f"{chat}{message.pk}/remove/", **more).status_code

    def test_everybody_removes_their_own(self, of, guest, moderator, host, chat):
        assert self.remove(guest, chat, of[Level.AUDIENCE]) == 302
        assert self.remove(moderator, chat, of[Level.MODERATOR]) == 302
        assert self.remove(host, chat, of[Level.HOST], headers=HTMX) == 204
        assert not ChatMessage.objects.shown().exists()
        assert "Words" not in read(host, chat)

    def test_a_guest_removes_nobody_elses(self, of, guest, chat):
        assert self.remove(guest, chat, of[Level.MODERATOR]) == 403
        assert self.remove(guest, chat, of[Level.HOST]) == 403
        assert ChatMessage.objects.shown().count() == 3

    def test_a_moderator_removes_a_guests_and_another_moderators(
        self, of, moderator, invite, host, chat
    ):
        other = invite("moderator")
        assert self.remove(other, chat, of[Level.AUDIENCE]) == 302
        assert self.remove(other, chat, of[Level.MODERATOR]) == 302
        assert self.remove(other, chat, of[Level.HOST]) == 403

    def test_a_host_removes_everybodys(self, of, host, chat):
        assert {self.remove(host, chat, message) for message in of.values()} == {302}

    def test_one_may_take_back_what_one_said_even_while_writing_is_closed(
        self, of, guest, chat, session
    ):
        services.pause(session=session)
        assert self.remove(guest, chat, of[Level.AUDIENCE]) == 302

    def test_a_message_of_another_session_is_not_here(self, of, host, chat, room, session):
        sessions.end_session(session=session)
        sessions.open_session(item=room)
        come_in(host, room)
        assert self.remove(host, chat, of[Level.HOST]) == 404
        assert host.post(f"{chat}{of[Level.HOST].pk}/pin/").status_code == 404
        assert host.post(f"{chat}{10**30}/remove/").status_code == 404

    def test_the_menu_offers_what_one_may_do(self, of, guest, moderator, chat):
        own, theirs = of[Level.AUDIENCE], of[Level.HOST]
        page = read(guest, chat)
        assert f"{chat}{own.pk}/remove/" in page
        assert f"{chat}{theirs.pk}/remove/" not in page
        assert "/pin/" not in page
        page = read(moderator, chat)
        assert f"{chat}{own.pk}/remove/" in page
        assert f"{chat}{theirs.pk}/remove/" not in page
        assert f"{chat}{theirs.pk}/pin/" in page


class TestModerating:
    def test_a_pinned_message_is_on_top_for_everybody(self, guest, moderator, chat, session):
        send(guest, chat, "Slides are online")
        message = session.messages.get()
        assert moderator.post(f"{chat}{message.pk}/pin/").status_code == 302
        assert "Pinned message" in read(guest, chat)
        assert guest.post(f"{chat}{message.pk}/unpin/").status_code == 403
        assert moderator.post(f"{chat}{message.pk}/unpin/").status_code == 302
        assert "Pinned message" not in read(guest, chat)

    def test_while_paused_moderators_write_and_nobody_else(
        self, guest, moderator, invite, host, chat
    ):
        speaker = invite("speaker")
        assert moderator.post(chat + "pause/").status_code == 302
        for browser in (guest, speaker):
            page = read(browser, chat)
            assert "The chat is paused." in page
            assert FIELD not in page
            answer = send(browser, chat, "Kept for later")
            assert answer.status_code == 422
            assert "Kept for later" in answer.content.decode()
        assert "The chat is paused." in read(moderator, chat)
        assert send(moderator, chat).status_code == 302
        assert send(host, chat).status_code == 302
        assert moderator.post(chat + "resume/").status_code == 302
        assert send(guest, chat).status_code == 302
        assert ChatMessage.objects.count() == 3

    def test_clearing_asks_once(self, guest, moderator, chat):
        send(guest, chat, "One")
        send(guest, chat, "Two")
        dialog = moderator.get(chat + "clear/").content.decode()
        assert "2 messages will be deleted for everybody" in dialog
        assert ChatMessage.objects.shown().count() == 2
        answer = moderator.post(chat + "clear/", headers=HTMX)
        assert answer.status_code == 204
        assert "live:chat" in answer["HX-Trigger"]
        assert "No messages yet" in read(guest, chat)

    @pytest.mark.parametrize("act", ["pause/", "resume/", "clear/"])
    @pytest.mark.parametrize("role", ["speaker", "viewer"])
    def test_who_does_not_moderate_does_none_of_it(self, invite, session, chat, act, role):
        assert invite(role).post(chat + act).status_code == 403


def test_writing_costs_the_same_whatever_was_said_before(
    let_guest_in, session, chat, django_assert_num_queries
):
    """HTTP session, item with admission, session with me; the try that is counted; the session that
    is held, the last that was said, the message. And a savepoint, here, where all is one
    transaction; on PostgreSQL, that its commit waits for no disk."""
    cost = 7 + 2 + (connection.vendor == "postgresql")
    guest = let_guest_in()
    for text in ("One", "Two", "Three"):
        with django_assert_num_queries(cost):
            assert send(guest, chat, text, headers=HTMX).status_code == 204
