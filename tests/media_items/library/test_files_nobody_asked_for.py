"""A file sent to a page that takes none never reaches the disk."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from access.invitations.models import InvitationRole
from access.links import guest_link_token
from tests.factories import InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_disk(monkeypatch):
    """Names of the files that were begun on the disk."""
    begun: list[str] = []
    begin = TemporaryUploadedFile.__init__

    def noted(self, name, *args, **kwargs):
        begun.append(name)
        begin(self, name, *args, **kwargs)

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", noted)
    return begun


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("big.bin", b"x" * 300_000)


def test_a_stranger_cannot_fill_the_disk_through_a_form_without_files(client, link, on_disk):
    for address in (
        reverse("access:sign_in"),
        reverse("access:reset_password"),
        reverse("access:join", args=[guest_link_token(link)]),
    ):
        client.post(address, {"file": a_file(), "thumbnail": a_file()})
    assert on_disk == []


def test_the_words_beside_such_a_file_still_arrive(on_disk):
    request = RequestFactory().post("/", {"first": "1", "file": a_file(), "last": "2"})
    assert request.POST.dict() == {"first": "1", "last": "2"}
    assert not request.FILES
    assert on_disk == []


@pytest.mark.parametrize("page", ["edit", "captions"])
def test_a_guest_cannot_fill_the_disk_through_the_forms_that_take_files(
    guest_client, item, on_disk, page
):
    answer = guest_client.post(f"/media/{item.public_id}/{page}/", {"file": a_file()})
    assert answer.status_code == 403
    assert on_disk == []


@pytest.mark.parametrize("page", ["new/video", "{id}/edit", "{id}/captions"])
def test_forms_that_take_files_refuse_a_post_without_the_token(owner, item, page):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    sent = {"title": "Forged", "file": io.BytesIO(b"x"), "captions-file": io.BytesIO(b"x")}
    answer = browser.post(f"/media/{page.format(id=item.public_id)}/", sent)
    assert answer.status_code == 403
    item.refresh_from_db()
    assert item.title != "Forged"


class Unread:
    """A body that is on its way."""

    def read(self, *_size):
        raise AssertionError("The body was read.")

    readline = read


def test_of_whoever_may_change_words_only_no_gigabytes_are_read(item):
    """SECURITY: a thread is held for as long as a body is read, even one that is thrown away."""
    user = UserFactory(email_verified_at=timezone.now())
    InvitationFactory(item=item, email=user.email, accepted=True, role=InvitationRole.COLLABORATOR)
    browser = Client()
    browser.force_login(user)
    address = f"/media/{item.public_id}/edit/"
    assert browser.get(address).status_code == 200
    answer = browser.generic(
        "POST",
        address,
        b"--x",
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": "8000000000", "wsgi.input": Unread()},
    )
    assert answer.status_code == 400
