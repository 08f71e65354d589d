"""Parts of a list that are the same but for what is written in them: each template drawn once.

    CARD = Outline("media_items/library/_card.html", "title", "public_id")
    CARD.drawn({"kind": Kind.VIDEO}, title="Cells", public_id="abcdefgh2345")

The template decides by `choices`, of which there are few, and only writes the values. It is drawn
once for each set of choices and language with words that stand for the values; from then on the
values at hand are put, escaped as the template would, where those stood (docs/adr/0050). An address
may have a value in it: `{% url "media_items:media_item" public_id %}`; one that has to be a number
there is among `numbers`.

SECURITY: what stands for a value is never anybody's text, so no text is taken for a place. A
template that looks at a value or changes it is refused, by `NotAnOutline`, when it is first drawn.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST_KEPT = 500  # sets of choices of one outline; beyond them all are forgotten
_ROOT = "Zq7stands"  # letters that no filter for attributes or addresses changes
_NUMBER = "80426193"  # for an address that takes nothing but digits
_PLACE = re.compile(rf"{_ROOT}(\d+)n|{_NUMBER}(\d\d){_NUMBER}")


class NotAnOutline(TypeError):
    """The template does something with its values beside writing them."""


class _StandIn(str):
    """Remembers whether somebody looked at it."""

    __slots__ = ("was_looked_at",)

    def _looked_at(self, *_: object) -> bool:
        self.was_looked_at = True
        return True

    __bool__ = __eq__ = __ne__ = __lt__ = __gt__ = __contains__ = _looked_at
    __len__ = __getitem__ = _looked_at  # type: ignore[assignment]
    __hash__ = str.__hash__


class Outline:
    def __init__(self, template: str, *values: str, numbers: Collection[str] = ()) -> None:
        self.template, self.values, self.numbers = template, (*values, *numbers), numbers
        self._kept: dict[tuple[Hashable, ...], str] = {}

    def drawn(self, choices: Mapping[str, Hashable], **values: Any) -> SafeString:
        """Raises `KeyError` without one of the values."""
        key = get_language(), get_script_prefix(), *choices.items()
        shape = self._kept.get(key)
        if shape is None:
            shape = self._shape(choices)
            if not settings.DEBUG:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = shape
        written = tuple(conditional_escape(values[name]) for name in self.values)
        return SafeString(shape.format(*written))

    def anew(self, choices: Mapping[str, Hashable], **values: object) -> SafeString:
        """The same, drawn by the template."""
        return SafeString(render_to_string(self.template, {**choices, **values}))

    def _shape(self, choices: Mapping[str, Hashable]) -> str:
        """For `str.format`."""
        stand_ins = {name: self._stand_in(name, n) for n, name in enumerate(self.values)}
        said = render_to_string(self.template, {**choices, **stand_ins})
        looked_at = [n for n, one in stand_ins.items() if getattr(one, "was_looked_at", False)]
        shape = _PLACE.sub(_place, said.replace("{", "{{").replace("}", "}}"))
        if looked_at or _ROOT.lower() in shape.lower() or _NUMBER in shape:
            names = ", ".join(looked_at) or "a value"
            raise NotAnOutline(f"{self.template} does more with {names} than write it.")
        return shape

    def _stand_in(self, name: str, n: int) -> _StandIn:
        is_number = name in self.numbers
        return _StandIn(f"{_NUMBER}{n:02}{_NUMBER}" if is_number else f"{_ROOT}{n}n")


def _place(found: re.Match[str]) -> str:
    return f"{{{int(found[1] or found[2])}}}"
