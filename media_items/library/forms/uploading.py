"""The form of one file that becomes an item by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind, MediaItem
from media_items.library import uploads
from media_items.library.forms.creating import ACCEPT, title_from
from media_items.library.forms.fields import checked_upload, upload_field
from media_items.processing.identify import kind_of


class UploadForm(forms.Form):
    """`refused` is what `uploads.refused_files` returns. `item()` is what a valid file becomes."""

    def __init__(self, *args: Any, refused: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused.get("file", "")
        self._kind: Kind | None = None
        self.fields["file"] = upload_field(
            label=_("File"),
            most_bytes=uploads.most_bytes_of_media(),
            accept=",".join(ACCEPT.values()),
            required=not self.refused,
            help_text=_("A video, an audio recording or a PDF."),
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_file(self) -> Any:
        if self.refused:
            raise ValidationError(self.refused)
        upload = self.cleaned_data["file"]
        self._kind = Kind(checked_upload(kind_of, upload))
        return upload

    def item(self) -> MediaItem:
        kind = self._kind or Kind.VIDEO
        title = title_from(self.cleaned_data["file"].name) or str(kind.label)
        return MediaItem(kind=kind, title=title)
