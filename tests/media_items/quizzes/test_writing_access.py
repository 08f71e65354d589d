"""Every address of writing a quiz × everybody, where there is one."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from access.invitations.models import InvitationRole
from media_items.quizzes.interchange.services.reading import begin, read_soon
from media_items.quizzes.interchange.urls import urlpatterns as interchange_urls
from media_items.quizzes.models import Exemption, ImportPicture, QuestionPicture, Quiz
from media_items.quizzes.writing.services.settings import seen_of
from media_items.quizzes.writing.urls import urlpatterns as writing_urls
from tests import factories
from tests.access_rows import Row, answer_to, rows_of, undone, wrong_answers
from tests.conftest import client_with_admissions, client_with_proofs
from tests.one_clock import tell_zone
from tests.one_language import in_own_language
from tests.quiz_factories import DraftFactory, OptionFactory, QuizFactory

pytestmark = pytest.mark.django_db

COLUMNS = ["owner", "co_editor", "collaborator", "viewer", "guest", "stranger", "nobody"]
# fmt: off
TABLE = """
media_items:quiz_questions        GET  200 200 200 403 403 404 404
media_items:new_question_kinds    GET  200 200 200 403 403 404 404
media_items:new_quiz_question     GET  200 200 200 403 403 404 404
media_items:new_quiz_question     POST 302 302 302 403 403 404 404
media_items:more_question_lines   GET  200 200 200 403 403 404 404
media_items:preview_question      POST 200 200 200 403 403 404 404
media_items:publish_quiz          GET  200 200 200 403 403 404 404
media_items:publish_quiz          POST 302 302 302 403 403 404 404
media_items:preview_quiz          GET  200 200 200 403 403 404 404
media_items:preview_quiz          POST 200 200 200 403 403 404 404
media_items:draft_picture         GET  200 200 200 403 403 404 404
media_items:quiz_question         GET  200 200 200 403 403 404 404
media_items:quiz_question         POST 302 302 302 403 403 404 404
media_items:duplicate_question    POST 302 302 302 403 403 404 404
media_items:move_question         POST 302 302 302 403 403 404 404
media_items:delete_question       POST 302 302 302 403 403 404 404
media_items:restore_question      POST 302 302 302 403 403 404 404
media_items:quiz_settings         GET  200 200 403 403 403 404 404
media_items:quiz_settings         POST 302 302 403 403 403 404 404
media_items:quiz_exemptions       GET  200 200 403 403 403 404 404
media_items:quiz_exemptions       POST 302 302 403 403 403 404 404
media_items:quiz_exemption        GET  200 200 403 403 403 404 404
media_items:quiz_exemption        POST 302 302 403 403 403 404 404
media_items:end_exemption         POST 302 302 403 403 403 404 404
media_items:import_questions      GET  200 200 200 403 403 404 404
media_items:import_questions      POST 422 422 422 403 403 404 404
media_items:import_template       GET  200 200 200 403 403 404 404
media_items:import_preview        GET  200 200 200 403 403 404 404
media_items:import_preview        POST 422 422 422 403 403 404 404
media_items:discard_import        POST 302 302 302 403 403 404 404
media_items:import_picture        GET  200 200 200 403 403 404 404
media_items:export_questions      GET  200 200 200 403 403 404 404
media_items:export_questions_file GET  200 200 200 403 403 404 404
"""
# fmt: on
CONVERTERS = {
    f"media_items:{one.name}": one.pattern.converters for one in [*writing_urls, *interchange_urls]
}
TYPED = {
    "text": "\u05dc\u05de\u05d4?",
    "points": "1",
    "revision": "1",
    "to": "1",
    "preset": "practice",
    "kept_score": "best",
    "score_when": "handed_in",
    "feedback_when": "handed_in",
    "answers_when": "handed_in",
    "email": "ada@example.org",
    "time_factor": "2",
    "extra_attempts": "1",
}
SETTINGS = {"is_scored": "on", "may_go_back": "on"}


@pytest.fixture
def quiz(owner):
    return QuizFactory(item__owner=owner, item__title="\u05d7\u05dc\u05d5\u05e7\u05d4")


def _import(quiz):
    with translation.override("he"):  # its notes are in the language of who uploads
        gift = "::א:: מה? {=כן ~לא}\n\n::ב:: מה {=א} {=ב}"
        batch = begin(quiz=quiz, data=gift.encode(), file_name="", by=None)
    batch = read_soon(batch)
    ImportPicture.objects.create(batch=batch, key="key", data=b"x")
    return batch


@pytest.mark.parametrize("person", COLUMNS)
def test_addresses_answer_each_person_as_the_table_says(quiz, owner, client_of, person):
    question = DraftFactory(quiz=quiz, text="\u05de\u05d4?")
    for right in (100, 0):
        OptionFactory(question=question, credit=right, text="\u05db\u05df")
    picture = QuestionPicture(quiz=quiz)
    picture.file.save("p.jpg", ContentFile(b"x"))
    exemption = Exemption.objects.create(quiz=quiz, email="x@example.org", person="x")
    words = {
        "public_id": quiz.item.public_id,
        "question_id": question.public_id,
        "picture_id": picture.public_id,
        "exemption_id": exemption.pk,
        "kind": "open",
        "import_id": _import(quiz).public_id,
        "form": "gift",
    }
    browser = in_own_language(_browser_of(quiz, person, client_of), person)

    def ask(row: Row) -> int:
        more = {"kind": "single"} if "lines" in row.name else {}
        more |= {"picture_id": "key"} if "import" in row.name else {}
        settings = SETTINGS | {"seen": seen_of(Quiz.objects.get(pk=quiz.pk))}
        typed = TYPED | (settings if "settings" in row.name else {})
        place = reverse(row.name, kwargs=_named(row.name, words | more))
        with undone(browser):
            status, _whole = answer_to(browser, row, place, typed)
        return status

    try:
        assert wrong_answers(rows_of(TABLE, COLUMNS), person, ask) == []
    finally:
        picture.file.delete(save=False)


def _named(name: str, words: dict) -> dict:
    """Those that the address of this name has."""
    wanted = CONVERTERS[name]
    return {word: words[word] for word in wanted}


def _browser_of(quiz, person, client_of):
    item = quiz.item
    if person == "guest":
        return client_with_admissions(factories.GuestAdmissionFactory(guest__link__item=item))
    if person in {"collaborator", "viewer"}:
        role = InvitationRole(person)
        proof = factories.InvitationProofFactory(invitation__item=item, invitation__role=role)
        return client_with_proofs(proof)
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
