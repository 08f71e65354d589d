"""What moderators do with a question, and what everybody sees of it then."""

from __future__ import annotations

import pytest
from django.urls import reverse

from media_items.live.qna import services
from media_items.live.qna.models import AudienceQuestion, AudienceQuestionState
from media_items.live.qna.services import AnsweredMeanwhile, Changed, TakenByAnother

ACTS = [
    "take_question", "put_question_back", "answer_question", "mark_question_answered_live",
    "publish_question", "unpublish_question", "dismiss_question", "reopen_question",
]  # fmt: skip


@pytest.fixture
def viewer(person):
    return person()


@pytest.fixture
def moderator(person):
    return person("moderator", invitation__first_name="Dana", invitation__last_name="Cohen")


@pytest.fixture
def question(viewer, session):
    return services.ask(session=session, author=viewer.me, text="Why do cells divide?")


def state(question):
    question.refresh_from_db()
    return question.state


@pytest.mark.parametrize("role", ["viewer", "speaker"])
def test_whoever_does_not_moderate_does_none_of_it(person, question, role):
    services.publish(question=question)
    before = AudienceQuestion.objects.values().get()
    somebody = person(role)
    page = somebody.get("qna").content.decode()
    for act in ACTS:
        assert somebody.post(act, question.pk, answer="Because.").status_code == 403, act
        address = reverse(f"media_items:{act}", args=["X", 1]).split("/")[-2]
        assert f"/{question.pk}/{address}/" not in page
    assert AudienceQuestion.objects.values().get() == before


def test_a_moderator_takes_it_and_who_asked_reads_so(question, moderator, viewer):
    assert moderator.post("take_question", question.pk).status_code == 302
    assert state(question) == AudienceQuestionState.TAKEN
    assert "Being answered" in viewer.get("qna").content.decode()
    assert "Dana Cohen" not in viewer.get("qna").content.decode()


def test_the_second_to_take_it_gets_a_kind_word(question, moderator, host_person):
    moderator.post("take_question", question.pk)
    answer = host_person.post("take_question", question.pk, htmx=True)
    assert answer.status_code == 204
    assert "Dana Cohen has already taken this question." in answer["HX-Trigger"]
    assert "live:qna" in answer["HX-Trigger"]
    question.refresh_from_db()
    assert question.taken_by == moderator.me


def test_without_htmx_the_kind_word_is_on_the_next_page(question, moderator, host_person):
    moderator.post("take_question", question.pk)
    host_person.post("take_question", question.pk)
    page = host_person.get("qna", group="taken").content.decode()
    assert "Dana Cohen has already taken this question." in page
    assert "Taken by Dana Cohen" in page


def test_taking_twice_oneself_is_once(question, moderator):
    services.take(question=question, by=moderator.me)
    services.take(question=question, by=moderator.me)
    assert state(question) == AudienceQuestionState.TAKEN


def test_take_and_answer_opens_the_answer_at_once(question, moderator):
    answer = moderator.post("take_question", question.pk, then="answer", htmx=True)
    assert answer.status_code == 200
    assert b"Answer in writing" in answer.content
    assert "live:qna" in answer["HX-Trigger"]
    services.put_back(question=question)
    answer = moderator.post("take_question", question.pk, then="answer")
    assert answer["Location"].endswith(f"/qna/{question.pk}/answer/?began=1")
    assert state(question) == AudienceQuestionState.TAKEN


@pytest.mark.parametrize("act", ["answer", "mark_answered_live", "dismiss"])
def test_what_one_has_taken_another_leaves_alone(question, moderator, host_person, act):
    services.take(question=question, by=moderator.me)
    more = {"text": "Yes.", "seen": ""} if act == "answer" else {}
    with pytest.raises(TakenByAnother):
        getattr(services, act)(question=question, by=host_person.me, **more)
    assert state(question) == AudienceQuestionState.TAKEN


