"""The life of a poll: written, started, answered, closed; who sees which numbers."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_items.live.interactions import polls
from media_items.live.interactions.models import Poll, PollAnswer
from media_items.refusals import ChangedMeanwhile, NotNow
from tests.live_factories import ParticipantFactory

WORDS = {"question": "More of this?", "option_1": "Yes", "option_2": "No", "shows_results": "on"}
ACTS = ["edit_poll", "start_poll", "close_poll", "show_poll_results", "hide_poll_results",
        "delete_poll"]  # fmt: skip


@pytest.fixture
def moderator(person):
    return person("moderator")


@pytest.fixture
def written(session, moderator):
    """`written(shows_results=False)`: a draft."""

    def make(question="More of this?", *, options=("Yes", "No"), shows_results=True):
        return polls.write_poll(
            session=session,
            by=moderator.me,
            question=question,
            options=options,
            shows_results=shows_results,
        )

    return make


@pytest.fixture
def started(written):
    def make(*args, **facts):
        poll = written(*args, **facts)
        polls.start_poll(poll=poll)
        return poll

    return make


def option(poll, number=1):
    return poll.options.get(number=number)


def card(somebody):
    return somebody.get("open_poll").content.decode()


def test_a_moderator_writes_a_draft_that_nobody_else_sees(moderator, person):
    assert moderator.post("new_poll", **WORDS, option_4="Perhaps").status_code == 302
    poll = Poll.objects.get()
    assert [one.text for one in poll.options.all()] == ["Yes", "No", "Perhaps"]
    assert poll.is_draft
    assert "More of this?" in moderator.get("polls").content.decode()
    for somebody in (person(), person("speaker")):
        assert "More of this?" not in somebody.get("polls").content.decode()
        assert "More of this?" not in card(somebody)


def test_start_now_asks_at_once_and_closes_the_dialog(moderator, person):
    answer = moderator.post("new_poll", **WORDS, start="yes", htmx=True)
    assert answer.status_code == 204
    assert "close-dialog" in answer["HX-Trigger"]
    assert "live:polls" in answer["HX-Trigger"]
    assert "More of this?" in card(person())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"question": ""}, "Write the question."),
        ({"question": "x" * 301}, "at most 300 characters"),
        ({"question": "a\x00b"}, "Null characters are not allowed"),
        ({"option_2": ""}, "Enter at least two answers"),
        ({"option_2": " Yes "}, "Two of the answers are the same."),
        ({"option_2": "x" * 151}, "at most 150 characters"),
        ({"option_2": "\x00"}, "Null characters are not allowed"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_no_poll_comes_back_with_a_word(moderator, change, said, htmx):
    answer = moderator.post("new_poll", htmx=htmx, **{**WORDS, **change})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Poll.objects.exists()


@pytest.mark.parametrize("texts", [("AA", "Aa"), ("5 mW", "5 MW"), ("Maße", "Masse"), ("k", "K")])
def test_answers_that_differ_in_case_are_different_answers(moderator, texts):
    first, second = texts
    answer = moderator.post("new_poll", question="Which?", option_1=first, option_2=second)
    assert answer.status_code == 302
    assert [one.text for one in Poll.objects.get().options.all()] == [first, second]


def test_a_draft_is_edited_and_deleted_and_what_was_asked_is_not(moderator, written, started):
    draft = written()
    assert "More of this?" in moderator.get("edit_poll", draft.pk).content.decode()
    moderator.post("edit_poll", draft.pk, question="Less?", option_1="A", option_2="B")
    draft.refresh_from_db()
    assert (draft.question, draft.shows_results) == ("Less?", False)
    assert [one.text for one in draft.options.all()] == ["A", "B"]
    moderator.post("delete_poll", draft.pk)
    polls.delete_poll(poll=draft)
    assert not Poll.objects.exists()

    poll = started()
    answer = moderator.post("edit_poll", poll.pk, **{**WORDS, "question": "Else?"}, htmx=True)
    assert "has changed in the meantime" in answer["HX-Trigger"]
    answer = moderator.post("delete_poll", poll.pk, htmx=True)
    assert "has changed in the meantime" in answer["HX-Trigger"]
    for act in (polls.delete_poll, polls.rewrite_poll):
        words = {"question": "Else?", "options": ["1", "2"], "shows_results": True}
        with pytest.raises(ChangedMeanwhile):
            act(poll=poll, **({} if act == polls.delete_poll else words))
    poll.refresh_from_db()
    assert poll.question == "More of this?"


def test_one_poll_is_open_at_a_time(moderator, written, started):
    first, second = started("First?"), written("Second?")
    polls.start_poll(poll=first)  # twice is once
    answer = moderator.post("start_poll", second.pk, htmx=True)
    assert answer.status_code == 204
    assert "First?" in answer["HX-Trigger"]
    second.refresh_from_db()
    assert second.is_draft
    with pytest.raises(IntegrityError), transaction.atomic():
        Poll.objects.filter(pk=second.pk).update(started_at=timezone.now())
    moderator.post("close_poll", first.pk)
    moderator.post("start_poll", second.pk)
    second.refresh_from_db()
    assert second.is_open


def test_start_now_while_another_is_open_keeps_the_draft_and_says_why(moderator, started):
    started("First?")
    answer = moderator.post("new_poll", **WORDS, start="yes", htmx=True)
    assert "First?" in answer["HX-Trigger"]
    assert b"More of this?" in answer.content
    assert Poll.objects.get(question=WORDS["question"]).is_draft


def test_a_closed_poll_is_not_started_again(moderator, started):
    poll = started()
    moderator.post("close_poll", poll.pk)
    moderator.post("close_poll", poll.pk)
    with pytest.raises(ChangedMeanwhile):
        polls.start_poll(poll=poll)


def test_a_draft_is_not_closed(written):
    with pytest.raises(ChangedMeanwhile):
        polls.close_poll(poll=written())


def test_everybody_answers_once_and_may_change_it_until_it_is_closed(started, person):
    poll, viewer = started(), person()
    for number in (1, 1, 2):
        answer = viewer.post("answer_poll", poll.pk, option=option(poll, number).pk, htmx=True)
        assert (answer.status_code, answer["HX-Trigger"]) == (204, "live:polls")
    assert PollAnswer.objects.get().option == option(poll, 2)
    polls.close_poll(poll=poll)
    answer = viewer.post("answer_poll", poll.pk, option=option(poll).pk, htmx=True)
    assert "has been closed" in answer["HX-Trigger"]
    assert PollAnswer.objects.get().option == option(poll, 2)


def test_without_htmx_one_comes_back_to_where_one_was(started, person):
    poll, viewer = started(), person()
    here = f"/media/{viewer.me.session.item.public_id}/session/participants/"
    answer = viewer.post("answer_poll", poll.pk, option=option(poll).pk, next=here)
    assert (answer.status_code, answer["Location"]) == (302, here)


@pytest.mark.parametrize("typed", ["", "0", "x", "9" * 40, "-1", "²", "1\x00"])
def test_an_option_that_there_is_not_is_404(started, person, typed):
    assert person().post("answer_poll", started().pk, option=typed).status_code == 404
    assert not PollAnswer.objects.exists()


def test_an_option_of_another_poll_is_no_answer(started, written, person, moderator):
    first = started()
    other = written("Else?")
    viewer = person()
    for poll, wrong in ((first, option(other)), (other, option(other)), (other, option(first))):
        assert viewer.post("answer_poll", poll.pk, option=wrong.pk).status_code == 404
    with pytest.raises(NotNow):
        polls.answer_poll(poll=first, option=option(other), voter=viewer.me)
    with pytest.raises(NotNow):
        polls.answer_poll(poll=other, option=option(other), voter=viewer.me)
    assert not PollAnswer.objects.exists()


def test_whoever_may_not_interact_reads_the_poll_and_does_not_answer(started, guest_person):
    poll, guest = started(), guest_person(may_chat=False)
    assert guest.post("answer_poll", poll.pk, option=option(poll).pk).status_code == 403
    page = card(guest)
    assert "More of this?" in page
    assert "<button" not in page
    assert "0 · 0%" in page


def test_whoever_clicks_without_end_is_slowed_down(started, person, settings):
    settings.REACTION_RATE_PER_PERSON = "1/10s"
    poll, viewer = started(), person()
    viewer.post("answer_poll", poll.pk, option=option(poll).pk)
    answer = viewer.post("answer_poll", poll.pk, option=option(poll, 2).pk, htmx=True)
    assert "That was a lot at once." in answer["HX-Trigger"]
    assert PollAnswer.objects.get().option == option(poll)


@pytest.mark.parametrize("role", ["viewer", "speaker"])
def test_whoever_does_not_moderate_does_none_of_it(started, person, role):
    poll = started()
    before = Poll.objects.values().get()
    somebody = person(role)
    for act in ACTS:
        assert somebody.post(act, poll.pk, **WORDS).status_code == 403, act
    assert somebody.post("new_poll", **WORDS).status_code == 403
    assert Poll.objects.values().get() == before
    page = somebody.get("polls").content.decode() + card(somebody)
    assert "/new/" not in page
    assert f"/polls/{poll.pk}/close/" not in page


def test_a_poll_of_another_session_is_not_here(moderator, event, session):
    elsewhere = event.live_sessions.create(opened_at=timezone.now())
    poll = Poll.objects.create(session=elsewhere, question="Elsewhere?")
    for act in ACTS:
        assert moderator.post(act, poll.pk, **WORDS).status_code == 404
    assert "Elsewhere?" not in moderator.get("polls").content.decode()


# --- who sees which numbers --------------------------------------------------------------------


def results(page):
    return "2 · 67%" in page


@pytest.fixture
def three_answers(person):
    def answer(poll):
        for number in (1, 1, 2):
            polls.answer_poll(poll=poll, option=option(poll, number), voter=person().me)

    return answer


def test_results_that_are_shown_are_seen_once_one_has_answered(
    started, three_answers, person, moderator
):
    poll, viewer = started(), person()
    three_answers(poll)
    assert not results(card(viewer))
    # Keys of rows and tokens may have it by chance.
    shown = re.sub(r'\b(?:action|data-poll|for|hx-[a-z]+|id|name|value)="[^"]*"', "", card(viewer))
    assert "67" not in shown, "a number that is not for them is not in the page"
    assert not results(viewer.get("polls").content.decode())
    assert results(card(moderator))
    polls.answer_poll(poll=poll, option=option(poll, 2), voter=viewer.me)
    assert "2 · 50%" in card(viewer)
    assert "4 answers." in card(viewer)
    assert 'rect width="50"' in card(viewer)


def test_results_that_are_not_shown_are_for_moderators_alone(
    started, three_answers, person, moderator, host_person
):
    poll, viewer = started(shows_results=False), person()
    three_answers(poll)
    polls.answer_poll(poll=poll, option=option(poll), voter=viewer.me)
    for somebody in (viewer, person("speaker")):
        assert "%" not in card(somebody)
        assert "answers." not in card(somebody)
    for somebody in (moderator, host_person):
        assert "3 · 75%" in card(somebody)
    polls.close_poll(poll=poll)
    assert "More of this?" not in card(viewer)
    assert "More of this?" not in viewer.get("polls").content.decode()
    assert "3 · 75%" in moderator.get("polls").content.decode()


def test_after_it_is_closed_the_results_are_shown_or_put_away(
    started, three_answers, person, moderator
):
    poll, viewer = started(), person()
    three_answers(poll)
    moderator.post("close_poll", poll.pk)
    assert results(card(viewer))
    assert results(viewer.get("polls").content.decode())
    moderator.post("hide_poll_results", poll.pk)
    assert not results(card(viewer))
    assert not results(viewer.get("polls").content.decode())
    moderator.post("show_poll_results", poll.pk)
    assert results(card(viewer))


def test_the_card_is_on_every_page_of_the_session(started, person):
    started()
    viewer = person()
    for panel in ("chat", "qna", "participants"):
        assert "More of this?" in viewer.get(panel).content.decode()
        assert "More of this?" not in viewer.get(panel, htmx=True).content.decode()


def test_markup_in_a_poll_is_shown_as_it_was_typed(started, person):
    started("<script>alert(1)</script>", options=["<b>x</b>", '" onclick="y'])  # fmt: skip
    page = card(person())
    assert "<script>" not in page
    assert "<b>x" not in page
    assert "&quot; onclick=&quot;y" in page


def test_nobody_is_shown_who_answered_what(started, person, host_person, moderator):
    viewer = person(invitation__first_name="Wilhelmina", invitation__last_name="Quux")
    poll = started()
    polls.answer_poll(poll=poll, option=option(poll), voter=viewer.me)
    for somebody in (host_person, moderator):
        page = card(somebody) + somebody.get("polls").content.decode()
        assert "Wilhelmina" not in page
        assert "1 · 100%" in page


# --- facts and costs -----------------------------------------------------------------------------


def test_drafts_are_told_to_moderators_and_the_rest_to_everybody(written, person, told):
    with told() as facts:
        poll = written()
    assert [(fact.kind, fact.recipients, fact.data) for fact in facts] == [("polls", "mods", {})]
    with told() as facts:
        polls.start_poll(poll=poll)
        polls.start_poll(poll=poll)
        polls.close_poll(poll=poll)
        polls.close_poll(poll=poll)
    assert [(fact.kind, fact.recipients, fact.data) for fact in facts] == [("polls", "all", {})] * 2


def test_many_answers_at_once_are_one_fact_that_says_more_may_follow(started, person, told):
    poll = started()
    voters = [person() for _n in range(3)]
    with told() as facts:
        for voter in voters:
            polls.answer_poll(poll=poll, option=option(poll), voter=voter.me)
    assert [(fact.recipients, fact.data) for fact in facts] == [("all", {"throttled": True})]


def queries_of(look):
    look()  # what is cached once
    with CaptureQueriesContext(connection) as queries:
        look()
    return len(queries)


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_eleven_answers_cost_the_card_as_many_queries_as_one(started, person, role):
    poll, somebody = started(), person(role)
    polls.answer_poll(poll=poll, option=option(poll), voter=somebody.me)
    with_one = queries_of(lambda: card(somebody))
    for _n in range(10):
        polls.answer_poll(poll=poll, option=option(poll, 2), voter=person().me)
    assert queries_of(lambda: card(somebody)) == with_one <= 15


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_many_polls_cost_the_list_one_query_more_than_one(started, person, role):
    somebody = person(role)
    polls.close_poll(poll=started())
    with_one = queries_of(lambda: somebody.get("polls"))
    for _n in range(10):
        polls.close_poll(poll=started())
    # A page that is full is counted.
    assert queries_of(lambda: somebody.get("polls")) == with_one + 1
    page = somebody.get("polls").content.decode()
    assert page.count('class="poll-row"') == 10
    assert "page=2" in page


# --- one person, two browsers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "counted"),
    [
        ("signed_in", "confirmed", 1),
        ("confirmed", "confirmed", 1),
        ("signed_in", "typed", 2),
        ("typed", "typed", 2),
    ],
)
def test_a_person_known_by_two_proofs_answers_once_and_the_last_answer_counts(
    session, started, first, second, counted
):
    poll = started()
    one, other = (
        ParticipantFactory(session=session, inside=True, email="grace@example.org", certainty=how)
        for how in (first, second)
    )
    stranger = ParticipantFactory(session=session, inside=True, certainty="signed_in")
    polls.answer_poll(poll=poll, option=option(poll, 1), voter=stranger)
    polls.answer_poll(poll=poll, option=option(poll, 1), voter=one)
    polls.answer_poll(poll=poll, option=option(poll, 2), voter=other)
    answers = PollAnswer.objects.exclude(voter=stranger)
    assert answers.count() == counted
    assert option(poll, 2).answers.count() == 1
    assert PollAnswer.objects.filter(voter=stranger).count() == 1


def test_who_has_answered_by_an_account_sees_so_in_the_browser_with_the_code(started, person):
    poll = started()
    by_code = person(invitation__email="grace@example.org")
    assert by_code.me.certainty == "confirmed"
    by_account = ParticipantFactory(
        session=poll.session, inside=True, email="grace@example.org", certainty="signed_in"
    )
    polls.answer_poll(poll=poll, option=option(poll, 1), voter=by_account)
    assert by_code.get("open_poll").context["bar"].poll.has_answered
