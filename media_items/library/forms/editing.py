"""Editing a media item: its texts, thumbnail and file; its captions."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind, MediaItem
from media_items.library import uploads
from media_items.library.forms.closing import AGREED, agreed_field, ask_before_closing
from media_items.library.forms.creating import ACCEPT
from media_items.library.forms.fields import checked_upload, upload_field
from media_items.library.forms.media_item import MediaItemForm
from media_items.library.services.editing import DETAILS
from media_items.processing.identify import identify


class EditMediaItemForm(MediaItemForm):
    """`seen_at` is the `updated_at` of the item when the editor opened it."""

    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, instance: MediaItem, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        self.initial["seen_at"] = instance.updated_at.isoformat()
        fields = self.main_fields()
        if instance.thumbnail:
            self.fields["remove_thumbnail"] = forms.BooleanField(
                label=_("Remove the thumbnail"), required=False
            )
            fields.append("remove_thumbnail")
        if instance.has_files:
            self.fields["file"] = upload_field(
                label=_("Replace the file"),
                most_bytes=uploads.most_bytes_of_media(),
                accept=ACCEPT[Kind(instance.kind)],
                help_text=_("The current file stays until the new one is uploaded and accepted."),
            )
            fields.append("file")
        if self.is_scheduled:
            self.fields[AGREED] = agreed_field()
            fields.append(AGREED)
        self.set_layout("seen_at", *fields, self.more_fields())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            ask_before_closing(self, self.instance)
        return cleaned

    def clean_seen_at(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen_at"])
        except ValueError:
            return None

    def clean_file(self) -> Any:
        if upload := self.cleaned_data["file"]:
            checked_upload(partial(identify, kind=self.instance.kind), upload)
        return upload

    def say_changed_meanwhile(self, sentence: str, *, now_at: datetime) -> None:
        """Keeps what was typed; with `now_at` in the form, saving again overwrites on purpose."""
        self.add_error(None, sentence)
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen_at"] = now_at.isoformat()
        self.data = data


class EditDetailsForm(EditMediaItemForm):
    """For people who may edit the texts only, such as collaborators."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # SECURITY: a field that is not here is not read, whatever the browser sends.
        for name in self.fields.keys() - {*DETAILS, "seen_at"}:
            del self.fields[name]
        self.set_layout("seen_at", *DETAILS)
