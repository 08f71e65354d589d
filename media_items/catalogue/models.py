"""Media items, galleries, and which item is published where."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.addresses import address
from media_items.catalogue.choices import (
    FILE_KINDS,
    LIVE_KINDS,
    SCHEDULED_KINDS,
    GalleryKind,
    Kind,
    Phase,
    RemindBefore,
    State,
)
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.public_ids import new_public_id

if TYPE_CHECKING:
    from media_items.abilities import Ability, GalleryAbility


def thumbnail_path(item: MediaItem, filename: str) -> str:
    """`filename` is made by us; it is never the name of the uploaded file."""
    return f"{item.public_id}/thumbnail/{filename}"


class MediaItem(models.Model):
    """One thing an instructor shows: its texts, its state, its window and schedule.

    `available_from` (inclusive) and `available_until` (exclusive) bound the time in which people
    other than its editors see it. `starts_at` and `ends_at` are the schedule of a quiz, live event
    or room.
    """

    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="media_items",
        verbose_name=_("owner"),
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    tags = models.CharField(
        _("tags"), max_length=300, blank=True, help_text=_("Separated by commas.")
    )
    thumbnail = models.ImageField(_("thumbnail"), upload_to=thumbnail_path, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PRIVATE)
    available_from = models.DateTimeField(_("available from"), null=True, blank=True)
    available_until = models.DateTimeField(_("available until"), null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    reminder = models.PositiveSmallIntegerField(
        _("reminder by email"), choices=RemindBefore, default=RemindBefore.HOUR
    )
    room_of = models.ForeignKey(
        "Gallery",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="rooms",
        verbose_name=_("belongs to"),
        help_text=_("The gallery’s managers moderate the room. Its members can join."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("deleted by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    galleries: models.ManyToManyField[Gallery, Publication] = models.ManyToManyField(
        "Gallery", through="Publication", related_name="media_items", verbose_name=_("galleries")
    )

    # Set by `get_media_item`, never stored.
    abilities: frozenset[Ability]
    # Set by `library.pictures.add_pictures`, never stored.
    picture_url: str
    length: str

    objects: ClassVar = MediaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("media item")
        verbose_name_plural = _("media items")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(available_until__gt=models.F("available_from"))
                | models.Q(available_from=None)
                | models.Q(available_until=None),
                name="media_item_available_until_after_from",
                violation_error_message=_("“Available until” must be later than “available from”."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"))
                | models.Q(starts_at=None)
                | models.Q(ends_at=None),
                name="media_item_ends_after_start",
                violation_error_message=_("The end must be later than the start."),
            ),
            models.CheckConstraint(
                condition=models.Q(room_of=None) | models.Q(kind=Kind.ROOM),
                name="media_item_only_rooms_are_of_a_gallery",
                violation_error_message=_("Only a room can belong to a gallery."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["room_of", "title"],
                name="media_item_rooms",
                condition=models.Q(room_of__isnull=False),
            ),
            models.Index(
                fields=["owner", "-updated_at"],
                name="media_item_owner_updated",
                condition=models.Q(deleted_at=None),
            ),
            models.Index("owner", Upper("title"), name="media_item_owner_title"),
            models.Index(fields=["owner", "-created_at"], name="media_item_owner_created"),
            models.Index(
                fields=["starts_at"],
                name="media_item_reminded",
                condition=models.Q(deleted_at=None, reminder__gt=0),
            ),
            models.Index(
                fields=["deleted_at"],
                name="media_item_deleted",
                condition=models.Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("media_items:media_item", self.public_id)

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """As Django's, which makes a dictionary of all kinds each time."""
        return str(Kind(self.kind).label) if self.kind else ""

    @property
    def is_live_kind(self) -> bool:
        return self.kind in LIVE_KINDS

    @property
    def is_scheduled_kind(self) -> bool:
        return self.kind in SCHEDULED_KINDS

    @property
    def has_date(self) -> bool:
        """Whether it has a place in a calendar."""
        return self.is_scheduled_kind and self.starts_at is not None

    @property
    def planned(self) -> str:
        """The schedule as a mark, by which an open page knows that it has moved."""
        moments = (self.starts_at, self.ends_at)
        return "_".join(f"{one.timestamp():.0f}" if one else "" for one in moments)

    @property
    def is_to_come(self) -> bool:
        """It has a date and is not over."""
        return self.has_date and self.phase_at(timezone.now()) != Phase.ENDED

    @property
    def has_files(self) -> bool:
        """Whether an item of this kind has an uploaded file."""
        return self.kind in FILE_KINDS

    @property
    def tag_list(self) -> list[str]:
        return [tag for tag in (part.strip() for part in self.tags.split(",")) if tag]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def has_window(self) -> bool:
        return self.available_from is not None or self.available_until is not None

    @property
    def is_available(self) -> bool:
        return self.is_available_at(timezone.now())

    def phase_at(self, moment: datetime) -> Phase:
        """Of the schedule: before `starts_at`, from it on, from `ends_at` on. No start: open."""
        if self.ends_at and moment >= self.ends_at:
            return Phase.ENDED
        if self.starts_at and moment < self.starts_at:
            return Phase.NOT_STARTED
        return Phase.OPEN

    def is_available_at(self, moment: datetime) -> bool:
        """The same rule as `MediaItemQuerySet.available_at`, for one row."""
        return (self.available_from is None or self.available_from <= moment) and (
            self.available_until is None or self.available_until > moment
        )


class Gallery(models.Model):
    """A course's media gallery or a channel. Its members are in `access.memberships`."""

    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    kind = models.CharField(_("kind"), max_length=16, choices=GalleryKind)
    name = models.CharField(_("name"), max_length=150)
    description = models.TextField(_("description"), blank=True, max_length=2_000)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    # Set by `get_gallery`, never stored.
    abilities: frozenset[GalleryAbility]

    class Meta:
        verbose_name = _("gallery")
        verbose_name_plural = _("galleries")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name", "id"], name="gallery_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("media_items:gallery", self.public_id)


class Publication(models.Model):
    """One item published in one gallery; it counts only while the item's state is published."""

    item = models.ForeignKey(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="publications",
    )
    gallery = models.ForeignKey(
        Gallery, verbose_name=_("gallery"), on_delete=models.CASCADE, related_name="publications"
    )
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints = [
            models.UniqueConstraint(fields=["item", "gallery"], name="publication_once_per_gallery")
        ]
        indexes = [
            models.Index(fields=["gallery", "-published_at"], name="publication_gallery_newest")
        ]

    def __str__(self) -> str:
        return f"{self.item} → {self.gallery}"
