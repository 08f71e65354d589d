"""The paper of a quiz: adding, editing, copying, moving, deleting, with and without htmx."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from media_items.catalogue.models import Kind, MediaItem
from media_items.quizzes.content import Option
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance
from media_items.quizzes.models import Exemption, Question, Quiz
from media_items.quizzes.writing.publishing import content_of, lacks
from tests.factories import MediaItemFactory, UserFactory
from tests.quiz_factories import NUMBER, DraftFactory, OptionFactory, QuizFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def quiz(owner):
    return QuizFactory(item__owner=owner)


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    return client


def at(name, quiz, *args):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *args])


def texts_of(quiz):
    return [one.text for one in quiz.questions.live().order_by("position", "pk")]


def test_a_quiz_is_made_from_a_title_and_a_kind(browser, owner):
    address = reverse("media_items:create_media_item", args=["quiz"])
    assert "One attempt with a time limit" in text_of(browser.get(address))
    answer = browser.post(address, {"title": "Mitosis", "preset": "test"})
    item = MediaItem.objects.get(title="Mitosis")
    assert (item.kind, item.quiz.preset, item.quiz.time_limit_minutes) == (Kind.QUIZ, "test", 60)
    assert answer["Location"] == reverse("media_items:quiz_questions", args=[item.public_id])


def test_an_item_from_before_quizzes_had_questions_gets_its_row_when_it_is_written_in(
    browser, owner
):
    item = MediaItemFactory(owner=owner, kind=Kind.QUIZ)
    paper = reverse("media_items:quiz_questions", args=[item.public_id])
    assert browser.get(paper).status_code == 200
    for name in ("quiz_settings", "publish_quiz", "preview_quiz", "quiz_exemptions"):
        address = reverse(f"media_items:{name}", args=[item.public_id])
        assert browser.get(address).status_code == 200, name
    assert not Quiz.objects.exists()
    address = reverse("media_items:new_quiz_question", args=[item.public_id, "open"])
    browser.post(address, {"text": "Why?", "points": "1"})
    assert [one.text for one in item.quiz.questions.all()] == ["Why?"]


WRITTEN = {
    QuestionKind.SINGLE: {
        "line-0-text": "Metaphase",
        "line-1-text": "Anaphase",
        "line-1-credit": "50",
        "line-1-feedback": "Nearly.",
        "right": "0",
    },
    QuestionKind.MULTIPLE: {
        "line-0-text": "Prophase",
        "line-1-text": "Interphase",
        "line-2-text": "Metaphase",
        "right": ["0", "2"],
        "rule": "all",
    },
    QuestionKind.TRUE_FALSE: {"line-0-text": "True", "line-1-text": "False", "right": "1"},
    QuestionKind.SHORT_TEXT: {
        "line-0-text": "Centromere",
        "line-1-text": "Kinetochore",
        "line-1-credit": "50",
        "accents_matter": "on",
    },
    QuestionKind.NUMBER: {
        "line-0-text": "1,5",
        "line-0-tolerance": "absolute",
        "line-0-margin": "0.2",
        "unit": "h",
    },
    QuestionKind.MATCHING: {
        "line-0-text": "Prophase",
        "line-0-match": "they coil up",
        "line-1-text": "Anaphase",
        "line-1-match": "they part",
        "line-2-match": "they sleep",
        "rule": "pairs",
    },
    QuestionKind.ORDERING: {
        "line-0-text": "First",
        "line-2-text": "Second",
        "rule": "neighbours",
    },
    QuestionKind.OPEN: {},
    QuestionKind.REFLECTION: {},
}
CREDITS = {
    QuestionKind.SINGLE: [100, 50],
    QuestionKind.MULTIPLE: [100, 0, 100],
    QuestionKind.TRUE_FALSE: [0, 100],
    QuestionKind.SHORT_TEXT: [100, 50],
    QuestionKind.NUMBER: [100],
    QuestionKind.MATCHING: [0, 0],
    QuestionKind.ORDERING: [0, 0],
    QuestionKind.OPEN: [],
    QuestionKind.REFLECTION: [],
}


def sent_by(page):
    """What a browser sends of the form as it is shown, with nothing typed."""
    form, lines = page.context["form"], page.context["lines"]
    sent = {name: form[name].value() for name in form.fields}
    for line, is_right in lines.rows if lines else []:
        sent |= {line.add_prefix(name): line[name].value() for name in line.fields}
        if is_right:
            sent.setdefault("right", []).append(str(line.index))
    return {name: value for name, value in sent.items() if value is not None and value is not False}


@pytest.mark.parametrize(
    ("option", "is_complete"),
    [
        (Option("n", "3", Decimal(100), tolerance=Tolerance.INTERVAL, margin="5"), True),
        (Option("n", "3", Decimal(100), tolerance=Tolerance.INTERVAL, margin="3"), True),
        (Option("n", "5", Decimal(100), tolerance=Tolerance.INTERVAL, margin="3"), False),
        (Option("n", "5", Decimal(100), tolerance=Tolerance.INTERVAL), False),
        (Option("n", "-5", Decimal(100), tolerance=Tolerance.INTERVAL, margin="-7"), False),
        (Option("n", "5", Decimal(0)), False),
        (Option("n", "5", Decimal(50)), True),
    ],
)
def test_a_number_that_nobody_can_have_is_lacking(option, is_complete):
    assert (not lacks(replace(NUMBER, options=(option,)))) == is_complete


@pytest.mark.parametrize(("upper", "is_saved"), [("3", False), ("5", True), ("7", True)])
def test_a_range_is_written_from_its_lower_end_to_its_upper(browser, quiz, upper, is_saved):
    typed = {"text": "How long?", "points": "1", "line-0-text": "5"}
    typed |= {"line-0-tolerance": "interval", "line-0-margin": upper}
    answer = browser.post(at("new_quiz_question", quiz, "number"), typed)
    assert ("The upper end is below the lower one." in text_of(answer)) == (not is_saved)
    assert bool(content_of(quiz).questions) == is_saved


@pytest.mark.parametrize("kind", QuestionKind)
@pytest.mark.parametrize("htmx", [{}, HTMX], ids=["plain", "htmx"])
def test_a_question_of_each_kind_is_written_complete_and_opens_as_it_was_typed(
    browser, quiz, kind, htmx
):
    address = at("new_quiz_question", quiz, kind.value)
    assert browser.get(address, **htmx).status_code == 200
    typed = sent_by(browser.get(address)) | {"text": "What is $x^2$?", "points": "2"}
    typed |= {"hint": "Look."} | WRITTEN[kind]
    answer = browser.post(address, typed, **htmx)
    assert answer.status_code == (200 if htmx else 302), text_of(answer)
    [question] = content_of(quiz).questions
    assert (question.kind, question.text) == (kind, "What is $x^2$?")
    assert [one.credit for one in question.options] == CREDITS[kind]
    assert lacks(question) == []
    if "rule" in typed:
        assert question.rule == Rule(typed["rule"])
    if kind == QuestionKind.MATCHING:
        assert len(question.choices) == 3

    edit = at("quiz_question", quiz, question.id)
    again = sent_by(browser.get(edit))
    answer = browser.post(edit, again, **htmx)
    assert answer.status_code == (200 if htmx else 302), text_of(answer)
    assert content_of(quiz).questions == (question,)


def test_a_form_on_its_own_page_leads_to_the_paper_and_one_on_the_paper_stays(browser, quiz):
    """No act of the page alone names what only the paper has."""

    def on(address):
        return HTMX | {"HTTP_HX_CURRENT_URL": f"http://testserver{address}"}

    paper, new = at("quiz_questions", quiz), at("new_quiz_question", quiz, "open")
    first = {"text": "First?", "points": "1"}
    added = browser.post(new, first, **on(new))
    [question] = content_of(quiz).questions
    assert added["HX-Redirect"] == f"{paper}#q-{question.id}"
    assert "Saved." in text_of(browser.get(paper))

    edit = at("quiz_question", quiz, question.id)
    typed = sent_by(browser.get(edit)) | {"text": "Second?"}
    saved = browser.post(edit, typed, **on(edit))
    assert saved["HX-Redirect"] == f"{paper}#q-{question.id}"
    changed = browser.post(edit, typed | {"text": "Third?"}, **on(edit))
    assert changed.status_code == 422
    assert "Somebody else changed this question" in text_of(changed)

    cancels = {
        "new": (new, 'hx-target="closest .new-sheet"'),
        "edit": (edit, 'hx-target="closest .sheet"'),
        "kinds": (at("new_question_kinds", quiz), 'hx-target="closest .new-sheet"'),
    }
    for address, of_the_paper in cancels.values():
        assert of_the_paper not in browser.get(address).content.decode()
        assert of_the_paper not in browser.get(address, **on(address)).content.decode()
        assert of_the_paper in browser.get(address, **on(paper)).content.decode()
    assert 'closest .sheet"' not in changed.content.decode()

    there = browser.post(new, first, **on(paper))
    assert (there.status_code, there["HX-Retarget"]) == (200, "#paper")


@pytest.mark.parametrize("kind", [QuestionKind.SHORT_TEXT, QuestionKind.NUMBER])
def test_an_accepted_answer_that_earns_nothing_is_seen_and_said(browser, quiz, kind):
    question = DraftFactory(quiz=quiz, kind=kind)
    OptionFactory(question=question, text="1", credit=0)
    line = browser.get(at("quiz_question", quiz, question.public_id)).context["lines"].forms[0]
    assert line.uses_more
    assert line["credit"].value() == 0
    assert "No accepted answer earns points." in text_of(browser.get(at("publish_quiz", quiz)))
    OptionFactory(question=question, text="2", credit=50)
    assert "No accepted answer earns" not in text_of(browser.get(at("publish_quiz", quiz)))


@pytest.mark.parametrize("number", ["10", "100", "2.5", "0"])
def test_numbers_stand_in_their_fields_as_one_types_them(browser, quiz, number):
    question = DraftFactory(quiz=quiz, points=Decimal(number))
    OptionFactory(question=question, credit=100)
    OptionFactory(question=question, credit=Decimal("50.00000"))
    page = browser.get(at("quiz_question", quiz, question.public_id)).content.decode()
    assert re.search(rf'<input [^>]*name="points" value="{number}"', page)
    assert re.search(r'<input [^>]*name="line-1-credit" value="50"', page)


def test_how_many_times_the_time_stands_as_one_types_it(browser, quiz):
    Exemption.objects.create(quiz=quiz, email="ada@example.org", time_factor=Decimal(10))
    address = at("quiz_exemption", quiz, quiz.exemptions.get().pk)
    page = browser.get(address).content.decode()
    assert re.search(r'<input [^>]*name="time_factor" value="10"', page)


@pytest.mark.parametrize("kind", ["short_text", "number", "single"])
def test_a_line_that_says_no_credit_has_that_of_its_kind(browser, quiz, kind):
    """As the page sends it: with all its fields, filled in or not."""
    page = browser.get(at("new_quiz_question", quiz, kind))
    form, lines = page.context["form"], page.context["lines"]
    sent = {name: form[name].value() or "" for name in form.fields if name != "picture_file"}
    for line in lines.forms:
        values = {line.add_prefix(name): line[name].value() for name in line.fields}
        sent |= {name: "" if value is None else value for name, value in values.items()}
    sent |= {"text": "?", "line-0-text": "1", "line-1-text": "2", "right": "0"}
    sent = {name: value for name, value in sent.items() if value is not False}
    assert browser.post(at("new_quiz_question", quiz, kind), sent).status_code == 302
    [question] = content_of(quiz).questions
    wanted = [100, 0] if kind == "single" else [100, 100]
    assert [one.credit for one in question.options] == wanted
    assert lacks(question) == []


def test_accepted_answers_that_earn_nothing_are_not_complete(quiz):
    question = DraftFactory(quiz=quiz, kind=QuestionKind.NUMBER)
    OptionFactory(question=question, text="2", credit=0)
    [written] = content_of(quiz).questions
    assert [str(one) for one in lacks(written)] == ["No accepted answer earns points."]


def test_what_is_wrong_stays_typed_and_is_said_beside_its_field(browser, quiz):
    address = at("new_quiz_question", quiz, "number")
    answer = browser.post(address, {"text": "How long?", "points": "-1", "line-0-text": "two"})
    assert answer.status_code == 422
    assert "This is not a number." in text_of(answer)
    assert answer.context["form"]["text"].value() == "How long?"
    assert not quiz.questions.exists()


def test_more_lines_come_without_losing_what_was_typed(browser, quiz):
    address = at("new_quiz_question", quiz, "single")
    typed = {"text": "Which?", "more": "1", "right": "3", "line-3-text": "the fourth"}
    answer = browser.post(address, typed)
    lines = answer.context["lines"]
    assert (answer.status_code, len(lines.forms), lines.rights) == (200, 6, {"3"})
    assert lines.forms[3]["text"].value() == "the fourth"
    assert not quiz.questions.exists()
    more = browser.get(at("more_question_lines", quiz, "single"), {"from": "6", "of": "new"})
    assert 'name="line-6-text"' in more.content.decode()
    assert 'id="id_new_line-6-text"' in more.content.decode()


def test_two_editors_never_overwrite_each_other_unknowingly(browser, quiz):
    question = DraftFactory(quiz=quiz, kind=QuestionKind.OPEN, rule=Rule.BY_HAND, text="Why?")
    edit = at("quiz_question", quiz, question.public_id)
    first = {"text": "Why so?", "points": "1", "revision": "1"}
    second = {"text": "Why not?", "points": "1", "revision": "1"}
    assert browser.post(edit, first).status_code == 302
    answer = browser.post(edit, second)
    assert answer.status_code == 422
    said = text_of(answer)
    assert "Somebody else changed this question" in said
    assert "Why so?" in said
    assert answer.context["form"]["text"].value() == "Why not?"
    assert texts_of(quiz) == ["Why so?"]
    again = second | {"revision": answer.context["form"]["revision"].value()}
    assert browser.post(edit, again).status_code == 302
    assert texts_of(quiz) == ["Why not?"]


def test_options_stay_the_same_ones_when_they_are_reworded_and_moved(browser, quiz):
    question = DraftFactory(quiz=quiz)
    one, two = OptionFactory(question=question, text="a"), OptionFactory(question=question)
    edit = at("quiz_question", quiz, question.public_id)
    typed = {
        "text": "Which?",
        "points": "1",
        "revision": "1",
        "line-0-key": two.public_id,
        "line-0-text": "b",
        "line-1-text": "new",
        "line-2-key": one.public_id,
        "line-2-text": "a",
        "right": "2",
    }
    browser.post(edit, typed)
    rows = list(question.options.order_by("position").values_list("public_id", "text", "credit"))
    assert [rows[0][:2], rows[1][1]] == [(two.public_id, "b"), "new"]
    assert rows[2] == (one.public_id, "a", Decimal(100))


def test_an_option_of_another_question_is_never_taken(browser, quiz):
    theirs = OptionFactory(text="theirs")
    question = DraftFactory(quiz=quiz)
    typed = {"text": "?", "points": "1", "revision": "1"}
    typed |= {"line-0-key": theirs.public_id, "line-0-text": "mine"}
    browser.post(at("quiz_question", quiz, question.public_id), typed)
    theirs.refresh_from_db()
    assert theirs.text == "theirs"
    assert [one.text for one in question.options.all()] == ["mine"]


@pytest.fixture
def three(quiz):
    return [DraftFactory(quiz=quiz, text=text, position=n) for n, text in enumerate("abc")]


@pytest.mark.parametrize(
    ("which", "to", "order"),
    [(0, "down", "bac"), (0, "up", "abc"), (2, "up", "acb"), (2, "1", "cab"), (0, "99", "bca")],
)
def test_a_question_is_moved_by_a_step_or_to_a_place(browser, quiz, three, which, to, order):
    address = at("move_question", quiz, three[which].public_id)
    answer = browser.post(address, {"to": to})
    assert answer["Location"] == f"{at('quiz_questions', quiz)}#q-{three[which].public_id}"
    assert "".join(texts_of(quiz)) == order


def test_a_place_that_is_no_number_moves_nothing(browser, quiz, three):
    answer = browser.post(at("move_question", quiz, three[0].public_id), {"to": "x"})
    assert answer.status_code == 422
    assert "".join(texts_of(quiz)) == "abc"


def test_a_copy_stands_behind_its_question_with_ids_of_its_own(browser, quiz, three):
    OptionFactory(question=three[0], text="one")
    browser.post(at("duplicate_question", quiz, three[0].public_id))
    assert "".join(texts_of(quiz)) == "aabc"
    copy = quiz.questions.get(position=1)
    assert [one.text for one in copy.options.all()] == ["one"]
    assert copy.public_id != three[0].public_id


def test_a_new_question_comes_behind_the_one_it_was_added_to(browser, quiz, three):
    address = f"{at('new_quiz_question', quiz, 'open')}?after={three[0].public_id}"
    page = browser.get(address)
    assert three[0].public_id in page.content.decode()
    browser.post(address, {"text": "x", "points": "1", "after": three[0].public_id})
    assert "".join(texts_of(quiz)) == "axbc"


@pytest.mark.parametrize("htmx", [{}, HTMX], ids=["plain", "htmx"])
def test_a_deletion_is_undone_where_it_was(browser, quiz, three, htmx):
    address = at("delete_question", quiz, three[1].public_id)
    answer = browser.post(address, follow=True, **htmx)
    assert "The question “<bdi>b</bdi>” was deleted." in text_of(answer)
    assert "".join(texts_of(quiz)) == "ac"
    restore = at("restore_question", quiz, three[1].public_id)
    for _again in range(2):
        assert browser.post(restore, **htmx).status_code < 400
    assert "".join(texts_of(quiz)) == "abc"


def test_what_was_deleted_is_gone_for_good_when_the_quiz_is_published(browser, quiz, three):
    for one in three[:2]:
        OptionFactory(question=one, credit=100)
        OptionFactory(question=one)
    browser.post(at("delete_question", quiz, three[2].public_id))
    assert browser.post(at("publish_quiz", quiz)).status_code == 302
    assert not Question.objects.filter(pk=three[2].pk).exists()
    assert browser.post(at("restore_question", quiz, three[2].public_id)).status_code == 404


def test_undo_leads_the_keyboard_to_the_question_that_is_back(browser, quiz, three):
    browser.post(at("delete_question", quiz, three[1].public_id))
    answer = browser.post(at("restore_question", quiz, three[1].public_id), **HTMX)
    assert f'id="edit-{three[1].public_id}" autofocus' in answer.content.decode()


def test_forms_of_two_new_questions_have_names_of_their_own(browser, quiz):
    address = at("new_quiz_question", quiz, "single")
    names = []
    for _form in range(2):
        page = browser.get(address, **HTMX)
        names.append(page.context["of"])
        assert f'id="id_{names[-1]}_text"' in page.content.decode()
        assert f'name="form" value="{names[-1]}"' in page.content.decode()
    assert len(set(names)) == 2
    again = browser.post(address, {"form": names[0], "points": "-1"}, **HTMX)
    assert (again.status_code, again.context["of"]) == (422, names[0])
    hostile = browser.post(address, {"form": '"><b>', "points": "-1"}, **HTMX)
    assert hostile.context["of"] == "b"


def test_what_was_changed_back_is_as_it_was_published(browser, quiz, three):
    for one in three:
        OptionFactory(question=one, credit=100)
        OptionFactory(question=one)
    browser.post(at("publish_quiz", quiz))
    said = "Changed since it was published"
    for to, is_changed in (("2", True), ("1", False)):
        browser.post(at("move_question", quiz, three[0].public_id), {"to": to})
        assert (said in text_of(browser.get(at("quiz_questions", quiz)))) is is_changed
    quiz.item.title = "Another title"
    quiz.item.save()
    assert said not in text_of(browser.get(at("quiz_questions", quiz)))


def test_two_hundred_questions_cost_as_many_queries_as_one(
    browser, quiz, django_assert_max_num_queries, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(at("quiz_questions", quiz)).status_code == 200
        return len(captured)

    OptionFactory(question__quiz=quiz)
    queries()  # what is asked once, such as content types
    with_one = queries()
    for number in range(199):
        OptionFactory(question__quiz=quiz, question__position=number)
    assert queries() == with_one


def test_acts_on_one_of_many_questions_cost_as_many_queries_as_on_one_of_few(browser, quiz):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        found = []
        first = quiz.questions.live().order_by("position", "pk")[0]
        typed = {"text": "Other", "points": "1", "revision": str(first.revision)}
        for name, sent in [
            ("quiz_question", typed),
            ("move_question", {"to": "2"}),
            ("delete_question", {}),
            ("restore_question", {}),
            ("preview_quiz", {"act": f"check:{first.public_id}"}),
        ]:
            args = [] if name == "preview_quiz" else [first.public_id]
            with CaptureQueriesContext(connection) as captured:
                assert browser.post(at(name, quiz, *args), sent, **HTMX).status_code == 200, name
            found.append((name, len(captured)))
        return found

    for number in range(2):
        DraftFactory(quiz=quiz, position=number)
    queries()  # what is asked once, such as content types
    of_two = queries()
    for number in range(2, 30):
        DraftFactory(quiz=quiz, position=number)
    assert queries() == of_two


def test_nobody_but_editors_reads_or_writes_questions(client, quiz, three):
    addresses = [
        ("get", at("quiz_questions", quiz)),
        ("get", at("new_quiz_question", quiz, "open")),
        ("get", at("quiz_question", quiz, three[0].public_id)),
        ("post", at("delete_question", quiz, three[0].public_id)),
        ("post", at("move_question", quiz, three[0].public_id)),
        ("get", at("publish_quiz", quiz)),
        ("get", at("preview_quiz", quiz)),
        ("get", at("quiz_settings", quiz)),
        ("get", at("quiz_exemptions", quiz)),
    ]
    client.force_login(UserFactory())
    for method, address in addresses:
        assert getattr(client, method)(address).status_code == 404, address


def test_a_question_of_another_quiz_is_not_there(browser, quiz):
    other = DraftFactory()
    for name in ("quiz_question", "delete_question", "duplicate_question", "move_question"):
        address = at(name, quiz, other.public_id)
        assert browser.post(address, {"to": "1"}).status_code == 404, name
