"""Pictures and moments of questions, items from before, and a session that ended meanwhile."""

import io
from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from media_items.catalogue.models import Kind
from media_items.quizzes.kinds import QuestionKind, Rule
from media_items.quizzes.models import QuestionPicture, Quiz
from tests.access.accounts.test_ended_sessions import (
    SIGN_IN,
    fields_of,
    sign_in,
    sign_out_elsewhere,
    token_on,
)
from tests.factories import PASSWORD, MediaItemFactory
from tests.quiz_factories import DraftFactory, QuizFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz(owner):
    return QuizFactory(item__owner=owner)


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def open_question(quiz):
    return DraftFactory(quiz=quiz, kind=QuestionKind.OPEN, rule=Rule.BY_HAND, text="Why?")


def at(name, quiz, *args):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *args])


def photo():
    """Wide, with a place in its metadata."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "SECRET-place"
    Image.new("RGB", (2000, 200), "teal").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("me.jpg", out.getvalue(), content_type="image/jpeg")


def test_a_picture_is_made_anew_whole_and_without_its_metadata(browser, quiz, open_question):
    edit = at("quiz_question", quiz, open_question.public_id)
    typed = {"text": "Why?", "points": "1", "revision": "1", "picture_alt": "A wide one"}
    assert browser.post(edit, typed | {"picture_file": photo()}).status_code == 302
    picture = QuestionPicture.objects.get()
    try:
        answer = browser.get(at("draft_picture", quiz, picture.public_id))
        content = b"".join(answer)
        assert b"SECRET" not in content
        assert Image.open(io.BytesIO(content)).size == (1280, 128)
        assert "me.jpg" not in picture.file.name
        page = browser.get(at("quiz_questions", quiz)).content.decode()
        assert 'alt="A wide one"' in page
        again = typed | {"revision": "2", "remove_picture": "on"}
        browser.post(edit, again)
        open_question.refresh_from_db()
        assert open_question.picture is None
    finally:
        picture.file.delete(save=False)


def test_what_is_no_picture_is_refused_beside_its_field(browser, quiz, open_question):
    edit = at("quiz_question", quiz, open_question.public_id)
    typed = {"text": "Why?", "points": "1", "revision": "1"}
    answer = browser.post(edit, typed | {"picture_file": SimpleUploadedFile("x.jpg", b"<html>")})
    assert answer.status_code == 422
    assert "Choose a JPEG, PNG or WebP file." in text_of(answer)
    assert not QuestionPicture.objects.exists()


@pytest.mark.parametrize(
    ("typed", "at_ms"),
    [("0:12:30", 750_000), ("1:05", 65_000), ("1:00:00.5", 3_600_500), ("", None)],
)
def test_a_question_on_a_film_has_a_moment(browser, quiz, open_question, typed, at_ms):
    quiz.film = MediaItemFactory(owner=quiz.item.owner)
    quiz.save()
    edit = at("quiz_question", quiz, open_question.public_id)
    sent = {"text": "Why?", "points": "1", "revision": "1", "at": typed}
    assert browser.post(edit, sent).status_code == 302
    open_question.refresh_from_db()
    assert open_question.at_ms == at_ms


def test_a_moment_keeps_its_milliseconds_while_it_is_not_changed(browser, quiz, open_question):
    quiz.film = MediaItemFactory(owner=quiz.item.owner)
    quiz.save()
    open_question.at_ms = 65_250
    open_question.save()
    edit = at("quiz_question", quiz, open_question.public_id)
    assert browser.get(edit).context["form"]["at"].value() == "1:05"
    browser.post(edit, {"text": "Why?", "points": "1", "revision": "1", "at": "1:05"})
    open_question.refresh_from_db()
    assert open_question.at_ms == 65_250
    answer = browser.post(edit, {"text": "W", "points": "1", "revision": "2", "at": "later"})
    assert "such as 0:12:30" in str(answer.context["form"].errors["at"])


def test_without_a_film_there_is_no_moment(browser, quiz, open_question):
    edit = at("quiz_question", quiz, open_question.public_id)
    browser.post(edit, {"text": "Why?", "points": "1", "revision": "1", "at": "1:05"})
    open_question.refresh_from_db()
    assert open_question.at_ms is None


def test_items_of_the_kind_from_before_get_their_quiz():
    before = MediaItemFactory(kind=Kind.QUIZ)
    there = QuizFactory(attempts_allowed=7)
    MediaItemFactory(kind=Kind.VIDEO)
    name = "media_items.quizzes.migrations.0002_e_quiz_of_each_item"
    for _twice in range(2):
        import_module(name).make_rows(apps, None)
    found = dict(Quiz.objects.values_list("item", "attempts_allowed"))
    assert found == {before.pk: 2, there.item.pk: 7}


def test_a_question_sent_after_the_session_has_ended_is_filled_in_again(owner, quiz, open_question):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, owner)
    address = at("new_quiz_question", quiz, "single")
    typed = {"csrfmiddlewaretoken": token_on(browser, address), "text": "Kept?", "points": "3"}
    typed |= {"line-0-text": "One option", "line-1-text": "Another", "right": "1"}
    sign_out_elsewhere(browser)
    page = browser.post(address, typed)
    assert page.status_code in {403, 404}
    _action, carried = fields_of(page)
    shown = browser.post(SIGN_IN, {**carried, "username": owner.email, "password": PASSWORD})
    action, fields = fields_of(shown)
    assert (action, fields["text"], fields["points"]) == (address, ["Kept?"], ["3"])
    assert fields["line-1-text"] == ["Another"]
    assert quiz.questions.count() == 1
