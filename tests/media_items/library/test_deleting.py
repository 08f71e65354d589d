"""Into the bin, out of it, and gone for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access.guests.models import Guest
from media_items.catalogue.models import Kind
from media_items.library.services import deleting, editing
from media_items.library.tasks import purge_media_item
from media_items.models import MediaItem
from tests import factories
from tests.media_items.library.conftest import stored_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


def address(item, what):
    return f"/media/{item.public_id}/{what}/"


def long_ago(settings):
    return timezone.now() - timedelta(days=settings.BIN_KEPT_DAYS, seconds=1)


def test_a_deleted_item_is_gone_for_everybody_and_in_its_owners_bin(
    browser, client_of, item, co_editor, guest_client
):
    assert guest_client.get(address(item, "thumbnail")).status_code == 404
    response = browser.post(address(item, "delete"))
    assert response["Location"] == "/media/"
    item.refresh_from_db()
    assert item.deleted_by == item.owner
    assert client_of(co_editor).get(f"/media/{item.public_id}/").status_code == 404
    assert item.title in browser.get("/media/bin/").text


def test_asking_deletes_nothing(browser, item):
    assert "Delete “" in browser.get(address(item, "delete")).text
    item.refresh_from_db()
    assert item.deleted_at is None


def test_htmx_is_sent_to_my_media(browser, item):
    response = browser.post(address(item, "delete"), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, "/media/")


def test_a_co_editor_may_neither_delete_nor_restore(client_of, item, co_editor):
    browser = client_of(co_editor)
    assert browser.post(address(item, "delete")).status_code == 403
    deleting.move_to_bin(item=item, by=item.owner)
    assert browser.post(address(item, "restore")).status_code == 404
    item.refresh_from_db()
    assert item.deleted_at


def test_a_restored_item_is_as_it_was(browser, item, gallery):
    MediaItem.objects.update(state="published")
    factories.PublicationFactory(item=item, gallery=gallery)
    browser.post(address(item, "delete"))
    assert browser.get(address(item, "restore")).status_code == 405
    assert browser.post(address(item, "restore")).status_code == 302
    item.refresh_from_db()
    assert (item.deleted_at, item.deleted_by) == (None, None)
    assert list(item.galleries.all()) == [gallery]


def test_clicking_restore_twice_is_no_error(browser, item):
    browser.post(address(item, "delete"))
    browser.post(address(item, "restore"))
    assert browser.post(address(item, "restore")).status_code == 302


def test_a_strangers_restore_finds_nothing(client_of, stranger, item):
    browser = client_of(stranger)
    assert browser.post(address(item, "restore")).status_code == 404
    deleting.move_to_bin(item=item, by=item.owner)
    assert browser.post(address(item, "restore")).status_code == 404


def test_deleting_twice_keeps_the_first_day(item, owner):
    deleting.move_to_bin(item=item, by=owner)
    first = item.deleted_at
    deleting.move_to_bin(item=item, by=owner)
    assert item.deleted_at == first


# --- the purge --------------------------------------------------------------------------------


@pytest.fixture
def binned(owner, sample, settings):
    item = editing.create_media_item(
        item=MediaItem(kind=Kind.VIDEO, title="Old"),
        owner=owner,
        upload=sample("mp4"),
        picture=sample("png"),
    )
    factories.GuestAdmissionFactory(guest__link__item=item)
    MediaItem.objects.filter(pk=item.pk).update(deleted_at=long_ago(settings))
    return item


def purge(item):
    purge_media_item.func(item.pk)


def test_the_purge_is_asked_for_what_is_due_and_nothing_else(binned, item, owner):
    deleting.move_to_bin(item=item, by=owner)
    assert deleting.purge_bin() == 1
    asked = DBTaskResult.objects.get()
    assert asked.args_kwargs["args"] == [binned.pk]


def test_a_purged_item_leaves_no_row_and_no_file(binned, django_capture_on_commit_callbacks):
    assert len(stored_files(binned)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        purge(binned)
    assert not MediaItem.objects.filter(pk=binned.pk).exists()
    assert Guest.objects.count() == 0
    assert stored_files(binned) == []
    purge(binned)


def test_the_purge_is_safe_when_the_files_are_gone_already(
    binned, django_capture_on_commit_callbacks
):
    for path in stored_files(binned):
        path.unlink()
    with django_capture_on_commit_callbacks(execute=True):
        purge(binned)
    assert not MediaItem.objects.filter(pk=binned.pk).exists()
    connection.check_constraints()


def test_an_item_restored_before_its_purge_stays(binned, owner):
    deleting.restore(item=binned, by=owner)
    purge(binned)
    assert stored_files(binned)


def test_an_item_deleted_lately_stays(item, owner):
    deleting.move_to_bin(item=item, by=owner)
    purge(item)
    assert MediaItem.objects.filter(pk=item.pk).exists()
