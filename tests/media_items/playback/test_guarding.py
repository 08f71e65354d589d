"""Who gets at the bytes: the same door as the page, asked again at each request."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from access.guests.models import GuestAdmission, GuestLink
from media_items.catalogue.models import State
from media_items.processing.models import Purpose
from tests import factories
from tests.conftest import client_with_admissions
from tests.media_items.playback.conftest import TEN, address, body, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(request, client_of):
    """`browser("co_editor")`: that person's browser."""

    def of(who: str) -> Client:
        if who == "signed_out":
            return Client()
        if who == "guest":
            return request.getfixturevalue("guest_client")
        return client_of(request.getfixturevalue(who))

    return of


def publish(item, gallery):
    item.state = State.PUBLISHED
    item.save()
    factories.PublicationFactory(item=item, gallery=gallery)


@pytest.mark.parametrize(
    ("who", "playback_status", "original_status", "download_status"),
    [
        ("owner", 200, 200, 200),
        ("co_editor", 200, 200, 200),
        ("guest", 200, 403, 403),
        ("member", 404, 404, 404),
        ("stranger", 404, 404, 404),
        ("signed_out", 404, 404, 404),
    ],
)
def test_a_private_item_opens_for_its_editors_and_guests(
    browser, item, playback, original, who, playback_status, original_status, download_status
):
    client = browser(who)
    assert client.get(address(playback)).status_code == playback_status
    assert client.get(address(original)).status_code == original_status
    download = f"/media/{item.public_id}/download/"
    assert client.get(download).status_code == download_status


@pytest.mark.parametrize(
    ("who", "status"), [("member", 200), ("stranger", 404), ("signed_out", 404), ("guest", 200)]
)
def test_a_published_item_opens_for_members_of_its_gallery(
    browser, item, playback, gallery, who, status
):
    publish(item, gallery)
    assert browser(who).get(address(playback)).status_code == status


@pytest.mark.parametrize("who", ["member", "stranger", "signed_out"])
def test_an_unlisted_item_opens_for_everybody_and_downloads_for_nobody_else(
    browser, item, playback, original, who
):
    item.state = State.UNLISTED
    item.save()
    client = browser(who)
    assert client.get(address(playback)).status_code == 200
    assert client.get(address(original)).status_code == 403
    assert client.get(f"/media/{item.public_id}/download/").status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("co_editor", 200), ("member", 404), ("stranger", 404), ("guest", 403)],
)
@pytest.mark.parametrize("days", [(1, 2), (-2, -1)])
def test_outside_its_window_an_item_opens_for_its_editors_only(
    browser, item, playback, gallery, who, status, days
):
    publish(item, gallery)
    start, end = (timezone.now() + timedelta(days=day) for day in days)
    item.available_from, item.available_until = start, end
    item.save()
    assert browser(who).get(address(playback)).status_code == status


@pytest.mark.parametrize("who", ["owner", "co_editor", "stranger", "signed_out"])
def test_in_the_bin_nobody_gets_at_the_bytes(browser, item, playback, original, who):
    item.state = State.UNLISTED
    item.deleted_at = timezone.now()
    item.save()
    client = browser(who)
    for url in (
        address(playback),
        address(original),
        f"/media/{item.public_id}/thumbnail/",
        f"/media/{item.public_id}/download/",
    ):
        assert client.get(url).status_code == 404


def test_a_guest_who_was_ended_is_refused_at_the_next_range(guest_client, admission, playback):
    first = guest_client.get(address(playback), headers={"range": "bytes=0-3"})
    assert (first.status_code, body(first)) == (206, TEN[:4])
    admission.ended_at = timezone.now()
    admission.save()
    second = guest_client.get(address(playback), headers={"range": "bytes=4-"})
    assert second.status_code == 403
    assert TEN[4:] not in body(second)
    again = guest_client.get(address(playback), headers={"if-none-match": first["ETag"]})
    assert again.status_code == 403


def test_a_guest_of_another_item_is_a_stranger_here(playback):
    elsewhere = client_with_admissions(factories.GuestAdmissionFactory())
    assert elsewhere.get(address(playback)).status_code == 404


def test_a_guest_whom_the_host_lets_download_may(guest_client, item, link, original):
    GuestLink.objects.filter(pk=link.pk).update(may_download=True)
    assert body(guest_client.get(f"/media/{item.public_id}/download/")) == TEN
    assert guest_client.get(address(original)).status_code == 200


