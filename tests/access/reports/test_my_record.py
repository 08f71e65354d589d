"""What a live session keeps about a guest: they see it themselves, and how long it stays."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_items.catalogue.models import MediaItem
from media_items.library.tasks import purge_media_item
from media_items.live import personal_data as live_data
from media_items.live.chat.models import ChatMessage
from media_items.live.interactions.models import PollAnswer
from media_items.live.sessions.models import LiveSession, Participant, Stay
from tests import factories
from tests.access.reports.conftest import at
from tests.conftest import client_with_admissions
from tests.live_factories import (
    AudienceQuestionFactory,
    AudienceQuestionVoteFactory,
    ChatMessageFactory,
    PollFactory,
    ReactionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admission(room):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    return factories.GuestAdmissionFactory(guest__link=link)


@pytest.fixture
def me(came, admission):
    return came("Ada Lovelace", (0, 10), (20, 45), key=f"guest:{admission.pk}")


@pytest.fixture
def record(room, admission):
    """`record()`: what stands on this browser's own page."""

    def read(browser=None):
        browser = browser or client_with_admissions(admission)
        return browser.get(reverse("access:guest_record", args=[room.public_id]))

    return read


def test_a_guest_sees_when_they_were_there_and_what_they_wrote(record, me):
    ChatMessageFactory(author=me, text="Hello, all")
    AudienceQuestionFactory(author=me, text="Why?", anonymous=True)
    ReactionFactory(author=me)
    poll = PollFactory(made_by__session=me.session)
    PollAnswer.objects.create(poll=poll, option=poll.options.first(), voter=me)
    AudienceQuestionVoteFactory(question__author__session=me.session, voter=me)
    body = record().content.decode()
    for words in ("10:20", "10:45", "Hello, all", "Why?", "(anonymous)"):
        assert words in body
    for words in ("Reactions", "Answers to polls", "Votes for questions"):
        assert words in body


def test_a_guest_sees_nothing_of_another_browser_with_the_same_address(record, me, came, admission):
    other = factories.GuestAdmissionFactory(guest=admission.guest)
    theirs = came("Ada too", (0, 5), key=f"guest:{other.pk}")
    ChatMessageFactory(author=theirs, text="From elsewhere")
    assert "From elsewhere" not in record().content.decode()


def test_deleted_words_are_counted_and_shown_to_nobody(record, me):
    ChatMessageFactory(author=me, text="Rude", deleted=True)
    body = record().content.decode()
    assert "Rude" not in body
    assert "1 message was deleted" in body


def test_a_guest_who_came_to_no_session_sees_no_section(record):
    assert "Live session of" not in record().content.decode()


def test_nobody_else_opens_the_page(record, me, client_of, owner):
    assert record(Client()).status_code == 404
    assert record(client_of(owner)).status_code == 404


def test_a_long_stay_of_many_words_costs_as_many_queries_as_a_short_one(record, me):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            record()
        return len(captured)

    ChatMessageFactory(author=me)
    few = queries()
    ChatMessageFactory.create_batch(10, author=me)
    AudienceQuestionFactory.create_batch(10, author=me)
    assert queries() == few


def test_the_privacy_page_says_what_a_live_session_keeps():
    body = Client().get("/privacy/").content.decode()
    assert "In a live session" in body
    assert "when you attended" in body


def test_everything_goes_with_the_item_when_the_bin_is_purged(room, me):
    ChatMessageFactory(author=me)
    MediaItem.objects.filter(pk=room.pk).update(deleted_at=at(0))
    with time_machine.travel(at(60 * 24 * 400), tick=False):
        purge_media_item.func(room.pk)
    for model in (LiveSession, Participant, Stay, ChatMessage):
        assert not model.objects.exists(), model


def test_a_guest_takes_the_record_along_as_a_file(room, admission, me):
    ChatMessageFactory(author=me, text="Hello, all")
    browser = client_with_admissions(admission)
    answer = browser.get(reverse("access:guest_record_file", args=[room.public_id]))
    assert answer["Content-Disposition"] == 'attachment; filename="my-record.json"'
    data = answer.json()
    assert data["guest access"][0]["email"] == admission.guest.email
    (session,) = data["live sessions"]
    assert session["stays"][0]["came_at"]
    assert session["wrote"][0]["lines"][0]["text"] == "Hello, all"


def test_the_file_holds_more_than_the_page_shows(monkeypatch, room, admission, me):
    monkeypatch.setattr(live_data, "MOST_SHOWN", 1)
    for text in ("First", "Second"):
        ChatMessageFactory(author=me, text=text)
    browser = client_with_admissions(admission)
    page = browser.get(reverse("access:guest_record", args=[room.public_id])).content.decode()
    assert "First" not in page
    assert "1 earlier message is not shown here." in page
    file = browser.get(reverse("access:guest_record_file", args=[room.public_id])).json()
    lines = file["live sessions"][0]["wrote"][0]["lines"]
    assert [line["text"] for line in lines] == ["First", "Second"]


def test_the_file_holds_nothing_of_another_browser_with_the_same_address(room, admission, me, came):
    other = factories.GuestAdmissionFactory(guest=admission.guest, name="Somebody else")
    theirs = came("Ada too", (0, 5), key=f"guest:{other.pk}")
    ChatMessageFactory(author=theirs, text="From elsewhere")
    browser = client_with_admissions(admission)
    body = browser.get(reverse("access:guest_record_file", args=[room.public_id])).content.decode()
    assert "From elsewhere" not in body
    assert "Somebody else" not in body
