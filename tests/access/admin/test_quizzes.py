"""Quizzes in the admin: read, and no page tells a key or an answer."""

from __future__ import annotations

import pytest

from media_items import person_page
from media_items.abilities import Ability
from media_items.quizzes.attempts import answering, ending, starting, takers
from media_items.quizzes.attempts.locking import lock_quiz
from tests import factories, quiz_factories
from tests.media_items.quizzes.test_attempts import account_identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt():
    quiz = quiz_factories.published_quiz()
    guest = factories.GuestAdmissionFactory(guest__link__item=quiz.item)
    attempt = starting.start(
        quiz=quiz,
        identity=quiz_factories.guest_identity(guest),
        abilities=frozenset({Ability.VIEW, Ability.TAKE_QUIZ}),
    )
    for question, given in quiz_factories.RIGHT_ANSWERS.items():
        answering.save(attempt=attempt, question_id=question, given=given, revision=0)
    return ending.hand_in(attempt=attempt)


def test_they_are_read_and_say_no_key_and_no_answer(admin_client, attempt):
    for row in (attempt.quiz, attempt.taker, attempt):
        path = f"/admin/quizzes/{row._meta.model_name}/"
        for page in (path, f"{path}{row.pk}/change/"):
            html = admin_client.get(page).content.decode()
            for secret in ("Metaphase", "centromere", "It is so.", "They line up", "Because."):
                assert secret not in html
        assert admin_client.get(f"{path}add/").status_code == 403
        assert admin_client.post(f"{path}{row.pk}/change/", {}).status_code == 403
        assert admin_client.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_points_are_said_of_a_person_and_an_attempt(admin_client, attempt):
    for row in (attempt.taker, attempt):
        page = admin_client.get(f"/admin/quizzes/{row._meta.model_name}/{row.pk}/change/")
        assert "10.00 / 14.00" in page.content.decode()


@pytest.mark.parametrize("lookup", ["answers__response__icontains", "version__content__icontains"])
def test_nobody_filters_by_a_key_or_an_answer(admin_client, attempt, lookup):
    assert admin_client.get(f"/admin/quizzes/attempt/?{lookup}=a").status_code == 400


def test_a_page_of_a_person_says_nothing_of_whom_they_were_merged_with(admin_client, attempt):
    quiz, typed = attempt.quiz, attempt.taker
    anna = account_identity(factories.UserFactory(first_name="Anna", last_name="Weiss"))
    theirs = ending.hand_in(
        attempt=starting.start(quiz=quiz, identity=anna, abilities=frozenset({Ability.TAKE_QUIZ}))
    )
    lock_quiz(quiz)
    takers.merge(typed, into=theirs.taker)
    [part] = [one for one in person_page.parts_for(lambda _one: True) if one.name == "quizzes"]
    somebody = person_page.Somebody(frozenset(), frozenset({attempt.by.key}))
    [row] = part.rows(somebody)
    assert row == typed
    told = " ".join(str(cell(row)) for _heading, cell in part.columns)
    assert typed.name in told
    assert theirs.taker.name not in told
    assert "10.00 / 14.00" not in told
    [row] = part.rows(person_page.Somebody(frozenset(), frozenset({anna.key})))
    assert row == theirs.taker
