"""A quiz is written: on a laptop with the keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from media_items.catalogue.models import MediaItem
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import QuestionPicture
from media_items.quizzes.writing.publishing import content_of, lacks
from tests.browser import steps
from tests.browser.looks import no_wider_than
from tests.quiz_factories import DraftFactory, OptionFactory, QuizFactory

LINES = {
    QuestionKind.SINGLE: ("Option", ["Metaphase", "Anaphase"]),
    QuestionKind.MULTIPLE: ("Option", ["Prophase", "Interphase"]),
    QuestionKind.TRUE_FALSE: ("Option", []),
    QuestionKind.SHORT_TEXT: ("Accepted answer", ["Centromere"]),
    QuestionKind.NUMBER: ("Accepted number", ["1.5"]),
    QuestionKind.MATCHING: ("Left side of pair", ["Prophase", "Anaphase"]),
    QuestionKind.ORDERING: ("Thing", ["First", "Second"]),
    QuestionKind.OPEN: ("", []),
    QuestionKind.REFLECTION: ("", []),
}


def press(page: Page, role: str, name: str, *, exact: bool = True) -> None:
    """By the keyboard."""
    found = page.get_by_role(role, name=name, exact=exact)
    found.focus()
    found.press("Enter")


def fill_in(page: Page, kind: QuestionKind) -> None:
    form = page.locator(".sheet-form form")
    text = form.get_by_role("textbox", name="Question", exact=True)
    expect(text).to_be_focused()
    text.fill(f"About {kind.label.lower()}: $x^2$?")
    label, lines = LINES[kind]
    for number, line in enumerate(lines, 1):
        form.get_by_role("textbox", name=f"{label} {number}", exact=True).fill(line)
    if kind == QuestionKind.MATCHING:
        for number in range(1, 3):
            right = form.get_by_role("textbox", name=f"Right side of pair {number}", exact=True)
            right.fill(f"partner {number}")
    if form.get_by_label("Option 1 is right").count():
        form.get_by_label("Option 1 is right").press("Space")


def test_a_quiz_of_every_kind_is_written_with_the_keyboard(open_page, owner, axe, picture):
    page = open_page(user=owner)
    page.goto("/media/new/quiz/")
    page.get_by_label("Title").fill("Mitosis")
    page.get_by_role("radio", name="Practice", exact=False).press("Space")
    picture(page, "new-quiz-1280-light")
    axe(page)
    press(page, "button", "Create")
    expect(page.get_by_role("heading", name="Questions", exact=True)).to_be_visible()
    axe(page)
    for number, kind in enumerate(QuestionKind, 1):
        press(page, "link", str(kind.label))
        fill_in(page, kind)
        expect(page.locator(".question-preview .quiz-text math").first).to_be_visible()
        if kind == QuestionKind.SINGLE:
            picture(page, "question-form-1280-light")
            axe(page)
        press(page, "button", "Add the question")
        expect(page.locator(".paper > .sheet")).to_have_count(number)
        expect(page.get_by_role("link", name="Edit About", exact=False).last).to_be_focused()
    quiz = MediaItem.objects.get(title="Mitosis").quiz
    written = content_of(quiz).questions
    assert [one.kind for one in written] == list(QuestionKind)
    assert [one for one in written if lacks(one)] == []
    earned = {one.kind: [int(line.credit) for line in one.options] for one in written}
    assert earned[QuestionKind.SHORT_TEXT] == earned[QuestionKind.NUMBER] == [100]
    assert earned[QuestionKind.SINGLE] == [100, 0]
    expect(page.locator("#paper-summary")).to_contain_text("9 questions")
    axe(page)
    picture(page, "paper-1280-light")

    press(page, "button", "Move “About multiple answers: x²?” up")
    expect(page.locator(".sheet").first).to_contain_text("About multiple answers")
    up = page.get_by_role("button", name="Move “About multiple answers: x²?” up")
    expect(up).to_be_focused()
    press(page, "button", "Delete About open text: x²?")
    expect(page.get_by_role("button", name="Undo", exact=False)).to_be_focused()
    expect(page.locator("#paper-summary")).to_contain_text("8 questions")
    page.keyboard.press("Enter")
    expect(page.locator("#paper-summary")).to_contain_text("9 questions")
    expect(page.get_by_role("link", name="Edit About open text")).to_be_focused()

    first = page.locator(".sheet").first
    first.get_by_role("link", name="Edit", exact=False).press("Enter")
    form = page.locator(".sheet-form form")
    form.get_by_role("textbox", name="Question", exact=True).fill("Which?")
    form.get_by_role("button", name="More lines").press("Enter")
    expect(form.get_by_role("textbox", name="Option 6", exact=True)).to_be_visible()
    expect(form.get_by_role("textbox", name="Question", exact=True)).to_have_value("Which?")
    press(page, "button", "Save")
    expect(first).to_contain_text("Which?")
    expect(page.get_by_role("link", name="Edit Which?")).to_be_focused()

    press(page, "link", "Publish the questions")
    axe(page)
    picture(page, "publish-1280-light")
    press(page, "button", "Publish the questions")
    expect(page.locator("#paper-summary")).to_contain_text("Questions published")
    press(page, "link", "Preview")
    expect(page.get_by_role("group")).to_have_count(9)
    axe(page)
    picture(page, "preview-1280-light")


def test_what_was_typed_stays_when_somebody_else_saved_first(open_page, owner, axe):
    quiz = QuizFactory(item__owner=owner)
    question = DraftFactory(quiz=quiz, kind=QuestionKind.OPEN, rule="by_hand", text="Why?")
    page = open_page(user=owner, allow=["422"])
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.get_by_role("link", name="Edit Why?").click()
    form = page.locator(".sheet-form form")
    form.get_by_role("textbox", name="Question", exact=True).fill("Mine?")
    quiz.questions.filter(pk=question.pk).update(text="Theirs?", revision=2)
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Their version")).to_contain_text("Theirs?")
    axe(page)
    expect(form.get_by_role("textbox", name="Question", exact=True)).to_have_value("Mine?")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit Mine?")).to_be_focused()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_paper_is_written_on_a_phone(open_page, owner, axe, picture, dark):
    quiz = QuizFactory(item__owner=owner, item__title="Mitosis")
    long = DraftFactory(quiz=quiz, text="W" * 200, explanation="X" * 200, hint="Meta: between.")
    OptionFactory(question=long, text="V" * 300, credit=100, feedback="F" * 200)
    OptionFactory(question=long, text="מטאפאזה")
    address = f"/media/{quiz.item.public_id}/questions/"
    page = open_page(user=owner, width=390, height=844, touch=True, dark=dark)
    look = "dark" if dark else "light"
    page.goto(address)
    no_wider_than(page, 390)
    axe(page)
    picture(page, f"paper-390-{look}")
    page.get_by_role("link", name="Edit", exact=False).click()
    expect(page.locator(".sheet-form form")).to_be_visible()
    no_wider_than(page, 390)
    axe(page)
    picture(page, f"question-form-390-{look}")
    for name in ("quiz/settings/", "quiz/exemptions/", "questions/publish/", "questions/preview/"):
        page.goto(f"/media/{quiz.item.public_id}/{name}")
        no_wider_than(page, 390)
        axe(page)
        picture(page, f"{name.strip('/').replace('/', '-')}-390-{look}")


def test_a_quiz_is_written_without_javascript(open_page, owner):
    quiz = QuizFactory(item__owner=owner)
    page = open_page(user=owner, javascript=False)
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.get_by_role("link", name="Matching").click()
    page.get_by_role("textbox", name="Question", exact=True).fill("What fits?")
    for number in range(1, 4):
        page.get_by_label(f"Left side of pair {number}").fill(f"left {number}")
        page.get_by_label(f"Right side of pair {number}").fill(f"right {number}")
    page.get_by_role("button", name="More lines").click()
    expect(page.get_by_label("Right side of pair 3")).to_have_value("right 3")
    page.get_by_label("Right side of pair 6").fill("fits to none")
    page.get_by_role("button", name="Add the question").click()
    expect(page.locator(".sheet")).to_contain_text("fits to none")
    page.get_by_role("button", name="Duplicate", exact=False).click()
    expect(page.locator(".sheet")).to_have_count(2)
    page.get_by_role("button", name="Delete", exact=False).first.click()
    expect(page.locator(".sheet")).to_have_count(1)
    page.get_by_role("button", name="Undo", exact=False).click()
    expect(page.locator(".sheet")).to_have_count(2)
    page.get_by_label("Place of “What fits?”").first.fill("2")
    page.get_by_role("button", name="Move What fits?", exact=True).first.click()
    expect(page.locator(".sheet")).to_have_count(2)
    page.get_by_role("link", name="Add below", exact=False).first.click()
    page.get_by_role("link", name="Open text").click()
    page.get_by_role("textbox", name="Question", exact=True).fill("Between?")
    page.get_by_role("button", name="Add the question").click()
    expect(page.locator(".sheet").nth(1)).to_contain_text("Between?")
    page.goto(f"/media/{quiz.item.public_id}/quiz/settings/")
    page.get_by_role("radio", name="Survey", exact=False).check()
    page.get_by_role("button", name="Fill in its settings").click()
    expect(page.get_by_label("Gives a score")).not_to_be_checked()
    page.get_by_role("button", name="Save").click()
    quiz.refresh_from_db()
    assert (quiz.preset, quiz.is_scored) == ("survey", False)


def test_a_question_is_dragged_to_another_place(open_page, owner):
    quiz = QuizFactory(item__owner=owner)
    for number, text in enumerate("abc"):
        DraftFactory(quiz=quiz, text=f"Question {text}", position=number)
    page = open_page(user=owner, height=1400)
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    last = page.locator(".sheet").last
    last.locator(".drag-handle").drag_to(
        page.locator(".sheet").first, target_position={"x": 9, "y": 4}
    )
    expect(page.locator(".sheet").first).to_contain_text("Question c")
    assert [one.text[-1] for one in quiz.questions.order_by("position")] == ["c", "a", "b"]


def test_what_was_typed_into_a_question_is_given_back(open_page, owner):
    quiz = QuizFactory(item__owner=owner)
    page = open_page(user=owner)
    page.goto(f"/media/{quiz.item.public_id}/questions/new/short_text/")
    page.get_by_role("textbox", name="Question", exact=True).fill("Half written")
    page.get_by_role("textbox", name="Accepted answer 2").fill("half an answer")
    page.reload()
    question = page.get_by_role("textbox", name="Question", exact=True)
    expect(question).to_have_value("Half written")
    expect(page.get_by_role("textbox", name="Accepted answer 2")).to_have_value("half an answer")


def test_lines_that_were_asked_for_are_given_back_too(open_page, owner):
    quiz = QuizFactory(item__owner=owner)
    address = f"/media/{quiz.item.public_id}/questions/new/single/"
    page = open_page(user=owner)
    page.goto(address)
    for number in (6, 8):
        page.get_by_role("button", name="More lines").click()
        expect(page.get_by_role("textbox", name=f"Option {number}", exact=True)).to_be_visible()
    line = page.get_by_role("textbox", name="Option 8", exact=True)
    line.fill("the eighth")
    page.get_by_label("Option 8 is right").check()
    page.get_by_role("textbox", name="Option 1", exact=True).fill("the first")
    page.reload()
    expect(line).to_have_value("the eighth")
    expect(page.get_by_label("Option 8 is right")).to_be_checked()
    expect(page.get_by_role("textbox", name="Option 1", exact=True)).to_have_value("the first")
    expect(page.get_by_role("textbox", name="Option 9", exact=True)).to_have_count(0)
    assert not quiz.questions.exists()
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.goto(address)
    expect(line).to_have_value("the eighth")


def test_two_forms_are_open_at_once_and_neither_loses_anything(open_page, owner):
    quiz = QuizFactory(item__owner=owner)
    old = DraftFactory(quiz=quiz, kind=QuestionKind.OPEN, rule="by_hand", text="Old?")
    page = open_page(user=owner, height=2400)
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.get_by_role("link", name="Edit Old?").click()
    edited = page.locator(f"#q-{old.public_id} .sheet-form")
    edited.get_by_role("textbox", name="Question", exact=True).fill("Half changed")
    forms = page.locator(".new-sheet")
    for number in range(2):
        page.get_by_role("link", name="Single choice", exact=True).click()
        expect(forms).to_have_count(number + 1)
    first, second = forms.first, forms.last
    label = first.get_by_text("Question", exact=True).first
    first.get_by_role("textbox", name="Question", exact=True).fill("Only $a$ half written")
    label.click()
    expect(first.get_by_role("textbox", name="Question", exact=True)).to_be_focused()
    second.get_by_role("textbox", name="Question", exact=True).fill("Whole $b$?")
    expect(first.locator(".question-preview math")).to_have_text("a")
    expect(second.locator(".question-preview math")).to_have_text("b")
    for number, text in enumerate(("Yes", "No"), 1):
        second.get_by_role("textbox", name=f"Option {number}", exact=True).fill(text)
    second.get_by_label("Option 1 is right").check()
    second.get_by_role("button", name="Add the question").click()
    expect(page.locator(".paper > .sheet[id]")).to_have_count(2)
    expect(forms).to_have_count(1)
    question = forms.get_by_role("textbox", name="Question", exact=True)
    expect(question).to_have_value("Only $a$ half written")
    expect(edited.get_by_role("textbox", name="Question", exact=True)).to_have_value("Half changed")
    question.fill("Now $c$")
    expect(forms.locator(".question-preview math")).to_have_text("c")
    edited.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit Half changed")).to_be_focused()
    expect(question).to_have_value("Now $c$")


def test_a_question_is_tried_while_it_is_written_and_in_the_preview(open_page, owner, axe, picture):
    quiz = QuizFactory(item__owner=owner)
    page = open_page(user=owner, height=1600)
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.get_by_role("link", name="Number", exact=True).click()
    form = page.locator(".sheet-form")
    form.get_by_role("textbox", name="Question", exact=True).fill(r"How much \(x\), $\ce{H2O}$?")
    expect(form.get_by_text("“\\ce” isn’t known in formulas here.")).to_be_visible()
    expect(form.get_by_label("Margin, or the upper end").first).to_be_hidden()
    form.get_by_role("textbox", name="Accepted number 1", exact=True).fill("2")
    form.get_by_label("Tolerance").first.select_option("absolute")
    form.get_by_label("Margin, or the upper end").first.fill("0.5")
    preview = form.locator(".question-preview")
    for typed, verdict in (("2,4", "Right"), ("3", "Wrong")):
        preview.get_by_label("Your answer").fill(typed)
        preview.get_by_role("button", name="Check my answer").click()
        expect(preview.locator("[data-verdict]")).to_contain_text(verdict)
        again = preview.get_by_role("button", name="Try again")
        expect(again).to_be_focused()
        if typed == "3":
            axe(page)
            picture(page, "question-tried")
        again.press("Enter")
        expect(preview.locator("[data-verdict]")).to_have_count(0)
    form.get_by_role("button", name="Add the question").click()
    expect(page.locator(".paper > .sheet")).to_have_count(1)
    for javascript in (True, False):
        page = open_page(user=owner, javascript=javascript)
        page.goto(f"/media/{quiz.item.public_id}/questions/preview/")
        page.get_by_label("Your answer").fill("2")
        page.get_by_role("button", name="Check my answer").click()
        expect(page.locator("[data-verdict]")).to_contain_text("Right")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_label("Your answer")).to_have_value("")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_question_on_its_own_page_ends_on_the_paper_at_the_question(
    open_page, owner, javascript, picture
):
    """The way out of a refused publish, and an address that somebody kept."""
    quiz = QuizFactory(item__owner=owner)
    draft = DraftFactory(quiz=quiz, kind=QuestionKind.NUMBER, text="How much is two?")
    paper = f"/media/{quiz.item.public_id}/questions/"
    page, other = open_page(user=owner, javascript=javascript), open_page(user=owner)
    there = re.compile(rf"{paper}#q-{draft.public_id}$")

    def open_from_publish(page: Page) -> None:
        page.goto(f"{paper}publish/")
        page.get_by_role("link", name="How much is two?").click()
        expect(page.get_by_role("heading", name="Edit the question")).to_be_visible()

    open_from_publish(other)
    open_from_publish(page)
    picture(page, "question-alone")
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(there)

    open_from_publish(page)
    page.get_by_role("textbox", name="Accepted number 1", exact=True).fill("2")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(there)
    expect(page.get_by_text("Saved.").last).to_be_visible()
    expect(page.get_by_text("Not complete")).to_have_count(0)

    other.get_by_role("textbox", name="Question", exact=True).fill("How much is two of them?")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("Somebody else changed this question")).to_be_visible()
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other).to_have_url(there)
    expect(other.get_by_text("How much is two of them?").first).to_be_visible()

    page.goto(f"{paper}new/?after={draft.public_id}")
    page.get_by_role("main").get_by_role("link", name="Open text", exact=True).click()
    page.get_by_role("textbox", name="Question", exact=True).fill("Why?")
    page.get_by_role("button", name="Add the question").click()
    expect(page.get_by_role("link", name="Publish the questions")).to_be_visible()
    expect(page.locator(".paper > .sheet")).to_have_count(2)
    expect(page.locator(":target")).to_contain_text("Why?")
    page.goto(f"{paper}new/open/")
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(re.compile(f"{paper}$"))


def test_a_preview_that_comes_late_takes_neither_a_press_nor_its_verdict(open_page, owner):
    quiz = QuizFactory(item__owner=owner)
    page = open_page(user=owner, height=1600)
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.get_by_role("link", name="Number", exact=True).click()
    form = page.locator(".sheet-form")
    preview, check = form.locator(".question-preview"), form.get_by_role("button", name="Check")
    form.get_by_role("textbox", name="Question", exact=True).fill("How much?")
    expect(check).to_be_visible()
    form.get_by_role("textbox", name="Accepted number 1", exact=True).fill("2")
    preview.get_by_label("Your answer").fill("2")
    held = []
    page.route("**/new/number/preview/", lambda route: held.append(route))
    # The form was changed a moment ago: its preview would be asked for after the verdict was.
    form.get_by_role("textbox", name="Question", exact=True).fill("How much is it?")
    check.click()
    page.wait_for_timeout(1000)
    held[-1].continue_()
    expect(preview.locator("[data-verdict]")).to_contain_text("Right")
    expect(preview).to_contain_text("How much is it?")
    page.wait_for_timeout(500)
    expect(preview.locator("[data-verdict]")).to_contain_text("Right")

    preview.get_by_role("button", name="Try again").click()
    steps.until(page, lambda: len(held) > 1)
    held[-1].continue_()
    preview.get_by_label("Your answer").fill("3")
    before = len(held)
    form.get_by_role("textbox", name="Question", exact=True).fill("How much was it?")
    steps.until(page, lambda: len(held) > before)
    check.hover()
    page.mouse.down()
    with page.expect_response("**/new/number/preview/"):
        held[before].continue_()
    page.wait_for_timeout(300)
    page.mouse.up()
    steps.until(page, lambda: len(held) > before + 1)
    held[-1].continue_()
    expect(preview.locator("[data-verdict]")).to_contain_text("Wrong")
    expect(preview).to_contain_text("How much was it?")


def test_a_chosen_picture_is_in_the_preview_and_stays_in_the_browser(
    open_page, owner, picture, tmp_path
):
    quiz = QuizFactory(item__owner=owner)
    for name, colour in (("red.png", "red"), ("blue.png", "blue")):
        Image.new("RGB", (3000, 1500), colour).save(tmp_path / name)
    (tmp_path / "none.png").write_text("no picture")
    page = open_page(user=owner, height=1600)
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.get_by_role("link", name="Single choice", exact=True).click()
    form = page.locator(".sheet-form")
    form.get_by_text("More options").click()
    form.get_by_label("Picture", exact=True).set_input_files(tmp_path / "red.png")
    shown = form.locator(".question-preview .quiz-picture")
    drawn = "img => img.complete && [img.naturalWidth, img.src.slice(0, 22)]"
    assert_drawn = [1600, "data:image/jpeg;base64"]
    expect(shown).to_have_js_property("naturalWidth", 1600)
    assert shown.evaluate(drawn) == assert_drawn
    form.get_by_label("Description of the picture").fill("All of it is red.")
    expect(shown).to_have_attribute("alt", "All of it is red.")
    assert shown.evaluate(drawn) == assert_drawn
    picture(page, "question-picture-chosen")
    red = shown.get_attribute("src")
    form.get_by_label("Picture", exact=True).set_input_files(tmp_path / "blue.png")
    expect(shown).not_to_have_attribute("src", red)
    assert not QuestionPicture.objects.exists()
    form.get_by_label("Picture", exact=True).set_input_files(tmp_path / "none.png")
    expect(shown).to_have_count(0)
    form.get_by_label("Picture", exact=True).set_input_files(tmp_path / "red.png")
    form.get_by_role("textbox", name="Question", exact=True).fill("Which colour?")
    expect(shown).to_be_visible()
    form.get_by_role("button", name="Add the question").click()
    expect(page.locator(".paper .quiz-picture")).to_have_attribute("alt", "All of it is red.")
    assert QuestionPicture.objects.count() == 1
