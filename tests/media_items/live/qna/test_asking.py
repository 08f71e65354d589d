"""A question is asked, read by whom it is for, and taken back."""

from __future__ import annotations

import pytest
from django.utils import timezone

from media_items.live.qna import services
from media_items.live.qna.models import AudienceQuestion
from media_items.live.qna.services import Changed
from media_items.live.sessions.models import Participant


def test_a_viewer_asks_and_reads_that_it_waits(person):
    viewer = person()
    answer = viewer.post("ask_question", text="Why do cells divide?")
    assert answer.status_code == 302
    assert AudienceQuestion.objects.get().author == viewer.me
    page = viewer.get("qna").content.decode()
    assert "Why do cells divide?" in page
    assert "Waiting" in page
    assert "Sent to the moderators" in page


def test_with_htmx_the_form_comes_back_empty_and_the_list_is_told(person):
    viewer = person()
    answer = viewer.post("ask_question", text="Why?", htmx=True)
    assert answer.status_code == 200
    assert '"live:qna"' in answer["HX-Trigger"]
    assert b"question-ask" in answer.content
    assert b"Why?" not in answer.content
    assert b"<html" not in answer.content


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write your question first."),
        (" \n\t ", "Write your question first."),
        ("x" * 1_001, "at most 1000 characters"),
        ("a\x00b", "Null characters are not allowed"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_no_question_comes_back_with_a_word_and_nothing_is_kept(person, text, said, htmx):
    answer = person().post("ask_question", text=text, htmx=htmx)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not AudienceQuestion.objects.exists()


def test_a_thousand_characters_with_a_browsers_line_ends_are_a_question(person):
    text = ("x" * 9 + "\r\n") * 100
    assert person().post("ask_question", text=text).status_code == 302
    assert AudienceQuestion.objects.get().text == text.replace("\r\n", "\n").strip()


def test_markup_in_a_question_is_shown_as_it_was_typed(person):
    viewer = person()
    viewer.post("ask_question", text="<script>alert(1)</script><b>bold</b>{{ 7 }}")
    page = viewer.get("qna").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;bold&lt;/b&gt;{{ 7 }}" in page


def test_a_guest_whose_link_does_not_allow_it_cannot_ask_and_is_told(guest_person):
    guest = guest_person(may_ask=False)
    assert guest.post("ask_question", text="Why?").status_code == 403
    assert not AudienceQuestion.objects.exists()
    page = guest.get("qna").content.decode()
    assert "You can read questions and answers here." in page
    assert "question-ask-button" not in page


def test_a_guest_whose_link_allows_it_asks(guest_person):
    assert guest_person(may_ask=True).post("ask_question", text="Why?").status_code == 302


def test_whoever_asks_a_lot_at_once_waits_and_loses_no_word(person, settings):
    settings.QUESTION_RATE_PER_PERSON = "2/m"
    viewer, other = person(), person()
    for text in ("One?", "Two?"):
        assert viewer.post("ask_question", text=text).status_code == 302
    refused = viewer.post("ask_question", text="Three?", htmx=True)
    assert refused.status_code == 422
    assert "Try again in" in refused.content.decode()
    assert "Three?" in refused.content.decode()
    assert other.post("ask_question", text="Mine?").status_code == 302
    assert AudienceQuestion.objects.count() == 3


def test_without_script_one_goes_on_where_one_asked(person):
    answer = person().post("ask_question", text="Why?")
    assert answer.status_code == 302
    assert answer["Location"].endswith("/qna/#question-ask")


def test_a_waiting_question_is_for_whoever_asked_and_for_moderators_alone(person, host_person):
    viewer = person()
    viewer.post("ask_question", text="Why do cells divide?")
    assert "Why do cells divide?" in person("moderator").get("qna").content.decode()
    assert "Why do cells divide?" in host_person.get("qna").content.decode()
    for somebody in (person(), person("speaker")):
        for view in ("top", "newest", "own"):
            page = somebody.get("qna", view=view).content.decode()
            assert "Why do cells divide?" not in page
        page = somebody.get("qna", group="new").content.decode()
        assert "Why do cells divide?" not in page


def test_a_question_of_another_session_is_not_here(person, session, event):
    other_session = event.live_sessions.create(opened_at=timezone.now())
    author = Participant.objects.create(session=other_session, key="x:1", name="Else")
    question = AudienceQuestion.objects.create(
        session=other_session, author=author, text="Elsewhere?", published_at=timezone.now()
    )
    moderator = person("moderator")
    assert "Elsewhere?" not in moderator.get("qna").content.decode()
    assert moderator.post("take_question", question.pk).status_code == 404
    assert person().post("vote_for_question", question.pk).status_code == 404


def test_who_asked_takes_it_back_while_nobody_has_begun_with_it(person):
    viewer = person()
    viewer.post("ask_question", text="Why?")
    assert viewer.post("take_question_back", AudienceQuestion.objects.get().pk).status_code == 302
    assert not AudienceQuestion.objects.exists()


def test_taking_back_twice_is_once(person):
    viewer = person()
    question = services.ask(session=viewer.me.session, author=viewer.me, text="Why?")
    services.take_back(question=question, author=viewer.me)
    services.take_back(question=question, author=viewer.me)
    assert not AudienceQuestion.objects.exists()


def test_a_question_that_is_taken_cannot_be_taken_back_and_says_so(person):
    viewer, moderator = person(), person("moderator")
    question = services.ask(session=viewer.me.session, author=viewer.me, text="Why?")
    services.take(question=question, by=moderator.me)
    answer = viewer.post("take_question_back", question.pk, htmx=True)
    assert answer.status_code == 204
    assert "Somebody is already answering this question" in answer["HX-Trigger"]
    assert AudienceQuestion.objects.exists()


def test_nobody_takes_back_a_question_of_somebody_else(person, host_person):
    viewer, moderator = person(), person("moderator")
    question = services.ask(session=viewer.me.session, author=viewer.me, text="Why?")
    assert person().post("take_question_back", question.pk).status_code == 404
    for somebody in (moderator, host_person):
        somebody.post("take_question_back", question.pk)
        with pytest.raises(Changed):
            services.take_back(question=question, author=somebody.me)
    assert AudienceQuestion.objects.exists()


def test_whoever_may_not_ask_any_more_still_takes_back_what_they_asked(guest_person):
    guest = guest_person(may_ask=False)
    question = services.ask(session=guest.me.session, author=guest.me, text="Why?")
    assert guest.post("take_question_back", question.pk).status_code == 302
    assert not AudienceQuestion.objects.exists()


@pytest.mark.parametrize("number", ["0", "99999999999999999999999999"])
def test_a_question_that_is_not_there_is_404(person, number):
    viewer = person()
    base = f"/media/{viewer.me.session.item.public_id}/session/qna/{number}"
    assert viewer.browser.post(f"{base}/delete/").status_code == 404
    assert viewer.browser.post(f"{base}/vote/").status_code == 404


@pytest.mark.parametrize(
    "words", [{"page": "-1"}, {"page": "9" * 40}, {"page": "a\x00"}, {"view": "\x00"},
              {"group": "<b>"}, {"group": "new", "page": "²"}]
)  # fmt: skip
@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_whatever_stands_in_the_address_the_panel_is_shown(person, role, words):
    assert person(role).get("qna", **words).status_code == 200


def test_going_back_leads_to_pages_of_ours_only(person):
    viewer = person()
    answer = viewer.post("ask_question", text="Why?", next="https://evil.example/")
    assert (
        answer["Location"] == f"/media/{viewer.me.session.item.public_id}/session/qna/#question-ask"
    )
    here = f"/media/{viewer.me.session.item.public_id}/session/qna/?view=newest"
    answer = viewer.post("ask_question", text="Why?", next=here)
    assert answer["Location"] == f"{here}#question-ask"