def test_put_back_it_is_anybodys_again(question, moderator, host_person):
    services.take(question=question, by=moderator.me)
    host_person.post("put_question_back", question.pk)
    assert state(question) == AudienceQuestionState.WAITING
    services.take(question=question, by=host_person.me)
    assert state(question) == AudienceQuestionState.TAKEN


def test_an_answer_in_writing_with_publishing_is_seen_by_everybody(question, moderator, person):
    answer = moderator.post(
        "answer_question", question.pk, answer="They <b>grow</b>.", publish="on"
    )
    assert answer.status_code == 302
    page = person().get("qna").content.decode()
    assert "They &lt;b&gt;grow&lt;/b&gt;." in page
    assert "Dana Cohen" in page


def test_an_answer_that_is_not_published_is_for_whoever_asked(question, moderator, viewer, person):
    moderator.post("answer_question", question.pk, answer="They grow.")
    assert "They grow." in viewer.get("qna").content.decode()
    assert "They grow." not in person().get("qna").content.decode()


def test_with_htmx_the_dialog_closes_and_the_list_is_told(question, moderator):
    answer = moderator.post("answer_question", question.pk, answer="They grow.", htmx=True)
    assert answer.status_code == 204
    assert "close-dialog" in answer["HX-Trigger"]
    assert "live:qna" in answer["HX-Trigger"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write an answer first."),
        ("a\x00b", "Null characters are not allowed"),
        ("x" * 4_001, "at most 4000 characters"),
    ],
)
def test_what_is_no_answer_comes_back_with_a_word(question, moderator, text, said):
    answer = moderator.post("answer_question", question.pk, answer=text, htmx=True)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert state(question) == AudienceQuestionState.WAITING


def test_an_answer_is_edited_later(question, moderator):
    moderator.post("answer_question", question.pk, answer="They grow.")
    question.refresh_from_db()
    page = moderator.get("answer_question", question.pk).content.decode()
    assert "They grow." in page
    assert question.answer_version in page.replace("&#x2B;", "+")
    moderator.post(
        "answer_question", question.pk, answer="They grow and age.", seen=question.answer_version
    )
    question.refresh_from_db()
    assert question.answer == "They grow and age."


def test_nobody_writes_over_an_answer_they_have_not_read(question, moderator, host_person):
    moderator.post("answer_question", question.pk, answer="They grow.")
    answer = host_person.post("answer_question", question.pk, answer="They tire.", htmx=True)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody else has answered in the meantime." in page
    assert "They grow." in page
    assert "They tire." in page
    question.refresh_from_db()
    assert question.answer == "They grow."
    # Having read it, they may.
    host_person.post(
        "answer_question", question.pk, answer="They tire.", seen=question.answer_version
    )
    question.refresh_from_db()
    assert question.answer == "They tire."


def test_the_same_answer_sent_twice_is_one(question, moderator):
    for _click in range(2):
        services.answer(question=question, by=moderator.me, text="They grow.", seen="")
    with pytest.raises(AnsweredMeanwhile):
        services.answer(question=question, by=moderator.me, text="Otherwise.", seen="")


def test_answered_live_is_said_to_who_asked_and_can_be_undone(question, moderator, viewer):
    moderator.post("mark_question_answered_live", question.pk)
    moderator.post("mark_question_answered_live", question.pk)
    assert state(question) == AudienceQuestionState.ANSWERED_LIVE
    assert "Answered live" in viewer.get("qna").content.decode()
    moderator.post("reopen_question", question.pk)
    assert state(question) == AudienceQuestionState.TAKEN


def test_answered_live_may_be_answered_in_writing_too(question, moderator):
    services.mark_answered_live(question=question, by=moderator.me)
    services.answer(question=question, by=moderator.me, text="As I said.", seen="")
    assert state(question) == AudienceQuestionState.ANSWERED
    with pytest.raises(Changed):
        services.dismiss(question=question, by=moderator.me)


