"""Numbers as people type them: with a comma or a point, in any script's digits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.scoring.normalising import number_in


class NumberField(forms.CharField):
    """Empty is None. `at_least` and `at_most` fit, too."""

    default_error_messages = {
        "number": _("Enter a number, such as 2.5."),
        "least": _("Enter %(least)s or more."),
        "most": _("Enter %(most)s or less."),
        "places": _("Enter at most %(places)s decimals."),
    }

    def __init__(
        self,
        *,
        at_least: Decimal | None = None,
        at_most: Decimal | None = None,
        places: int = 2,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(max_length=30, **kwargs)
        self._at_least, self._at_most, self._places = at_least, at_most, places

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return number_in(typed) if typed and number_in(typed) is not None else typed or None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not isinstance(value, Decimal):
            raise self._refused("number")

    def run_validators(self, value: Any) -> None:
        if value is None:
            return
        if self._at_least is not None and value < self._at_least:
            raise self._refused("least", least=shown(self._at_least))
        if self._at_most is not None and value > self._at_most:
            raise self._refused("most", most=shown(self._at_most))
        if value != round(value, self._places):
            raise self._refused("places", places=self._places)

    def prepare_value(self, value: Any) -> Any:
        return shown(value) if isinstance(value, Decimal) else value

    def _refused(self, code: str, **params: Any) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code, params=params)


def shown(value: Decimal) -> str:
    """As its reader writes it, without zeros that say nothing."""
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return number_format(Decimal(plain), use_l10n=True)
