"""A bank of another system is imported on a laptop, and on a phone without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from media_items.quizzes.interchange.services import reading
from media_items.quizzes.writing.publishing import content_of
from tests.browser.looks import no_wider_than
from tests.quiz_factories import DraftFactory, OptionFactory, QuizFactory
from tests.tasks import run_tasks

CASES = Path(__file__).parents[1] / "cases" / "quizzes"


@pytest.fixture(autouse=True)
def a_moment_is_long(monkeypatch):
    monkeypatch.setattr(reading, "SECONDS_IN_REQUEST", 60.0)


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


DROP = """(zone, files) => {
  const dataTransfer = new DataTransfer();
  for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""


def test_several_files_are_dropped_and_imported_together(open_page, owner, quiz, axe, picture):
    page = open_page(user=owner)
    page.goto(f"/media/{quiz.item.public_id}/questions/import/")
    expect(page.get_by_text("Or drop files here.")).to_be_visible()
    files = [["a.txt", "First{T}"], ["bad.txt", "Just a text."], ["b.txt", "Second{T}"]]
    page.locator(".drop-zone").evaluate(DROP, files)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="b.txt")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("“bad.txt”: We found no questions")
    axe(page)
    picture(page, "quiz-import-several-1280-light")
    page.get_by_role("button", name="Import the selected questions").click()
    expect(page.locator("#toasts")).to_contain_text("2 questions were imported.")


def test_several_files_on_a_phone_without_javascript(open_page, owner, quiz, picture):
    page = open_page(user=owner, width=390, height=844, javascript=False, dark=True)
    page.goto(f"/media/{quiz.item.public_id}/questions/import/")
    files = [CASES / "moodle.gift.txt", CASES / "moodle.xml"]
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Upload and check").click()
    no_wider_than(page, 390)
    picture(page, "quiz-import-several-390-dark")
    page.get_by_role("button", name="Import the selected questions").click()
    expect(page.get_by_text("17 questions were imported.")).to_be_visible()


def test_a_longer_file_is_read_in_the_background(open_page, owner, quiz, axe, picture, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS_IN_REQUEST", -1.0)
    page = open_page(user=owner)
    page.goto(f"/media/{quiz.item.public_id}/questions/import/")
    page.get_by_label("File").set_input_files(CASES / "moodle.gift.txt")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("progressbar", name="Reading the file")).to_be_visible()
    axe(page)
    picture(page, "quiz-import-reading-1280-light")
    run_tasks()
    expect(page.get_by_role("button", name="Import the selected questions")).to_be_visible()


@pytest.fixture
def being_read(open_page, owner, quiz, monkeypatch):
    """The page of an import that waits for its turn."""
    monkeypatch.setattr(reading, "SECONDS_IN_REQUEST", -1.0)
    page = open_page(user=owner, allow=["404"])
    page.goto(f"/media/{quiz.item.public_id}/questions/import/")
    page.get_by_label("File").set_input_files(CASES / "moodle.gift.txt")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("progressbar", name="Reading the file")).to_be_visible()
    return page


def test_where_an_import_is_gone_its_page_leads_to_where_another_is_begun(being_read, quiz):
    quiz.imports.all().delete()
    expect(being_read.get_by_role("heading", name="Import questions")).to_be_visible()
    expect(being_read.locator("#toasts")).to_contain_text("upload the file again")


def test_what_is_not_there_any_more_is_asked_for_once(being_read, quiz):
    type(quiz.item).objects.update(deleted_at=timezone.now())
    expect(being_read.locator("#toasts .toast-error")).to_be_visible()
    asked = []
    being_read.on("request", lambda request: asked.append(request.url))
    being_read.wait_for_timeout(2500)
    assert asked == []


def test_without_javascript_a_file_that_is_being_read_can_be_cancelled(
    open_page, owner, quiz, picture, monkeypatch
):
    monkeypatch.setattr(reading, "SECONDS_IN_REQUEST", -1.0)
    page = open_page(user=owner, width=390, height=844, javascript=False)
    page.goto(f"/media/{quiz.item.public_id}/questions/import/")
    page.get_by_label("File").set_input_files(CASES / "moodle.gift.txt")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    no_wider_than(page, 390)
    picture(page, "quiz-import-reading-390-light")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Nothing was imported.")).to_be_visible()


def test_letters_that_were_guessed_are_chosen_and_what_was_unticked_stays(
    open_page, owner, quiz, axe, picture
):
    page = open_page(user=owner)
    page.goto(f"/media/{quiz.item.public_id}/questions/import/")
    data = "".join(f"::{n}:: Größe {n}? {{=yes ~no}}\n\n" for n in range(3)).encode("cp1252")
    file = {"name": "bank.txt", "mimeType": "text/plain", "buffer": data}
    page.get_by_label("File").set_input_files([file])
    page.get_by_role("button", name="Upload and check").click()
    page.locator("input[name=take]").nth(1).uncheck()
    for letters, word in (("KOI8-U", "GrЖъe"), ("Windows-1252", "Größe")):
        page.get_by_text("Read it another way").click()
        page.get_by_role("radio", name=letters).check()
        if letters == "KOI8-U":
            axe(page)
            picture(page, "quiz-import-letters-1280-light")
        page.get_by_role("button", name="Read the file this way").click()
        expect(page.locator(".quiz-text").first).to_contain_text(word)
    expect(page.locator("input[name=take]").nth(0)).to_be_checked()
    expect(page.locator("input[name=take]").nth(1)).not_to_be_checked()
    page.get_by_role("button", name="Import the selected questions").click()
    expect(page.locator("#toasts")).to_contain_text("2 questions were imported.")