def test_published_without_an_answer_everybody_sees_the_question(question, moderator, person):
    other = person()
    moderator.post("publish_question", question.pk)
    moderator.post("publish_question", question.pk)
    assert "Why do cells divide?" in other.get("qna").content.decode()
    assert "Why do cells divide?" in person("speaker").get("qna").content.decode()
    moderator.post("unpublish_question", question.pk)
    moderator.post("unpublish_question", question.pk)
    assert "Why do cells divide?" not in other.get("qna").content.decode()


def test_dismissed_it_is_gone_for_everybody_and_kindly_said_to_who_asked(
    question, moderator, viewer, person
):
    services.publish(question=question)
    answer = moderator.post("dismiss_question", question.pk, htmx=True)
    assert "You can restore it" in answer["HX-Trigger"]
    assert "Why do cells divide?" not in person().get("qna").content.decode()
    page = viewer.get("qna").content.decode()
    assert "Not answered" in page
    assert "ismissed" not in page
    assert "Why do cells divide?" in moderator.get("qna", group="dismissed").content.decode()


def test_brought_back_it_is_as_it_was(question, moderator, person):
    services.publish(question=question)
    services.dismiss(question=question, by=moderator.me)
    moderator.post("reopen_question", question.pk)
    assert state(question) == AudienceQuestionState.WAITING
    assert "Why do cells divide?" in person().get("qna").content.decode()


@pytest.mark.parametrize("act", ["take", "answer", "mark_answered_live", "publish"])
def test_a_dismissed_question_is_brought_back_first(question, moderator, act):
    services.dismiss(question=question, by=moderator.me)
    more = {"text": "Yes.", "seen": ""} if act == "answer" else {}
    more |= {} if act == "publish" else {"by": moderator.me}
    with pytest.raises(Changed):
        getattr(services, act)(question=question, **more)
    assert state(question) == AudienceQuestionState.DISMISSED


def test_a_question_taken_back_meanwhile_is_said_to_be_gone(question, moderator, viewer):
    services.take_back(question=question, author=viewer.me)
    assert moderator.post("take_question", question.pk).status_code == 404
    for act in (services.take, services.dismiss, services.mark_answered_live):
        with pytest.raises(Changed):
            act(question=question, by=moderator.me)


def test_only_those_who_see_it_hear_of_it(question, moderator, viewer, told):
    mine, mods, all_ = f"p{viewer.me.pk}", "mods", "all"
    heard = []
    for act, more in [
        (services.take, {"by": moderator.me}),
        (services.publish, {}),
        (services.mark_answered_live, {"by": moderator.me}),
        (services.unpublish, {}),
        (services.reopen, {}),
        (services.publish, {}),
        (services.dismiss, {"by": moderator.me}),
        (services.reopen, {}),
    ]:
        with told() as facts:
            act(question=question, **more)
        heard.append(sorted(fact.recipients for fact in facts))
        assert all(fact.kind == "qna" and not fact.data for fact in facts)
    private, public = sorted([mine, mods]), [all_]
    assert heard == [private, public, public, public, private, public, public, public]


def test_what_changes_nothing_is_told_to_nobody(question, moderator, told):
    services.publish(question=question)
    with told() as facts:
        services.publish(question=question)
        services.put_back(question=question)
        services.reopen(question=question)
    assert facts == []


def test_a_form_opened_by_answer_puts_the_question_back_when_it_is_left(moderator, question):
    answer = moderator.post("take_question", question.pk, htmx=True, then="answer")
    undo = f"/qna/{question.pk}/put-back/"
    assert "data-when-closed" in answer.text
    assert undo in answer.text
    # A form with a mistake in it still does; one of a question taken before does not.
    again = moderator.post("answer_question", question.pk, htmx=True, answer="", began="1")
    assert (again.status_code, undo in again.text) == (422, True)
    assert "data-when-closed" not in moderator.get("answer_question", question.pk, htmx=True).text
    moderator.post("put_question_back", question.pk, htmx=True)
    assert state(question) == "waiting"
    # After the answer, closing the form changes nothing.
    moderator.post("take_question", question.pk, then="answer")
    moderator.post("answer_question", question.pk, answer="Because.", seen="")
    moderator.post("put_question_back", question.pk)
    assert state(question) == "answered"
