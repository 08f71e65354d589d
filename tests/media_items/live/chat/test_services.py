"""What happens in the chat and the backchannel, and what is announced of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from media_items.live.chat import services
from media_items.live.chat.models import BackchannelMessage, ChatMessage
from media_items.live.events.facts import CREW, EVERYBODY
from media_items.live.sessions import services as sessions
from media_items.live.sessions.entering import leave
from media_items.live.sessions.models import Level, LiveSession
from media_items.refusals import NotNow


def words_in(session):
    return [message.text for message in session.messages.shown().order_by("pk")]


@pytest.fixture
def announced(published):
    """`announced(act, …)`: to whom what was announced meanwhile."""
    return lambda act, **more: [(fact.recipients, fact.kind) for fact in published(act, **more)]


class TestSaying:
    def test_a_message_is_there_and_everybody_hears_of_it(self, sit, session, announced):
        heard = announced(services.say, author=sit(), text="Hello")
        assert heard == [(EVERYBODY, "chat")]
        assert words_in(session) == ["Hello"]

    def test_a_click_that_comes_twice_is_one_message(self, sit, session, announced):
        ada = sit()
        announced(services.say, author=ada, text="Hello")
        assert announced(services.say, author=ada, text="Hello") == []
        assert words_in(session) == ["Hello"]

    def test_the_same_words_later_or_of_another_are_another_message(self, sit, session):
        ada = sit()
        services.say(author=ada, text="Yes")
        services.say(author=sit("Grace"), text="Yes")
        with time_machine.travel(timezone.now() + timedelta(seconds=3)):
            services.say(author=ada, text="Yes")
        assert words_in(session) == ["Yes"] * 3

    def test_the_same_words_after_they_were_removed_are_another_message(self, sit, session):
        ada = sit()
        services.remove(message=services.say(author=ada, text="Oops"), by=ada)
        services.say(author=ada, text="Oops")
        assert words_in(session) == ["Oops"]

    def test_nobody_writes_in_the_lobby(self, sit, session):
        LiveSession.objects.update(opened_at=None)
        with pytest.raises(NotNow):
            services.say(author=sit(), text="Hello", through_pause=True)

    def test_nobody_writes_after_the_end(self, sit, session):
        ada = sit()
        sessions.end_session(session=session)
        for say in (services.say, services.say_in_backchannel):
            with pytest.raises(NotNow):
                say(author=ada, text="Hello")
        assert not ChatMessage.objects.exists()
        assert not BackchannelMessage.objects.exists()

    def test_whoever_was_removed_meanwhile_does_not_write(self, sit):
        ada = sit(removed_at=timezone.now())
        for say in (services.say, services.say_in_backchannel):
            with pytest.raises(NotNow):
                say(author=ada, text="Hello")

    def test_whoever_left_and_has_the_page_open_still_writes(self, sit, session):
        ada = sit()
        leave(me=ada)
        services.say(author=ada, text="Back again")
        assert words_in(session) == ["Back again"]

    def test_a_paused_chat_is_for_those_who_write_through_it(self, sit, session):
        services.pause(session=session)
        ada = sit()
        with pytest.raises(NotNow):
            services.say(author=ada, text="Hello")
        services.say(author=sit(level=Level.MODERATOR), text="Quiet please", through_pause=True)
        services.resume(session=session)
        services.say(author=ada, text="Hello")
        assert words_in(session) == ["Quiet please", "Hello"]


class TestRemoving:
    def test_its_words_are_gone_and_everybody_hears(self, say, sit, session, announced):
        message, grace = say(), sit("Grace")
        assert announced(services.remove, message=message, by=grace) == [(EVERYBODY, "chat")]
        message.refresh_from_db()
        assert message.deleted_at
        assert message.deleted_by == grace
        assert words_in(session) == []

    def test_twice_is_once(self, say, sit, announced):
        message, ada, grace = say(), sit(), sit("Grace")
        services.remove(message=message, by=ada)
        assert announced(services.remove, message=message, by=grace) == []
        message.refresh_from_db()
        assert message.deleted_by == ada

    def test_a_pin_comes_off_with_it(self, say, sit, session):
        message = say()
        services.pin(message=message)
        services.remove(message=message, by=sit())
        assert not session.messages.filter(pinned_at__isnull=False).exists()

    def test_clearing_removes_everything_and_only_of_this_session(
        self, say, sit, session, announced
    ):
        say("One")
        services.pin(message=say("Two"))
        sessions.end_session(session=session)
        again = sessions.open_session(item=session.item)
        ada = sit()
        ada.session, ada.session_id = again, again.pk
        ada.save()
        services.say(author=ada, text="Another day")
        assert announced(services.clear, session=session, by=ada) == [(EVERYBODY, "chat")]
        assert words_in(session) == []
        assert words_in(again) == ["Another day"]
        assert announced(services.clear, session=session, by=ada) == []


class TestPinning:
    def test_pinning_another_takes_the_first_one_off(self, say, session, announced):
        first, second = say("One"), say("Two")
        assert announced(services.pin, message=first) == [(EVERYBODY, "chat")]
        services.pin(message=second)
        assert list(session.messages.filter(pinned_at__isnull=False)) == [second]

    def test_twice_is_once(self, say, announced):
        message = say()
        services.pin(message=message)
        assert announced(services.pin, message=message) == []

    def test_a_removed_message_is_not_pinned(self, say, sit, announced):
        message = say()
        services.remove(message=message, by=sit())
        assert announced(services.pin, message=message) == []

    def test_unpinning_leaves_another_that_was_pinned_meanwhile(self, say, session, announced):
        first, second = say("One"), say("Two")
        services.pin(message=first)
        services.pin(message=second)
        assert announced(services.unpin, message=first) == []
        assert announced(services.unpin, message=second) == [(EVERYBODY, "chat")]
        assert announced(services.unpin, message=second) == []


class TestPausing:
    def test_everybody_hears_and_twice_is_once(self, session, announced):
        assert announced(services.pause, session=session) == [(EVERYBODY, "chat")]
        assert announced(services.pause, session=session) == []
        assert announced(services.resume, session=session) == [(EVERYBODY, "chat")]
        assert announced(services.resume, session=session) == []


class TestBehindTheStage:
    def test_only_the_crew_hears_of_it(self, sit, session, announced):
        ada = sit(level=Level.SPEAKER)
        say = services.say_in_backchannel
        assert announced(say, author=ada, text="Two minutes") == [(CREW, "backchannel")]
        assert announced(say, author=ada, text="Two minutes") == []
        message = session.backchannel.get()
        remove = services.remove_from_backchannel
        assert announced(remove, message=message) == [(CREW, "backchannel")]
        assert announced(remove, message=message) == []

    def test_they_agree_on_things_in_the_lobby_already(self, sit, session):
        LiveSession.objects.update(opened_at=None)
        services.say_in_backchannel(author=sit(level=Level.SPEAKER), text="Ready?")
        assert session.backchannel.count() == 1

    def test_a_pause_of_the_chat_does_not_pause_it(self, sit, session):
        services.pause(session=session)
        services.say_in_backchannel(author=sit(level=Level.SPEAKER), text="Ready?")
        assert session.backchannel.count() == 1
