"""What a format can carry comes back as it was; what it cannot is said before it is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from media_items.quizzes import texts
from media_items.quizzes.content import Choice, Content, Option, Question
from media_items.quizzes.interchange import (
    gift_writing,
    moodle_writing,
    qti1_writing,
    qti2_writing,
    sheet_writing,
)
from media_items.quizzes.interchange.files import read_file
from media_items.quizzes.interchange.formats import FORMATS
from media_items.quizzes.interchange.gift import read_gift
from media_items.quizzes.interchange.narrowing import narrowed
from media_items.quizzes.interchange.neutral import Notes
from media_items.quizzes.interchange.packages import read_document, read_package
from media_items.quizzes.interchange.rich import Rich
from media_items.quizzes.interchange.sheet import read_sheet
from media_items.quizzes.kinds import QuestionKind, Rule
from tests.media_items.quizzes.interchange.questions import (
    block_texts,
    contents,
    essence,
    inline_texts,
)

pytestmark = pytest.mark.no_database


def same(read, written):
    assert [one.notes for one in read.found if one.question is None] == []
    assert [essence(one.question) for one in read.found] == [
        essence(one) for one in written.questions
    ]


@given(block_texts)
def test_a_text_is_the_same_after_it_was_html(text):
    assert texts.block(Rich(Notes()).block(texts.portable(text))) == texts.block(text)


@given(inline_texts)
def test_an_option_is_the_same_after_it_was_html(text):
    assert texts.inline(Rich(Notes()).inline(texts.portable_inline(text))) == texts.inline(text)


@given(contents())
def test_gift(content):
    left = narrowed(content, gift_writing.CARRIES).content
    same(read_gift(gift_writing.write_gift(left)), left)


@given(contents())
def test_moodle_xml(content):
    left = narrowed(content, moodle_writing.CARRIES).content
    same(read_document(moodle_writing.write_moodle(left, {})), left)


@given(contents())
def test_a_spreadsheet(content):
    left = narrowed(content, sheet_writing.CARRIES).content
    same(read_sheet(sheet_writing.write_sheet(left)), left)


@given(contents())
def test_a_package_for_canvas(content):
    left = narrowed(content, qti1_writing.CARRIES).content
    same(read_package(qti1_writing.write_qti1(left, {}, "Zellteilung & mehr")), left)


@pytest.mark.parametrize("version", ["2.2", "3.0"])
@given(content=contents())
def test_a_package_of_qti(version, content):
    carries, write = {
        "2.2": (qti2_writing.CARRIES_2, qti2_writing.write_qti2),
        "3.0": (qti2_writing.CARRIES_3, qti2_writing.write_qti3),
    }[version]
    left = narrowed(content, carries).content
    if left.questions:
        same(read_package(write(left, {}, "Zellteilung & mehr")), left)


@pytest.mark.parametrize("form", list(FORMATS))
def test_pairs_that_are_not_finished_are_written_as_they_are(form):
    pairs = (Option("p", "prompt"), Option("q", "other", match="m"))
    question = Question("x", QuestionKind.MATCHING, "Which?", rule=Rule.PAIRS, options=pairs)
    question = replace(question, choices=(Choice("m", "partner"),))
    made = FORMATS[form]
    left = narrowed(Content((question,)), made.carries).content
    (found,) = read_file(made.write(left, {}, "Pairs")).found
    read = found.question
    assert [(one.text, bool(one.match)) for one in read.options] == [
        ("prompt", False),
        ("other", True),
    ]
    assert [one.text for one in read.choices] == ["partner"]
