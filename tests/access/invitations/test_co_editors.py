"""Co-editors, the dialog's second part; and what a collaborator edits."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.audit.models import AccessEvent, Act
from access.invitations.models import InvitationRole
from access.invitations.role_descriptions import what_they_can
from access.memberships.models import CoEditor
from media_items.catalogue.models import Kind
from media_items.processing.models import Purpose
from tests import factories
from tests.access.invitations.test_inviting import invitee_of
from tests.reading import unescaped

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


def url(name, item, *args):
    return reverse(f"access:{name}", args=[item.public_id, *args])


# --- co-editors -----------------------------------------------------------------------------------


def test_the_owner_adds_somebody_with_an_account_who_edits_at_once(host, client_of, item, stranger):
    assert client_of(stranger).get(item.get_absolute_url()).status_code == 404
    response = host.post(url("add_co_editor", item), {"email": " Stranger@example.edu "})
    assert response["Location"] == url("add_co_editor", item)
    assert client_of(stranger).get(f"{item.get_absolute_url()}edit/").status_code == 200
    event = AccessEvent.objects.get(act=Act.CO_EDITOR_ADDED)
    assert (event.item, event.actor, event.details) == (item, item.owner, {"account": stranger.pk})


def test_added_twice_is_added_once(host, item, stranger):
    for _time in range(2):
        host.post(url("add_co_editor", item), {"email": stranger.email})
    assert CoEditor.objects.count() == 1
    assert AccessEvent.objects.filter(act=Act.CO_EDITOR_ADDED).count() == 1


def test_the_dialog_says_what_co_editors_may_do_and_lists_them(host, item, co_editor):
    page = unescaped(host.get(url("add_co_editor", item)))
    assert "Has an account here. Can do everything you can" in page
    assert "Is invited and needs no account. Can watch and download the video, and edit" in page
    assert "Can’t publish, share or invite." in page
    assert co_editor.email in page
    part = host.get(url("add_co_editor", item), headers=HTMX)
    assert "<html" not in unescaped(part)
    one_person = unescaped(host.get(url("invite_users", item)))
    assert "A collaborator needs no account." in one_person
    assert "Co-editors" in one_person


@pytest.mark.parametrize("kind", [Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT, Kind.QUIZ])
def test_the_dialog_says_of_a_collaborator_what_the_role_says(host, owner, kind):
    item = factories.MediaItemFactory(owner=owner, kind=kind)
    page = unescaped(host.get(url("add_co_editor", item)))
    assert str(what_they_can(InvitationRole.COLLABORATOR, kind)) in page


def test_where_nobody_collaborates_a_co_editor_stands_beside_a_moderator(host, owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    page = unescaped(host.get(url("add_co_editor", room)))
    assert "Can run the session, but can’t edit, publish or share." in page
    assert "Collaborator" not in page
    assert "A collaborator" not in unescaped(host.get(url("invite_users", room)))


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("nobody@example.org", "Nobody has an account with this email."),
        ("off@example.org", "Nobody has an account with this email."),
        ("noa@example.edu", "You own this item"),
        ("", "Enter the person’s email address."),
        ("nonsense", "Enter a full email address"),
    ],
)
def test_who_cannot_be_added_is_said_beside_the_field(host, item, email, said):
    factories.UserFactory(email="off@example.org", is_active=False)
    response = host.post(url("add_co_editor", item), {"email": email}, headers=HTMX)
    assert response.status_code == 422
    assert said in unescaped(response)
    assert not CoEditor.objects.exists()


def test_who_tries_many_addresses_is_told_to_wait(host, item, owner, stranger, settings):
    """SECURITY: an item of one's own is enough to ask who has an account. Members count along."""
    settings.ADD_ACCOUNT_RATE_PER_PERSON = "2/h"
    gallery = factories.GalleryMembershipFactory(user=owner, role="manager").gallery
    members = reverse("access:gallery_members", args=[gallery.public_id])
    host.post(members, {"email": "nobody@example.edu", "role": "member"})
    host.post(url("add_co_editor", item), {"email": "nobody@example.edu"})
    response = host.post(url("add_co_editor", item), {"email": stranger.email})
    assert response.status_code == 422
    [said] = response.context["form"].errors["email"]
    assert said == "Too many attempts. Wait 60 minutes and try again."
    assert not CoEditor.objects.exists()


def test_removed_they_are_out_at_the_next_request(host, client_of, item, co_editor):
    browser = client_of(co_editor)
    assert browser.get(item.get_absolute_url()).status_code == 200
    row = CoEditor.objects.get()
    response = host.post(url("remove_co_editor", item, row.pk), headers=HTMX)
    assert "no longer a co-editor" in unescaped(response)
    assert browser.get(item.get_absolute_url()).status_code == 404
    assert AccessEvent.objects.filter(act=Act.CO_EDITOR_REMOVED).count() == 1
    assert host.post(url("remove_co_editor", item, row.pk)).status_code == 404


def test_only_the_owner_chooses_co_editors(
    client_of, item, co_editor, stranger, guest_client, invitee_client
):
    row = CoEditor.objects.get()
    for client, status in [
        (client_of(co_editor), 403),
        (client_of(stranger), 404),
        (Client(), 404),
        (guest_client, 403),
        (invitee_client, 403),
        (invitee_of(item, "collaborator"), 403),
    ]:
        assert client.get(url("add_co_editor", item)).status_code == status
        assert (
            client.post(url("add_co_editor", item), {"email": stranger.email}).status_code == status
        )
        assert client.post(url("remove_co_editor", item, row.pk)).status_code == status
    assert CoEditor.objects.count() == 1
    page = unescaped(client_of(co_editor).get(url("invite_users", item)))
    assert url("add_co_editor", item) not in page


