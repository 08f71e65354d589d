"""Galleries as whoever changes what is in them holds them."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Gallery
from media_items.refusals import Refusal


class GalleryGone(Refusal):
    """Deleted by one of its managers, while somebody else chose it."""

    message = _("This gallery has just been deleted.")


def hold_galleries(keys: Collection[int]) -> None:
    """Until the end of the transaction. Before any item is locked, as by whoever deletes a gallery:
    neither waits for the other. Raises `GalleryGone`."""
    if not keys:
        return
    rows = Gallery.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    if set(rows.values_list("pk", flat=True)) != set(keys):
        raise GalleryGone
