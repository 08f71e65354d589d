"""Marking and regrading a quiz, as its host does it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from media_items.quizzes.content import Content
from media_items.quizzes.models import Answer, Regrade, Taker
from tests.browser import looks
from tests.media_items.quizzes.test_certificates import RIGHT, WRONG
from tests.media_items.quizzes.test_marking import give, taken
from tests.quiz_factories import (
    EVERY_KIND,
    OPEN,
    RIGHT_ANSWERS,
    SINGLE,
    DraftFactory,
    published_quiz,
)
from tests.tasks import run_tasks


def at(name, quiz, *args):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *args])


@pytest.fixture
def quiz(site):
    return published_quiz(Content((SINGLE, OPEN)), pass_percent=50, gives_certificate=True)


def test_open_answers_are_marked_with_the_keyboard_alone(open_page, quiz, axe, picture):
    for number in range(3):
        taken(quiz, {"open": {"text": f"Because of reason {number}."}})
    page = open_page(user=quiz.item.owner)
    page.goto(at("marking", quiz))
    axe(page)
    picture(page, "marking")
    page.get_by_role("link", name="Mark Question 2").click()
    axe(page)
    picture(page, "mark_question")
    page.get_by_role("link", name="Start marking").click()
    axe(page)
    picture(page, "mark_answer")
    for points in ("1", "2,5", "4"):
        field = page.get_by_label("Points")
        expect(field).to_be_focused()
        expect(field).to_have_value("")
        before = page.url
        page.keyboard.type(points)
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, before=before: url != before)
    expect(page.get_by_text("All answers to this question are marked.").first).to_be_visible()
    assert sorted(Answer.objects.values_list("given", flat=True)) == [1, 2.5, 4]


def test_the_second_marker_sees_what_the_first_gave(open_page, quiz, axe, picture):
    attempt = taken(quiz, {"open": {"text": "Because."}})
    page = open_page(user=quiz.item.owner, allow=["409"])
    page.goto(at("mark_answer", quiz, "open", attempt.public_id))
    give(attempt, "3", comment="Well said.")
    page.get_by_label("Points").fill("1")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("3 of 4")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Points")).to_have_value("1")
    axe(page)
    picture(page, "marked_meanwhile")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(lambda url: attempt.public_id not in url)
    assert Answer.objects.get().given == 1


def test_a_wrong_key_is_corrected_after_a_look_at_who_changes(open_page, quiz, axe, picture):
    for answers in (RIGHT, WRONG, WRONG):
        taken(quiz, answers)
    page = open_page(user=quiz.item.owner)
    page.goto(at("regrade_question", quiz, "single"))
    axe(page)
    page.get_by_label("Metaphase").uncheck()
    page.get_by_label("Anaphase").check()
    page.get_by_role("button", name="See what changes").click()
    expect(page.get_by_text("3 scores change.")).to_be_visible()
    axe(page)
    picture(page, "regrade_preview")
    page.get_by_role("button", name="Regrade").click()
    expect(page.get_by_text("Regrading: 0 of 3 attempts")).to_be_visible()
    axe(page)
    picture(page, "regrading")
    run_tasks()
    expect(page.get_by_text("Regrading: 0 of 3 attempts")).not_to_be_visible()
    expect(page.get_by_text("3 scores changed")).to_be_visible()
    assert Regrade.objects.get().attempts_changed == 3
    DraftFactory(quiz=quiz, public_id="single", text="Another?")
    page.get_by_role("link", name="See what undoing it changes").click()
    expect(page.get_by_text("3 scores change.")).to_be_visible()
    expect(page.get_by_text("What is written there stays as it is")).to_be_visible()
    axe(page)
    picture(page, "undo_preview")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Regrading: 0 of 3 attempts")).to_be_visible()
    run_tasks()
    expect(page.get_by_text("Undone: marked as before")).to_be_visible()
    assert Regrade.objects.latest("pk").attempts_changed == 3


def test_an_option_is_given_part_of_the_points(open_page, quiz, axe, picture):
    taken(quiz, WRONG)
    page = open_page(user=quiz.item.owner)
    page.goto(at("regrade_question", quiz, "single"))
    picture(page, "regrade-1280")
    page.get_by_role("link", name="Give part of the points for an option").click()
    axe(page)
    page.get_by_label("Anaphase, percent of the points").fill("50")
    page.get_by_role("button", name="See what changes").click()
    expect(page.get_by_text("1 score changes.")).to_be_visible()
    axe(page)
    picture(page, "regrade-percents-1280")
    page.get_by_role("button", name="Regrade").click()
    run_tasks()
    expect(page.get_by_text("1 score changed")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_fits_a_phone(open_page, site, axe, picture, dark):
    quiz = published_quiz(EVERY_KIND, pass_percent=10, gives_certificate=True)
    attempt = taken(quiz, RIGHT_ANSWERS)
    give(attempt, "3", comment="Nearly.")
    page = open_page(user=quiz.item.owner, width=390, height=844, touch=True, dark=dark)
    addresses = [
        at("marking", quiz),
        reverse("media_items:certificate", args=[attempt.certificates.get().number]),
    ]
    for question in EVERY_KIND.questions[:-1]:
        addresses += [
            at("mark_question", quiz, question.id) + "?show=all&names=yes",
            at("mark_answer", quiz, question.id, attempt.public_id),
            at("regrade_question", quiz, question.id),
            at("regrade_question", quiz, question.id) + "?percents=yes",
        ]
    for number, address in enumerate(addresses):
        page.goto(address)
        looks.no_wider_than(page, 390)
        axe(page)
        picture(page, f"phone-{'dark' if dark else 'light'}-{number}")


@pytest.mark.parametrize("width", [1280, 1024, 768, 641, 390])
def test_the_table_of_results_fits_whoever_has_taken_the_quiz(open_page, quiz, width):
    """Each word of a name stays whole, and nothing sticks out of the page."""
    long = "Gustav Wolfeschlegelsteinhausen-Bergerdorff, Jr. of the Third Seminar"
    first = taken(quiz, RIGHT).taker
    Taker.objects.filter(pk=first.pk).update(
        name="Guest Gus", renamed=long, came_by="Autumn term, second group"
    )
    Taker.objects.exclude(pk=first.pk).update(name="Ada Lovelace")
    give(taken(quiz, {**WRONG, "open": {"text": "So."}}), "2.5")
    Taker.objects.exclude(pk=first.pk).update(name="Ada Lovelace")
    page = open_page(user=quiz.item.owner)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(at("quiz_results", quiz))
    looks.no_wider_than(page, width)
    table = page.locator(".quiz-people")
    box, name = table.bounding_box(), page.get_by_role("link", name="Ada Lovelace").bounding_box()
    inner = page.locator(".filters").bounding_box()
    assert box["x"] + box["width"] <= inner["x"] + inner["width"] + 1
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert name["height"] < 60  # two lines
