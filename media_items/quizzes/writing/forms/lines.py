"""The lines of a question: options, accepted answers, pairs, or things in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_items.quizzes.kinds import TYPED_KINDS, QuestionKind, Tolerance
from media_items.quizzes.models import QuestionOption
from media_items.quizzes.models.questions import MOST_OPTIONS
from media_items.quizzes.scoring.normalising import is_range, number_in
from media_items.quizzes.writing.forms.numbers import as_typed
from media_items.quizzes.writing.services.questions import Line

PREFIX = "line"
RIGHT = "right"  # the numbers of the lines that are right
_ALL, _NOTHING = Decimal(100), Decimal(0)

# What each kind has in a line; kinds that are not here have no lines.
FIELDS_OF: dict[QuestionKind, tuple[str, ...]] = {
    QuestionKind.SINGLE: ("text", "credit", "feedback", "at_end"),
    QuestionKind.MULTIPLE: ("text", "feedback", "at_end"),
    QuestionKind.TRUE_FALSE: ("text", "feedback"),
    QuestionKind.SHORT_TEXT: ("text", "credit", "feedback"),
    QuestionKind.NUMBER: ("text", "tolerance", "margin", "credit", "feedback"),
    QuestionKind.MATCHING: ("text", "match"),
    QuestionKind.ORDERING: ("text",),
}
# Radio buttons or boxes in front of the lines say which are right.
MARKED_KINDS = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE})
_LABELS = {
    QuestionKind.SHORT_TEXT: gettext_lazy("Accepted answer %(number)d"),
    QuestionKind.NUMBER: gettext_lazy("Accepted number %(number)d"),
    QuestionKind.MATCHING: gettext_lazy("Left side of pair %(number)d"),
    QuestionKind.ORDERING: gettext_lazy("Thing %(number)d"),
}
_MORE = 2  # empty lines behind those there are
_FIRST = 4


def _says(value: object) -> bool:
    """A credit of 0 does."""
    return value is not False and value is not None and value != ""


class LineForm(forms.ModelForm[QuestionOption]):
    """`key` is the public id of the option it was; an empty line is none."""

    key = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    class Meta:
        model = QuestionOption
        fields = ("text", "match", "tolerance", "margin", "credit", "feedback", "at_end")
        labels = {
            "match": gettext_lazy("Fits to"),
            "at_end": gettext_lazy("Keep at the end"),
        }

    def __init__(self, *args: Any, kind: QuestionKind, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.number = kind, number
        for name in self.Meta.fields:
            if name not in FIELDS_OF[kind]:
                del self.fields[name]
        for name, field in self.fields.items():
            field.required = False
            if name in {"text", "match", "feedback"}:
                field.widget = forms.Textarea(attrs={"rows": 1, "dir": "auto"})
        if kind in TYPED_KINDS:
            self.fields["text"].widget = forms.TextInput(attrs={"dir": "auto"})
        label = _LABELS.get(kind, gettext_lazy("Option %(number)d"))
        self.fields["text"].label = label % {"number": number}
        if "match" in self.fields:
            self.fields["match"].label = _("Right side of pair %(number)d") % {"number": number}
        if "credit" in self.fields:
            self.fields["credit"].label = _("Credit in percent")
            self.fields["credit"].help_text = ""
            self.fields["credit"].initial = None  # empty is what the placeholder says
            self.fields["credit"].widget.attrs["placeholder"] = (
                "100" if kind in TYPED_KINDS else "0"
            )
        for field in self.fields.values():
            shown = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            is_box = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs["class"] = "form-check-input" if is_box else shown

    def show_as_typed(self) -> None:
        """Without looking for faults."""
        self._errors = ErrorDict()

    @property
    def index(self) -> int:
        return self.number - 1

    @property
    def is_headed(self) -> bool:
        """Whether it has more columns than one, which do not say by themselves what they are."""
        return bool({"match", "tolerance"} & self.fields.keys())

    @property
    def has_more(self) -> bool:
        """What is behind *More* of this line."""
        return bool({"credit", "feedback", "at_end"} & self.fields.keys())

    @property
    def uses_more(self) -> bool:
        names = {"credit", "feedback", "at_end"} & self.fields.keys()
        return any(_says(self[name].value()) or self[name].errors for name in names)

    @property
    def is_empty(self) -> bool:
        typed = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        return not any(str(typed.get(name) or "").strip() for name in ("text", "match"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("text", "match", "feedback", "margin"):
            if name in cleaned:
                cleaned[name] = cleaned[name].strip()
        if self.is_empty and cleaned.get("feedback"):
            self.add_error("text", _("This line has feedback and no text."))
        if self.kind == QuestionKind.NUMBER and cleaned.get("text"):
            self._clean_number(cleaned)
        return cleaned

    def _clean_number(self, cleaned: dict[str, Any]) -> None:
        lower = cleaned["text"]
        is_number = number_in(lower) is not None
        if not is_number:
            self.add_error("text", _("This is not a number."))
        if cleaned.get("tolerance") in {None, "", Tolerance.EXACT}:
            cleaned["margin"] = ""
        elif (margin := number_in(cleaned.get("margin", ""))) is None:
            self.add_error("margin", _("Enter a number."))
        elif cleaned["tolerance"] != Tolerance.INTERVAL:
            if margin < 0:
                self.add_error("margin", _("Enter a number that is not negative."))
        elif is_number and not is_range(lower, cleaned["margin"]):
            self.add_error("margin", _("The upper end is below the lower one."))

    def line(self, *, is_right: bool) -> Line:
        typed = self.cleaned_data
        credit = typed.get("credit")
        if self.kind in MARKED_KINDS:
            credit = _ALL if is_right else (credit or _NOTHING)
        elif self.kind in TYPED_KINDS and credit is None:
            credit = _ALL
        return Line(
            key=typed.get("key", ""),
            text=typed.get("text", ""),
            credit=credit or _NOTHING,
            feedback=typed.get("feedback", ""),
            at_end=bool(typed.get("at_end")),
            match=typed.get("match", ""),
            tolerance=typed.get("tolerance") or Tolerance.EXACT,
            margin=typed.get("margin", ""),
        )


class Lines(forms.BaseFormSet[LineForm]):
    """How many there are is read from what was sent, so that a page may add lines by itself."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        kind: QuestionKind,
        options: Sequence[QuestionOption] = (),
        auto_id: str,
    ) -> None:
        self.kind = kind
        self.rights = set(data.getlist(RIGHT)) if data is not None else set()
        initial = [] if data is not None else list(_initial(kind, options))
        if data is None:
            self.rights = _rights(kind, options)
        super().__init__(
            _counted(data) if data is not None else None,
            prefix=PREFIX,
            initial=initial or None,
            auto_id=auto_id,
            form_kwargs={"kind": kind},
        )
        more = 0 if kind == QuestionKind.TRUE_FALSE else _MORE
        self.extra = max(more, _FIRST - len(initial)) if more else 0

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "number": (index or 0) + 1}

    @property
    def rows(self) -> Iterator[tuple[LineForm, bool]]:
        """Each with whether it is marked as right."""
        for number, form in enumerate(self.forms):
            yield form, str(number) in self.rights

    def show_as_typed(self) -> None:
        """With more empty lines, and without looking for faults. Before anything reads `forms`."""
        total = f"{PREFIX}-TOTAL_FORMS"
        data = cast("QueryDict", self.data)
        data[total] = str(min(int(str(data[total])) + _MORE, MOST_OPTIONS))
        self._errors: Any = []
        self._non_form_errors = self.error_class()
        for form in self.forms:
            form.show_as_typed()

    def lines(self) -> list[Line]:
        """Those that are not empty, in their order."""
        return [form.line(is_right=is_right) for form, is_right in self.rows if not form.is_empty]


