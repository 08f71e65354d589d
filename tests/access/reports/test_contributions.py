"""Chat, questions, polls and reactions of a session, for reading afterwards."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_items.live.interactions.models import PollAnswer, ReactionKind
from tests.live_factories import (
    AudienceQuestionFactory,
    ChatMessageFactory,
    ParticipantFactory,
    PollFactory,
    ReactionFactory,
)

pytestmark = pytest.mark.django_db


def test_the_chat_is_read_oldest_first_without_what_was_deleted(host, url, came):
    ada = came("Ada", (0, 60))
    for text in ("First words", "Second words"):
        ChatMessageFactory(author=ada, text=text)
    ChatMessageFactory(author=ada, text="Rude words", deleted=True)
    body = host.get(url("session_chat")).content.decode()
    assert body.index("First words") < body.index("Second words")
    assert "Rude words" not in body


def test_words_are_shown_as_text(host, url, came):
    ChatMessageFactory(author=came("Ada", (0, 60)), text="<b>bold</b>\nnext line")
    body = host.get(url("session_chat")).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;<br>next line" in body


def test_a_long_chat_has_pages(host, url, came):
    ada = came("Ada", (0, 60))
    for n in range(55):
        ChatMessageFactory(author=ada, text=f"Message {n:02}")
    body = host.get(url("session_chat"), {"page": 2}).content.decode()
    assert "Message 54" in body
    assert "Message 49" not in body


def test_the_words_of_another_session_are_not_in_this_one(host, url):
    ChatMessageFactory(text="Elsewhere")
    assert "Elsewhere" not in host.get(url("session_chat")).content.decode()


def test_an_erased_guest_keeps_the_words_and_loses_the_name(host, url, came):
    ChatMessageFactory(author=came("", (0, 60)), text="Still here")
    body = host.get(url("session_chat")).content.decode()
    assert "Erased guest" in body
    assert "Still here" in body


def test_a_question_shows_who_asked_its_votes_its_state_and_its_answer(host, url, came):
    ada, noa = came("Ada Asker", (0, 60)), came("Noa Levi", (0, 60), level=3)
    AudienceQuestionFactory(
        author=ada, text="Why is it so?", vote_count=7, answer="Because.", answered_by=noa
    )
    body = host.get(url("session_questions")).content.decode()
    for words in ("Ada Asker", "Why is it so?", "7 votes", "Answered", "Answer by Noa Levi"):
        assert words in body


@pytest.mark.parametrize("name", ["session_questions", "session_questions_export csv"])
def test_whoever_asked_without_a_name_is_named_nowhere(host, url, came, name):
    ada = came("Ada Asker", (0, 60))
    AudienceQuestionFactory(author=ada, text="Secretly, why?", anonymous=True)
    body = b"".join(host.get(url(*name.split()))).decode()
    assert "Secretly, why?" in body
    assert "Anonymous" in body
    assert "Ada" not in body


def test_questions_stand_with_the_most_voted_first(host, url, came):
    ada = came("Ada", (0, 60))
    AudienceQuestionFactory(author=ada, text="Few votes", vote_count=1)
    AudienceQuestionFactory(author=ada, text="Many votes", vote_count=9)
    body = host.get(url("session_questions")).content.decode()
    assert body.index("Many votes") < body.index("Few votes")


def test_polls_show_results_and_not_who_gave_them(host, url, came):
    host_row = came("Noa", (0, 60), level=3)
    poll = PollFactory(made_by=host_row, closed=True, options=("Yes", "No", "Perhaps"))
    PollFactory(made_by=host_row, question="Never started?")
    yes, no, _perhaps = poll.options.all()
    for n, option in enumerate((yes, yes, no)):
        voter = came(f"Voter {n}", (0, 60))
        PollAnswer.objects.create(poll=poll, option=option, voter=voter)
    response = host.get(url("session_polls"))
    [row] = response.context["rows"]
    assert [(one.text, one.answers, one.percent) for one in row.results] == [
        ("Yes", 2, 67),
        ("No", 1, 33),
        ("Perhaps", 0, 0),
    ]
    body = response.content.decode()
    assert "2 (67%)" in body
    assert "Voter" not in body
    assert "Never started?" not in body


def test_reactions_are_counted(host, url, came, session):
    ada = came("Ada", (0, 60))
    for kind in (ReactionKind.CLAP, ReactionKind.CLAP, ReactionKind.HEART):
        ReactionFactory(author=ada, kind=kind)
    ReactionFactory()
    found = dict(host.get(url("session_polls")).context["reactions"])
    assert (found["Applause"], found["Heart"], found["Surprise"]) == (2, 1, 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("session_chat", "There are no chat messages"),
        ("session_questions", "There were no questions"),
        ("session_polls", "There were no polls"),
    ],
)
def test_an_empty_page_says_so(host, url, name, words):
    assert words in host.get(url(*name.split())).content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "session_chat",
        "session_questions",
        "session_polls",
        "session_chat_export csv",
        "session_chat_export xlsx",
        "session_questions_export csv",
        "session_questions_export xlsx",
    ],
)
def test_eleven_rows_cost_as_many_queries_as_one(host, url, session, name):
    def more():
        for make in (ChatMessageFactory, AudienceQuestionFactory, ReactionFactory):
            make(author=ParticipantFactory(session=session, inside=True))
        poll = PollFactory(made_by__session=session, closed=True)
        voter = ParticipantFactory(session=session)
        PollAnswer.objects.create(poll=poll, option=poll.options.first(), voter=voter)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            b"".join(host.get(url(*name.split())))
        return len(captured)

    more()
    few = queries()
    for _n in range(10):
        more()
    assert queries() == few
