"""The pictures of questions on the disk: none is lost, and none is left behind."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from media_items.processing import leftovers
from media_items.processing.storage import delete_files_of
from media_items.quizzes.content import Content
from media_items.quizzes.models import ImportBatch, ImportPicture, QuestionPicture
from media_items.quizzes.writing.services import pictures
from tests.quiz_factories import SINGLE, DraftFactory, QuizFactory, publish_content, published_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path


def picture_of(quiz, *, days=2):
    picture = pictures.keep_picture(quiz=quiz, data=b"pixels")
    QuestionPicture.objects.filter(pk=picture.pk).update(
        made_at=timezone.now() - timedelta(days=days)
    )
    return picture


def test_what_no_question_and_no_version_has_goes(django_capture_on_commit_callbacks):
    quiz = published_quiz()
    in_draft, in_version, unused, new = (
        picture_of(quiz),
        picture_of(quiz),
        picture_of(quiz),
        picture_of(quiz, days=0),
    )
    DraftFactory(quiz=quiz, picture=in_draft, deleted_at=timezone.now())
    publish_content(quiz, Content((replace(SINGLE, picture=in_version.public_id),)))
    publish_content(quiz, Content((SINGLE,)))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("housekeeping")
    assert set(QuestionPicture.objects.all()) == {in_draft, in_version, new}
    assert not default_storage.exists(unused.file.name)
    for one in (in_draft, in_version, new):
        assert default_storage.exists(one.file.name)


@pytest.mark.django_db(transaction=True)
def test_what_was_stored_and_never_named_goes():
    quiz = QuizFactory()
    names = []

    class Break(Exception):
        pass

    with contextlib.suppress(Break), transaction.atomic():
        names.append(pictures.keep_picture(quiz=quiz, data=b"pixels").file.name)
        raise Break
    kept = pictures.keep_picture(quiz=quiz, data=b"pixels").file.name
    assert default_storage.exists(names[0])
    leftovers._delete_unnamed([*names, kept])
    assert not default_storage.exists(names[0])
    assert default_storage.exists(kept)


def test_a_quiz_that_is_deleted_leaves_no_picture(django_capture_on_commit_callbacks):
    picture = picture_of(QuizFactory())
    item = picture.quiz.item
    assert leftovers.names_of(item) >= {picture.file.name}
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        delete_files_of(item)
        item.delete()
    assert not default_storage.exists(picture.file.name)


def test_an_import_that_has_expired_goes_with_its_pictures():
    quiz, now = QuizFactory(), timezone.now()
    old, fresh = (
        ImportBatch.objects.create(quiz=quiz, content={}, expires_at=now + timedelta(hours=hours))
        for hours in (-1, 1)
    )
    for batch in (old, fresh):
        ImportPicture.objects.create(batch=batch, key="k", data=b"x")
    call_command("housekeeping")
    assert list(ImportBatch.objects.all()) == [fresh]
    assert list(ImportPicture.objects.values_list("batch", flat=True)) == [fresh.pk]
