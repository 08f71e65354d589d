"""Files that become items by themselves: of which kind, under which name, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from media_items.catalogue.models import State
from media_items.library import uploads
from media_items.models import MediaItem
from tests.reading import text_of, text_of_page

pytestmark = pytest.mark.django_db

ADDRESS = "/media/new/files/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


def send(browser, file):
    return browser.post(ADDRESS, {"file": file}, headers=JSON)


@pytest.mark.parametrize(
    ("kind", "what"), [("video", "mp4"), ("audio", "mp3"), ("document", "pdf")]
)
def test_a_file_becomes_what_it_contains_whatever_its_name(browser, owner, sample, kind, what):
    response = send(browser, sample(what, "cell_division.zip"))
    item = MediaItem.objects.get()
    assert response.status_code == 201
    assert response.json() == {"title": "cell division", "url": item.get_absolute_url()}
    assert (item.kind, item.owner, item.state) == (kind, owner, State.PRIVATE)
    assert item.preparation.started_at is None


def test_without_a_script_it_is_a_form_for_one_file(browser, sample):
    assert 'enctype="multipart/form-data"' in text_of_page(browser.get(ADDRESS))
    response = browser.post(ADDRESS, {"file": sample("pdf")})
    assert response["Location"] == MediaItem.objects.get().get_absolute_url()
    again = browser.post(ADDRESS, {})
    assert again.status_code == 422
    assert "Choose a file." in text_of(again)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("a.mp4", b"only words"), "This file is a text file. You can upload"),
        (SimpleUploadedFile("a.pdf", b"PK\x03\x04" + bytes(50)), "This file is a ZIP archive."),
        (SimpleUploadedFile("a.mp4", b"\xfe\xfd\x01" * 900), "could not find a video or sound"),
        (SimpleUploadedFile("a.mp4", b""), "This file is empty."),
    ],
)
def test_what_cannot_become_an_item_is_refused_in_a_sentence(browser, waiting_uploads, file, words):
    file.seek(0)
    response = send(browser, file)
    assert response.status_code == 422
    assert words in response.json()["message"]
    assert not MediaItem.objects.exists()
    assert waiting_uploads() == []


def test_a_file_over_the_limit_is_never_stored(browser, settings, sample, waiting_uploads):
    settings.UPLOAD_MAX_MB = 1
    large = SimpleUploadedFile("a.mp4", sample("mp4").read() + bytes(1024 * 1024))
    assert "too large" in send(browser, large).json()["message"]
    assert waiting_uploads() == []


def test_without_room_on_the_disk_it_is_refused_kindly(browser, sample, monkeypatch):
    full = SimpleNamespace(free=uploads.LEFT_FREE)
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda path: full)
    response = send(browser, sample("mp4"))
    assert response.status_code == 422
    assert "enough space" in response.json()["message"]


def test_a_file_cut_short_is_refused_and_leaves_no_item(browser, sample):
    whole = sample("mp4").read()
    response = send(browser, SimpleUploadedFile("a.mp4", whole[: len(whole) * 2 // 3]))
    assert response.status_code == 422
    assert not MediaItem.objects.exists()


def test_nobody_uploads_without_signing_in_and_nothing_is_read(
    sample, waiting_uploads, monkeypatch
):
    def write(self, data):
        raise AssertionError

    monkeypatch.setattr(uploads.TemporaryUploadedFile, "write", write)
    assert send(Client(), sample("mp4")).status_code == 302
    assert waiting_uploads() == []


def test_a_form_of_another_site_is_refused(owner, sample):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert send(browser, sample("mp4")).status_code == 403
    assert not MediaItem.objects.exists()