def test_a_co_editor_of_another_item_is_not_removed_here(host, item):
    foreign = factories.CoEditorFactory()
    assert host.post(url("remove_co_editor", item, foreign.pk)).status_code == 404
    assert CoEditor.objects.filter(pk=foreign.pk).exists()


def test_eleven_co_editors_are_listed_with_as_many_queries_as_one(host, item):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            host.get(url("add_co_editor", item))
        return len(captured)

    factories.CoEditorFactory(item=item)
    one = queries()
    factories.CoEditorFactory.create_batch(10, item=item)
    assert queries() == one


def test_hostile_names_of_co_editors_are_escaped(host, item):
    factories.CoEditorFactory(item=item, user__first_name="<script>alert(1)</script>")
    assert "<script>alert" not in host.get(url("add_co_editor", item)).content.decode()


# --- what a collaborator edits --------------------------------------------------------------------


def edit(client, item, **changes):
    item.refresh_from_db()
    data = {
        "title": item.title,
        "description": item.description,
        "tags": item.tags,
        "seen_at": item.updated_at.isoformat(),
        **changes,
    }
    return client.post(f"{item.get_absolute_url()}edit/", data)


@pytest.fixture
def collaborator(item):
    return invitee_of(item, "collaborator")


def test_a_collaborator_sees_edit_and_not_publish_invite_or_delete(collaborator, item):
    page = unescaped(collaborator.get(item.get_absolute_url()))
    assert f'href="{item.get_absolute_url()}edit/"' in page
    for absent in ("publish/", "invitations/new/", "guest-links/", "delete/", "share/"):
        assert f'href="{item.get_absolute_url()}{absent}"' not in page


def test_a_viewer_sees_no_edit_and_may_not(invitee_client, item):
    page = unescaped(invitee_client.get(item.get_absolute_url()))
    assert f'href="{item.get_absolute_url()}edit/"' not in page
    assert edit(invitee_client, item, title="Mine").status_code == 403


def test_a_collaborator_changes_title_description_and_tags(collaborator, item):
    response = edit(collaborator, item, title="New", description="Words", tags="cells, mitosis")
    assert response["Location"] == item.get_absolute_url()
    item.refresh_from_db()
    assert (item.title, item.description, item.tags) == ("New", "Words", "cells, mitosis")


def test_a_collaborator_changes_nothing_else_whatever_the_browser_sends(collaborator, item):
    before = {field: getattr(item, field) for field in ("available_from", "state", "owner_id")}
    response = edit(
        collaborator,
        item,
        title="New",
        available_from="2026-01-01T12:00",
        available_until="2026-01-02T12:00",
        time_zone="Asia/Tokyo",
        state="unlisted",
        owner="99",
        file=SimpleUploadedFile("a.mp4", b"a video"),
        thumbnail=SimpleUploadedFile("a.png", b"a picture"),
        remove_thumbnail="on",
    )
    assert response.status_code == 302
    item.refresh_from_db()
    assert item.title == "New"
    assert {field: getattr(item, field) for field in before} == before
    assert (item.available_until, item.time_zone, item.thumbnail.name) == (None, "UTC", "")
    assert not item.files.exists()


def test_a_collaborators_form_offers_the_words_alone(collaborator, item):
    page = unescaped(collaborator.get(f"{item.get_absolute_url()}edit/"))
    assert 'name="title"' in page
    for absent in ("available_from", "time_zone", "thumbnail", 'name="file"', "starts_at"):
        assert absent not in page


def test_a_collaborator_is_told_that_somebody_else_saved_meanwhile(collaborator, item):
    stamp = item.updated_at.isoformat()
    item.save()
    response = edit(collaborator, item, seen_at=stamp, title="Mine")
    assert response.status_code == 422
    assert "Somebody else changed this" in unescaped(response)


def test_a_collaborator_adds_and_removes_captions_and_a_viewer_does_not(
    collaborator, invitee_client, item
):
    def captions(client):
        words = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
        file = SimpleUploadedFile("en.vtt", words, content_type="text/vtt")
        data = {"captions-file": file, "captions-language": "en", "captions-label": "English"}
        return client.post(f"{item.get_absolute_url()}captions/", data)

    assert captions(invitee_client).status_code == 403
    assert captions(collaborator).status_code == 302
    track = item.files.get(purpose=Purpose.CAPTIONS)
    remove = reverse("media_items:remove_captions", args=[item.public_id, track.pk])
    assert invitee_client.post(remove).status_code == 403
    assert invitee_client.get(remove).status_code == 403
    question = unescaped(collaborator.get(remove))
    assert "Remove the captions “English”?" in question
    assert "You can’t undo this." in question
    assert f'href="{remove}"' in collaborator.get(f"{item.get_absolute_url()}captions/").text
    assert item.files.filter(purpose=Purpose.CAPTIONS).exists()
    for _press in range(2):
        answer = collaborator.post(remove, headers={"HX-Request": "true"})
        assert answer.status_code == 204
        assert "captions-changed" in answer["HX-Trigger"]
    assert collaborator.get(remove).status_code == 404
    part = collaborator.get(f"{item.get_absolute_url()}captions/", headers={"HX-Request": "true"})
    assert 'id="captions-title" tabindex="-1" autofocus' in part.text
    assert not item.files.filter(purpose=Purpose.CAPTIONS).exists()


def test_a_collaborator_taken_back_edits_no_more(collaborator, item):
    item.invitations.update(revoked_at=item.created_at)
    assert edit(collaborator, item, title="Mine").status_code in {403, 404}
    item.refresh_from_db()
    assert item.title != "Mine"
