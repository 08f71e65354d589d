"""A `<select>` whose options are the same for the release, drawn once for each that is chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language


class FixedSelect(forms.Select):
    """For a field whose choices nobody changes, with few attributes: nothing else may be drawn by
    what a person or a request brings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Shared by the copies that each form makes of its field's widget.
        self._drawn: dict[tuple[Any, ...], SafeString] = {}

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        is_of_few = value is None or any(value == key for key, _name in self.choices)
        if settings.DEBUG or not is_of_few:
            return super().render(name, value, attrs, renderer)
        key = get_language(), name, value, *self.build_attrs(self.attrs, attrs).items()
        if (drawn := self._drawn.get(key)) is None:
            drawn = self._drawn[key] = super().render(name, value, attrs, renderer)
        return drawn
