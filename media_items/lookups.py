"""The one way in which a view gets a media item or a gallery: fetch, ask the visitor, or raise.

Not visible is 404, the same as not there, so a stranger learns nothing. Visible with an ability
missing is `AbilityMissing`, shown as a 403 page that says what is missing.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from media_items.abilities import Ability, GalleryAbility
from media_items.catalogue.models import Gallery, MediaItem
from media_items.compiled import compiled
from media_items.refusals import Forbidden
from media_items.requests import FoyerRequest


class NotVisible(Http404):
    """It exists but this visitor may not know. `item` is for middleware, never for the page."""

    def __init__(self, item: MediaItem) -> None:
        super().__init__()
        self.item = item


class AbilityMissing(Forbidden):
    """The visitor sees the item and may not do this to it."""

    def __init__(self, needs: Ability | GalleryAbility) -> None:
        super().__init__(reason="ability-missing")
        self.needs = needs


@compiled
def items_named(*, public_id: str, deleted: bool) -> QuerySet[MediaItem]:
    """At most one, with its owner."""
    items = MediaItem.objects.deleted() if deleted else MediaItem.objects.live()
    return items.with_owner().filter(public_id=public_id)


@compiled
def galleries_named(*, public_id: str) -> QuerySet[Gallery]:
    """At most one."""
    return Gallery.objects.filter(public_id=public_id)


def get_media_item(
    request: FoyerRequest,
    public_id: str,
    *,
    needs: Ability = Ability.VIEW,
    deleted: bool = False,
) -> MediaItem:
    """The item, with `item.abilities` set.

    `deleted=True` looks in the bin only, where nothing is visible to those who cannot restore it.
    Raises `Http404` (`NotVisible` when it exists) or `AbilityMissing`.
    """
    item = None if deleted else request.visitor.item_held(public_id)
    if item is None:
        found = items_named(public_id=public_id, deleted=deleted)
        if not found:
            raise Http404
        [item] = found
    return judged(request, item, needs=needs, deleted=deleted)


def judged(
    request: FoyerRequest,
    item: MediaItem,
    *,
    needs: Ability = Ability.VIEW,
    deleted: bool = False,
) -> MediaItem:
    """The item, which was fetched by the address that is asked for, with `item.abilities` set.

    Raises as `get_media_item` does, which is to be called unless something else is fetched along.
    """
    abilities = request.visitor.abilities_on(item)
    if not deleted and Ability.VIEW not in abilities:
        raise NotVisible(item)
    if deleted and needs not in abilities:
        raise NotVisible(item)
    if needs not in abilities:
        raise AbilityMissing(needs)
    item.abilities = abilities
    return item


def get_gallery(
    request: FoyerRequest, public_id: str, *, needs: GalleryAbility = GalleryAbility.VIEW
) -> Gallery:
    """The gallery, with `gallery.abilities` set. Raises as `get_media_item` does."""
    found = galleries_named(public_id=public_id)
    if not found:
        raise Http404
    [gallery] = found
    abilities = request.visitor.abilities_in(gallery)
    if GalleryAbility.VIEW not in abilities:
        raise Http404
    if needs not in abilities:
        raise AbilityMissing(needs)
    gallery.abilities = abilities
    return gallery


def find_media_item(public_id: str) -> MediaItem:
    """The item itself, for acts that ask no ability on it: a guest's own record. Raises `Http404`.

    SECURITY: who calls this must prove the person's own row before showing or changing anything.
    """
    item = MediaItem.objects.filter(public_id=public_id).first()
    if item is None:
        raise Http404
    return item
