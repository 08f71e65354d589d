"""Looking at questions as takers get them, while they are typed and as they are written, and trying
them."""

import re

import pytest
from django.urls import reverse

from media_items.quizzes.kinds import QuestionKind, Rule
from media_items.quizzes.models import Answer, Attempt, Question, QuestionPicture
from tests.quiz_factories import DraftFactory, OptionFactory, QuizFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
TYPED = {
    "form": "newone",
    "text": "What is $x^2$?",
    "hint": "Look at $h$.",
    "explanation": "Because of $e$.",
    "line-0-text": "$a$",
    "line-1-text": "$b$",
    "line-1-feedback": "Not $f$.",
    "right": "0",
}


@pytest.fixture
def quiz(owner):
    return QuizFactory(item__owner=owner)


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    return client


def at(name, quiz, *args):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *args])


def typed(browser, quiz, kind, **fields):
    answer = browser.post(at("preview_question", quiz, kind), fields, **HTMX)
    assert answer.status_code == 200
    return answer


def test_each_part_of_a_question_is_shown_while_it_is_typed(browser, quiz):
    shown = typed(browser, quiz, "single", **TYPED).content.decode()
    for letter in "abefh":
        assert f"<mi>{letter}</mi>" in shown
    assert 'type="radio"' in shown
    assert not Question.objects.exists()


def picture_in(shown):
    found = re.search(r'<img class="quiz-picture"[^>]*>', shown.content.decode())
    return found[0] if found else ""


def test_a_picture_that_was_chosen_has_its_place_though_it_is_not_sent(browser, quiz):
    more = {"picture_chosen": "yes", "picture_alt": "A cell"}
    shown = picture_in(typed(browser, quiz, "open", form="newone", **more))
    assert 'alt="A cell"' in shown
    assert "data-chosen-picture" in shown
    assert "src" not in shown
    tried = {"question": "pnewone", "act": "check:pnewone", **TYPED, **more}
    assert "data-chosen-picture" in picture_in(typed(browser, quiz, "single", **tried))


def test_a_picture_is_gone_from_the_preview_once_it_is_to_be_removed(browser, quiz):
    draft = DraftFactory(quiz=quiz, picture=QuestionPicture.objects.create(quiz=quiz, file="a.jpg"))
    sent = {"form": draft.public_id, "text": "What is this?", "points": "1"}
    assert draft.picture.public_id in picture_in(typed(browser, quiz, "single", **sent))
    assert picture_in(typed(browser, quiz, "single", **sent, remove_picture="on")) == ""
    draft.refresh_from_db()
    assert draft.picture


def test_an_empty_question_shows_nothing_yet(browser, quiz):
    assert "quiz-question" not in typed(browser, quiz, "single").content.decode()


@pytest.mark.parametrize("kind", QuestionKind)
def test_what_is_half_written_or_wrong_is_shown_as_far_as_it_can_be_read(browser, quiz, kind):
    half = {"text": "W", "points": "-1", "rule": "no", "line-0-text": "two", "line-1-match": "m"}
    half |= {"line-0-tolerance": "absolute", "line-0-margin": "x", "line-2-credit": "1e9"}
    assert "quiz-question" in typed(browser, quiz, kind.value, **half).content.decode()


@pytest.mark.parametrize(
    ("kind", "answer", "verdict"),
    [
        ("single", {"pnewone": "o0"}, "Right"),
        ("single", {"pnewone": "o1"}, "Wrong"),
        ("single", {"pnewone": "of another"}, "You didn’t answer this question."),
        ("short_text", {"pnewone": "$A$"}, "Right"),
        ("matching", {"pnewone.o0": "m0", "pnewone.o1": "m0"}, "Partly right"),
        ("ordering", {"pnewone.o0": "1", "pnewone.o1": "2"}, "Right"),
        ("open", {"pnewone": "So."}, "Still to be marked"),
    ],
)
def test_an_answer_is_tried_and_nothing_is_saved(browser, quiz, kind, answer, verdict):
    matches = {"line-0-match": "m", "line-1-match": "n"} if kind == "matching" else {}
    fields = TYPED | matches | {"question": "pnewone", "act": "check:pnewone"} | answer
    said = text_of(typed(browser, quiz, kind, **fields))
    assert verdict in said
    assert "Explanation" in said
    again = typed(browser, quiz, kind, **TYPED | {"act": "again:pnewone"}).content.decode()
    assert "data-verdict" not in again
    assert not Attempt.objects.exists()
    assert not Answer.objects.exists()
    assert not Question.objects.exists()


