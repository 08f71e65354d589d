"""The cards of My media and of galleries, each drawn by an outline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from media_items.catalogue.choices import FILE_KINDS, Kind, State
from media_items.catalogue.models import Gallery, MediaItem
from media_items.library.lists import Sort
from media_items.library.pictures import length_of, stamp_of
from media_items.outlines import Outline
from media_items.processing.models import PreparationState
from media_items.templatetags.moments import moment

_OF_ALL = ("public_id", "title", "stamp", "length", "owner", "day")
OWN_CARD = Outline(
    "media_items/library/_card.html", *_OF_ALL, "pk", "next", in_addresses=["public_id"]
)
GALLERY_CARD = Outline(
    "media_items/library/_gallery_card.html",
    *_OF_ALL,
    "gallery_id",
    "token",
    in_addresses=["public_id", "gallery_id"],
)


@dataclass(frozen=True)
class _Progress:
    state: PreparationState
    percent: int


@dataclass(frozen=True)
class Look:
    """What a card shows of an item by its shape. Has what the badges read of an item."""

    kind: Kind
    state: State
    preparation: _Progress | None
    has_picture: bool
    has_length: bool

    @classmethod
    def of(cls, item: MediaItem, *, stamp: str, length: str) -> Look:
        kept = getattr(item, "preparation", None)
        progress = _Progress(kept.state, kept.percent) if kept else None
        return cls(Kind(item.kind), State(item.state), progress, bool(stamp), bool(length))

    @property
    def has_files(self) -> bool:
        return self.kind in FILE_KINDS

    @property
    def kind_picture(self) -> str:
        return f"img/kinds/{self.kind}.svg"

    def get_kind_display(self) -> str | Promise:
        return self.kind.label

    def get_state_display(self) -> str | Promise:
        return self.state.label


def own_cards(
    items: Iterable[MediaItem], *, is_shared: bool, sort: Sort | None, here: str
) -> SafeString:
    """The entries of the list. `items` are rows of `pictures.for_cards`, `here` is its address."""
    choices = {"show_owner": is_shared, "is_by_change": sort == Sort.CHANGED}
    written = {"next": urlencode({"next": here})}
    return _joined(
        OWN_CARD.each(
            (
                {"look": look, **choices},
                {
                    **values,
                    **written,
                    "pk": item.pk,
                    "day": moment(
                        item.updated_at if sort == Sort.CHANGED else item.created_at, "day"
                    ),
                },
            )
            for item, look, values in _looked_at(items, with_owner=is_shared)
        )
    )


def gallery_cards(
    items: Iterable[MediaItem], *, gallery: Gallery, may_take_out: bool, token: str
) -> SafeString:
    """As `own_cards`. `token` is against forgery, for the form that takes an item out."""
    written = {"gallery_id": gallery.public_id, "token": token}
    return _joined(
        GALLERY_CARD.each(
            (
                {"look": look, "may_take_out": may_take_out},
                {**values, **written, "day": moment(item.created_at, "day")},
            )
            for item, look, values in _looked_at(items)
        )
    )


def _joined(cards: Iterable[SafeString]) -> SafeString:
    # SECURITY: of what outlines drew, escaped by them.
    return SafeString("\n".join(cards))


def _looked_at(
    items: Iterable[MediaItem], *, with_owner: bool = True
) -> Iterator[tuple[MediaItem, Look, dict[str, str]]]:
    """Each with its shape and what every card writes of it."""
    for item in items:
        stamp, length = stamp_of(item), length_of(item)
        values = {
            "public_id": item.public_id,
            "title": item.title,
            "stamp": stamp,
            "length": length,
            "owner": item.owner.get_full_name() if with_owner else "",
        }
        yield item, Look.of(item, stamp=stamp, length=length), values
