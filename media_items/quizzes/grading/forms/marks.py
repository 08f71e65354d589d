"""The marks of one answer."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_items.numbers import LARGEST_ID
from media_items.quizzes.content import Question
from media_items.quizzes.grading.forms.fields import NumberField, shown
from media_items.quizzes.grading.marks import Marks, least_points, marks_of
from media_items.quizzes.models import Answer


class MarkAnswerForm(forms.ModelForm[Answer]):
    """`marking` is the revision of the marks that the page shows. `reason` goes into the trail. Of
    a question that gives no points any more only the comment is changed."""

    marking = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        max_length=500,
        help_text=_("Only those who mark this quiz see it."),
    )

    class Meta:
        model = Answer
        fields = ["comment"]
        labels = {"comment": _("Comment")}
        help_texts = {"comment": _("Shown to the person together with the marks.")}
        widgets = {"comment": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}

    def __init__(self, data: QueryDict | None, *, question: Question, answer: Answer) -> None:
        before = marks_of(answer)
        initial = {"points": before.points, "marking": answer.marking}
        super().__init__(data, instance=answer, initial=initial)
        self.before = before
        self.was_marked = before.points is not None or bool(before.comment)
        if question.is_marked:
            self.fields["points"] = self._points(question)
        self.order_fields(["points", "comment", "reason", "marking"])
        if not self.was_marked and question.by_hand:
            del self.fields["reason"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        css = {"points": "points-field"}
        self.helper.layout = Layout(
            *(Field(name, wrapper_class=css.get(name, "")) for name in self.fields)
        )

    def _points(self, question: Question) -> NumberField:
        least = least_points(question)
        return NumberField(
            label=_("Points"),
            required=False,
            at_least=least,
            at_most=question.points,
            widget=forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off", "autofocus": True}
            ),
            help_text=gettext("%(least)s to %(most)s. Empty: not marked.")
            % {"least": shown(least), "most": shown(question.points)}
            if question.by_hand
            else gettext("%(least)s to %(most)s. Empty: the points of the rule.")
            % {"least": shown(least), "most": shown(question.points)},
        )

    def marks(self) -> Marks:
        points = self.cleaned_data.get("points") if "points" in self.fields else self.before.points
        return Marks(points, self.cleaned_data["comment"])

    def take_up(self, answer: Answer) -> None:
        """What was typed stays; it is meant for these marks from now on."""
        if "points" in self.fields:
            del self.fields["points"].widget.attrs["autofocus"]
        self.data = {**self.data.dict(), "marking": str(answer.marking)}  # type: ignore[attr-defined]