def test_a_file_is_found_under_its_own_item_only(client_of, owner, item, playback):
    mine = factories.MediaItemFactory(owner=owner)
    client = client_of(owner)
    assert client.get(f"/media/{mine.public_id}/files/{playback.pk}/").status_code == 404
    assert client.get(f"/media/{item.public_id}/files/{playback.pk}/").status_code == 200


@pytest.mark.parametrize("file_id", ["0", "999999", "9" * 30, "-1", "1.5", "abc", "1/../2"])
def test_a_made_up_file_id_is_404(client_of, owner, item, playback, file_id):
    url = f"/media/{item.public_id}/files/{file_id}/"
    assert client_of(owner).get(url).status_code == 404


# --- pictures and downloads -------------------------------------------------------------------


def test_the_thumbnail_is_the_uploaded_one_else_the_poster_else_404(client_of, owner, item):
    client = client_of(owner)
    url = f"/media/{item.public_id}/thumbnail/"
    assert client.get(url).status_code == 404
    store(item, Purpose.POSTER, b"poster")
    assert body(client.get(url)) == b"poster"
    item.thumbnail.save("chosen.jpg", ContentFile(b"chosen"))
    response = client.get(url)
    assert (response["Content-Type"], body(response)) == ("image/jpeg", b"chosen")


def test_the_thumbnail_of_a_private_item_is_not_for_strangers(client_of, stranger, item):
    store(item, Purpose.POSTER)
    url = f"/media/{item.public_id}/thumbnail/"
    assert client_of(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 404


def test_a_download_is_named_after_the_title(client_of, owner, item, original):
    client = client_of(owner)
    url = f"/media/{item.public_id}/download/"
    assert client.get(url)["Content-Disposition"] == (
        'attachment; filename="Cell division, part 2.mov"'
    )
    item.title = "Zellteilung für Anfänger"
    item.save()
    assert client.get(url)["Content-Disposition"] == (
        "attachment; filename*=utf-8''Zellteilung%20f%C3%BCr%20Anf%C3%A4nger.mov"
    )


def test_there_is_no_download_without_an_uploaded_file(client_of, owner, item, playback):
    assert client_of(owner).get(f"/media/{item.public_id}/download/").status_code == 404


# --- cost -------------------------------------------------------------------------------------


def test_a_byte_request_of_a_guest_costs_two_queries(
    guest_client, playback, django_assert_num_queries
):
    with django_assert_num_queries(2):  # session, file of an item that they see
        guest_client.get(address(playback), headers={"range": "bytes=0-3"})


@pytest.mark.parametrize("reached", ["file", "thumbnail"])
def test_who_only_watches_is_seen_once_a_minute(
    guest_client, item, playback, admission, reached, django_assert_num_queries
):
    store(item, Purpose.POSTER)
    url = address(playback) if reached == "file" else f"/media/{item.public_id}/thumbnail/"
    GuestAdmission.objects.update(last_seen_at=None)
    for minutes in (0, 2):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            for _again in range(2):
                assert guest_client.get(url).status_code == 200
                admission.refresh_from_db()
                assert admission.last_seen_at == timezone.now()
            with django_assert_num_queries(2 if reached == "file" else 3):
                guest_client.get(url)


def test_an_invited_person_who_only_watches_is_seen_once_a_minute(
    invitee_client, invitation, playback, django_assert_num_queries
):
    for minutes in (0, 2):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            invitee_client.get(address(playback))
            invitation.refresh_from_db()
            assert invitation.last_seen_at == timezone.now()
            with django_assert_num_queries(2):
                assert invitee_client.get(address(playback)).status_code == 200


def test_a_byte_request_of_who_edits_costs_the_same_whatever_they_hold_besides(
    guest_client, client_of, co_editor, owner, item, playback, django_assert_num_queries
):
    """Nothing is noted of other proofs of theirs, and so nothing is due."""
    factories.InvitationFactory(item=item, account=co_editor, accepted=True)
    GuestAdmission.objects.update(last_seen_at=None)
    guest_client.force_login(owner)
    for browser in (guest_client, client_of(owner), client_of(co_editor)):
        for _again in range(2):
            with django_assert_num_queries(3):  # session, user, file of an item that they see
                browser.get(address(playback), headers={"range": "bytes=0-3"})


def test_a_byte_request_of_somebody_unknown_costs_one_query(
    item, playback, django_assert_num_queries
):
    item.state = State.UNLISTED
    item.save()
    with django_assert_num_queries(1):  # file with item
        Client().get(address(playback))
