"""A bank of another system is imported on a laptop, and on a phone without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from media_items.quizzes.writing.publishing import content_of
from tests.browser.looks import no_wider_than
from tests.quiz_factories import DraftFactory, OptionFactory, QuizFactory

CASES = Path(__file__).parents[1] / "cases" / "quizzes"


@pytest.fixture
def quiz(owner):
    quiz = QuizFactory(item__owner=owner)
    draft = DraftFactory(quiz=quiz, text="What is a cell?")
    OptionFactory(question=draft, credit=100)
    OptionFactory(question=draft)
    return quiz


def test_a_bank_is_imported_after_a_look_at_it(open_page, owner, quiz, axe, picture):
    page = open_page(user=owner)
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.get_by_role("link", name="Import questions").click()
    axe(page)
    picture(page, "quiz-import-1280-light")
    page.get_by_label("File").set_input_files(CASES / "moodle.xml")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Check the import")).to_be_visible()
    expect(page.get_by_text("Questions of the kind “cloze” are not known here.")).to_be_visible()
    expect(page.locator(".quiz-picture")).to_be_visible()
    axe(page)
    picture(page, "quiz-import-preview-1280-light")
    page.get_by_role("checkbox", name="Thirds", exact=False).uncheck()
    page.get_by_label("Where to put them").select_option("start")
    page.get_by_role("button", name="Import the selected questions").click()
    expect(page.locator("#toasts")).to_contain_text("5 questions were imported.")
    texts = [one.text for one in content_of(quiz).questions]
    assert texts[0].startswith("What is **this**?")
    assert texts[-1] == "What is a cell?"
    page.get_by_role("link", name="Export questions").click()
    axe(page)
    picture(page, "quiz-export-1280-light")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename == "cell-division.xml"


def test_on_a_phone_without_javascript(open_page, owner, quiz, picture):
    page = open_page(user=owner, width=390, height=844, javascript=False)
    page.goto(f"/media/{quiz.item.public_id}/questions/import/")
    page.get_by_label("File").set_input_files(CASES / "moodle.gift.txt")
    page.get_by_role("button", name="Upload and check").click()
    no_wider_than(page, 390)
    picture(page, "quiz-import-preview-390-light")
    page.get_by_role("button", name="Import the selected questions").click()
    expect(page.get_by_text("11 questions were imported.")).to_be_visible()
