"""Texts, window and schedule of a media item: the base of the forms that create and edit one."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import SCHEDULED_KINDS, Gallery, Kind, MediaItem
from media_items.library import uploads
from media_items.library.forms.fields import (
    Disclosure,
    LocalTimeField,
    checked_upload,
    upload_field,
)
from media_items.library.local_times import (
    NoSuchTime,
    moment_of,
    reading_of,
)
from media_items.library.services.editing import EDITABLE
from media_items.moments import Source, reader_zone, source_of_zone
from media_items.processing.pictures import clean_picture
from media_items.time_zones import time_zone_choices
from media_items.visible_text import is_visible

_WINDOW = ("available_from", "available_until")
_SCHEDULE = ("starts_at", "ends_at")


class MediaItemForm(forms.ModelForm[MediaItem]):
    """Times are typed as the clocks of `time_zone` show them, and stored as moments.

    They are shown on the event's own clock where something is scheduled, else on the reader's,
    where that is known.

    `refused` is what `uploads.refused_files` returns. `galleries` are those for which this person
    may make a room; only forms of rooms use them.
    """

    thumbnail = upload_field(
        label=_("Thumbnail"),
        most_bytes=uploads.most_bytes_of_thumbnail(),
        accept="image/jpeg,image/png,image/webp",
        help_text=_("A picture for lists and link previews: JPEG, PNG or WebP, shown in 16:9."),
    )
    starts_at = LocalTimeField(label=_("Starts"))
    ends_at = LocalTimeField(label=_("Ends"))
    available_from = LocalTimeField(label=_("Available from"))
    available_until = LocalTimeField(label=_("Available until"))
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = MediaItem
        fields = EDITABLE
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "description": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        }
        labels = {"reminder": _("Reminder by email")}
        help_texts = {
            "tags": _("Separated by commas."),
            "reminder": _("To people you invited. If you move it, the new time counts."),
        }

    def __init__(
        self,
        *args: Any,
        refused: Mapping[str, str] | None = None,
        galleries: QuerySet[Gallery] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.refused = dict(refused or {})
        self._stored = {name: getattr(self.instance, name) for name in (*_SCHEDULE, *_WINDOW)}
        zone = self._shown_zone = self._zone_to_show()
        if self.instance.pk:
            self.initial["time_zone"] = zone.key
        for name, moment in self._stored.items():
            self.initial[name] = reading_of(moment, zone) if moment else None
        if not self.is_scheduled:
            for name in (*_SCHEDULE, "reminder"):
                del self.fields[name]
        else:
            self.fields["reminder"].required = False  # one that was not sent stays as it is
        cast("forms.ChoiceField", self.fields["time_zone"]).choices = time_zone_choices(
            current=self.initial["time_zone"]
        )
        self._offer_galleries(galleries)
        for name in self.refused.keys() & self.fields.keys():
            self.fields[name].required = False
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @property
    def is_scheduled(self) -> bool:
        return self.instance.kind in SCHEDULED_KINDS

    def _zone_to_show(self) -> zoneinfo.ZoneInfo:
        if not self.is_scheduled and source_of_zone() != Source.SITE:
            return reader_zone()
        return self.instance.zone

    def _offer_galleries(self, galleries: QuerySet[Gallery] | None) -> None:
        """The gallery that the room belongs to already stays among the choices."""
        offered = Gallery.objects.none() if galleries is None else galleries
        if self.instance.room_of_id:
            offered = Gallery.objects.filter(
                Q(pk__in=offered.values("pk")) | Q(pk=self.instance.room_of_id)
            )
        if self.instance.kind == Kind.ROOM and offered.exists():
            field = cast("forms.ModelChoiceField[Gallery]", self.fields["room_of"])
            field.queryset = offered
            field.empty_label = gettext("No gallery")
        else:
            del self.fields["room_of"]

    # --- layout -------------------------------------------------------------------------------

    def main_fields(self) -> list[Any]:
        """The fields that every kind has, in the order people fill them in."""
        if self.is_scheduled:
            schedule = [Div("starts_at", "ends_at", css_class="row"), "time_zone", "reminder"]
            gallery = ["room_of"] if "room_of" in self.fields else []
            return ["title", *schedule, *gallery, "description", "tags", "thumbnail"]
        return ["title", "description", "tags", "thumbnail"]

    def more_fields(self) -> Disclosure:
        window = Div(*_WINDOW, css_class="row")
        fields = [window] if self.is_scheduled else [window, "time_zone"]
        return Disclosure(_("More options"), *fields, is_open=self._uses_more_fields)

    def _uses_more_fields(self) -> bool:
        names = (*_WINDOW, "time_zone") if "time_zone" in self.errors else _WINDOW
        return any(self[name].value() or self[name].errors for name in names)

    def set_layout(self, *fields: Any) -> None:
        self.helper.layout = Layout(*fields)

    # --- cleaning -----------------------------------------------------------------------------

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        if title and not is_visible(title):
            raise ValidationError(_("This title has no visible characters. Enter another one."))
        return title

    def clean_tags(self) -> str:
        kept: dict[str, str] = {}
        for tag in self.cleaned_data["tags"].split(","):
            if tidy := " ".join(tag.split()):
                kept.setdefault(tidy.lower(), tidy)  # not folded: Maße and Masse are two
        return ", ".join(kept.values())

    def clean_thumbnail(self) -> Any:
        if picture := self.cleaned_data["thumbnail"]:
            checked_upload(clean_picture, picture)
        return picture

    def clean_reminder(self) -> int:
        chosen = self.cleaned_data["reminder"]
        return self.instance.reminder if chosen in {None, ""} else int(chosen)

    def clean_time_zone(self) -> str:
        return self.cleaned_data["time_zone"] or self._shown_zone.key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, reason in self.refused.items():
            if name in self.fields:
                self.add_error(name, reason)
        zone = zoneinfo.ZoneInfo(cleaned.get("time_zone") or "UTC")
        for name in self._stored:
            if name in self.fields and cleaned.get(name):
                try:
                    cleaned[name] = self._moment(name, cleaned[name], zone)
                except NoSuchTime as refusal:
                    self.add_error(name, str(refusal))
        self._in_order(_SCHEDULE, gettext("The end must be later than the start."))
        self._in_order(_WINDOW, gettext("“Available until” must be later than “available from”."))
        return cleaned

    def _moment(self, name: str, reading: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
        # Unchanged it stays the same moment, with its seconds, also where clocks show it twice.
        stored = self._stored[name]
        if stored and reading == self.initial[name] and zone.key == self._shown_zone.key:
            return stored
        return moment_of(reading, zone)

    def _in_order(self, pair: tuple[str, str], problem: str) -> None:
        first, second = (self.cleaned_data.get(name) for name in pair)
        if first and second and second <= first:
            self.add_error(pair[1], problem)
