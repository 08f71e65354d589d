"""Making media items, and what the upload form refuses."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory

from media_items.catalogue.models import Kind, State
from media_items.library import uploads
from media_items.library.services import editing
from media_items.models import MediaItem
from media_items.processing.errors import NotAcceptedFile
from media_items.processing.models import Purpose
from tests.media_items.library.conftest import stored_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


def errors(response, field):
    return " ".join(response.context["form"].errors.get(field, []))


@pytest.mark.parametrize(
    ("kind", "what"), [("video", "mp4"), ("audio", "mp3"), ("document", "pdf")]
)
def test_a_file_becomes_a_private_item_of_whoever_put_it_up(browser, owner, sample, kind, what):
    response = browser.post(f"/media/new/{kind}/", {"title": " Two  words ", "file": sample(what)})
    item = MediaItem.objects.get()
    assert response["Location"] == f"/media/{item.public_id}/"
    assert (item.owner, item.kind, item.state, item.title) == (
        owner,
        kind,
        State.PRIVATE,
        "Two words",
    )
    assert item.files.get(purpose=Purpose.ORIGINAL).size > 0
    assert item.preparation.started_at is None


def test_without_a_title_it_takes_the_name_of_the_file(browser, sample):
    browser.post("/media/new/video/", {"file": sample("mp4", "cell_division_part-2.mp4")})
    assert MediaItem.objects.get().title == "cell division part-2"


def test_a_file_without_a_name_worth_having_is_called_after_its_kind(browser, sample):
    browser.post("/media/new/video/", {"file": sample("mp4", "___.mp4")})
    assert MediaItem.objects.get().title == "Video"


@pytest.mark.parametrize("kind", ["live_event", "room"])
def test_a_scheduled_item_is_made_without_a_file(browser, kind):
    browser.post(
        f"/media/new/{kind}/",
        {
            "title": "Office hour",
            "starts_at": "2026-07-01T15:00",
            "ends_at": "2026-07-01T16:00",
            "time_zone": "Asia/Jerusalem",
        },
    )
    item = MediaItem.objects.get()
    assert item.kind == kind
    assert f"{item.starts_at:%H:%M} {item.ends_at:%H:%M}" == "12:00 13:00"
    assert item.time_zone == "Asia/Jerusalem"


def test_a_file_item_takes_no_schedule(browser, sample):
    data = {"file": sample("mp4"), "starts_at": "2026-07-01T15:00"}
    browser.post("/media/new/video/", data)
    assert MediaItem.objects.get().starts_at is None


def test_the_time_zone_used_last_is_offered(browser, owner, item):
    MediaItem.objects.update(time_zone="Asia/Tokyo")
    form = browser.get("/media/new/room/").context["form"]
    assert form["time_zone"].value() == "Asia/Tokyo"


def test_a_time_that_summer_time_skips_is_refused_beside_the_field(browser):
    data = {"title": "Night", "starts_at": "2026-03-29T02:30", "time_zone": "Europe/Paris"}
    response = browser.post("/media/new/room/", data)
    assert response.status_code == 422
    assert "go forward" in errors(response, "starts_at")
    assert "2026-03-29T02:30" in response.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"starts_at": "2026-07-02T10:00", "ends_at": "2026-07-01T10:00"}, "ends_at"),
        (
            {"available_from": "2026-07-02T10:00", "available_until": "2026-07-02T10:00"},
            "available_until",
        ),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": "2026-07-02T10:00+02:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00"}, "starts_at"),
        ({"starts_at": "\x00"}, "starts_at"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd", "starts_at": "2026-07-02T10:00"}, "time_zone"),
        ({"title": "x" * 201}, "title"),
        ({"title": ""}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"description": "x" * 10_001}, "description"),
        ({"tags": "x" * 301}, "tags"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(browser, typed, field):
    data = {"title": "Office hour", "description": "Bring questions", **typed}
    response = browser.post("/media/new/room/", data)
    assert response.status_code == 422
    assert errors(response, field)
    assert MediaItem.objects.count() == 0
    assert "Bring questions" in response.text or field == "description"


def test_tags_are_tidied(browser):
    browser.post("/media/new/room/", {"title": "Quiz", "tags": " a ,, B,b , a  c,A, Maße, Masse"})
    assert MediaItem.objects.get().tags == "a, B, a c, Maße, Masse"


@pytest.mark.parametrize("kind", ["movie", "VIDEO", "video%00"])
def test_an_unknown_kind_is_not_found(browser, kind):
    assert browser.get(f"/media/new/{kind}/").status_code == 404
    assert browser.post(f"/media/new/{kind}/", {"title": "x"}).status_code == 404


def test_owner_and_state_cannot_be_sent_along(browser, owner, stranger):
    data = {"title": "Mine", "owner": stranger.pk, "state": "published", "kind": "video"}
    browser.post("/media/new/room/", data)
    item = MediaItem.objects.get()
    assert (item.owner, item.state, item.kind) == (owner, State.PRIVATE, Kind.ROOM)


def test_what_was_typed_is_shown_as_text(browser):
    data = {"title": "<script>x</script>", "starts_at": '"><b>'}
    text = browser.post("/media/new/room/", data).text
    assert "<script>x" not in text
    assert '"><b>' not in text


# --- files ------------------------------------------------------------------------------------


def test_a_file_is_required(browser):
    response = browser.post("/media/new/video/", {"title": "Nothing"})
    assert response.status_code == 422
    assert errors(response, "file") == "Choose a file."


@pytest.mark.parametrize("what", ["playlist_named_mp4", "truncated_mp4"])
def test_a_file_that_is_no_video_is_refused_with_a_reason(browser, sample, waiting_uploads, what):
    data = {"title": "Keep me", "tags": "kept", "file": sample(what)}
    response = browser.post("/media/new/video/", data)
    assert response.status_code == 422
    assert errors(response, "file")
    assert 'value="Keep me"' in response.text
    assert MediaItem.objects.count() == 0
    assert waiting_uploads() == []


def test_an_empty_file_is_refused(browser, waiting_uploads):
    response = browser.post("/media/new/video/", {"file": SimpleUploadedFile("a.mp4", b"")})
    assert "empty" in errors(response, "file")


def test_a_file_over_the_limit_is_never_stored_and_the_form_comes_back(
    browser, settings, waiting_uploads, monkeypatch
):
    settings.UPLOAD_MAX_MB = 1
    monkeypatch.setattr(uploads.TemporaryUploadedFile, "write", _fail_after(1024 * 1024))
    file = SimpleUploadedFile("a.mp4", b"\x00" * (1024 * 1024 + 1))
    response = browser.post("/media/new/video/", {"title": "Keep me", "file": file})
    assert response.status_code == 422
    assert errors(response, "file").startswith("This file is too large. The limit is 1")
    assert 'value="Keep me"' in response.text
    assert waiting_uploads() == []


def _fail_after(most):
    written = []

    def write(self, data):
        written.append(len(data))
        assert sum(written) <= most
        return self.file.write(data)

    return write


def test_a_body_far_over_the_limit_is_not_written_at_all(
    browser, settings, waiting_uploads, monkeypatch
):
    settings.UPLOAD_MAX_MB = settings.THUMBNAIL_MAX_MB = 1
    monkeypatch.setattr(uploads, "_OTHER_FIELDS", 0)
    monkeypatch.setattr(uploads.TemporaryUploadedFile, "write", _fail_after(0))
    file = SimpleUploadedFile("a.mp4", b"\x00" * (3 * 1024 * 1024))
    response = browser.post("/media/new/video/", {"title": "Keep me", "file": file})
    assert "too large" in errors(response, "file")
    assert waiting_uploads() == []


def test_too_large_a_thumbnail_does_not_cost_the_video(browser, settings, sample):
    settings.THUMBNAIL_MAX_MB = 1
    picture = SimpleUploadedFile("a.png", b"\x00" * (1024 * 1024 + 1))
    response = browser.post("/media/new/video/", {"file": sample("mp4"), "thumbnail": picture})
    assert response.status_code == 422
    assert "too large" in errors(response, "thumbnail")
    assert not errors(response, "file")


def test_without_room_on_the_disk_the_file_is_refused_kindly_and_the_admin_can_read_why(
    browser, sample, waiting_uploads, monkeypatch, caplog
):
    full = SimpleNamespace(free=500 * 2**20)
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda _path: full)
    response = browser.post("/media/new/video/", {"title": "Keep me", "file": sample("mp4")})
    assert response.status_code == 422
    assert "enough space" in errors(response, "file")
    assert 'value="Keep me"' in response.text
    assert waiting_uploads() == []


def test_a_disk_that_fills_up_on_the_way_is_no_server_error(browser, sample, monkeypatch, caplog):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.TemporaryUploadedFile, "write", full)
    response = browser.post("/media/new/video/", {"file": sample("mp4")})
    assert "enough space" in errors(response, "file")
    assert "could not be written" in caplog.text


def test_files_in_fields_nobody_asked_for_are_not_stored(browser, sample, waiting_uploads):
    data = {"title": "Quiz", "evil": sample("mp4"), "captions-file": sample("mp4")}
    browser.post("/media/new/room/", data)
    assert MediaItem.objects.get().files.count() == 0
    assert waiting_uploads() == []


def test_a_refused_field_does_not_cost_the_file_sent_before_it(browser, sample):
    data = {"file": sample("mp4"), "evil": SimpleUploadedFile("x.bin", b"x")}
    assert browser.post("/media/new/video/", data).status_code == 302
    assert stored_files(MediaItem.objects.get())


def test_a_file_name_with_an_endless_ending_is_no_server_error(browser, sample):
    data = {"file": sample("mp4", "a." + "m" * 400)}
    assert browser.post("/media/new/video/", data).status_code == 302


def test_a_video_cannot_be_put_up_as_a_document(browser, sample):
    response = browser.post("/media/new/document/", {"file": sample("mp4")})
    assert "not a PDF" in errors(response, "file")


def test_a_thumbnail_is_stored_anew_and_a_false_one_refused(browser, sample):
    false = SimpleUploadedFile("a.png", b"<svg onload=x>", content_type="image/png")
    response = browser.post("/media/new/room/", {"title": "Quiz", "thumbnail": false})
    assert "not a picture" in errors(response, "thumbnail")
    browser.post("/media/new/room/", {"title": "Quiz", "thumbnail": sample("png")})
    assert MediaItem.objects.get().thumbnail.name.endswith(".jpg")


# --- who --------------------------------------------------------------------------------------


def test_nobody_uploads_without_signing_in_and_nothing_is_read(
    sample, waiting_uploads, monkeypatch
):
    monkeypatch.setattr(uploads.TemporaryUploadedFile, "write", _fail_after(0))
    response = Client().post("/media/new/video/", {"file": sample("mp4")})
    assert response.status_code == 302
    assert waiting_uploads() == []


def test_a_form_of_another_site_is_refused_although_the_outer_view_is_exempt(owner, sample):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    response = browser.post("/media/new/video/", {"file": sample("mp4")})
    assert response.status_code == 403
    assert MediaItem.objects.count() == 0


def test_with_its_token_the_form_is_taken(owner):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    token = browser.get("/media/new/room/").context["csrf_token"]
    data = {"title": "Quiz", "csrfmiddlewaretoken": str(token)}
    assert browser.post("/media/new/room/", data).status_code == 302


def test_the_form_tells_the_browser_the_limit(browser, settings):
    settings.UPLOAD_MAX_MB = 7
    text = browser.get("/media/new/video/").text
    assert "data-upload" in text
    assert f'data-max-bytes="{7 * 1024 * 1024}"' in text


def test_the_service_leaves_nothing_behind_when_the_file_is_refused(owner, sample):
    item = MediaItem(kind=Kind.VIDEO, title="Refused")
    with pytest.raises(NotAcceptedFile):
        editing.create_media_item(
            item=item, owner=owner, upload=sample("pdf"), picture=sample("png")
        )
    assert MediaItem.objects.count() == 0


# --- what an upload holds while it lasts ----------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_connection_to_the_database_is_held_while_a_file_arrives(browser, sample, monkeypatch):
    seen = []
    take = uploads._MeasuringHandler.receive_data_chunk

    def look(self, data, start):
        seen.append(connection.connection)
        return take(self, data, start)

    monkeypatch.setattr(uploads._MeasuringHandler, "receive_data_chunk", look)
    response = browser.post("/media/new/video/", {"title": "Kept", "file": sample("mp4")})
    assert response.status_code == 302
    assert set(seen) == {None}


def test_a_form_without_files_refuses_a_large_body_unread():
    class Unread:
        def read(self, *args):
            raise AssertionError("The body was read.")

    boundary = "multipart/form-data; boundary=x"
    request = RequestFactory().generic("POST", "/", b"--x--", content_type=boundary)
    request.META["CONTENT_LENGTH"] = str(uploads.MOST_BYTES_OF_A_FORM + 1)
    request._stream, request._read_started = Unread(), False
    with pytest.raises(RequestDataTooBig):
        request.POST  # noqa: B018