def test_a_tried_answer_stays_while_the_question_is_written(browser, quiz):
    fields = TYPED | {"question": "pnewone", "pnewone": "o1"}
    assert 'value="o1" id="o-pnewone-o1" autocomplete="off" checked' in (
        typed(browser, quiz, "single", **fields).content.decode()
    )


def test_a_checked_answer_is_checked_again_by_the_key_as_it_is_written_now(browser, quiz):
    fields = TYPED | {"question": "pnewone", "pnewone": "o1", "act": "check:pnewone"}
    checked = typed(browser, quiz, "single", **fields).content.decode()
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', checked))
    assert kept == {"checked": "pnewone", "question": "pnewone", "pnewone": "o1"}
    assert "autofocus" in checked
    for right, verdict in (("0", "Wrong"), ("1", "Right")):
        shown = typed(browser, quiz, "single", **TYPED | kept | {"right": right})
        assert verdict in text_of(shown)
        assert "autofocus" not in shown.content.decode()
    again = TYPED | kept | {"act": "again:pnewone"}
    assert "checked" not in typed(browser, quiz, "single", **again).content.decode()


def test_what_of_mathematics_cannot_be_read_is_named_beside_its_field(browser, quiz):
    fields = {"text": r"$\ce{H2O}$", "hint": "$x^a^b$", "line-1-text": r"$\nope$ and \\(fine\\)"}
    shown = typed(browser, quiz, "single", form="n", **fields).content.decode()
    places = {
        part.split('"')[0]: part.split("</div>")[0] for part in shown.split('<div id="id_n_')[1:]
    }
    assert "“\\ce” isn’t known" in places["text-tex"]
    assert "“x^a^b” can’t be read" in places["hint-tex"]
    assert "“\\nope” isn’t known" in places["line-1-text-tex"]
    assert "“" not in places["line-0-text-tex"]
    assert "\\ce" not in shown.split('<div id="id_n_')[0]


def test_a_saved_question_is_shown_with_its_picture(browser, quiz):
    question = DraftFactory(quiz=quiz)
    page = browser.get(at("quiz_question", quiz, question.public_id))
    assert f'name="form" value="{question.public_id}"' in page.content.decode()
    other = DraftFactory()
    shown = typed(browser, quiz, "single", form=other.public_id, text="Mine")
    assert "quiz-picture" not in shown.content.decode()


def test_the_preview_of_a_quiz_is_tried(browser, quiz):
    question = DraftFactory(quiz=quiz, text="Which?", hint="Look.", explanation="So it is.")
    right, wrong = (OptionFactory(question=question, credit=credit) for credit in (100, 0))
    other = DraftFactory(quiz=quiz, kind=QuestionKind.OPEN, rule=Rule.BY_HAND, text="Why?")
    address = at("preview_quiz", quiz)
    page = browser.get(address).content.decode()
    assert "So it is." not in page
    assert "Look." not in page
    name = question.public_id
    sent = {"question": [name, other.public_id], other.public_id: "kept as typed"}
    wanted = {wrong.public_id: "Wrong", right.public_id: "Right"}
    for option, verdict in wanted.items():
        tried = sent | {name: option, "act": f"check:{name}"}
        whole = browser.post(address, tried)
        assert verdict in text_of(whole)
        assert "So it is." in text_of(whole)
        assert "kept as typed" in whole.content.decode()
        part = text_of(browser.post(address, tried, **HTMX))
        assert verdict in part
        assert "Why?" not in part
    assert "Look." in text_of(browser.post(address, sent | {"act": f"hint:{name}"}))
    assert browser.post(address, {"act": "check:none"}, **HTMX).status_code == 404
    assert not Attempt.objects.exists()


def test_the_order_of_a_preview_stays(browser, quiz):
    question = DraftFactory(quiz=quiz, kind=QuestionKind.ORDERING, rule=Rule.ALL)
    for _line in range(6):
        OptionFactory(question=question)
    orders = {
        tuple(one.id for one in page.context["questions"][0][0].options)
        for page in (browser.get(at("preview_quiz", quiz)) for _time in range(4))
    }
    assert len(orders) == 1
    assert orders != {tuple(question.options.values_list("public_id", flat=True))}
