"""A quiz on a film: it waits at a question, takes the focus there and gives it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from media_items.catalogue.models import Kind
from media_items.quizzes.content import Content
from media_items.quizzes.models import Answer, Attempt
from tests import factories
from tests.browser import steps
from tests.browser.looks import findings, no_wider_than
from tests.browser.steps import until
from tests.conftest import client_with_admissions
from tests.media_samples import samples
from tests.quiz_factories import SHORT_TEXT, SINGLE, TRUE_FALSE, publish_content, published_quiz
from tests.tasks import run_tasks

MEDIA = "document.querySelector('video')"
ON_FILM = Content(
    (
        replace(SINGLE, at_ms=1_000, is_required=True),
        replace(TRUE_FALSE, at_ms=2_500),
        replace(SHORT_TEXT, at_ms=80_000),
    )
)


@pytest.fixture
def quiz(owner):
    film = steps.prepared_item(
        owner=owner, kind=Kind.VIDEO, sample=samples().mp4_of_90_seconds, title="Mitosis"
    )
    return published_quiz(ON_FILM, item__owner=owner, film=film)


def come_in(page, quiz):
    """As a guest, who begins."""
    admission = factories.GuestAdmissionFactory(guest__link__item=quiz.item)
    name = settings.SESSION_COOKIE_NAME
    value = client_with_admissions(admission).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])
    page.goto(quiz.item.get_absolute_url())
    page.get_by_role("button", name="Start the quiz").click()
    expect(page.get_by_role("button", name="Hand in", exact=True)).to_be_visible()
    return page


def question(page, name):
    return page.locator(f"#q-{name}")


def is_paused(page):
    return page.evaluate(f"{MEDIA}.paused")


def test_the_film_waits_and_goes_on(open_page, quiz, picture):
    page = come_in(open_page(), quiz)
    expect(question(page, "single")).to_contain_text("opens in the film at 0:01")
    assert "Metaphase" not in page.content()
    page.set_viewport_size({"width": 390, "height": 844})
    no_wider_than(page, 390)
    links = page.locator(".quiz-moments a")
    boxes = [links.nth(number).bounding_box() for number in range(3)]
    assert len({box["y"] for box in boxes}) == 1
    assert all(min(box["width"], box["height"]) >= 44 for box in boxes)
    page.set_viewport_size({"width": 1280, "height": 800})
    marks = page.locator(".player-marks > span")
    expect(marks).to_have_count(3)
    bar = page.locator(".player-seek").bounding_box()
    found = marks.nth(2).bounding_box()
    assert bar["y"] <= found["y"] < found["y"] + found["height"] <= bar["y"] + bar["height"]
    assert abs(found["x"] + found["width"] / 2 - (bar["x"] + bar["width"] * 8 / 9)) < 12
    page.get_by_role("button", name="Play", exact=True).first.click()

    expect(question(page, "single")).to_be_focused()
    assert is_paused(page)
    picture(page, "quiz-on-film")
    assert findings(page, "waiting") == []
    go_on = page.get_by_role("button", name="Continue the film")
    go_on.click()
    expect(
        page.get_by_text("This question must be answered before the film goes on.")
    ).to_be_visible()
    question(page, "single").get_by_label("Metaphase").check()
    until(page, lambda: Answer.objects.filter(question="single").exists())
    go_on.press("Enter")
    expect(go_on).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('media-controller')")

    expect(question(page, "true_false")).to_be_focused()
    until(page, lambda: Attempt.objects.get().watched_ms >= 2_500)
    page.get_by_role("button", name="Continue the film").click()
    page.evaluate(f"{MEDIA}.currentTime = 85")
    expect(page.get_by_text("You can’t skip ahead in this film.")).to_be_visible()
    assert page.evaluate(f"{MEDIA}.currentTime") < 20
    expect(question(page, "short_text")).to_contain_text("opens in the film at 1:20")
    assert SHORT_TEXT.text not in page.content()


def test_two_questions_at_one_moment(open_page, quiz):
    """The film waits at each, and at last at the one that must be answered and is not."""
    both = replace(SINGLE, at_ms=1_000), replace(TRUE_FALSE, at_ms=1_000, is_required=True)
    publish_content(quiz, Content(both))
    page = come_in(open_page(allow=["ERR_INTERNET_DISCONNECTED"]), quiz)
    page.get_by_role("button", name="Play", exact=True).first.click()
    expect(question(page, "single")).to_be_focused()
    question(page, "single").get_by_label("Metaphase").check()
    go_on = page.get_by_role("button", name="Continue the film")
    go_on.click()
    expect(question(page, "true_false")).to_be_focused()
    expect(go_on).to_have_count(1)
    go_on.click()
    must = page.get_by_text("This question must be answered before the film goes on.")
    expect(must).to_be_visible()
    expect(question(page, "true_false")).to_be_focused()
    page.context.set_offline(True)
    go_on.click()
    expect(page.get_by_text("so the film can’t continue yet")).to_be_visible()
    page.context.set_offline(False)
    question(page, "true_false").get_by_role("radio").first.check()
    go_on.click()
    expect(go_on).to_have_count(0)


def test_on_a_phone_and_in_the_dark(open_page, quiz, picture):
    page = come_in(open_page(width=390, height=844, dark=True), quiz)
    picture(page, "quiz-on-film-phone")
    no_wider_than(page, 390)


def test_on_its_side_the_film_goes_on_in_sight(open_page, quiz, picture):
    page = come_in(open_page(width=844, height=390, touch=True), quiz)
    page.get_by_role("button", name="Play", exact=True).first.click()
    question(page, "single").get_by_label("Metaphase").check()
    until(page, lambda: Answer.objects.filter(question="single").exists())
    page.get_by_role("button", name="Continue the film").click()
    expect(question(page, "true_false")).to_be_focused()
    page.get_by_role("button", name="Continue the film").click()
    expect(page.locator(".quiz-film media-controller")).to_be_focused()
    head, film, told, foot = (
        page.locator(one).first.bounding_box()
        for one in (".quiz-state", ".quiz-film video", "#toasts .toast", ".player-foot")
    )
    picture(page, "quiz-film-on-its-side")
    assert head["y"] + head["height"] <= film["y"] + 1
    assert told["y"] + told["height"] <= foot["y"]


def test_while_it_waits_the_film_is_in_sight_on_a_phone(open_page, quiz, picture):
    page = come_in(open_page(width=390, height=844, touch=True), quiz)
    page.get_by_role("button", name="Play", exact=True).first.click()
    waits_for = question(page, "single")
    expect(waits_for).to_be_focused()
    picture(page, "quiz-film-waits-phone")
    head, film, asked = (
        one.bounding_box()
        for one in (page.locator(".quiz-state"), page.locator(".quiz-film video"), waits_for)
    )
    assert head["y"] + head["height"] <= film["y"] + 1
    assert film["y"] + film["height"] <= asked["y"] + 1
    assert asked["y"] + asked["height"] <= 844
    go_on = page.get_by_role("button", name="Continue the film").bounding_box()
    above = waits_for.locator(".quiz-fields").bounding_box()
    assert go_on["y"] - above["y"] - above["height"] >= 16
    no_wider_than(page, 390)


def test_after_a_reload_the_film_is_where_it_was(open_page, quiz):
    page = come_in(open_page(), quiz)
    page.get_by_role("button", name="Play", exact=True).first.click()
    expect(question(page, "single")).to_be_focused()
    question(page, "single").get_by_label("Metaphase").check()
    until(page, lambda: Answer.objects.filter(question="single").exists())
    page.get_by_role("button", name="Continue the film").click()
    expect(question(page, "true_false")).to_be_focused()
    until(page, lambda: Attempt.objects.get().watched_ms >= 2_500)
    page.reload()
    until(page, lambda: page.evaluate(f"{MEDIA}.currentTime") >= 2)

    page.get_by_role("link", name="Question 1 at 0:01").click()
    expect(question(page, "single")).to_be_focused()
    assert page.evaluate(f"{MEDIA}.currentTime") == 1
    page.get_by_role("button", name="Continue the film").click()
    expect(question(page, "true_false")).to_be_focused()
    page.get_by_role("button", name="Continue the film").click()
    expect(page.get_by_text("Question 2 isn’t answered yet.")).to_be_visible()
    page.get_by_role("link", name="Question 3 at 1:20").click()
    expect(page.get_by_text("You can’t skip ahead in this film.")).to_be_visible()
    assert page.evaluate(f"{MEDIA}.currentTime") < 20


def test_without_script_one_watches_and_says_how_far(open_page, quiz):
    page = come_in(open_page(javascript=False), quiz)
    expect(page.locator("video[controls]")).to_be_visible()
    Attempt.objects.update(started_at=timezone.now() - timedelta(minutes=1))
    page.get_by_role("button", name="I’ve watched until 0:01").click()
    question(page, "single").get_by_label("Metaphase").check()
    page.get_by_role("button", name="I’ve watched until 0:02").click()
    expect(question(page, "true_false")).to_contain_text(TRUE_FALSE.text)
    assert Answer.objects.get(question="single").response == {"chosen": "a"}


def test_the_review_leads_back_to_the_film(open_page, quiz):
    page = come_in(open_page(), quiz)
    page.get_by_role("button", name="Hand in", exact=True).click()
    review = page.locator("#review")
    expect(review).to_contain_text("opens in the film at 0:01. You have watched to 0:00")
    review.get_by_role("link", name="Question 1").click()
    expect(page.locator("#film")).to_be_focused()


def test_a_moment_is_taken_from_the_film(open_page, quiz, owner, picture):
    page = open_page(user=owner)
    page.goto(f"/media/{quiz.item.public_id}/questions/")
    page.get_by_role("link", name="Open text", exact=True).last.click()
    field = page.get_by_label("Moment in the film")
    until(page, lambda: page.evaluate(f"{MEDIA}?.readyState > 0"))
    page.evaluate(f"{MEDIA}.currentTime = 12.5")
    until(page, lambda: not page.evaluate(f"{MEDIA}.seeking"))
    picture(page, "quiz-moment")
    page.get_by_role("button", name="Use this moment").click()
    expect(field).to_have_value("0:12.5")
    page.get_by_role("textbox", name="Question", exact=True).fill("Why?")
    page.get_by_role("button", name="Add the question").click()
    expect(page.locator(".sheet").last).to_contain_text("At 0:12")
    assert quiz.questions.get().at_ms == 12_500

    plain = open_page(user=owner, javascript=False)
    plain.goto(f"/media/{quiz.item.public_id}/questions/new/open/")
    expect(plain.get_by_label("Moment in the film")).to_be_visible()
    expect(plain.get_by_role("button", name="Use this moment")).to_be_hidden()


def test_a_film_is_uploaded_into_the_quiz(open_page, owner, picture):
    quiz = published_quiz(item__owner=owner)
    page = open_page(user=owner)
    page.goto(f"/media/{quiz.item.public_id}/quiz/film/")
    page.set_input_files("input[type=file]", samples().mp4)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("Uploaded. The quiz lies on this film now.")).to_be_visible()
    expect(page.locator("#preparation")).to_be_visible()
    picture(page, "quiz-film-upload")
    run_tasks()
    expect(page.locator("#preparation")).to_have_count(0)
