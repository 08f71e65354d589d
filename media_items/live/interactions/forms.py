"""A poll as a moderator writes it."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from media_items.live.interactions.models import MOST_OPTIONS, Poll

FEWEST_OPTIONS = 2


class PollForm(forms.Form):
    question = forms.CharField(
        label=_("Question"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "autofocus": True}),
        error_messages={"required": _("Write the question.")},
    )
    shows_results = forms.BooleanField(
        label=_("Show the results to everybody"),
        required=False,
        initial=True,
        help_text=_("Only the numbers are shown. Nobody sees who answered what, not even you."),
    )

    def __init__(self, *args: Any, poll: Poll | None = None, **kwargs: Any) -> None:
        if poll is not None:
            kwargs["initial"] = _written(poll)
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_OPTIONS + 1):
            self.fields[f"option_{number}"] = _option_field(number)
        self.order_fields(
            ["question", *(f"option_{n}" for n in range(1, MOST_OPTIONS + 1)), "shows_results"]
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        options = [
            cleaned[name]
            for name in self.fields
            if name.startswith("option_") and cleaned.get(name)
        ]
        if len(options) < FEWEST_OPTIONS and not self.errors:
            raise ValidationError(_("Enter at least two answers to choose from."))
        if len(set(options)) < len(options):
            raise ValidationError(_("Two of the answers are the same."))
        cleaned["options"] = options
        return cleaned

    def as_arguments(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in ("question", "options", "shows_results")}


def _option_field(number: int) -> forms.CharField:
    return forms.CharField(
        label=_("Answer %(number)s") % {"number": number},
        max_length=150,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "dir": "auto",
                "placeholder": _("Optional") if number > FEWEST_OPTIONS else "",
            }
        ),
    )


def _written(poll: Poll) -> dict[str, Any]:
    options = {f"option_{one.number}": one.text for one in poll.options.all()}
    return {"question": poll.question, "shows_results": poll.shows_results, **options}
