"""Publishing the questions: what is missing, what changes, for whom; and looking at them first."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from media_items.quizzes.choices import AttemptState
from media_items.quizzes.kinds import QuestionKind, Rule
from media_items.quizzes.models import Answer, Attempt, QuizVersion, Taker
from media_items.quizzes.writing.differences import differences_of
from media_items.quizzes.writing.publishing import publish
from tests.quiz_factories import DraftFactory, OptionFactory, QuizFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz(owner):
    return QuizFactory(item__owner=owner)


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    return client


def at(name, quiz, *args):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *args])


def question(quiz, text, **kwargs):
    """A complete one."""
    made = DraftFactory(quiz=quiz, text=text, **kwargs)
    OptionFactory(question=made, text=f"right of {text}", credit=100, feedback="SECRET-feedback")
    OptionFactory(question=made, text=f"wrong of {text}")
    return made


def attempt(quiz, state=AttemptState.OPEN, **taker):
    return Attempt.objects.create(
        quiz=quiz,
        taker=Taker.objects.create(quiz=quiz, **taker),
        version=quiz.published,
        number=1,
        state=state,
        is_preview=taker.get("is_preview", False),
    )


def test_nothing_is_published_where_there_is_nothing(browser, quiz):
    assert "There are no questions yet." in text_of(browser.get(at("publish_quiz", quiz)))
    assert browser.post(at("publish_quiz", quiz)).status_code == 422
    assert not QuizVersion.objects.exists()


def test_what_is_not_complete_is_listed_with_a_link_and_keeps_all_from_being_published(
    browser, quiz
):
    question(quiz, "complete")
    empty = DraftFactory(quiz=quiz, text="empty", position=5)
    page = browser.get(at("publish_quiz", quiz))
    assert at("quiz_question", quiz, empty.public_id) in page.content.decode()
    assert "The question needs at least two options." in text_of(page)
    answer = browser.post(at("publish_quiz", quiz))
    assert (answer.status_code, QuizVersion.objects.count()) == (422, 0)
    assert "Some questions are not complete yet." in text_of(answer)


def test_publishing_freezes_and_attempts_keep_the_version_they_began_with(browser, quiz):
    one = question(quiz, "one")
    assert browser.post(at("publish_quiz", quiz)).status_code == 302
    quiz.refresh_from_db()
    running = attempt(quiz)
    edit = at("quiz_question", quiz, one.public_id)
    keys = list(one.options.order_by("position").values_list("public_id", flat=True))
    typed = {"text": "changed", "points": "3", "revision": "1", "right": "1"}
    typed |= {f"line-{n}-key": key for n, key in enumerate(keys)}
    typed |= {f"line-{n}-text": str(n) for n in range(2)}
    assert browser.post(edit, typed).status_code == 302
    assert running.version.questions.questions[0].text == "one"
    assert "Changed since it was published" in text_of(browser.get(at("quiz_questions", quiz)))
    browser.post(at("publish_quiz", quiz))
    quiz.refresh_from_db()
    running.refresh_from_db()
    assert (running.version.number, quiz.published.number) == (1, 2)
    new = quiz.published.questions.questions[0]
    assert (new.id, [option.id for option in new.options]) == (one.public_id, keys)
    assert new.points == Decimal(3)


def test_twice_is_once(browser, quiz):
    question(quiz, "one")
    for _again in range(2):
        browser.post(at("publish_quiz", quiz))
    assert QuizVersion.objects.count() == 1


def test_what_was_changed_and_changed_back_is_published_as_it_is(browser, quiz, owner):
    one = question(quiz, "one")
    publish(quiz=quiz, by=owner)
    quiz.draft = 7
    quiz.save()
    assert one.text == "one"
    publish(quiz=quiz, by=owner)
    assert "Changed since" not in text_of(browser.get(at("quiz_questions", quiz)))


def test_the_page_says_what_changes_and_how_many_attempts_there_are(browser, quiz, owner):
    one, two, three = (question(quiz, text) for text in ("one", "two", "three"))
    publish(quiz=quiz, by=owner)
    quiz.refresh_from_db()
    attempt(quiz, AttemptState.HANDED_IN)
    attempt(quiz, AttemptState.TIME_UP)
    attempt(quiz)
    attempt(quiz, AttemptState.HANDED_IN, is_preview=True)
    one.text = "one more"
    one.save()
    two.delete()
    question(quiz, "four")
    found = differences_of(quiz)
    assert [one.title for one in found.added] == ["four"]
    assert [one.title for one in found.changed] == ["one more"]
    assert [one.title for one in found.removed] == ["two"]
    assert (found.is_moved, found.finished, found.open) == (False, 2, 1)
    said = text_of(browser.get(at("publish_quiz", quiz)))
    assert "2 attempts are finished. They keep their questions and their scores." in said
    assert "1 attempt is in progress." in said
    three.position = 0
    three.save()
    one.position = 9
    one.save()
    assert differences_of(quiz).is_moved


def test_what_several_settings_have_in_common_is_said_once_with_their_names(browser, quiz):
    quiz.score_when = quiz.feedback_when = quiz.answers_when = "closed"
    quiz.save()
    page = text_of(browser.get(at("publish_quiz", quiz)))
    names = "Score · Marks and feedback · Right answers and explanations: The quiz never closes"
    assert names in page
    assert page.count("The quiz never closes") == 1


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (None, None, "can start at once."),
        (1, None, "can start when it opens."),
        (-2, -1, ""),
    ],
)
def test_the_page_says_from_when_people_can_start(browser, quiz, starts, ends, said):
    for name, days in (("starts_at", starts), ("ends_at", ends)):
        setattr(quiz.item, name, days and timezone.now() + timedelta(days=days))
    quiz.item.save()
    question(quiz, "One?")
    page = text_of(browser.get(at("publish_quiz", quiz)))
    assert "1 question will be published." in page
    assert ("People who may take the quiz" in page) == bool(said)
    assert said in page


def test_after_publishing_the_next_step_is_to_share_the_quiz(browser, quiz):
    """And publishing is one no longer, until something has changed."""
    one = question(quiz, "One?")
    paper, next_step = at("quiz_questions", quiz), 'button button-primary" id="publish-questions"'
    assert next_step in browser.get(paper).content.decode()
    page = browser.post(at("publish_quiz", quiz), follow=True)
    assert "The questions are published. Next, share the quiz" in text_of(page)
    assert "Questions published" in text_of(page)
    assert f'<a href="{quiz.item.get_absolute_url()}">Share the quiz</a>' in page.content.decode()
    assert next_step not in page.content.decode()
    edit = at("quiz_question", quiz, one.public_id)
    moved = browser.post(at("duplicate_question", quiz, one.public_id), HTTP_HX_REQUEST="true")
    assert next_step in moved.content.decode()
    assert edit in moved.content.decode()


def test_settings_that_contradict_each_other_are_said_before_publishing(browser, quiz):
    question(quiz, "one")
    quiz.answers_when = "closed"
    quiz.save()
    assert "Set a closing time." in text_of(browser.get(at("publish_quiz", quiz)))


def test_a_preview_shows_what_a_taker_sees_and_stores_nothing(browser, quiz):
    one = question(quiz, "one", explanation="SECRET-explanation", hint="SECRET-hint")
    DraftFactory(quiz=quiz, kind=QuestionKind.OPEN, rule=Rule.BY_HAND, text="Why?", position=9)
    page = browser.get(at("preview_quiz", quiz)).content.decode()
    assert "right of one" in page
    assert "SECRET" not in page
    with_answers = browser.get(at("preview_quiz", quiz), {"answers": ""}).content.decode()
    assert "SECRET-explanation" in with_answers
    assert one.options.count() == 2
    assert not Attempt.objects.exists()
    assert not Answer.objects.exists()
    assert not Taker.objects.exists()
    assert not QuizVersion.objects.exists()
