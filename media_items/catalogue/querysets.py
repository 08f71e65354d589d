"""Selecting and sorting media items, without regard to who may see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from media_items.catalogue.choices import SCHEDULED_KINDS, RemindBefore, State

if TYPE_CHECKING:
    from media_items.catalogue.models import Gallery, MediaItem, Publication  # noqa: F401

_MOST_WORDS = 8
# Of an account, what is said of whoever made an item.
_OF_OWNER = frozenset({"id", "email", "first_name", "last_name"})


def held(items: QuerySet[MediaItem]) -> list[MediaItem]:
    """Locked, in the order of keys. Two queries.

    SECURITY: what `items` asks is asked once more now that they are held. While one waits for a
    row, somebody may lose their right to it, which stands in a row of another table.
    """
    locked = items.only("pk").select_for_update(of=("self",)).order_by("pk")
    keys = [item.pk for item in locked]
    return list(items.filter(pk__in=keys).order_by("pk"))


def with_owner_of[Rows: QuerySet[Any, Any]](rows: Rows, path: str) -> Rows:
    """`rows` with the item that `path` leads to (`"link__item__"`), as `with_owner` has it."""
    account = get_user_model()._meta
    rest = [one.name for one in account.concrete_fields if one.name not in _OF_OWNER]
    return rows.select_related(f"{path}owner").defer(*(f"{path}owner__{name}" for name in rest))


class MediaItemQuerySet(QuerySet["MediaItem"]):
    def live(self) -> MediaItemQuerySet:
        """Not in the bin."""
        return self.filter(deleted_at=None)

    def deleted(self) -> MediaItemQuerySet:
        # Written like this, it uses the partial index on `deleted_at`.
        return self.filter(deleted_at__isnull=False)

    def with_owner(self) -> MediaItemQuerySet:
        """Each with whoever made it: by name and address, without the rest of their account."""
        return with_owner_of(self, "")

    def available_at(self, moment: datetime) -> MediaItemQuerySet:
        """Inside the availability window; from is inclusive, until is exclusive."""
        return self.filter(
            Q(available_from=None) | Q(available_from__lte=moment),
            Q(available_until=None) | Q(available_until__gt=moment),
        )

    def reminded_at(self, moment: datetime) -> MediaItemQuerySet:
        """The reminder of their start is due, and they have not begun."""
        due = Q()
        for before in RemindBefore:
            if before != RemindBefore.NEVER:
                due |= Q(reminder=before, starts_at__lte=moment + timedelta(minutes=before))
        latest = moment + timedelta(minutes=max(RemindBefore))
        between = {"starts_at__gt": moment, "starts_at__lte": latest}
        return self.filter(due, kind__in=SCHEDULED_KINDS, reminder__gt=0, **between)

    def published_in(self, gallery: Gallery | int) -> MediaItemQuerySet:
        return self.filter(state=State.PUBLISHED, publications__gallery=gallery)

    def matching(self, words: str) -> MediaItemQuerySet:
        """Each word stands in the title, the tags or the description."""
        found = self
        for word in words.split()[:_MOST_WORDS]:
            found = found.filter(
                Q(title__icontains=word) | Q(tags__icontains=word) | Q(description__icontains=word)
            )
        return found

    def newest_first(self) -> MediaItemQuerySet:
        # The orders end in `pk` as the indexes do, so that no page needs sorting.
        return self.order_by("-created_at", "pk")

    def changed_last_first(self) -> MediaItemQuerySet:
        return self.order_by("-updated_at", "pk")

    def by_title(self) -> MediaItemQuerySet:
        return self.order_by(Upper("title"), "pk")
