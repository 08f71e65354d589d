import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from media_items.catalogue.models import Kind
from media_items.processing import runs, services, storage, tasks
from media_items.processing.errors import NotAcceptedFile
from media_items.processing.leftovers import in_doubt
from media_items.processing.models import MediaFile, Preparation, PreparationState, Purpose
from media_items.processing.notes import in_words
from media_items.processing.tasks import prepare_media_item
from media_items.processing.waveform import BARS
from media_items.workers import STALE_AFTER
from tests import factories
from tests.media_samples import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    # Tasks wait in the database, so that a test says when they run.
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "media"]}
    }


def uploaded(path, name=None):
    upload = TemporaryUploadedFile(name or path.name, "x/x", path.stat().st_size, None)
    shutil.copyfile(path, upload.temporary_file_path())
    return upload


def copy_of(path):
    return Path(shutil.copy(path, site.MEDIA_ROOT.parent))


def attach(item, sample):
    return services.attach_upload(item=item, upload=uploaded(sample), by=item.owner)


def prepared(item, sample):
    attach(item, sample)
    tasks.prepare(item.pk)
    return Preparation.objects.get(item=item)


def stored_files():
    return {
        str(path.relative_to(site.MEDIA_ROOT))
        for path in Path(site.MEDIA_ROOT).rglob("*")
        if path.is_file()
    }


def document():
    return factories.MediaItemFactory(kind=Kind.DOCUMENT)


def of(item, purpose):
    return item.files.filter(purpose=purpose)


# --- attaching ---------------------------------------------------------------------------------


def test_an_upload_is_moved_and_keeps_its_name_only_as_words(item):
    upload = uploaded(samples().mp4, "../../Week 1.exe")
    waiting = Path(upload.temporary_file_path())
    original = services.attach_upload(item=item, upload=upload, by=item.owner)
    assert not waiting.exists()
    assert original.file.name.startswith(f"{item.public_id}/original/")
    assert original.file.name.endswith(".mp4")
    assert original.original_name == "Week 1.exe"
    assert original.content_type == "video/mp4"
    assert original.size == samples().mp4.stat().st_size
    assert item.preparation.state == PreparationState.WAITING


