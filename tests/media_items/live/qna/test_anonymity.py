"""A question without a name carries no name: on no page, in no event, for nobody."""

from __future__ import annotations

import re

import pytest

from media_items.abilities import Ability
from media_items.live.qna import services
from media_items.live.qna.lists import row_of
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSettings

NAME = "Wilhelmina"


@pytest.fixture
def asker(person, session):
    """Somebody with a name that is found nowhere else; names are not asked for."""
    viewer = person(invitation__first_name=NAME, invitation__last_name="Quux")
    services.set_anonymous_questions(session=session, allowed=True)
    return viewer


@pytest.fixture
def question(asker, session):
    return services.ask(session=session, author=asker.me, text="May I ask?", without_name=True)


def pages_of(somebody, question):
    """Everything of Q&A that they can look at."""
    if somebody.get("answer_question", question.pk).status_code == 200:
        looks = [("group", group) for group in ("new", "taken", "answered", "dismissed")]
        yield somebody.get("answer_question", question.pk)
    else:
        looks = [("view", view) for view in ("top", "newest", "own")]
    for word, value in looks:
        yield somebody.get("qna", htmx=True, **{word: value})
    yield somebody.get("qna")


def test_the_name_is_one_that_would_be_found(asker, session, host_person):
    named = services.ask(session=session, author=asker.me, text="With a name?")
    assert asker.me.name.startswith(NAME)
    assert NAME in host_person.get("qna").content.decode()
    assert NAME in host_person.get("answer_question", named.pk).content.decode()


@pytest.mark.parametrize(
    "acts",
    [
        [],
        ["publish"],
        ["take"],
        ["take", "publish"],
        ["take", "mark_answered_live", "publish"],
        ["take", "answer", "publish"],
        ["dismiss"],
    ],
    ids="-".join,
)
def test_no_page_of_anybody_says_who_asked(
    question, asker, person, host_person, guest_person, session, acts
):
    moderator = person("moderator")
    takes_actor = {"take", "mark_answered_live", "answer", "dismiss"}
    for act in acts:
        more = {"by": moderator.me} if act in takes_actor else {}
        more |= {"text": "Yes.", "seen": ""} if act == "answer" else {}
        getattr(services, act)(question=question, **more)
    everybody = [moderator, host_person, person("speaker"), person(), guest_person()]
    for somebody in everybody:
        somebody.post("vote_for_question", question.pk)
        for answer in pages_of(somebody, question):
            assert NAME not in answer.content.decode(), answer.request
            assert "Quux" not in answer.content.decode()


def test_nothing_in_the_page_is_different_for_two_who_asked_the_same(person, host_person, session):
    """No colour, id or class gives away whose it is: two such questions are drawn alike."""
    services.set_anonymous_questions(session=session, allowed=True)
    drawn = []
    for one in (person(), person("speaker"), person("moderator")):
        AudienceQuestion.objects.all().delete()
        asked = services.ask(session=session, author=one.me, text="Same?", without_name=True)
        AudienceQuestion.objects.filter(pk=asked.pk).update(asked_at=session.opened_at)
        page = host_person.get("qna", htmx=True).content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        drawn.append(number_out(page, asked.pk))
    assert drawn[0] == drawn[1] == drawn[2]


def number_out(page, pk):
    return re.sub(rf"(?<=-list-){pk}\b|(?<=answer-own-){pk}\b|(?<=/qna/){pk}(?=/)", "N", page)


def test_the_row_a_template_gets_holds_nothing_of_whoever_asked(question, asker, person, session):
    moderator = person("moderator")
    session.item.abilities = frozenset(Ability)
    row = row_of(question, Place(session.item, session, moderator.me, None, LiveSettings()))
    assert (row.asked_by, row.colour, row.is_mine) == ("", "", False)
    assert NAME not in repr(row)


def test_whoever_asked_knows_their_own_question(question, asker):
    page = asker.get("qna").content.decode()
    assert "You (anonymous)" in page


def test_the_events_name_neither_question_nor_author(asker, session, person, told):
    with told() as facts:
        asker.post("ask_question", text="May I?", without_name="on")
    assert {(fact.kind, fact.recipients) for fact in facts if fact.kind == "qna"} == {
        ("qna", "mods"),
        ("qna", f"p{asker.me.pk}"),
    }
    assert all(not fact.data for fact in facts)


def test_where_names_are_asked_for_a_question_without_one_is_not_asked_with_it(person, session):
    """Ticked before the host switched it off: they are asked, not named."""
    viewer = person()
    answer = viewer.post("ask_question", text="May I?", without_name="on", htmx=True)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Anonymous questions are now switched off." in page
    assert "May I?" in page
    assert not AudienceQuestion.objects.exists()
    with pytest.raises(services.OnlyWithName):
        services.ask(session=session, author=viewer.me, text="May I?", without_name=True)


def test_the_form_offers_it_only_where_the_host_allows_it(person, session):
    viewer = person()
    assert "Ask anonymously" not in viewer.get("qna").content.decode()
    services.set_anonymous_questions(session=session, allowed=True)
    assert "Ask anonymously" in viewer.get("qna").content.decode()


def test_what_was_asked_without_a_name_stays_without_one_when_it_is_switched_off(
    question, session, host_person
):
    services.set_anonymous_questions(session=session, allowed=False)
    page = host_person.get("qna").content.decode()
    assert "May I ask?" in page
    assert NAME not in page


def test_the_host_and_moderators_switch_it_from_the_three_dots(person, host_person, session):
    assert "Allow anonymous questions" in host_person.get("qna").content.decode()
    host_person.post("allow_anonymous_questions")
    host_person.post("allow_anonymous_questions")
    session.item.live_settings.refresh_from_db()
    assert session.item.live_settings.anonymous_questions
    assert "Turn off anonymous questions" in host_person.get("qna").content.decode()
    person("moderator").post("stop_anonymous_questions")
    session.item.live_settings.refresh_from_db()
    assert not session.item.live_settings.anonymous_questions


@pytest.mark.parametrize("role", ["speaker", "viewer"])
def test_nobody_else_switches_it(person, role):
    somebody = person(role)
    assert somebody.post("allow_anonymous_questions").status_code == 403
    assert "without a name" not in somebody.get("qna").content.decode()