def lines_of(
    data: QueryDict | None,
    *,
    kind: QuestionKind,
    options: Sequence[QuestionOption] = (),
    auto_id: str = "id_%s",
) -> Lines | None:
    """None for a kind without lines."""
    if kind not in FIELDS_OF:
        return None
    made: Any = _LINES(data, kind=kind, options=options, auto_id=auto_id)  # type: ignore[call-arg]
    return cast("Lines", made)


def more_lines(kind: QuestionKind, *, behind: int, auto_id: str) -> list[LineForm]:
    """Empty ones, for a page that has `behind` already."""
    numbers = range(behind, min(behind + _MORE, MOST_OPTIONS))
    return [
        LineForm(kind=kind, number=one + 1, prefix=f"{PREFIX}-{one}", auto_id=auto_id)
        for one in numbers
    ]


_LINES = forms.formset_factory(
    LineForm, formset=Lines, extra=0, max_num=MOST_OPTIONS, validate_max=True
)


def _counted(data: QueryDict) -> QueryDict:
    """With the number of lines that came."""
    start = f"{PREFIX}-"
    numbers = [
        int(name.removeprefix(start).partition("-")[0])
        for name in data
        if name.startswith(start) and name.removeprefix(start).partition("-")[0].isdecimal()
    ]
    counted = data.copy()
    counted[f"{PREFIX}-TOTAL_FORMS"] = str(min(max(numbers, default=-1) + 1, MOST_OPTIONS + 1))
    counted[f"{PREFIX}-INITIAL_FORMS"] = "0"
    return counted


def _initial(kind: QuestionKind, options: Sequence[QuestionOption]) -> Iterator[dict[str, Any]]:
    if kind == QuestionKind.TRUE_FALSE and not options:
        yield {"text": _("True")}
        yield {"text": _("False")}
    rights = _rights(kind, options)
    for number, one in enumerate(options):
        is_right = str(number) in rights
        plain = _ALL if is_right or kind in TYPED_KINDS else _NOTHING
        yield {
            "key": one.public_id,
            "text": one.text,
            "credit": None if one.credit == plain else as_typed(one.credit),
            "feedback": one.feedback,
            "at_end": one.at_end,
            "match": one.match,
            "tolerance": one.tolerance,
            "margin": one.margin,
        }


def _rights(kind: QuestionKind, options: Sequence[QuestionOption]) -> set[str]:
    """Of a single choice the first that earns most; of several answers all that are right."""
    if kind == QuestionKind.MULTIPLE:
        return {str(number) for number, one in enumerate(options) if one.credit > 0}
    whole = [str(number) for number, one in enumerate(options) if one.credit == _ALL]
    return set(whole[:1])
