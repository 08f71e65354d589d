"""Editing a media item and its captions."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from media_items import text_encodings
from media_items.catalogue.models import Kind
from media_items.library import uploads
from media_items.library.services import deleting, editing
from media_items.models import MediaItem
from media_items.processing import services as processing
from media_items.processing.models import Purpose
from tests import factories

CASES = Path(__file__).parents[2] / "cases" / "captions"

pytestmark = pytest.mark.django_db


def address(item, what="edit"):
    return f"/media/{item.public_id}/{what}/"


def typed(item, **changes):
    """What a browser sends for the edit form of `item` as it stands."""
    item.refresh_from_db()
    words = {name: getattr(item, name) for name in ("title", "description", "tags", "time_zone")}
    return {**words, "seen_at": item.updated_at.isoformat(), **changes}


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


@pytest.fixture
def document(owner, sample):
    item = MediaItem(kind=Kind.DOCUMENT, title="Slides")
    return editing.create_media_item(item=item, owner=owner, upload=sample("pdf"))


def original(item):
    return item.files.get(purpose=Purpose.ORIGINAL)


def test_the_owner_changes_the_words(browser, item):
    response = browser.post(address(item), typed(item, title="New", description="Words"))
    assert response["Location"] == f"/media/{item.public_id}/"
    item.refresh_from_db()
    assert (item.title, item.description) == ("New", "Words")


def test_a_co_editor_changes_the_words(client_of, item, co_editor):
    client_of(co_editor).post(address(item), typed(item, title="By both"))
    item.refresh_from_db()
    assert item.title == "By both"


@pytest.mark.parametrize("what", ["edit", "captions", "publish", "delete"])
def test_a_stranger_finds_nothing_and_a_passer_by_is_refused(client_of, item, stranger, what):
    browser = client_of(stranger)
    assert browser.get(address(item, what)).status_code == 404
    assert browser.post(address(item, what), {"title": "x"}).status_code == 404
    MediaItem.objects.update(state="unlisted")
    assert browser.get(address(item, what)).status_code == 403
    assert browser.post(address(item, what), {"title": "x"}).status_code == 403
    assert Client().post(address(item, what), {"title": "x"}).status_code == 403


def test_a_gallery_member_may_look_and_not_edit(client_of, item, gallery, member):
    MediaItem.objects.update(state="published")
    factories.PublicationFactory(item=item, gallery=gallery)
    assert client_of(member).post(address(item), typed(item)).status_code == 403


def test_a_guest_may_not_edit(guest_client, item):
    assert guest_client.post(address(item), {"title": "x"}).status_code == 403


def test_a_strangers_upload_is_not_even_read(client_of, item, stranger, sample, monkeypatch):
    def never(self, data):
        raise AssertionError

    monkeypatch.setattr(uploads.TemporaryUploadedFile, "write", never)
    response = client_of(stranger).post(address(item), {"file": sample("mp4")})
    assert response.status_code == 404


def test_a_form_of_another_site_is_refused(owner, item):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert browser.post(address(item), typed(item, title="x")).status_code == 403
    assert browser.post(address(item, "captions"), {}).status_code == 403


def test_a_deleted_item_cannot_be_edited(browser, item):
    deleting.move_to_bin(item=item, by=item.owner)
    assert browser.get(address(item)).status_code == 404


def test_the_title_cannot_be_emptied(browser, item):
    response = browser.post(address(item), typed(item, title="  "))
    assert response.status_code == 422
    item.refresh_from_db()
    assert item.title


def test_the_second_of_two_editors_is_told_and_keeps_what_they_typed(browser, item):
    mine = typed(item, title="Mine", description="My long description")
    theirs = typed(item, title="Theirs")
    browser.post(address(item), theirs)
    response = browser.post(address(item), mine)
    assert response.status_code == 422
    assert "Somebody else changed this" in response.text
    assert 'value="Mine"' in response.text
    assert "My long description" in response.text
    item.refresh_from_db()
    assert item.title == "Theirs"
    # Saved once more, knowingly, it goes through.
    again = {**mine, "seen_at": response.context["form"]["seen_at"].value()}
    assert browser.post(address(item), again).status_code == 302
    item.refresh_from_db()
    assert item.title == "Mine"


@pytest.mark.parametrize("stamp", ["", "yesterday", "0001-01-01", "2026-01-01T00:00:00", "\x00"])
def test_a_form_without_a_true_stamp_does_not_overwrite(browser, item, stamp):
    response = browser.post(address(item), typed(item, title="Mine", seen_at=stamp))
    assert response.status_code == 422
    assert "title" not in MediaItem.objects.get().title


def test_times_left_alone_stay_the_same_moment_to_the_second(browser, item):
    # 02:30:15 the second time clocks in Paris show it that night.
    moment = datetime(2026, 10, 25, 1, 30, 15, tzinfo=UTC)
    MediaItem.objects.update(available_from=moment, time_zone="Europe/Paris")
    item.refresh_from_db()
    form = browser.get(address(item)).context["form"]
    assert 'value="2026-10-25T02:30"' in str(form["available_from"])
    browser.post(address(item), typed(item, available_from="2026-10-25T02:30"))
    item.refresh_from_db()
    assert item.available_from == moment


def test_another_time_zone_moves_the_times(browser, item):
    MediaItem.objects.update(available_from=datetime(2026, 1, 1, 12, 0, tzinfo=UTC))
    item.refresh_from_db()
    changes = {"available_from": "2026-01-01T12:00", "time_zone": "Asia/Tokyo"}
    browser.post(address(item), typed(item, **changes))
    item.refresh_from_db()
    assert item.available_from == datetime(2026, 1, 1, 3, 0, tzinfo=UTC)


def test_a_window_is_emptied(browser, item):
    MediaItem.objects.update(available_until=datetime(2026, 1, 1, tzinfo=UTC))
    browser.post(address(item), typed(item))
    item.refresh_from_db()
    assert item.available_until is None


# --- thumbnail and file -----------------------------------------------------------------------


def test_a_thumbnail_is_set_and_taken_away(browser, item, sample):
    browser.post(address(item), typed(item, thumbnail=sample("png")))
    item.refresh_from_db()
    assert item.thumbnail
    assert "thumbnail/?v=t" in browser.get(address(item)).text
    browser.post(address(item), typed(item, remove_thumbnail="on"))
    item.refresh_from_db()
    assert not item.thumbnail


def test_a_new_file_replaces_the_old_one_and_is_prepared(browser, document, sample):
    before = original(document)
    browser.post(address(document), typed(document, file=sample("pdf", "second.pdf")))
    assert original(document).pk != before.pk
    assert original(document).original_name == "second.pdf"
    document.preparation.refresh_from_db()
    assert document.preparation.finished_at is None


def test_a_refused_file_loses_neither_the_old_one_nor_the_words(browser, document, sample):
    before = original(document)
    data = typed(document, title="Kept", file=sample("mp4"))
    response = browser.post(address(document), data)
    assert response.status_code == 422
    assert 'value="Kept"' in response.text
    assert original(document) == before
    assert before.file.storage.exists(before.file.name)


def test_a_conflict_does_not_replace_the_file(browser, document, sample):
    before = original(document)
    data = typed(document, seen_at="", file=sample("pdf"))
    assert browser.post(address(document), data).status_code == 422
    assert original(document) == before


def test_a_scheduled_item_takes_no_file(browser, owner, sample):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    browser.post(address(room), typed(room, file=sample("mp4")))
    assert room.files.count() == 0


# --- captions ---------------------------------------------------------------------------------


def captions_of(item):
    return list(item.files.filter(purpose=Purpose.CAPTIONS).values_list("language", "label"))


def add(browser, item, file, **headers):
    data = {"captions-file": file, "captions-language": "de", "captions-label": ""}
    return browser.post(address(item, "captions"), data, headers=headers)


def test_captions_are_added_in_a_language_and_called_after_it(browser, item, sample):
    assert add(browser, item, sample("srt")).status_code == 302
    assert captions_of(item) == [("de", "Deutsch")]
    assert "Deutsch" in browser.get(address(item)).text


def test_htmx_gets_the_captions_part_alone(browser, item, sample):
    response = add(browser, item, sample("vtt"), **{"HX-Request": "true"})
    assert response.status_code == 200
    assert "Deutsch" in response.text
    assert "<html" not in response.text


def test_what_is_not_captions_is_refused_beside_the_field(browser, item, sample):
    response = add(browser, item, sample("png"))
    assert response.status_code == 422
    assert response.context["captions_form"].errors["file"]
    assert captions_of(item) == []


def test_captions_over_the_limit_are_refused(browser, item, settings):
    settings.CAPTIONS_MAX_MB = 1
    response = add(browser, item, SimpleUploadedFile("a.vtt", b"W" * (1024 * 1024 + 1)))
    assert "too large" in str(response.context["captions_form"].errors["file"])


def stored(item):
    return Path(item.files.get().file.path).read_text(encoding="utf-8")


POLISH = (CASES / "cp1250-polish.srt").read_bytes()


def test_letters_that_are_not_certain_are_asked_about_and_nothing_is_lost(browser, item):
    data = {"captions-file": SimpleUploadedFile("wykład.srt", POLISH)}
    data |= {"captions-language": "pl", "captions-label": "Polski (test)"}
    asked = browser.post(address(item, "captions"), data)
    assert asked.status_code == 422
    assert captions_of(item) == []
    form = asked.context["captions_form"]
    assert "Zażółć gęślą jaźń" in asked.text
    assert "Central European (Windows-1250)" in asked.text
    # What the page sends back when a person chooses, without script and without the file.
    page = {name: form[name].value() for name in ("kept", "kept_name", "language", "label")}
    assert page["language"] == "pl"
    assert page["kept_name"] == "wykład.srt"
    again = {f"captions-{name}": value for name, value in page.items()}
    chosen = browser.post(address(item, "captions"), again | {"captions-encoding": "cp1250"})
    assert chosen.status_code == 302
    assert captions_of(item) == [("pl", "Polski (test)")]
    assert "Zażółć gęślą jaźń" in stored(item)
    assert item.files.get().original_name == "wykład.srt"


def test_another_reading_can_be_chosen_and_none_that_was_not_offered(browser, item):
    data = {"captions-file": SimpleUploadedFile("a.srt", POLISH), "captions-language": "pl"}
    form = browser.post(address(item, "captions"), data).context["captions_form"]
    again = {"captions-kept": form["kept"].value(), "captions-language": "pl"}
    for odd in ("", "rot13", "cp9999"):
        response = browser.post(address(item, "captions"), again | {"captions-encoding": odd})
        assert response.status_code == 422
        assert response.context["captions_form"]["kept"].value() == again["captions-kept"]
    browser.post(address(item, "captions"), again | {"captions-encoding": "cp1252"})
    assert "Za¿ó³æ" in stored(item)


@pytest.mark.parametrize("kept", ["%%%", "AAAA", "eJwDAAAAAAE=", "x" * 900_000])
def test_what_did_not_come_from_the_page_is_no_file(browser, item, kept):
    data = {"captions-kept": kept, "captions-language": "pl", "captions-encoding": "cp1250"}
    response = browser.post(address(item, "captions"), data)
    assert response.status_code == 422
    assert captions_of(item) == []


def test_a_packed_file_is_never_unpacked_beyond_the_limit(browser, item, settings):
    settings.CAPTIONS_MAX_MB = 1
    asked = add(browser, item, SimpleUploadedFile("a.srt", POLISH)).context["captions_form"]
    bomb = asked._signer.sign(base64.b64encode(zlib.compress(b" " * 200_000_000 + POLISH)).decode())
    data = {"captions-kept": bomb, "captions-language": "pl", "captions-encoding": "cp1250"}
    assert browser.post(address(item, "captions"), data).status_code == 422


def test_what_comes_back_is_what_this_person_uploaded_to_this_item(
    browser, client_of, item, owner, co_editor
):
    asked = add(browser, item, SimpleUploadedFile("a.srt", POLISH)).context["captions_form"]
    kept = asked["kept"].value()
    other = factories.MediaItemFactory(owner=owner)
    unsigned = base64.b64encode(zlib.compress(POLISH)).decode()
    for sender, to, sent in (
        (browser, item, unsigned),
        (browser, item, f"{unsigned}.{kept.rpartition('.')[2][::-1]}"),
        (browser, other, kept),
        (client_of(co_editor), item, kept),
    ):
        data = {"captions-kept": sent, "captions-language": "pl", "captions-encoding": "cp1250"}
        response = sender.post(address(to, "captions"), data)
        assert response.status_code == 422
        assert response.context["captions_form"].errors["file"] == ["Choose a file."]
        assert captions_of(to) == []
    data |= {"captions-kept": kept}
    assert browser.post(address(item, "captions"), data).status_code == 302


def test_the_letters_of_a_file_are_guessed_once_in_a_request(browser, item, monkeypatch):
    guessed = []
    inner = text_encodings._first_opinion

    def counted(part):
        guessed.append(len(part))
        return inner(part)

    monkeypatch.setattr(text_encodings, "_first_opinion", counted)
    asked = add(browser, item, SimpleUploadedFile("a.srt", POLISH)).context["captions_form"]
    assert len(guessed) == 1
    data = {"captions-kept": asked["kept"].value(), "captions-language": "pl"}
    data |= {"captions-encoding": "cp1250"}
    assert browser.post(address(item, "captions"), data).status_code == 302
    assert len(guessed) == 2


def test_letters_that_are_certain_are_not_asked_about(browser, item):
    russian = (CASES / "cp1251-russian.srt").read_bytes()
    assert add(browser, item, SimpleUploadedFile("a.srt", russian)).status_code == 302
    assert "Добро пожаловать" in stored(item)


def test_captions_are_removed_and_those_of_another_item_are_not(browser, item, sample):
    add(browser, item, sample("vtt"))
    track = item.files.get()
    other = factories.MediaItemFactory()
    assert browser.get(address(item, f"captions/{track.pk}/remove")).status_code == 200
    theirs = processing.add_captions(item=other, upload=sample("vtt"), language="de", label="x")
    # As if they had been removed meanwhile: whose they are nobody learns.
    assert browser.get(address(item, f"captions/{theirs.pk}/remove")).status_code == 404
    nothing = browser.post(address(item, f"captions/{theirs.pk}/remove"))
    assert nothing.status_code == 302
    assert not list(get_messages(nothing.wsgi_request))
    assert browser.post(address(other, f"captions/{theirs.pk}/remove")).status_code == 404
    browser.post(address(item, f"captions/{track.pk}/remove"))
    assert captions_of(item) == []
    assert len(captions_of(other)) == 1


def test_the_video_itself_is_not_removed_as_captions(browser, document):
    file_id = original(document).pk
    assert browser.post(address(document, f"captions/{file_id}/remove")).status_code == 404
    assert original(document).pk == file_id


def test_a_document_has_no_captions(browser, document):
    assert browser.get(address(document, "captions")).status_code == 404
    assert "captions" not in browser.get(address(document)).context
