"""A question without a name carries no name: on no page, in no event, for nobody."""

from __future__ import annotations

import re

import pytest

from media_items.abilities import Ability
from media_items.live.qna import services
from media_items.live.qna.lists import row_of
from media_items.live.qna.models import Question
from media_items.live.sessions.lookups import Place

NAME = "Wilhelmina"


@pytest.fixture
def asker(person, sitting):
    """Somebody with a name that is found nowhere else; names are not asked for."""
    viewer = person(invitation__first_name=NAME, invitation__last_name="Quux")
    services.set_anonymous_questions(session=sitting, allowed=True)
    return viewer


@pytest.fixture
def question(asker, sitting):
    return services.ask(session=sitting, author=asker.me, text="May I ask?", without_name=True)


def pages_of(somebody, question):
    """Everything of Q&A that they can look at."""
    if somebody.get("answer_question", question.pk).status_code == 200:
        looks = [("group", group) for group in ("new", "taken", "answered", "dismissed")]
        yield somebody.get("answer_question", question.pk)
    else:
        looks = [("view", view) for view in ("top", "newest", "own")]
    for word, value in looks:
        yield somebody.get("questions", htmx=True, **{word: value})
    yield somebody.get("questions")


def test_the_name_is_one_that_would_be_found(asker, sitting, host_person):
    named = services.ask(session=sitting, author=asker.me, text="With a name?")
    assert asker.me.name.startswith(NAME)
    assert NAME in host_person.get("questions").content.decode()
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
    question, asker, person, host_person, guest_person, sitting, acts
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


def test_nothing_in_the_page_is_different_for_two_who_asked_the_same(person, host_person, sitting):
    """No colour, id or class gives away whose it is: two such questions are drawn alike."""
    services.set_anonymous_questions(session=sitting, allowed=True)
    drawn = []
    for one in (person(), person("speaker"), person("moderator")):
        Question.objects.all().delete()
        asked = services.ask(session=sitting, author=one.me, text="Same?", without_name=True)
        Question.objects.filter(pk=asked.pk).update(asked_at=sitting.opened_at)
        page = host_person.get("questions", htmx=True).content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        drawn.append(number_out(page, asked.pk))
    assert drawn[0] == drawn[1] == drawn[2]


def number_out(page, pk):
    return re.sub(rf"(?<=-list-){pk}\b|(?<=/questions/){pk}(?=/)", "N", page)


def test_the_row_a_template_gets_holds_nothing_of_whoever_asked(question, asker, person, sitting):
    moderator = person("moderator")
    sitting.item.abilities = frozenset(Ability)
    row = row_of(question, Place(sitting.item, sitting, moderator.me, None))
    assert (row.asked_by, row.colour, row.is_mine) == ("", "", False)
    assert NAME not in repr(row)


def test_whoever_asked_knows_their_own_question(question, asker):
    page = asker.get("questions").content.decode()
    assert "You, without your name" in page


def test_the_events_name_neither_question_nor_author(asker, sitting, person, told):
    with told() as facts:
        asker.post("ask_question", text="May I?", without_name="on")
    assert {(fact.kind, fact.audience) for fact in facts if fact.kind == "questions"} == {
        ("questions", "mods"),
        ("questions", f"p{asker.me.pk}"),
    }
    assert all(not fact.data for fact in facts)


def test_where_names_are_asked_for_a_question_without_one_is_not_asked_with_it(person, sitting):
    """Ticked before the host switched it off: they are asked, not named."""
    viewer = person()
    answer = viewer.post("ask_question", text="May I?", without_name="on", htmx=True)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Questions without a name are switched off now." in page
    assert "May I?" in page
    assert not Question.objects.exists()
    with pytest.raises(services.OnlyWithName):
        services.ask(session=sitting, author=viewer.me, text="May I?", without_name=True)


def test_the_form_offers_it_only_where_the_host_allows_it(person, sitting):
    viewer = person()
    assert "Ask without my name" not in viewer.get("questions").content.decode()
    services.set_anonymous_questions(session=sitting, allowed=True)
    assert "Ask without my name" in viewer.get("questions").content.decode()


def test_what_was_asked_without_a_name_stays_without_one_when_it_is_switched_off(
    question, sitting, host_person
):
    services.set_anonymous_questions(session=sitting, allowed=False)
    page = host_person.get("questions").content.decode()
    assert "May I ask?" in page
    assert NAME not in page


def test_the_host_and_moderators_switch_it_from_the_three_dots(person, host_person, sitting):
    assert "Allow questions without a name" in host_person.get("questions").content.decode()
    host_person.post("allow_anonymous_questions")
    host_person.post("allow_anonymous_questions")
    sitting.item.live_settings.refresh_from_db()
    assert sitting.item.live_settings.anonymous_questions
    assert "Only questions with a name" in host_person.get("questions").content.decode()
    person("moderator").post("stop_anonymous_questions")
    sitting.item.live_settings.refresh_from_db()
    assert not sitting.item.live_settings.anonymous_questions


@pytest.mark.parametrize("role", ["speaker", "viewer"])
def test_nobody_else_switches_it(person, role):
    somebody = person(role)
    assert somebody.post("allow_anonymous_questions").status_code == 403
    assert "without a name" not in somebody.get("questions").content.decode()
