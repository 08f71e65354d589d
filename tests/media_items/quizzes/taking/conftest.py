"""A quiz with every kind of question, and a guest who takes it."""

from __future__ import annotations

import pytest

from tests import factories
from tests.conftest import client_with_admissions
from tests.quiz_factories import published_quiz


@pytest.fixture
def quiz(db):
    return published_quiz()


@pytest.fixture
def admission(quiz):
    return factories.GuestAdmissionFactory(guest__link__item=quiz.item)


@pytest.fixture
def guest(admission):
    """Their browser."""
    return client_with_admissions(admission)


@pytest.fixture
def page(quiz):
    return quiz.item.get_absolute_url()


@pytest.fixture
def attempt(guest, page):
    """The address of one that the guest has begun."""
    return guest.post(f"{page}quiz/start/")["Location"]
