"""Deleting accounts leaves no gallery without a manager."""

from __future__ import annotations

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from access.accounts.models import User
from access.accounts.services import delete_account
from access.memberships.models import GalleryMembership, GalleryRole
from media_items.models import Gallery
from tests import factories

pytestmark = pytest.mark.django_db


def manager_of(gallery, **facts):
    user = factories.UserFactory(**facts)
    factories.GalleryMembershipFactory(gallery=gallery, user=user, role=GalleryRole.MANAGER)
    return user


@pytest.fixture
def gallery():
    return factories.GalleryFactory(name="Biology 101")


@pytest.fixture
def site_admin():
    return factories.UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def admin_pages(site_admin):
    browser = Client()
    browser.force_login(site_admin)
    return browser


def test_the_only_manager_is_not_deleted_and_nothing_of_theirs_is(gallery, site_admin):
    only = manager_of(gallery, first_name="Ada")
    with pytest.raises(ProtectedError):
        delete_account(user=only, by=site_admin)
    assert GalleryMembership.objects.filter(gallery=gallery, user=only).exists()
    assert User.objects.get(pk=only.pk).first_name == "Ada"


def test_one_who_is_switched_off_does_not_count_as_a_manager(gallery, site_admin):
    manager_of(gallery, is_active=False)
    with pytest.raises(ProtectedError):
        delete_account(user=manager_of(gallery), by=site_admin)


def test_one_of_two_managers_and_every_member_are_deleted(gallery, site_admin):
    manager_of(gallery)
    delete_account(user=manager_of(gallery), by=site_admin)
    delete_account(user=factories.GalleryMembershipFactory(gallery=gallery).user, by=site_admin)
    assert GalleryMembership.objects.filter(gallery=gallery).count() == 1


def test_a_gallery_goes_with_its_only_manager_s_membership(gallery):
    only = manager_of(gallery)
    gallery.delete()
    assert not Gallery.objects.exists()
    assert User.objects.filter(pk=only.pk).exists()


def test_the_administration_names_the_gallery_and_offers_no_deleting(gallery, admin_pages):
    only = manager_of(gallery)
    address = reverse("admin:accounts_user_delete", args=[only.pk])
    page = admin_pages.get(address)
    assert "Biology 101" in page.text
    assert 'name="post"' not in page.text
    admin_pages.post(address, {"post": "yes"})
    assert User.objects.filter(pk=only.pk).exists()


def test_both_managers_chosen_at_once_are_kept(gallery, admin_pages):
    two = [manager_of(gallery), manager_of(gallery)]
    chosen = {"action": "delete_selected", "_selected_action": [one.pk for one in two]}
    address = reverse("admin:accounts_user_changelist")
    page = admin_pages.post(address, chosen)
    assert "Biology 101" in page.text
    admin_pages.post(address, {**chosen, "post": "yes"})
    assert User.objects.filter(pk__in=[one.pk for one in two]).count() == 2
