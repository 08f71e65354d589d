"""Everybody in a gallery on a list; and roles that lines name for themselves."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.invitations.models import Invitation
from access.memberships.models import GalleryMembership, GalleryRole
from access.people_lists.models import Batch, LineVerdict
from access.people_lists.services.inviting import make_batch
from tests import factories
from tests.access.people_lists.test_batches import bring, csv_file, url, verdicts
from tests.reading import text_of, unescaped

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


@pytest.fixture
def managed(owner):
    made = factories.GalleryFactory(name="Biology")
    factories.GalleryMembershipFactory(gallery=made, user=owner, role=GalleryRole.MANAGER)
    return made


def join(gallery, **columns):
    return factories.GalleryMembershipFactory(
        gallery=gallery, **{f"user__{name}": value for name, value in columns.items()}
    ).user


# --- galleries --------------------------------------------------------------------------------


def test_everybody_in_a_gallery_is_listed_and_nobody_is_invited_yet(host, item, managed, owner):
    ada = join(managed, first_name="Ada", last_name="Lovelace", email="ada@example.org")
    there = join(managed, email="bob@example.org")
    join(managed, email="off@example.org", is_active=False)
    factories.InvitationFactory(item=item, email=there.email)
    bring(host, item, gallery=managed.public_id)
    batch = Batch.objects.get()
    assert verdicts(batch) == {
        ada.email: LineVerdict.NEW,
        there.email: LineVerdict.INVITED,
        owner.email: LineVerdict.YOURSELF,
    }
    line = batch.lines.get(email=ada.email)
    assert (line.first_name, line.last_name) == ("Ada", "Lovelace")
    said = text_of(host.get(url("batch", item, batch.pk)))
    assert "Already invited" in said
    assert "Invite 1 person" in said
    assert Invitation.objects.count() == 1
    host.post(url("start_batch", item, batch.pk))
    make_batch.func(batch.pk)
    assert Invitation.objects.get(email=ada.email).get_full_name() == "Ada Lovelace"


def test_members_who_have_access_by_the_gallery_are_said_so(host, item, managed):
    ada = join(managed, email="ada@example.org")
    factories.PublicationFactory(item=item, gallery=managed)
    item.state = "published"
    item.save()
    bring(host, item, gallery=managed.public_id)
    assert verdicts(Batch.objects.get())[ada.email] == LineVerdict.HAS_ACCESS


def test_a_gallery_goes_with_pasted_people_and_a_file(host, item, managed):
    join(managed, email="ada@example.org")
    file = csv_file("Email\nbob@example.org\n")
    bring(host, item, "eve@example.org", gallery=managed.public_id, file=file)
    page = unescaped(host.get(url("batch", item, Batch.objects.get().pk)))
    for place in ("Pasted, 1", "File, 2", "Gallery"):
        assert place in page
    emails = Batch.objects.get().lines.order_by("number").values_list("email", flat=True)
    assert emails.first() == "eve@example.org"
    assert emails.last() == "bob@example.org"


@pytest.mark.parametrize("role", [None, GalleryRole.MEMBER, GalleryRole.MODERATOR])
def test_only_galleries_whose_members_one_may_see(host, item, owner, role):
    other = factories.GalleryFactory(name="Not mine to list")
    join(other, email="ada@example.org")
    if role:
        factories.GalleryMembershipFactory(gallery=other, user=owner, role=role)
    assert other.name not in host.get(url("create_batch", item)).text
    response = bring(host, item, gallery=other.public_id)
    assert response.status_code == 422
    assert not Batch.objects.exists()


def test_a_manager_who_is_none_any_more_is_refused(host, item, managed, owner):
    assert managed.name in host.get(url("create_batch", item)).text
    other = factories.GalleryFactory()
    factories.GalleryMembershipFactory(gallery=other, user=owner, role=GalleryRole.MANAGER)
    GalleryMembership.objects.filter(gallery=managed, user=owner).update(role=GalleryRole.MEMBER)
    response = bring(host, item, gallery=managed.public_id)
    assert response.status_code == 422
    assert "can’t see the members" in text_of(response)


def test_more_than_a_list_takes_is_refused_beside_the_gallery(host, item, managed, monkeypatch):
    monkeypatch.setattr("access.people_lists.groups.MOST_PEOPLE", 1)
    join(managed)
    response = bring(host, item, gallery=managed.public_id)
    assert response.status_code == 422
    assert "gallery" in response.context["form"].errors


@pytest.mark.parametrize("members", [2, 12])
def test_a_gallery_costs_the_same_for_any_number_of_members(host, item, managed, members):
    for _each in range(members):
        join(managed)
    bring(host, item, gallery=managed.public_id)
    with CaptureQueriesContext(connection) as asked:
        bring(host, item, gallery=managed.public_id)
    assert len(asked) <= 35


# --- a role for each line ---------------------------------------------------------------------


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind="room")


def test_roles_behind_addresses_are_given(host, room):
    bring(host, room, "ada@example.org speaker\nbob@example.org\neve@example.org, Moderator")
    batch = Batch.objects.get()
    assert dict(batch.lines.values_list("email", "role")) == {
        "ada@example.org": "speaker",
        "bob@example.org": "",
        "eve@example.org": "moderator",
    }
    host.post(url("start_batch", room, batch.pk))
    make_batch.func(batch.pk)
    assert dict(Invitation.objects.values_list("email", "role")) == {
        "ada@example.org": "speaker",
        "bob@example.org": "viewer",
        "eve@example.org": "moderator",
    }


def test_a_role_that_cannot_be_given_here_is_said_at_its_line(host, item):
    bring(host, item, "ada@example.org Moderator")
    batch = Batch.objects.get()
    line = batch.lines.get()
    assert (line.role, line.role_left_out) == ("", "Moderator")
    page = host.get(url("batch", item, batch.pk))
    assert "can’t give the role “Moderator” here" in text_of(page)
    mended = {"email": line.email, "first_name": "", "last_name": "", "role": "collaborator"}
    host.post(url("mend_batch_line", item, batch.pk, line.pk), mended)
    line.refresh_from_db()
    assert (line.role, line.role_left_out) == ("collaborator", "")


def test_each_line_of_a_list_without_roles_has_a_choice_of_them(host, room):
    bring(host, room, "ada@example.org; bob@example.org")
    batch = Batch.objects.get()
    page = host.get(url("batch", room, batch.pk)).text
    for line in batch.lines.all():
        assert f'id="role-{line.pk}"' in page


def test_the_form_says_how_a_role_is_written(host, room, item):
    assert "grace@example.org, Moderator" in text_of(host.get(url("create_batch", room)))
    assert "grace@example.org, Collaborator" in text_of(host.get(url("create_batch", item)))
