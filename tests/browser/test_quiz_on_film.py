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
from tests.quiz_factories import SHORT_TEXT, SINGLE, TRUE_FALSE, published_quiz

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
    page.set_viewport_size({"width": 1280, "height": 800})
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


def test_on_a_phone_and_in_the_dark(open_page, quiz, picture):
    page = come_in(open_page(width=390, height=844, dark=True), quiz)
    picture(page, "quiz-on-film-phone")
    no_wider_than(page, 390)


def test_without_script_one_watches_and_says_how_far(open_page, quiz):
    page = come_in(open_page(javascript=False), quiz)
    expect(page.locator("video[controls]")).to_be_visible()
    Attempt.objects.update(started_at=timezone.now() - timedelta(minutes=1))
    page.get_by_role("button", name="I’ve watched until 0:01").click()
    question(page, "single").get_by_label("Metaphase").check()
    page.get_by_role("button", name="I’ve watched until 0:02").click()
    expect(question(page, "true_false")).to_contain_text(TRUE_FALSE.text)
    assert Answer.objects.get(question="single").response == {"chosen": "a"}
