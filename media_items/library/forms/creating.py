"""The forms that create a media item, one per kind."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind, MediaItem
from media_items.library import uploads
from media_items.library.forms.fields import checked_upload, upload_field
from media_items.library.forms.media_item import MediaItemForm
from media_items.processing.identify import identify

ACCEPT = {
    Kind.VIDEO: "video/*,.mkv",
    Kind.AUDIO: "audio/*",
    Kind.DOCUMENT: "application/pdf,.pdf",
}


def title_from(file_name: str) -> str:
    """`cell_division_part-2.mp4` → `cell division part-2`."""
    return " ".join(PurePath(file_name).stem.replace("_", " ").split())[:200].strip()


class CreateMediaItemForm(MediaItemForm):
    """What the forms of all kinds have; each class below is for one kind."""

    kind: Kind

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, instance=MediaItem(kind=self.kind), **kwargs)
        self.set_layout(*self.main_fields(), self.more_fields())

    def made(self, item: MediaItem) -> None:
        """The item is stored: what belongs to it is, too, in the same transaction."""

    def address_after(self, item: MediaItem) -> str:
        """Where its owner goes on."""
        return item.get_absolute_url()


class CreateFileForm(CreateMediaItemForm):
    file_help: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Leave empty to use the file name.")
        self.fields["file"] = upload_field(
            label=_("File"),
            most_bytes=uploads.most_bytes_of_media(),
            accept=ACCEPT[self.kind],
            required="file" not in self.refused,
            help_text=self.file_help,
        )
        self.set_layout("file", *self.main_fields(), self.more_fields())

    def clean_file(self) -> Any:
        if upload := self.cleaned_data["file"]:
            checked_upload(partial(identify, kind=self.kind), upload)
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("title") and "title" not in self.errors and cleaned.get("file"):
            cleaned["title"] = title_from(cleaned["file"].name) or str(self.kind.label)
        return cleaned


class CreateVideoForm(CreateFileForm):
    kind = Kind.VIDEO
    file_help = _(
        "MP4, MOV, WebM, MKV and most other formats. We process it for the web after the upload."
    )


class CreateAudioForm(CreateFileForm):
    kind = Kind.AUDIO
    file_help = _("MP3, M4A, WAV, FLAC and most other formats.")


class CreateDocumentForm(CreateFileForm):
    kind = Kind.DOCUMENT
    file_help = _("PDF only. Export other documents as a PDF first.")


class CreateLiveEventForm(CreateMediaItemForm):
    kind = Kind.LIVE_EVENT


class CreateRoomForm(CreateMediaItemForm):
    kind = Kind.ROOM


# Forms of apps that build on the library come by `register_create_form`.
CREATE_FORMS: dict[str, type[CreateMediaItemForm]] = {
    form.kind: form
    for form in (
        CreateVideoForm,
        CreateAudioForm,
        CreateDocumentForm,
        CreateLiveEventForm,
        CreateRoomForm,
    )
}


def register_create_form(form: type[CreateMediaItemForm]) -> None:
    """At start-up. Twice is once."""
    CREATE_FORMS[form.kind] = form
