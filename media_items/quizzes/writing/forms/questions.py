"""One question: the form of its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_items.lengths import clock
from media_items.library import uploads
from media_items.library.forms.fields import Disclosure, checked_upload, upload_field
from media_items.numbers import LARGEST_ID
from media_items.processing.pictures import clean_whole_picture
from media_items.quizzes.attempts.watching import is_after_end
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Rule
from media_items.quizzes.models import Question
from media_items.quizzes.texts import MOST_CHARACTERS
from media_items.quizzes.writing.forms.numbers import as_typed

_MOMENT = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)(?:[.,](\d{1,3}))?", re.ASCII)
_EVERY = ("text", "points", "explanation", "hint", "is_required", "picture_alt")
_ALSO: dict[QuestionKind, tuple[str, ...]] = {
    QuestionKind.SINGLE: ("may_be_negative",),
    QuestionKind.MULTIPLE: ("rule", "may_be_negative"),
    QuestionKind.SHORT_TEXT: ("case_matters", "accents_matter"),
    QuestionKind.NUMBER: ("unit",),
    QuestionKind.MATCHING: ("rule",),
    QuestionKind.ORDERING: ("rule",),
}
_NEVER = {QuestionKind.REFLECTION: ("points", "hint", "explanation")}


class QuestionForm(forms.ModelForm[Question]):
    """Has the fields of its kind alone; no other is read, whatever the browser sends."""

    revision = forms.IntegerField(required=False, max_value=LARGEST_ID, widget=forms.HiddenInput)
    at = forms.CharField(
        label=gettext_lazy("Moment in the film"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Hours, minutes and seconds, such as 0:12:30."),
    )
    picture_file = upload_field(
        label=gettext_lazy("Picture"),
        most_bytes=uploads.most_bytes_of_thumbnail(),
        accept="image/jpeg,image/png,image/webp",
        help_text=gettext_lazy("JPEG, PNG or WebP."),
    )
    remove_picture = forms.BooleanField(label=gettext_lazy("Remove the picture"), required=False)

    class Meta:
        model = Question
        fields = (
            "text",
            "points",
            "rule",
            "explanation",
            "hint",
            "is_required",
            "may_be_negative",
            "case_matters",
            "accents_matter",
            "unit",
            "picture_alt",
        )
        widgets = {
            "text": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            "explanation": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            "hint": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            "picture_alt": forms.TextInput(attrs={"dir": "auto"}),
        }
        help_texts = {
            "text": gettext_lazy(
                "Mathematics goes between dollar signs: $x^2$, or $$x^2$$ for a line of its own. "
                "For a dollar sign itself, type \\$."
            ),
            "explanation": gettext_lazy("Why the right answer is right. Shown with it."),
            "hint": gettext_lazy("Shown to those who ask for it."),
            "picture_alt": gettext_lazy("What people who can’t see the picture have to know."),
        }

    def __init__(
        self,
        *args: Any,
        instance: Question,
        has_film: bool = False,
        film_ms: int | None = None,
        refused: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("auto_id", f"id_{instance.public_id}_%s")
        super().__init__(*args, **kwargs, instance=instance)  # type: ignore[misc]
        self.kind = QuestionKind(instance.kind)
        self.refused = dict(refused or {})
        self._film_ms = film_ms
        self.initial["revision"] = instance.revision
        self.initial["points"] = as_typed(instance.points)
        if instance.at_ms is not None:
            self.initial["at"] = clock(round(instance.at_ms / 1000))
        own = {*_EVERY, *_ALSO.get(self.kind, ())} - set(_NEVER.get(self.kind, ()))
        for name in self.Meta.fields:
            if name not in own:
                del self.fields[name]
        if not has_film:
            del self.fields["at"]
        if not instance.picture_id:
            del self.fields["remove_picture"]
        if "rule" in self.fields:
            rules = [(one.value, one.label) for one in RULES_OF[self.kind]]
            self.fields["rule"].choices = rules  # type: ignore[attr-defined]
        self.fields["text"].required = False  # a picture may be all of it; `lacks` says it
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        def those(*names: str) -> list[str]:
            return [name for name in names if name in self.fields]

        def text(name: str) -> list[str | HTML]:
            return [name, _unread(name)] if name in self.fields else []

        return Layout(
            "revision",
            *text("text"),
            HTML('{% include "media_items/quizzes/writing/_lines.html" %}'),
            Div(*those("points", "rule", "unit", "at"), css_class="row"),
            HTML('{% include "media_items/quizzes/writing/_moment.html" %}'),
            *those("case_matters", "accents_matter"),
            Disclosure(
                gettext_lazy("More options"),
                *text("explanation"),
                *text("hint"),
                *those("is_required", "may_be_negative"),
                *those("picture_file", "remove_picture", "picture_alt"),
                is_open=self._uses_more,
            ),
        )

    def _uses_more(self) -> bool:
        names = ("explanation", "hint", "picture_alt", "is_required", "may_be_negative")
        shown = [self[name] for name in (*names, "picture_file") if name in self.fields]
        return any(one.value() or one.errors for one in shown)

    @property
    def begins_at(self) -> int:
        """Where its film stands at first, in seconds."""
        return (self.instance.at_ms or 0) // 1000

    @property
    def columns(self) -> list[str]:
        """Those that it changes."""
        moment = ["at_ms"] if "at" in self.fields else []
        return [*(name for name in self.Meta.fields if name in self.fields), *moment, "picture"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if len(text) > MOST_CHARACTERS:
            raise forms.ValidationError(_("This text is too long."))
        return text

    def clean_at(self) -> int | None:
        typed = self.cleaned_data["at"].strip()
        if not typed:
            return None
        found = _MOMENT.fullmatch(typed)
        if found is None:
            raise forms.ValidationError(_("Enter hours, minutes and seconds, such as 0:12:30."))
        hours, minutes, seconds, rest = found.groups()
        whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
        at_ms = whole * 1000 + int((rest or "0").ljust(3, "0"))
        if is_after_end(at_ms, self._film_ms):
            said = {"length": clock(-(-(self._film_ms or 0) // 1000))}
            raise forms.ValidationError(_("The film is %(length)s long.") % said)
        return at_ms

    def clean_picture_file(self) -> Any:
        if picture := self.cleaned_data["picture_file"]:
            checked_upload(clean_whole_picture, picture)
        return picture

    def clean_rule(self) -> str:
        return self.cleaned_data["rule"] or self.instance.rule

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if reason := self.refused.get("picture_file"):
            self.add_error("picture_file", reason)
        if "at" in self.fields and "at" not in self.errors:
            before = self.instance.at_ms
            # To the second it is what it was: then with its milliseconds.
            shown = self.initial.get("at")
            typed = self.data.get(self.add_prefix("at"), "").strip()
            self.instance.at_ms = before if typed == shown else cleaned.get("at")
        return cleaned

    def show_as_typed(self) -> None:
        """Without looking for faults."""
        self._errors = ErrorDict()

    def focus(self) -> None:
        """Where reading goes on when it comes into a page: the first fault, else the text."""
        names = [name for name in self.fields if self.is_bound and name in self.errors]
        self.fields[next(iter(names), "text")].widget.attrs["autofocus"] = True

    def say_changed_meanwhile(self, sentence: str, *, revision: int) -> None:
        """Keeps what was typed; sent again it replaces the other version on purpose."""
        self.add_error(None, sentence)
        data = cast("QueryDict", self.data).copy()
        data["revision"] = str(revision)
        self.data = data


def _unread(name: str) -> HTML:
    """Where it is said what of the mathematics in this field cannot be read."""
    place = "media_items/quizzes/writing/_tex_told.html"
    return HTML(f'{{% include "{place}" with field=form.{name} only %}}')


def new_question(quiz: Any, kind: QuestionKind) -> Question:
    """Not saved."""
    rule: Rule = RULES_OF[kind][0]
    return Question(quiz=quiz, kind=kind, rule=rule)
