"""How often the pages of a taker ask the database: the same for one question and for a hundred."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_items.quizzes.content import Content
from tests import factories
from tests.conftest import client_with_admissions
from tests.quiz_factories import SINGLE, published_quiz

pytestmark = pytest.mark.django_db


def taken(number, **fields):
    """A guest's browser, the page, and an attempt at so many questions."""
    quiz = published_quiz(Content(tuple(replace(SINGLE, id=f"q{n}") for n in range(number))))
    for name, value in fields.items():
        setattr(quiz, name, value)
    quiz.save()
    guest = client_with_admissions(factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    page = quiz.item.get_absolute_url()
    return guest, page, guest.post(f"{page}quiz/start/")["Location"]


def asked(ask):
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    assert answer.status_code in {200, 302}
    return len(queries)


def all_of(number, revision):
    sent = {"question": [f"q{n}" for n in range(number)], "act": "save"}
    for n in range(number):
        sent |= {f"q{n}": "ab"[revision % 2], f"q{n}.revision": str(revision)}
    return sent


def counts(number):
    guest, page, attempt = taken(number)
    found = {
        "start page": asked(lambda: guest.get(page)),
        "attempt": asked(lambda: guest.get(attempt)),
        "save": asked(lambda: guest.post(f"{attempt}answers/q0/", {"q0": "a"})),
        "save again": asked(
            lambda: guest.post(f"{attempt}answers/q0/", {"q0": "b", "q0.revision": "1"})
        ),
        "clock": asked(lambda: guest.get(f"{attempt}clock/")),
    }
    guest.post(attempt, all_of(number, 2))
    guest.post(attempt, all_of(number, 3))
    found["page as it was"] = asked(lambda: guest.post(attempt, all_of(number, 3)))
    found["hand in"] = asked(lambda: guest.post(f"{attempt}hand-in/", all_of(number, 3)))
    found["result"] = asked(lambda: guest.get(f"{attempt}result/"))
    return found


def test_a_hundred_questions_ask_no_more_than_one():
    assert counts(100) == counts(1)


def test_the_numbers_are_fixed():
    assert counts(3) == {
        "start page": 9,
        "attempt": 4,
        "save": 10,
        "save again": 10,
        "clock": 3,
        "page as it was": 8,
        "hand in": 27,
        "result": 8,
    }
