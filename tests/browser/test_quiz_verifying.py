"""A guest takes a quiz on one device and finds it on another, once their email is verified."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.guests.models import GuestCode
from access.mailed_codes import make_digits
from tests import factories
from tests.browser.test_quiz_taking import come_in
from tests.media_items.quizzes.test_attempts import answer_all
from tests.quiz_factories import published_quiz


@pytest.fixture
def quiz(owner):
    return published_quiz(item__owner=owner)


@pytest.fixture
def guest(quiz):
    return factories.GuestFactory(link__item=quiz.item, email="ada@example.org")


def test_taken_on_the_phone_and_found_on_the_laptop(open_page, quiz, guest, axe, picture):
    on_phone, on_laptop = (
        factories.GuestAdmissionFactory(guest=guest, name=name) for name in ("Ada (phone)", "Ada")
    )
    phone = come_in(open_page(width=390), on_phone)
    phone.goto(quiz.item.get_absolute_url())
    phone.get_by_role("button", name="Start the quiz").click()
    expect(phone.get_by_role("button", name="Hand in", exact=True)).to_be_visible()
    answer_all(quiz.attempts.get())
    phone.reload()
    phone.get_by_role("button", name="Hand in", exact=True).click()
    expect(phone.get_by_role("heading", name="Your answers were handed in")).to_be_visible()
    axe(phone)
    picture(phone, "quiz-result-verify")

    laptop = come_in(open_page(dark=True), on_laptop)
    laptop.goto(quiz.item.get_absolute_url())
    laptop.get_by_role("link", name="Verify your email to find your attempts").click()
    axe(laptop)
    picture(laptop, "quiz-verify-1")
    laptop.get_by_role("button", name="Send a code").click()
    field = laptop.get_by_label("Six-digit code")
    expect(field).to_be_focused()
    axe(laptop)
    picture(laptop, "quiz-verify-2")
    field.fill(make_digits(GuestCode.objects.get()))
    laptop.get_by_role("button", name="Continue").click()
    expect(laptop.get_by_text("Ada (phone)")).to_be_visible()
    axe(laptop)
    picture(laptop, "quiz-earlier-attempts")
    laptop.get_by_role("button", name="Yes, these are mine").click()
    expect(laptop.get_by_role("heading", name="Your attempts")).to_be_visible()
    laptop.get_by_role("link", name="Attempt 1").click()
    expect(laptop.get_by_role("heading", name="Your answers were handed in")).to_be_visible()

    laptop.get_by_role("link", name="What is kept about me").click()
    expect(laptop.get_by_role("heading", name=quiz.item.title)).to_be_visible()
    axe(laptop)
    picture(laptop, "quiz-record")
