"""What a page that shows the chat already is told: the new, the removed, the pinned, the paused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from media_items.live.chat import services
from media_items.live.chat.feeds import PAGE
from media_items.live.chat.models import ChatMessage
from media_items.live.sessions.models import LiveSession

HTMX = {"HX-Request": "true"}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)">')
MESSAGE = re.compile(r'<li class="chat-message[^"]*" id="chat-(\d+)">')


class Page:
    """A page with the chat open, which asks as the browser does."""

    def __init__(self, browser, chat):
        self.browser, self.chat = browser, chat
        self.load()

    def load(self):
        self.take(self.browser.get(self.chat).content.decode())

    def take(self, text):
        self.text = text
        found = [pair for pair in HIDDEN.findall(text) if pair[0] != "csrfmiddlewaretoken"]
        if found:
            self.shown = dict(found)

    def ask(self, **other):
        answer = self.browser.get(self.chat, {**self.shown, **other}, headers=HTMX)
        self.take(answer.content.decode())
        return answer

    @property
    def ids(self):
        return [int(number) for number in MESSAGE.findall(self.text)]

    @property
    def removed(self):
        found = re.search(r'id="chat-removed" data-ids="([\d ]*)"', self.text)
        return [int(number) for number in found[1].split()] if found else []


@pytest.fixture
def chat(room):
    return f"/media/{room.public_id}/session/chat/"


@pytest.fixture
def ada(sit):
    return sit()


@pytest.fixture
def many(ada):
    def make(number):
        return ChatMessage.objects.bulk_create(
            ChatMessage(session=ada.session, author=ada, text=f"Message {n}") for n in range(number)
        )

    return make


@pytest.fixture
def page(let_guest_in, session, chat):
    return Page(let_guest_in(), chat)


def test_nothing_new_is_an_empty_answer(page):
    assert page.ask().status_code == 204


def test_only_what_is_new_comes_and_comes_once(page, say):
    first = say("One")
    page.load()
    second = say("Two")
    page.ask()
    assert page.ids == [second.pk]
    assert page.ask().status_code == 204
    third = say("Three")
    page.ask()
    assert page.ids == [third.pk]
    assert page.shown["first"] == str(first.pk)


def test_a_message_that_was_removed_before_it_was_seen_never_comes(page, say, ada):
    services.remove(message=say("Oops"), by=ada)
    assert page.ask().status_code == 204


def test_a_removal_reaches_whoever_has_the_message_on_the_page(page, say, ada):
    message, kept = say("Oops"), say("Kept")
    page.load()
    services.remove(message=message, by=ada)
    page.ask()
    assert page.removed == [message.pk]
    assert page.ids == []
    assert "Oops" not in page.text
    assert kept.pk not in page.removed


def test_the_only_message_is_marked_as_removed_too(page, say, ada):
    message = say("Oops")
    page.load()
    services.remove(message=message, by=ada)
    page.ask()
    assert page.removed == [message.pk]


def test_a_removal_is_not_told_for_ever(page, say, ada):
    message, _kept = say("Oops"), say("Kept")
    page.load()
    services.remove(message=message, by=ada)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        page.ask()
        assert page.removed == [message.pk]
        say("More")
        page.ask()
        assert page.ids
        assert page.removed == []


def test_a_removal_is_told_to_whoever_was_away_for_long(page, say, ada):
    message, _kept = say("Oops"), say("Kept")
    page.load()
    services.remove(message=message, by=ada)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        page.ask()
    assert page.removed == [message.pk]


def test_a_pin_reaches_the_page_and_goes_again(page, say, ada):
    message = say("Slides are online")
    page.load()
    services.pin(message=message)
    page.ask()
    assert "Pinned message" in page.text
    assert page.ask().status_code == 204
    services.unpin(message=message)
    page.ask()
    assert 'id="chat-pinned"' in page.text
    assert "Pinned message" not in page.text


def test_a_pause_reaches_the_page_and_the_form_comes_back_after_it(page, session):
    services.pause(session=session)
    page.ask()
    assert "The chat is paused." in page.text
    assert 'name="text"' not in page.text
    services.resume(session=session)
    page.ask()
    assert 'name="text"' in page.text


def test_a_refused_message_brings_the_state_with_it(page, session, say):
    """The page may have missed the pause and the pin; of messages it hears from the stream."""
    services.pin(message=say("Slides"))
    services.pause(session=session)
    last = page.shown["last"]
    answer = page.browser.post(f"{page.chat}send/", {**page.shown, "text": "Hello"}, headers=HTMX)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "The chat is paused." in text
    assert "Slides" in text
    state = dict(HIDDEN.findall(text))
    assert state.keys() == {"pinned", "state"}
    page.shown |= state
    assert page.shown["last"] == last
    services.resume(session=session)
    page.ask()
    assert 'name="text"' in page.text


def test_a_refused_message_leaves_alone_what_the_page_shows(page):
    text = {"text": " "}
    answer = page.browser.post(f"{page.chat}send/", {**page.shown, **text}, headers=HTMX)
    assert answer.status_code == 422
    assert "chat-head" not in answer.content.decode()
    assert 'id="chat-pinned"' not in answer.content.decode()


def test_the_form_is_left_alone_while_nothing_about_it_changes(page, say):
    """Somebody may be typing in it."""
    say("Hello")
    page.ask()
    assert page.ids
    assert "chat-writer" not in page.text
    assert "chat-head" not in page.text


def test_the_form_comes_when_the_session_opens(let_guest_in, session, chat):
    LiveSession.objects.update(opened_at=None)
    page = Page(let_guest_in(), chat)
    assert 'name="text"' not in page.text
    LiveSession.objects.update(opened_at=timezone.now())
    page.ask()
    assert 'name="text"' in page.text


@pytest.mark.parametrize(
    "nonsense", [{"last": "x"}, {"last": "9" * 5_000}, {"since": "-1"}, {"rights": "<script>"}]
)
def test_nonsense_is_answered_with_something_harmless(page, say, nonsense):
    say("Hello")
    page.load()
    answer = page.ask(**nonsense)
    assert answer.status_code in {200, 204}
    assert "<script>" not in answer.content.decode()


class TestThePanelAnew:
    """Where telling piece by piece would be more than the panel itself."""

    def is_anew(self, answer):
        return (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#chat", "outerHTML")

    def test_after_more_than_a_page_of_news(self, page, many):
        many(PAGE + 1)
        assert self.is_anew(page.ask())
        assert len(page.ids) == PAGE

    def test_after_the_chat_was_cleared(self, page, say, ada, session):
        say("One")
        say("Two")
        page.load()
        services.clear(session=session, by=ada)
        assert self.is_anew(page.ask())
        assert "No messages yet" in page.text
        assert page.ask().status_code == 204  # and then all is well
        new = say("Fresh start")
        page.ask()
        assert page.ids == [new.pk]
        assert page.ask().status_code == 204

    def test_when_one_may_do_something_else_than_before(self, page, say):
        say("Hello")
        assert self.is_anew(page.ask(rights="2m"))


class TestEarlier:
    def test_the_newest_page_is_shown_first_with_a_link_to_earlier(self, page, many):
        made = many(PAGE * 2 + 5)
        page.load()
        assert page.ids == [message.pk for message in made[-PAGE:]]
        assert f'href="{page.chat}?before={made[-PAGE].pk}"' in page.text

    def test_the_link_is_a_page_of_its_own_which_leads_back(self, page, many):
        made = many(PAGE + 5)
        page.take(page.browser.get(f"{page.chat}?before={made[5].pk}").content.decode())
        assert page.ids == [message.pk for message in made[:5]]
        assert "Newest messages" in page.text
        assert "Earlier messages" not in page.text
        assert "chat-refresh" not in page.text

    def test_for_htmx_it_is_those_messages_alone(self, page, many):
        made = many(PAGE * 2 + 5)
        answer = page.browser.get(f"{page.chat}?before={made[-PAGE].pk}", headers=HTMX)
        text = answer.content.decode()
        assert [int(n) for n in MESSAGE.findall(text)] == [
            message.pk for message in made[5 : PAGE + 5]
        ]
        assert "<textarea" not in text
        assert f'id="chat-first" value="{made[5].pk}" hx-swap-oob' in text

    def test_few_messages_have_nothing_earlier(self, page, many):
        many(PAGE)
        page.load()
        assert "Earlier messages" not in page.text


class TestCost:
    """One message costs what eleven cost."""

    @pytest.fixture
    def costs_the_same(self, say, sit, django_assert_num_queries):
        def check(ask, queries):
            services.pin(message=say("One"))
            with django_assert_num_queries(queries):
                ask()
            for n in range(10):
                say(f"Message {n}", by=sit(f"Person {n}"))
            with django_assert_num_queries(queries):
                ask()

        return check

    def test_of_the_panel(self, page, costs_the_same):
        """HTTP session, item with admission, session with me and settings; messages, pinned."""
        costs_the_same(lambda: page.browser.get(page.chat, headers=HTMX), 5)

    def test_of_the_news(self, page, costs_the_same):
        """HTTP session, item with admission, session with me; new, removed, pinned."""
        shown = {**page.shown}
        costs_the_same(lambda: page.browser.get(page.chat, shown, headers=HTMX), 6)

    def test_of_an_answer_that_there_is_nothing_new(self, page, django_assert_num_queries):
        with django_assert_num_queries(6):
            assert page.ask().status_code == 204
