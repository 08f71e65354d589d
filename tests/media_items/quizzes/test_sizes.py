"""However much somebody writes, a page of a quiz is drawn in about a second."""

from inspect import unwrap

import pytest
from django.urls import reverse

from media_items.quizzes import mathematics, sizes, texts
from media_items.quizzes.content import Question
from media_items.quizzes.drawn_once import DrawnOnce
from media_items.quizzes.interchange.services import reading
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import QuizVersion
from media_items.quizzes.texts import AsTyped, Size
from media_items.quizzes.writing.differences import differences_of
from media_items.quizzes.writing.publishing import publish
from media_items.refusals import Invalid
from tests.growth import assert_takes_its_length
from tests.quiz_factories import DraftFactory, QuizFactory
from tests.reading import text_of

FORMULAS = " ".join([f"${'a' * 1_990}$"] * 5)  # of one question: ten thousand characters
OTHERS = [f"${'a' * 1_985}{number}$" for number in range(1_000, 1_150)]  # each is drawn by itself
TABLE = "|a" * 19 + "\n" + "|-" * 19 + "\n" + ("|b" * 19 + "\n") * 100


@pytest.fixture
def quiz(owner):
    return QuizFactory(item__owner=owner)


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch):
    monkeypatch.setattr(texts, "_KEPT", DrawnOnce(16_000_000))
    monkeypatch.setattr(mathematics, "_CONVERTED", DrawnOnce(8_000_000))
    texts.unread.cache_clear()


@pytest.fixture
def drawn(monkeypatch):
    """The formulas that were drawn, each time that one was."""
    found, convert = [], mathematics.convert
    monkeypatch.setattr(
        mathematics, "convert", lambda tex, **more: found.append(tex) or convert(tex, **more)
    )
    return found


def written(quiz, text, count):
    for _number in range(count):
        DraftFactory(quiz=quiz, kind=QuestionKind.REFLECTION, text=text)


def at(name, quiz, *args):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *args])


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("In which phase do they line up?", Size()),
        ("בִּפְרוֹפָזָה, क्या", Size()),
        ("so $x^2$ is", Size(tex=3, marks=11)),
        (r"so \(x^2\) is", Size(tex=3, marks=11)),
        ("`$x^2$` is no formula", Size(marks=13)),
        (f"${'a' * 2_001}$ is not drawn", Size(marks=10)),
        ("costs 5 $", Size(marks=9)),
        ("*so*", Size(marks=10)),
        ("a\nb", Size(marks=9)),
        ("|a|b\n|-|-\n|c", Size(marks=8 + 9 + 6)),
        (AsTyped("$x$ and *more*"), Size()),
    ],
)
def test_what_there_is_to_draw_is_counted_without_drawing_it(text, size):
    assert texts.size_of(text) == size


@pytest.mark.no_database
def test_what_is_shown_as_it_was_typed_is_drawn_nowhere():
    text = AsTyped("$x^2$ <b>\n*so*")
    assert texts.block(text) == "<p>$x^2$ &lt;b&gt;<br>*so*</p>"
    assert texts.inline(text) == "$x^2$ &lt;b&gt;<br>*so*"
    assert texts.line(text) == "$x^2$ &lt;b&gt;\n*so*"
    assert texts.plain(text) == "$x^2$ <b> *so*"
    assert texts.unread(AsTyped(r"$\nope$")) == texts.Unread()
    assert texts.block(str(text)) != texts.block(text)


@pytest.mark.no_database
@pytest.mark.parametrize(
    "text",
    [
        "In which phase?",
        "3.5 is right",
        "12. and a list",
        "- a list",
        "a - b",
        "(a) 50 % of it",
        "…“é”",
    ],
)
def test_a_text_without_marks_is_shown_as_one_with_marks_would_be(text):
    whole = texts.block(f"{text} *so*")
    assert texts.block(text).strip() == whole.replace(" <em>so</em>", "").strip()
    assert texts.inline(text) == texts.inline(f"{text} *so*").replace(" <em>so</em>", "")


