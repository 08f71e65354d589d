"""Every address of the results of a quiz × everybody, where the quiz has some."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from access.invitations.models import InvitationRole
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.content import Content
from media_items.quizzes.models import Taker
from tests import factories
from tests.access_rows import Row, answer_to, rows_of, undone, wrong_answers
from tests.conftest import client_with_admissions, client_with_proofs
from tests.media_items.quizzes.test_results import THREE, again, take
from tests.one_clock import tell_zone
from tests.one_language import in_own_language
from tests.quiz_factories import published_quiz

pytestmark = pytest.mark.django_db

COLUMNS = ["owner", "co_editor", "collaborator", "viewer", "guest", "stranger", "nobody"]
# fmt: off
TABLE = """
media_items:quiz_results           GET  200 200 403 403 403 404 404
media_items:quiz_people_export     GET  200 200 403 403 403 404 404
media_items:quiz_answers_export    GET  200 200 403 403 403 404 404
media_items:quiz_results_questions GET  200 200 403 403 403 404 404
media_items:quiz_results_question  GET  200 200 403 403 403 404 404
media_items:quiz_trail             GET  200 200 403 403 403 404 404
media_items:mail_results           GET  200 200 403 403 403 404 404
media_items:mail_results           POST 302 302 403 403 403 404 404
media_items:remind_of_quiz         GET  200 200 403 403 403 404 404
media_items:remind_of_quiz         POST 302 302 403 403 403 404 404
media_items:attempt_results        GET  200 200 403 403 403 404 404
media_items:let_attempt_go_on      POST 302 302 403 403 403 404 404
media_items:end_attempt            POST 302 302 403 403 403 404 404
media_items:void_attempt           GET  200 200 403 403 403 404 404
media_items:void_attempt           POST 302 302 403 403 403 404 404
media_items:count_attempt          POST 302 302 403 403 403 404 404
media_items:rename_taker           GET  200 200 403 403 403 404 404
media_items:rename_taker           POST 302 302 403 403 403 404 404
media_items:merge_taker            GET  200 200 403 403 403 404 404
media_items:merge_taker            POST 302 302 403 403 403 404 404
media_items:separate_taker         POST 302 302 403 403 403 404 404
"""
# fmt: on


# In words that stay as they are in every language.
NEUTRAL = Content(
    tuple(
        replace(
            one,
            text="Why cells divide",
            explanation="",
            hint="",
            options=tuple(replace(option, text="Yes") for option in one.options),
        )
        for one in THREE.questions
    )
)


@pytest.fixture
def quiz(owner):
    quiz = published_quiz(NEUTRAL, item__owner=owner, pass_percent=50)
    for _number in range(6):
        take(quiz, "Ada", right=["single"], wrong=["true_false"])
    return quiz


@pytest.mark.parametrize("person", COLUMNS)
def test_addresses_answer_each_person_as_the_table_says(quiz, owner, client_of, person):
    first, second, third = Taker.objects.order_by("pk")[:3]
    attempt = again(third, state=AttemptState.INTERRUPTED)
    words = {
        "public_id": quiz.item.public_id,
        "attempt_id": attempt.public_id,
        "question_id": "single",
        "taker_id": first.pk,
        "form": "csv",
    }
    browser = in_own_language(_browser_of(quiz, person, client_of), person)

    def ask(row: Row) -> int:
        names = ROW_WORDS[row.name]
        place = reverse(row.name, kwargs={name: words[name] for name in names})
        with undone(browser):
            status, _whole = answer_to(browser, row, place, {"into": second.pk, "name": "Ada"})
        return status

    assert wrong_answers(rows_of(TABLE, COLUMNS), person, ask) == []


ROW_WORDS = {
    name: ("public_id", *more)
    for names, more in (
        ("quiz_results quiz_results_questions quiz_trail mail_results remind_of_quiz", ()),
        ("quiz_people_export quiz_answers_export", ("form",)),
        ("quiz_results_question", ("question_id",)),
        (
            "attempt_results let_attempt_go_on end_attempt void_attempt count_attempt",
            ("attempt_id",),
        ),
        ("rename_taker merge_taker separate_taker", ("taker_id",)),
    )
    for name in (f"media_items:{one}" for one in names.split())
}


def _browser_of(quiz, person, client_of):
    item = quiz.item
    if person == "guest":
        return client_with_admissions(factories.GuestAdmissionFactory(guest__link__item=item))
    if person in {"collaborator", "viewer"}:
        role = InvitationRole(person)
        return client_with_proofs(
            factories.InvitationProofFactory(invitation__item=item, invitation__role=role)
        )
    if person == "nobody":
        return Client()
    account = {
        "owner": lambda: item.owner,
        "co_editor": lambda: factories.CoEditorFactory(item=item).user,
        "stranger": factories.UserFactory,
    }[person]()
    browser = client_of(account)
    tell_zone(browser)
    return browser
