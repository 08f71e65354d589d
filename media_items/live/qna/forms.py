"""What people ask, and what they are answered."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from media_items.visible_text import is_visible


class LongTextField(forms.CharField):
    """Longer text. A line's end is one character, as the browser counts it."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text if is_visible(text) else ""


class AskQuestionForm(forms.Form):
    text = LongTextField(
        label=_("Your question"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": _("Write your question first.")},
    )
    without_name = forms.BooleanField(
        label=_("Ask anonymously"),
        required=False,
        help_text=_("Nobody can see who asked, not even the host."),
    )

    def __init__(self, *args: Any, may_hide_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "ask_%s", **kwargs})
        # Ticked before the host switched it off: the field stays, so that nobody is named unasked.
        if not may_hide_name and not self.data.get("without_name"):
            del self.fields["without_name"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @property
    def hides_name(self) -> bool:
        return bool(self.cleaned_data.get("without_name"))


class AnswerQuestionForm(forms.Form):
    """`seen` is the version of the answer that was on the screen."""

    answer = LongTextField(
        label=_("Your answer"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "autofocus": True}),
        error_messages={"required": _("Write an answer first.")},
    )
    publish = forms.BooleanField(label=_("Show question and answer to everybody"), required=False)
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_published: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_published:
            del self.fields["publish"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
