"""The form of a corrected key: only what decides which answers are right.

It travels in the address of the preview, so that its pages can be turned; what is applied comes
with the form below it. Undoing travels as the row that is undone: a form has no feedback, and no
more lines than the key has now.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, BaseInput, Div, Layout
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_items.numbers import LARGEST_ID
from media_items.public_ids import new_public_id
from media_items.quizzes import texts
from media_items.quizzes.content import Option, Question
from media_items.quizzes.grading.forms.fields import NumberField, shown
from media_items.quizzes.grading.keys import FULL_CREDIT, Correction, correction_of
from media_items.quizzes.kinds import TRUE_FALSE_WORDS, QuestionKind, Tolerance
from media_items.quizzes.models.trail import RegradeWay
from media_items.quizzes.scoring.normalising import is_range, number_in

_MORE_ROWS = 2
_TICKED = "yes"
_WAYS = (RegradeWay.NEW_KEY, RegradeWay.FULL_MARKS, RegradeWay.DROP)
WHAT_WAYS_DO = {
    RegradeWay.NEW_KEY: gettext_lazy("Correct what is right below."),
    RegradeWay.FULL_MARKS: gettext_lazy("Everybody gets all points, also without an answer."),
    RegradeWay.DROP: gettext_lazy("Nobody gets points, and the total has these points less."),
}


class RegradeForm(forms.Form):
    """`question` is as it is marked now. `key_number` is that of the key the page shows. Options of
    a single choice are right or not; each has a percentage where one has, or where it is asked for
    (`with_percents`)."""

    way = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[(way.value, way.label) for way in _WAYS],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        help_text=gettext_lazy(
            "Hosts see it in the activity. People who took the quiz don’t see it."
        ),
        max_length=500,
        required=False,
    )
    key_number = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        question: Question,
        key_number: int,
        with_percents: bool = False,
    ) -> None:
        self.has_percents = question.kind == QuestionKind.SINGLE and (
            with_percents or _earns_parts(question) or _says_percents(question, data)
        )
        values = values_of(question, has_percents=self.has_percents)
        super().__init__(data, initial={**values, "key_number": key_number})
        self.question = question
        ways = self.fields["way"]
        if isinstance(ways, forms.ChoiceField):
            ways.choices = [(way.value, self._label_of(way)) for way in _WAYS]
        rows = self._add_key_fields()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        key = [HTML(f"<h2>{_('What is right')}</h2>"), *rows] if rows else []
        if question.kind == QuestionKind.SINGLE and not self.has_percents:
            offered = _("Give part of the points for an option")
            key.append(HTML(f'<p><a href="?percents=yes">{offered}</a></p>'))
        self.helper.layout = Layout("way", *key, "reason", "key_number")

    def _label_of(self, way: RegradeWay) -> str:
        if way == RegradeWay.NEW_KEY and self.question.by_hand:
            return _("Count the points that were given. Nothing is dropped or given to everybody.")
        return f"{way.label}. {WHAT_WAYS_DO[way]}"

    def _add_key_fields(self) -> list[str | Div | BaseInput]:
        match self.question.kind:
            case QuestionKind.SINGLE | QuestionKind.MULTIPLE | QuestionKind.TRUE_FALSE:
                add = self._credit_field if self.has_percents else self._right_field
                return [add(one) for one in self.question.options]
            case QuestionKind.SHORT_TEXT | QuestionKind.NUMBER:
                rows = len(self.question.options) + _MORE_ROWS
                return [self._accepted_row(number) for number in range(rows)]
            case QuestionKind.MATCHING:
                return [self._match_field(one) for one in self.question.options]
            case QuestionKind.ORDERING:
                return [self._place_field(one) for one in self.question.options]
            case _:
                return []

    def _credit_field(self, option: Option) -> str:
        name = f"credit-{option.id}"
        self.fields[name] = NumberField(
            label=_("%(option)s, percent of the points") % {"option": label_of(option)},
            at_least=-FULL_CREDIT,
            at_most=FULL_CREDIT,
            places=5,
        )
        return name

    def _right_field(self, option: Option) -> str:
        name = f"right-{option.id}"
        self.fields[name] = forms.BooleanField(
            label=label_of(option),
            required=False,
            widget=forms.CheckboxInput(attrs={"value": _TICKED}),
        )
        return name

    def _accepted_row(self, number: int) -> Div:
        said = {"number": number + 1}
        names = [f"text-{number}"]
        self.fields[names[0]] = forms.CharField(
            label=_("Accepted answer %(number)s") % said,
            required=False,
            max_length=500,
            widget=forms.TextInput(attrs={"dir": "auto"}),
        )
        if self.question.kind == QuestionKind.NUMBER:
            names += [f"tolerance-{number}", f"margin-{number}"]
            self.fields[names[1]] = forms.ChoiceField(
                label=_("Tolerance"), choices=Tolerance, required=False
            )
            self.fields[names[2]] = forms.CharField(
                label=_("Margin, or upper end"), required=False, max_length=60
            )
        names.append(f"credit-{number}")
        self.fields[names[-1]] = NumberField(
            label=_("Percent of the points"),
            required=False,
            at_least=Decimal(0),
            at_most=FULL_CREDIT,
            places=5,
        )
        return Div(*names, css_class="row")

    def _match_field(self, option: Option) -> str:
        name = f"match-{option.id}"
        choices = [(one.id, texts.plain(one.text)) for one in self.question.choices]
        self.fields[name] = forms.ChoiceField(label=label_of(option), choices=choices)
        return name

    def _place_field(self, option: Option) -> str:
        name = f"place-{option.id}"
        self.fields[name] = forms.IntegerField(
            label=label_of(option), min_value=1, max_value=len(self.question.options)
        )
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("way") != RegradeWay.NEW_KEY:
            for name in self.errors.keys() - {"way", "reason", "key_number"}:
                del self.errors[name]
            return cleaned
        kind = self.question.kind
        if kind in {QuestionKind.SHORT_TEXT, QuestionKind.NUMBER}:
            self._clean_accepted(cleaned)
        elif kind == QuestionKind.ORDERING and not self.errors:
            places = [cleaned[f"place-{one.id}"] for one in self.question.options]
            if len(set(places)) != len(places):
                self.add_error(None, _("Two things have the same place."))
        elif kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE}:
            credits_ = [self._credit(one) for one in self.question.options]
            if not any(one > 0 for one in credits_):
                self.add_error(None, _("No option is marked as right."))
        return cleaned

    def _clean_accepted(self, cleaned: dict[str, Any]) -> None:
        rows = [number for number in self._rows if cleaned.get(f"text-{number}")]
        if not rows:
            self.add_error(None, _("The question has no accepted answer."))
        elif all(cleaned.get(f"credit-{number}") == 0 for number in rows):
            self.add_error(None, _("No accepted answer earns points."))
        if self.question.kind != QuestionKind.NUMBER:
            return
        for number in rows:
            self._clean_number(number, cleaned)

    def _clean_number(self, number: int, cleaned: dict[str, Any]) -> None:
        text, margin = cleaned[f"text-{number}"], cleaned.get(f"margin-{number}", "")
        tolerance = cleaned.get(f"tolerance-{number}") or Tolerance.EXACT
        is_number = number_in(text) is not None
        if not is_number:
            self.add_error(f"text-{number}", _("An accepted answer is not a number."))
        if tolerance != Tolerance.EXACT and number_in(margin) is None:
            self.add_error(f"margin-{number}", _("Enter a number, such as 2.5."))
        elif tolerance == Tolerance.INTERVAL and is_number and not is_range(text, margin):
            self.add_error(f"margin-{number}", _("The upper end is below the lower one."))

    @property
    def _rows(self) -> range:
        return range(len(self.question.options) + _MORE_ROWS)

    def _credit(self, option: Option) -> Decimal:
        if self.has_percents:
            return self.cleaned_data.get(f"credit-{option.id}") or Decimal(0)
        return FULL_CREDIT if self.cleaned_data.get(f"right-{option.id}") else Decimal(0)

    @cached_property
    def correction(self) -> Correction:
        """Of a valid form."""
        way, cleaned, options = (
            RegradeWay(self.cleaned_data["way"]),
            self.cleaned_data,
            self.question.options,
        )
        if way != RegradeWay.NEW_KEY:
            return Correction(way)
        match self.question.kind:
            case QuestionKind.SINGLE | QuestionKind.MULTIPLE | QuestionKind.TRUE_FALSE:
                return Correction(way, credits={one.id: self._credit(one) for one in options})
            case QuestionKind.SHORT_TEXT | QuestionKind.NUMBER:
                return Correction(way, accepted=tuple(self._accepted()))
            case QuestionKind.MATCHING:
                return Correction(
                    way, matches={one.id: cleaned[f"match-{one.id}"] for one in options}
                )
            case QuestionKind.ORDERING:
                by_place = sorted(options, key=lambda one: cleaned[f"place-{one.id}"])
                return Correction(way, order=tuple(one.id for one in by_place))
            case _:
                return Correction(way)

    def _accepted(self) -> list[Option]:
        """An answer whose text stays keeps its id and its feedback."""
        before = {one.text: one for one in self.question.options}
        made = []
        for number in self._rows:
            text = self.cleaned_data.get(f"text-{number}", "")
            if not text:
                continue
            old = before.pop(text, None)
            credit = self.cleaned_data.get(f"credit-{number}")
            tolerance = Tolerance(self.cleaned_data.get(f"tolerance-{number}") or Tolerance.EXACT)
            is_exact = tolerance == Tolerance.EXACT
            made.append(
                Option(
                    id=old.id if old else new_public_id(),
                    text=text,
                    credit=FULL_CREDIT if credit is None else credit,
                    feedback=old.feedback if old else "",
                    tolerance=tolerance,
                    margin="" if is_exact else self.cleaned_data.get(f"margin-{number}", ""),
                )
            )
        return made

    def hidden(self) -> list[tuple[str, Any]]:
        """The same once more, to be sent and not to be seen; boxes that are not ticked are left
        out, as browsers do."""
        return [(one.html_name, one.data) for one in self if one.data not in {None, "", False}]


def _earns_parts(question: Question) -> bool:
    """Whether options earn a part of the points, or cost some."""
    plain = {Decimal(0), FULL_CREDIT}
    return any(one.credit not in plain for one in question.options)


def _says_percents(question: Question, data: Mapping[str, Any] | None) -> bool:
    """What was asked for stays, from the form to its preview and to what is applied."""
    return any(f"credit-{one.id}" in (data or {}) for one in question.options)


def values_of(question: Question, *, has_percents: bool) -> dict[str, Any]:
    """What the form says of a question that is marked in this way."""
    correction = correction_of(question)
    values: dict[str, Any] = {"way": correction.way.value}
    for name, credit in correction.credits.items():
        if has_percents:
            values[f"credit-{name}"] = shown(credit)
        elif credit > 0:
            values[f"right-{name}"] = _TICKED
    for number, one in enumerate(correction.accepted):
        values |= {f"text-{number}": one.text, f"credit-{number}": shown(one.credit)}
        if question.kind == QuestionKind.NUMBER:
            values |= {f"tolerance-{number}": one.tolerance.value, f"margin-{number}": one.margin}
    values |= {f"match-{name}": match for name, match in correction.matches.items()}
    values |= {f"place-{name}": place for place, name in enumerate(correction.order, start=1)}
    return values


def label_of(option: Option) -> str:
    word = TRUE_FALSE_WORDS.get(option.text)
    return str(word) if word else texts.line(option.text)
