"""Choosing the film of a quiz."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import MediaItem


class ChooseFilmForm(forms.Form):
    """`among`: those that this person may show to others."""

    film: Any = forms.ModelChoiceField(
        label=_("Film"),
        queryset=MediaItem.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("No film"),
        help_text=_("Whoever takes the quiz can watch it here, whoever may open the film itself."),
        error_messages={"invalid_choice": _("You can no longer show this film to others.")},
    )

    def __init__(self, *args: Any, among: QuerySet[MediaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["film"].queryset = among  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("film")
