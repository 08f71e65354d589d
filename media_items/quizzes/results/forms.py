"""What a host types on the pages of results."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.models import Quiz, Taker
from media_items.quizzes.results import people, words
from media_items.searching import SearchedWordsField


class FindTakersForm(forms.Form):
    """Ignores what it does not understand, so that an old address still opens a list."""

    show = forms.ChoiceField(required=False, choices=list(people.SHOWN.items()))
    q = SearchedWordsField(
        label=_("Name, guest link or email"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    sure = forms.ChoiceField(
        label=_("Verification"),
        required=False,
        choices=[("", _("All")), *words.HOW_SURE.items()],
    )
    sort = forms.ChoiceField(label=_("Sort"), required=False, choices=list(people.SORTS.items()))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css
        self.full_clean()

    @property
    def shown(self) -> str:
        return str(self.cleaned_data.get("show") or "")

    @property
    def words(self) -> str:
        return str(self.cleaned_data["q"])

    @property
    def is_of_missing(self) -> bool:
        return self.shown == people.NOT_COME

    @property
    def is_narrowing(self) -> bool:
        """Whether an empty list may only mean that nobody matches."""
        return any(self.cleaned_data.get(name) for name in ("show", "q", "sure"))

    def found_in(self, quiz: Quiz) -> QuerySet[Taker]:
        """Searched, filtered, in order."""
        wanted = self.cleaned_data
        rows = people.shown(people.takers_of(quiz), quiz, self.shown)
        rows = people.matching(rows, self.words)
        if sure := wanted.get("sure"):
            rows = rows.filter(certainty=sure)
        return people.ordered(rows, str(wanted.get("sort") or ""))


class _ActForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class VoidAttemptForm(_ActForm):
    reason = forms.CharField(
        label=_("Reason (optional)"),
        required=False,
        max_length=500,
        help_text=_("Only hosts see it, in the activity of this quiz."),
    )


class RenameTakerForm(_ActForm):
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("Leave empty for the name they entered."),
    )
