"""A new quiz."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from media_items.catalogue.models import Kind, MediaItem
from media_items.library.forms.creating import CreateMediaItemForm
from media_items.quizzes.choices import Preset
from media_items.quizzes.models import Quiz
from media_items.quizzes.writing.forms.settings import PRESETS_LAYOUT, PresetCard, preset_cards
from media_items.quizzes.writing.presets import PRESETS


class CreateQuizForm(CreateMediaItemForm):
    kind = Kind.QUIZ

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preset"] = forms.ChoiceField(
            label=gettext_lazy("Kind of quiz"),
            choices=Preset.choices,
            initial=Preset.CHECK,
        )
        title, *others = self.main_fields()
        self.set_layout(title, PRESETS_LAYOUT, *others, self.more_fields())

    @property
    def preset_cards(self) -> list[PresetCard]:
        return preset_cards(self)

    def made(self, item: MediaItem) -> None:
        preset = Preset(self.cleaned_data["preset"])
        Quiz.objects.create(item=item, preset=preset, **PRESETS[preset])

    def address_after(self, item: MediaItem) -> str:
        return reverse("media_items:quiz_questions", args=[item.public_id])