def test_the_preparation_is_enqueued_only_after_commit(item, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        attach(item, samples().mp4)
        assert not DBTaskResult.objects.exists()
    for callback in callbacks:
        callback()
    task = DBTaskResult.objects.get()
    assert task.queue_name == "media"
    assert task.args_kwargs["args"] == [item.pk]


def test_an_upload_of_another_kind_is_refused_and_leaves_nothing(item):
    with pytest.raises(NotAcceptedFile):
        attach(item, samples().pdf)
    assert not item.files.exists()
    assert stored_files() == set()


def test_a_new_upload_takes_the_place_of_the_old(item, django_capture_on_commit_callbacks):
    prepared(item, samples().mp4)
    with django_capture_on_commit_callbacks(execute=True):
        original = attach(item, samples().mkv_mpeg4)
    assert stored_files() == {original.file.name}
    assert item.files.get() == original


# --- preparing ---------------------------------------------------------------------------------


def test_a_web_safe_video_plays_from_its_original(item):
    assert prepared(item, samples().mp4).state == PreparationState.READY
    original, playback = of(item, Purpose.ORIGINAL).get(), of(item, Purpose.PLAYBACK).get()
    assert playback.file.name == original.file.name
    assert playback.content_type == "video/mp4"
    assert (original.width, original.height) == (320, 180)
    assert playback.duration_ms == pytest.approx(2000, abs=100)
    poster = of(item, Purpose.POSTER).get()
    assert (poster.content_type, poster.width, poster.height) == ("image/jpeg", 320, 180)


def test_another_video_gets_a_playback_file_of_its_own(item):
    preparation = prepared(item, samples().mkv_mpeg4)
    assert preparation.percent == 100
    playback = of(item, Purpose.PLAYBACK).get()
    assert playback.file.name.endswith(".mp4")
    assert playback.size == Path(playback.file.path).stat().st_size
    assert of(item, Purpose.ORIGINAL).get().content_type == "video/x-matroska"


def test_a_sound_gets_playback_and_a_waveform():
    item = factories.MediaItemFactory(kind=Kind.AUDIO)
    assert prepared(item, samples().flac).state == PreparationState.READY
    playback = of(item, Purpose.PLAYBACK).get()
    assert playback.content_type == "audio/mp4"
    assert len(bytes.fromhex(playback.waveform)) == BARS
    assert of(item, Purpose.POSTER).get().width == 1280


def test_a_document_gets_pages_with_their_words():
    item = document()
    assert prepared(item, samples().pdf).state == PreparationState.READY
    pages = of(item, Purpose.PAGE).order_by("number")
    assert [page.number for page in pages] == [1, 2, 3]
    assert "Mitosis" in pages[0].text
    assert all(Path(page.file.path).stat().st_size == page.size for page in pages)
    assert of(item, Purpose.POSTER).exists()


def test_a_document_with_a_page_that_cannot_be_drawn_keeps_its_numbers_and_says_so():
    item = document()
    preparation = prepared(item, samples().pdf_with_huge_page)
    pages = of(item, Purpose.PAGE).order_by("number")
    assert [page.number for page in pages] == [1, 2, 3]
    assert pages[1].text == "Page 2 could not be shown."
    assert in_words(preparation.notes) == [
        "Page 2 could not be shown. A blank page with a note replaces it."
    ]


@pytest.mark.parametrize("name", ["pdf_of_xfa", "pdf_of_xfa_on_pages"])
def test_a_form_that_only_adobe_shows_is_said(name):
    (said,) = in_words(prepared(document(), getattr(samples(), name)).notes)
    assert "XFA form, which only Adobe" in said


def test_a_page_that_is_lost_is_said():
    preparation = prepared(document(), samples().pdf_with_a_lost_page)
    assert in_words(preparation.notes) == [
        "Page 2 could not be shown. A blank page with a note replaces it."
    ]


def test_a_page_that_came_out_empty_is_said():
    preparation = prepared(document(), samples().pdf_with_a_damaged_page)
    assert in_words(preparation.notes) == [
        "Page 2 looks empty, although it has content. Export the PDF again."
    ]


def test_a_note_of_a_later_version_is_passed_over():
    assert in_words([{"note": "hologram"}, {}]) == []


def test_a_document_longer_than_the_site_shows_says_so(settings):
    settings.DOCUMENT_MAX_PAGES = 2
    preparation = prepared(document(), samples().pdf)
    said = ["This document has 3 pages. It is shown up to page 2."]
    assert in_words(preparation.notes) == said


def test_the_files_inside_a_portfolio_are_said():
    preparation = prepared(document(), samples().pdf_portfolio)
    (said,) = in_words(preparation.notes)
    assert "This PDF contains 2 attached files" in said


def test_what_a_film_holds_and_does_not_show_is_said(item):
    said = in_words(prepared(item, samples().mp4_with_extras).notes)
    assert [one[:30] for one in said] == [
        "This file contains 1 subtitle ",
        "This file contains 2 chapter m",
        "This file has 2 audio tracks. ",
    ]


def test_a_new_file_clears_what_was_said_of_the_old(item):
    prepared(item, samples().mp4_with_extras)
    assert prepared(item, samples().mp4).notes == []


def test_preparing_twice_changes_nothing(item):
    prepared(item, samples().mkv_mpeg4)
    before = stored_files()
    prepare_media_item.call(item.pk)
    assert stored_files() == before
    assert item.files.count() == 3


def test_preparing_again_replaces_what_was_made(django_capture_on_commit_callbacks):
    item = document()
    with django_capture_on_commit_callbacks(execute=True):
        prepared(item, samples().pdf)
    before = stored_files()
    with django_capture_on_commit_callbacks(execute=True):
        services.restart_preparation(item=item)
        prepare_media_item.call(item.pk)
    assert len(stored_files()) == len(before)
    assert set(item.files.values_list("file", flat=True)) == stored_files()


def test_a_failure_is_kept_in_words_for_the_owner_and_leaves_no_files(item):
    original = attach(item, samples().mp4)
    Path(original.file.path).write_bytes(samples().truncated_mp4.read_bytes())
    prepare_media_item.call(item.pk)
    preparation = Preparation.objects.get(item=item)
    assert preparation.state == PreparationState.FAILED
    assert "damaged" in preparation.problem
    assert stored_files() == {original.file.name}


def test_a_lost_original_is_said(item):
    original = attach(item, samples().mp4)
    Path(original.file.path).unlink()
    prepare_media_item.call(item.pk)
    assert "upload it again" in Preparation.objects.get(item=item).problem


def test_a_failed_preparation_can_be_started_again(item):
    original = attach(item, samples().mp4)
    content = Path(original.file.path).read_bytes()
    Path(original.file.path).write_bytes(content[:1000])
    prepare_media_item.call(item.pk)
    Path(original.file.path).write_bytes(content)
    assert services.restart_preparation(item=item).state == PreparationState.WAITING
    prepare_media_item.call(item.pk)
    preparation = Preparation.objects.get(item=item)
    assert (preparation.state, preparation.problem) == (PreparationState.READY, "")


def test_an_item_without_a_file_or_preparation_is_passed_over(item):
    prepare_media_item.call(item.pk)
    prepare_media_item.call(item.pk + 1000)
    assert not Preparation.objects.exists()


# --- workers that die or meet --------------------------------------------------------------------


def at_work(item, *, since):
    started = timezone.now() - since
    Preparation.objects.filter(item=item).update(started_at=started, heartbeat_at=started)
    return Preparation.objects.get(item=item)


def test_a_second_worker_gives_way_to_a_living_one(item):
    attach(item, samples().mp4)
    before = at_work(item, since=timedelta(seconds=5))
    prepare_media_item.call(item.pk)
    assert Preparation.objects.get(item=item).started_at == before.started_at
    assert not of(item, Purpose.PLAYBACK).exists()


def test_a_preparation_at_work_is_not_restarted(item):
    attach(item, samples().mp4)
    before = at_work(item, since=timedelta(seconds=5))
    assert services.restart_preparation(item=item).started_at == before.started_at


def test_the_work_of_a_dead_worker_is_taken_over(item):
    attach(item, samples().mp4)
    assert at_work(item, since=STALE_AFTER + timedelta(seconds=1)).is_stale
    prepare_media_item.call(item.pk)
    assert Preparation.objects.get(item=item).state == PreparationState.READY


def test_the_work_of_a_dead_worker_can_be_restarted(item, django_capture_on_commit_callbacks):
    attach(item, samples().mp4)
    at_work(item, since=STALE_AFTER + timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.restart_preparation(item=item).state == PreparationState.WAITING
    assert DBTaskResult.objects.count() == 1


def test_a_run_that_was_overtaken_keeps_nothing(item, django_capture_on_commit_callbacks):
    original = attach(item, samples().mkv_mpeg4)
    run = tasks._claim(item.pk)

    def work():
        with in_doubt():
            poster = copy_of(samples().png)
            run.store(Purpose.POSTER, poster, extension="png", content_type="image/png")
            Preparation.objects.filter(item=item).update(started_at=timezone.now())
            run.finish()

    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(runs.OvertakenError),
    ):
        work()
    run.fail("never mind")
    assert stored_files() == {original.file.name}
    assert Preparation.objects.get(item=item).state == PreparationState.RUNNING


# --- captions, thumbnail, purge ------------------------------------------------------------------


def test_captions_are_stored_as_webvtt(item):
    captions = services.add_captions(
        item=item, upload=uploaded(samples().srt), language="en", label="English"
    )
    assert captions.file.name.endswith(".vtt")
    with captions.file.open() as file:
        assert file.read().startswith(b"WEBVTT")
    assert captions.size == Path(captions.file.path).stat().st_size


def test_captions_in_the_same_language_take_the_place_of_the_old(
    item, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            captions = services.add_captions(
                item=item, upload=uploaded(samples().vtt), language="en", label="English"
            )
    assert stored_files() == {captions.file.name}


def test_captions_that_cannot_be_read_leave_the_old_alone(item):
    services.add_captions(item=item, upload=uploaded(samples().vtt), language="en", label="English")
    with pytest.raises(NotAcceptedFile):
        services.add_captions(
            item=item, upload=uploaded(samples().png), language="en", label="English"
        )
    assert of(item, Purpose.CAPTIONS).count() == 1


def test_captions_survive_a_new_upload_and_a_new_preparation(item):
    services.add_captions(item=item, upload=uploaded(samples().vtt), language="en", label="English")
    prepared(item, samples().mp4)
    assert of(item, Purpose.CAPTIONS).exists()


def test_a_thumbnail_is_drawn_anew_and_replaces_the_old(item, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.set_thumbnail(item=item, picture=uploaded(samples().png))
        first = item.thumbnail.name
        services.set_thumbnail(item=item, picture=uploaded(samples().png))
    item.refresh_from_db()
    assert item.thumbnail.name != first
    assert stored_files() == {item.thumbnail.name}
    assert (item.thumbnail.width, item.thumbnail.height) == (640, 360)


def test_a_thumbnail_can_be_taken_away(item, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.set_thumbnail(item=item, picture=uploaded(samples().png))
        services.set_thumbnail(item=item, picture=None)
    item.refresh_from_db()
    assert not item.thumbnail
    assert stored_files() == set()


def test_a_thumbnail_that_is_no_picture_is_refused(item):
    with pytest.raises(NotAcceptedFile):
        services.set_thumbnail(item=item, picture=SimpleUploadedFile("a.png", b"<svg/>"))
    item.refresh_from_db()
    assert not item.thumbnail


def test_the_purge_leaves_no_file_of_the_item_and_all_of_others(
    item, django_capture_on_commit_callbacks
):
    other = factories.MediaItemFactory(owner=item.owner)
    kept = attach(other, samples().mp4)
    prepared(item, samples().mkv_mpeg4)
    services.set_thumbnail(item=item, picture=uploaded(samples().png))
    with django_capture_on_commit_callbacks(execute=True):
        storage.delete_files_of(item)
        item.delete()
    assert stored_files() == {kept.file.name}
    assert not (Path(site.MEDIA_ROOT) / item.public_id).exists()
    assert not MediaFile.objects.exclude(item=other).exists()