@pytest.mark.no_database
def test_what_is_kept_is_bounded_by_its_characters():
    kept, drawn = DrawnOnce[str](10_000), []

    def draw(text):
        drawn.append(text)
        return text * 1_000

    for text in ("a", "b", "a", "c", "a"):
        assert kept.get(text, 0, lambda text=text: draw(text)) == text * 1_000
    assert drawn == ["a", "b", "c"]
    for number in range(100):
        kept.get(str(number), 0, lambda: "x" * 1_000)
    assert len(kept) <= 8
    kept.get("long", 0, lambda: "x" * 20_000)
    assert len(kept) == 0


@pytest.mark.no_database
@pytest.mark.parametrize(
    "text",
    [r"\(", r"\[", r"\(\\)", "[", "[a](", "![", "*a", "**a** ", "<a", "&", "- a\n", "~~a", "|a\n"],
)
def test_no_text_takes_more_than_its_length(text):
    """As many marks as a quiz may have, in texts as long as they may be."""
    assert_takes_its_length(
        unwrap(texts.block), lambda length: text * (length // len(text)), length=10_000
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "count", "said"),
    [
        (FORMULAS, 4, "and here the count is 39800"),
        (TABLE, 30, "too much formatting"),
    ],
)
def test_what_is_too_much_to_draw_is_named_and_not_published(browser, quiz, text, count, said):
    written(quiz, text, count)
    assert said in text_of(browser.get(at("publish_quiz", quiz)))
    assert not differences_of(quiz).may_publish
    with pytest.raises(Invalid, match=said):
        publish(quiz=quiz, by=quiz.item.owner)
    assert said in text_of(browser.post(at("publish_quiz", quiz)))
    assert not QuizVersion.objects.exists()
    quiz.questions.filter(pk__in=quiz.questions.values("pk")[1:]).delete()
    publish(quiz=quiz, by=quiz.item.owner)
    assert QuizVersion.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["quiz_questions", "preview_quiz", "publish_quiz"])
def test_a_page_of_those_who_write_draws_so_much_and_shows_the_rest_as_it_was_typed(
    browser, quiz, page, drawn
):
    for first in range(0, len(OTHERS), 5):
        DraftFactory(
            quiz=quiz, kind=QuestionKind.REFLECTION, text=" ".join(OTHERS[first : first + 5])
        )
    shown = browser.get(at(page, quiz)).content.decode()
    assert sum(map(len, drawn)) <= sizes.MOST.tex
    if page in {"quiz_questions", "preview_quiz"}:
        assert "<math" in shown
        assert "$aaa" in shown
        said = {
            "quiz_questions": "all the formulas and formatting that a quiz",
            "preview_quiz": "What comes after as much as a quiz may have",
        }
        assert said[page] in shown


@pytest.mark.django_db
def test_an_import_of_too_much_is_named_and_may_be_taken(browser, quiz, drawn):
    asked = [
        f"::Q:: [markdown]{' '.join(OTHERS[first : first + 5]).replace('$', '$$')} {{}}"
        for first in range(0, 40, 5)
    ]
    batch = reading.begin(
        quiz=quiz,
        data="\n\n".join(asked).encode(),
        file_name="a.gift",
        by=quiz.item.owner,
    )
    batch = reading.read_soon(batch)
    drawn.clear()
    page = browser.get(at("import_preview", quiz, batch.public_id)).content.decode()
    assert sum(map(len, drawn)) <= sizes.MOST.tex
    assert "All formulas together are too long" in page
    assert "a quiz with all of them can’t be published" in page
    assert "<math" in page
    assert "$aaa" in page


@pytest.mark.django_db
def test_what_was_drawn_is_not_drawn_at_each_look(quiz, drawn):
    question = Question("q", QuestionKind.REFLECTION, "$x^2$", hint="$y$")
    for _look in range(3):
        texts.block(question.text)
        texts.inline(question.hint)
        texts.plain(question.text)
    assert sorted(drawn) == ["x^2", "y"]


@pytest.mark.no_database
def test_of_many_questions_those_in_front_are_drawn():
    one = Question("q", QuestionKind.REFLECTION, FORMULAS)
    found = sizes.drawn([one] * 5)
    assert [sizes.is_as_typed(each) for each in found] == [False] * 3 + [True] * 2
    assert found == [one] * 5
