"""Choosing the film of a quiz, and uploading one into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind, MediaItem
from media_items.library import uploads
from media_items.library.forms.creating import ACCEPT
from media_items.library.forms.fields import checked_upload, upload_field
from media_items.processing.identify import kind_of
from media_items.quizzes.film.films import KINDS


class ChooseFilmForm(forms.Form):
    """`among`: those that this person may show to others. The one that it has `now` can stay; its
    title is not told to those who may not show it."""

    film: Any = forms.ModelChoiceField(
        label=_("Film"),
        queryset=MediaItem.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("No film"),
        help_text=_(
            "Everybody who may take the quiz can watch it here, "
            "also those who have no access to the film itself."
        ),
        error_messages={"invalid_choice": _("You can no longer show this film to others.")},
    )

    def __init__(
        self, data: Any = None, *, among: QuerySet[MediaItem], now: MediaItem | None
    ) -> None:
        super().__init__(data, initial={"film": now})
        field: Any = self.fields["film"]
        field.queryset = among
        if now and not among.filter(pk=now.pk).exists():
            field.queryset = MediaItem.objects.filter(Q(pk__in=among.values("pk")) | Q(pk=now.pk))
            field.label_from_instance = lambda one: (
                _("The film that it has now") if one == now else one.title
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("film")


class UploadFilmForm(forms.Form):
    """`refused` is what `uploads.refused_files` returns. `kind` is what a valid file is."""

    def __init__(self, *args: Any, refused: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused.get("file", "")
        self.kind = Kind.VIDEO
        self.fields["file"] = upload_field(
            label=_("File"),
            most_bytes=uploads.most_bytes_of_media(),
            accept=",".join(ACCEPT[kind] for kind in KINDS),
            required=not self.refused,
            help_text=_("A video or an audio recording."),
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_file(self) -> Any:
        if self.refused:
            raise forms.ValidationError(self.refused)
        upload = self.cleaned_data["file"]
        self.kind = Kind(checked_upload(kind_of, upload))
        if self.kind not in KINDS:
            raise forms.ValidationError(_("A quiz lies on a video or an audio recording."))
        return upload
