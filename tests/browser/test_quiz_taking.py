"""A quiz is taken: by keyboard, without script, over a lost line, in two tabs, until the time is up."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import expect

from media_items.quizzes.choices import ShownWhen
from media_items.quizzes.models import Answer
from tests import factories
from tests.browser.steps import until
from tests.conftest import client_with_admissions
from tests.quiz_factories import RIGHT_ANSWERS, published_quiz


@pytest.fixture
def quiz(owner):
    made = published_quiz(item__owner=owner)
    made.answers_when = ShownWhen.HANDED_IN
    made.save()
    return made


@pytest.fixture
def admission(quiz):
    return factories.GuestAdmissionFactory(guest__link__item=quiz.item)


def come_in(page, admission):
    """As this guest, in one more browser of theirs."""
    name = settings.SESSION_COOKIE_NAME
    value = client_with_admissions(admission).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])
    return page


def start(page, quiz):
    page.goto(quiz.item.get_absolute_url())
    page.get_by_role("button", name="Start the quiz").click()
    expect(page.get_by_role("button", name="Hand in", exact=True)).to_be_visible()


def stored():
    return dict(Answer.objects.exclude(response__isnull=True).values_list("question", "response"))


def state_line(page):
    return page.locator("#quiz-saving")


def question(page, name):
    return page.locator(f"[data-question='{name}']")


def test_every_kind_is_answered_by_keyboard_alone(open_page, quiz, admission, axe, picture):
    page = come_in(open_page(), admission)
    page.goto(quiz.item.get_absolute_url())
    axe(page)
    picture(page, "quiz-start")
    page.get_by_role("button", name="Start the quiz").press("Enter")
    expect(page.locator("#quiz-answered")).to_have_text("0 of 9 answered")
    axe(page)
    picture(page, "quiz-attempt")

    question(page, "single").get_by_role("radio").first.focus()
    question(page, "single").get_by_label("Metaphase").press("Space")
    expect(state_line(page)).to_contain_text("Saved")
    for option in ("Prophase", "Metaphase"):
        question(page, "multiple").get_by_label(option).press("Space")
    question(page, "true_false").get_by_label("true", exact=True).press("Space")
    question(page, "short_text").get_by_role("textbox").press_sequentially("centromere")
    question(page, "number").get_by_role("textbox").press_sequentially("1,5 h")
    for prompt, choice in (("Prophase", "1"), ("Metaphase", "2"), ("Anaphase", "3")):
        question(page, "matching").get_by_label(prompt).select_option(choice)
    order = question(page, "ordering")
    for place, name in enumerate(("Prophase", "Metaphase", "Anaphase", "Telophase"), start=1):
        order.get_by_label(name, exact=True).select_option(str(place))
    up = order.locator("[data-thing=kd]").get_by_role("button", name="Move up")
    up.press("Enter")
    expect(up).to_be_focused()
    order.locator("[data-thing=kd]").get_by_role("button", name="Move down").press("Enter")
    question(page, "open").get_by_role("textbox").press_sequentially("It is so.")
    question(page, "reflection").get_by_role("textbox").press_sequentially("Hm.")
    expect(page.locator("#quiz-answered")).to_have_text("9 of 9 answered")
    until(page, lambda: stored() == RIGHT_ANSWERS | {"reflection": {"seen": True, "text": "Hm."}})

    question(page, "single").get_by_role("button", name="Show a hint").press("Enter")
    expect(question(page, "single")).to_contain_text("Meta: between.")
    page.reload()
    expect(question(page, "number").get_by_role("textbox")).to_have_value("1,5 h")
    axe(page)
    page.get_by_role("button", name="Hand in", exact=True).press("Enter")
    expect(page.locator(".quiz-score")).to_contain_text("So far 10 of 14 points")
    axe(page)
    picture(page, "quiz-result")
    page.goto(quiz.item.get_absolute_url())
    expect(page.get_by_role("link", name="Attempt 1")).to_be_visible()
    axe(page)
