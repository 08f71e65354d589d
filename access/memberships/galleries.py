"""Galleries and channels, made, renamed and deleted by the people who manage them.

Who may make one is the site's decision; whoever does is its manager.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.memberships.models import GalleryMembership, GalleryRole
from access.memberships.services import add_member
from access.site_policy.models import current_policy
from media_items.catalogue.models import GalleryKind, Publication
from media_items.library.services import publishing
from media_items.models import Gallery, MediaItem
from media_items.refusals import Refusal


class MakingNotAllowed(Refusal):
    """The site lets others make galleries."""

    status = 403
    message = _("This site doesn’t let you create galleries or channels.")


class NotManager(Refusal):
    """They do not manage the gallery, or no longer."""

    status = 403
    message = _("Only a manager of this gallery can do this.")


@transaction.atomic
def make_gallery(*, kind: GalleryKind, name: str, description: str, by: User) -> Gallery:
    """Whoever makes it is its manager. Raises `MakingNotAllowed`."""
    if not current_policy().lets_make_galleries(by):
        raise MakingNotAllowed
    gallery = Gallery.objects.create(kind=kind, name=name, description=description)
    record(Act.GALLERY_MADE, item=None, by=by, gallery=gallery.pk)
    add_member(gallery=gallery, user=by, role=GalleryRole.MANAGER, by=by, as_admin=True)
    return gallery


@transaction.atomic
def edit_gallery(*, gallery: Gallery, name: str, description: str, by: User) -> Gallery:
    """Raises `NotManager`. Nothing is written where nothing has changed."""
    gallery = _locked(gallery, by)
    if (gallery.name, gallery.description) != (name, description):
        gallery.name, gallery.description = name, description
        gallery.save(update_fields=["name", "description"])
        record(Act.GALLERY_CHANGED, item=None, by=by, gallery=gallery.pk)
    return gallery


@transaction.atomic
def delete_gallery(*, gallery: Gallery, by: User, as_admin: bool = False) -> None:
    """For good, with its memberships. What is published in it stays with its owners and is taken
    out first, each item a change of rights of its own; its rooms belong to no gallery then.

    `as_admin`: the caller has checked the rights in the administration. Raises `NotManager`.
    """
    if not as_admin:
        gallery = _locked(gallery, by)
    record(Act.GALLERY_DELETED, item=None, by=by, gallery=gallery.pk)
    publishing.delete_gallery(gallery=gallery, by=by)


def _locked(gallery: Gallery, by: User) -> Gallery:
    """Raises `NotManager`."""
    locked = Gallery.objects.select_for_update().filter(pk=gallery.pk).first()
    manages = GalleryMembership.objects.filter(
        gallery=gallery, user=by, role=GalleryRole.MANAGER
    ).exists()
    if locked is None or not manages:
        raise NotManager
    return locked


@dataclass(frozen=True)
class Deletion:
    """What deleting a gallery would do. `only_here`: of the items, those that become private."""

    members: int
    items: int
    only_here: int
    rooms: int


def deletion_of(gallery: Gallery) -> Deletion:
    """Four queries."""
    items = MediaItem.objects.live().published_in(gallery)
    elsewhere = Publication.objects.exclude(gallery=gallery)
    others = items.filter(pk__in=elsewhere.values("item"))
    count = items.count()
    return Deletion(
        members=GalleryMembership.objects.filter(gallery=gallery).count(),
        items=count,
        only_here=count - others.count(),
        rooms=MediaItem.objects.live().filter(room_of=gallery).count(),
    )
