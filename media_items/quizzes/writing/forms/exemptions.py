"""What one person has apart from everybody else."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_items.library.forms.fields import LocalTimeField
from media_items.quizzes.models import Exemption, Taker
from media_items.quizzes.writing.forms.numbers import as_typed
from media_items.quizzes.writing.forms.times import read_times, show_times


class ExemptionForm(forms.ModelForm[Exemption]):
    """Who it is for is chosen once. Dates are on the clock of the quiz."""

    opens_at = LocalTimeField(label=gettext_lazy("Opens for this person"))
    closes_at = LocalTimeField(label=gettext_lazy("Closes for this person"))

    class Meta:
        model = Exemption
        fields = ("taker", "email", "time_factor", "extra_attempts", "opens_at", "closes_at")
        labels = {
            "taker": gettext_lazy("Somebody who has taken it"),
            "email": gettext_lazy("Or the email address of somebody who has not"),
            "time_factor": gettext_lazy("Time multiplied by"),
            "extra_attempts": gettext_lazy("Extra attempts"),
        }
        help_texts = {
            "email": gettext_lazy(
                "Holds once they have signed in with this email address, or confirmed it."
            ),
            "time_factor": gettext_lazy("1.5 gives half as much time again."),
        }

    def __init__(self, *args: Any, instance: Exemption, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, instance=instance)  # type: ignore[misc]
        self._zone = instance.quiz.item.zone
        self._stored = {"opens_at": instance.opens_at, "closes_at": instance.closes_at}
        show_times(self, self._stored, self._zone)
        self.initial["time_factor"] = as_typed(instance.time_factor)
        takers = cast("forms.ModelChoiceField[Taker]", self.fields["taker"])
        takers.queryset = Taker.objects.filter(
            quiz__item=instance.quiz.item, erased_at=None, merged_into=None, is_preview=False
        ).order_by("listed_name", "pk")
        takers.empty_label = _("Choose…")
        takers.label_from_instance = attrgetter("shown_name")  # type: ignore[method-assign, assignment]
        if instance.pk:
            for name in ("taker", "email"):
                del self.fields[name]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        who = ["taker", "email"] if not instance.pk else []
        self.helper.layout = Layout(
            *who,
            Div("time_factor", "extra_attempts", css_class="row"),
            Div("opens_at", "closes_at", css_class="row"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "taker" in self.fields and not self.errors:
            taker, email = cleaned.get("taker"), cleaned.get("email")
            if not taker and not email:
                self.add_error("taker", _("Choose a person, or enter an email address."))
            elif taker and email:
                self.add_error("email", _("Choose a person or enter an email address, not both."))
        if not self.errors and not _gives_anything(cleaned):
            self.add_error(None, _("Give more time, extra attempts or other dates."))
        later = _("The quiz must close later than it opens.")
        read_times(self, self._stored, shown_in=self._zone, zone=self._zone, later=later)
        return cleaned


def _gives_anything(cleaned: dict[str, Any]) -> bool:
    return (
        cleaned.get("time_factor") not in {None, 1}
        or bool(cleaned.get("extra_attempts"))
        or any(cleaned.get(name) for name in ("opens_at", "closes_at"))
    )
