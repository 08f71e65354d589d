"""What the owner of a quiz sets; a preset fills it in."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_items.library.forms.closing import AGREED, agreed_field, ask_before_closing
from media_items.library.forms.fields import LocalTimeField
from media_items.quizzes.choices import Preset, ShownWhen
from media_items.quizzes.film.effects import BESIDE
from media_items.quizzes.models import Quiz
from media_items.quizzes.writing.contradictions import Settings, contradictions
from media_items.quizzes.writing.forms.times import read_times, show_times
from media_items.quizzes.writing.presets import PRESETS
from media_items.quizzes.writing.services.settings import COLUMNS, seen_of
from media_items.time_zones import time_zone_choices

# One sentence each: what it is for.
PRESET_SENTENCES = {
    Preset.PRACTICE: gettext_lazy(
        "As often as they like; right answers and explanations after each question."
    ),
    Preset.CHECK: gettext_lazy(
        "Two attempts, the better one counts; right answers after the second."
    ),
    Preset.TEST: gettext_lazy("One attempt with a time limit; results after the quiz has closed."),
    Preset.SURVEY: gettext_lazy("No score: you ask, nothing is right or wrong."),
}


# In place of the field `preset`; the form has `preset_cards`.
PRESETS_LAYOUT = HTML('{% include "media_items/quizzes/writing/_presets.html" %}')


@dataclass(frozen=True)
class PresetCard:
    value: str
    name: str
    sentence: str
    is_chosen: bool


def preset_cards(form: forms.BaseForm) -> list[PresetCard]:
    chosen = form["preset"].value()
    return [
        PresetCard(one.value, str(one.label), str(PRESET_SENTENCES[one]), one.value == chosen)
        for one in Preset
    ]


class QuizSettingsForm(forms.ModelForm[Quiz]):
    """The quiz opens and closes with its item, whose times are here, too. `seen` says
    what the settings were when they were opened.
    `settings_of` is the kind of quiz whose settings these are, or knowingly are not."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    settings_of = forms.CharField(required=False, widget=forms.HiddenInput)
    agreed_end = agreed_field()
    starts_at = LocalTimeField(label=gettext_lazy("Opens"))
    ends_at = LocalTimeField(label=gettext_lazy("Closes"))
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    class Meta:
        model = Quiz
        fields = COLUMNS
        widgets = {
            "welcome": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }
        labels = {
            "time_limit_minutes": gettext_lazy("Time limit in minutes"),
            "pass_percent": gettext_lazy("Pass mark in percent"),
            "gives_certificate": gettext_lazy("Give a certificate to those who pass"),
            "certificate_tells_score": gettext_lazy("Show the score on the certificate"),
        }
        help_texts = {
            "welcome": gettext_lazy("Shown before people start."),
            "attempts_allowed": gettext_lazy(
                "Leave empty for no limit. It only holds for people whose email is verified: other "
                "guests start over in each browser, and whenever they leave and join again."
            ),
            "time_limit_minutes": gettext_lazy(
                "Leave empty for no limit. Whoever is taking the quiz already keeps at least the "
                "time they started with."
            ),
            "pass_percent": gettext_lazy("Leave empty if nobody passes or fails."),
        }

    def __init__(self, *args: Any, instance: Quiz, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, instance=instance)  # type: ignore[misc]
        item = instance.item
        self._zone: zoneinfo.ZoneInfo = item.zone
        self._stored = {"starts_at": item.starts_at, "ends_at": item.ends_at}
        show_times(self, self._stored, self._zone)
        self.initial["time_zone"] = self._zone.key
        self.initial["settings_of"] = instance.preset
        self.initial["seen"] = seen_of(instance)
        zones = time_zone_choices(current=self._zone.key)
        cast("forms.ChoiceField", self.fields["time_zone"]).choices = zones
        scores = self.fields["score_when"]
        at_once = ShownWhen.AT_ONCE.value  # a score is known when it is handed in
        scores.choices = [one for one in scores.choices if one[0] != at_once]  # type: ignore[attr-defined]
        if not instance.film_id:
            del self.fields["no_seeking"]
        for name, sentence in BESIDE.items() if instance.film_id else ():
            self.fields[name].help_text = str(sentence)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        film = ["no_seeking"] if "no_seeking" in self.fields else []
        return Layout(
            "seen",
            "settings_of",
            AGREED,
            PRESETS_LAYOUT,
            HTML('{% include "media_items/quizzes/writing/_use_preset.html" %}'),
            Fieldset(
                gettext_lazy("When"),
                Div("starts_at", "ends_at", css_class="row"),
                "time_zone",
                "time_limit_minutes",
            ),
            Fieldset(
                gettext_lazy("Attempts and score"),
                "is_scored",
                Div("attempts_allowed", "kept_score", css_class="row"),
                "pass_percent",
                "gives_certificate",
                "certificate_tells_score",
            ),
            Fieldset(
                gettext_lazy("What people see, and when"),
                "score_when",
                "feedback_when",
                "answers_when",
            ),
            Fieldset(
                gettext_lazy("Questions"),
                "shuffle_questions",
                "shuffle_options",
                "one_at_a_time",
                "may_go_back",
                *film,
            ),
            "welcome",
        )

    @property
    def preset_cards(self) -> list[PresetCard]:
        return preset_cards(self)

    @property
    def columns(self) -> list[str]:
        return [name for name in self.Meta.fields if name in self.fields]

    def say_changed_meanwhile(self, sentence: str, *, seen: str) -> None:
        """Keeps what was typed; with `seen` in the form, saving again overwrites on purpose."""
        self.add_error(None, sentence)
        data = cast("QueryDict", self.data).copy()
        data["seen"] = seen
        self.data = data

    def clean_time_zone(self) -> str:
        return self.cleaned_data["time_zone"] or self._zone.key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        zone = zoneinfo.ZoneInfo(cleaned.get("time_zone") or self._zone.key)
        later = _("The quiz must close later than it opens.")
        read_times(self, self._stored, shown_in=self._zone, zone=zone, later=later)
        if not self.errors:
            self._refuse_contradictions(cleaned)
        if not self.errors:
            self._ask_about_other_settings(cleaned)
            ask_before_closing(self, self.instance.item)
        return cleaned

    def _ask_about_other_settings(self, cleaned: dict[str, Any]) -> None:
        """Once: another kind of quiz was chosen, and its settings were not filled in."""
        preset, before = cleaned["preset"], cleaned["settings_of"]
        values = PRESETS[Preset(preset)]
        fits = all(cleaned[name] == value for name, value in values.items() if name in cleaned)
        if fits or before in {"", preset}:
            return
        sentence = _(
            "The settings below are not those of this kind of quiz. "
            "Fill them in, or save again to keep them as they are."
        )
        self.add_error("preset", sentence)
        self._now_settings_of(preset)

    def _now_settings_of(self, preset: str) -> None:
        data = cast("QueryDict", self.data).copy()
        data["settings_of"] = preset
        self.data = data

    def _refuse_contradictions(self, cleaned: dict[str, Any]) -> None:
        found = contradictions(
            Settings(
                opens_at=cleaned["starts_at"],
                closes_at=cleaned["ends_at"],
                is_scored=cleaned["is_scored"],
                attempts_allowed=cleaned["attempts_allowed"],
                time_limit_minutes=cleaned["time_limit_minutes"],
                one_at_a_time=cleaned["one_at_a_time"],
                may_go_back=cleaned["may_go_back"],
                score_when=cleaned["score_when"],
                feedback_when=cleaned["feedback_when"],
                answers_when=cleaned["answers_when"],
                pass_percent=cleaned["pass_percent"],
                gives_certificate=cleaned["gives_certificate"],
            )
        )
        for name, sentence in list(found):
            self.add_error(name, str(sentence))

    def put_times(self) -> None:
        """Onto the item. After `is_valid`."""
        for name in ("starts_at", "ends_at", "time_zone"):
            setattr(self.instance.item, name, self.cleaned_data[name])

    def use_preset(self) -> None:
        """The switches as the chosen preset sets them, all else as it was typed. Not saved, and
        nothing looks for faults."""
        data: QueryDict = cast("QueryDict", self.data).copy()
        preset = data.get("preset", "")
        values = PRESETS[Preset(preset)] if preset in Preset.values else {}
        for name, value in values.items():
            if isinstance(value, bool):
                data.setlist(name, ["on"] if value else [])
            else:
                data[name] = "" if value is None else str(value)
        data["settings_of"] = preset
        self.data = data
        self._errors = ErrorDict()
