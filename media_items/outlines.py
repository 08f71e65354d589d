"""Parts of a list that are the same but for what is written in them: each template drawn once.

    CARD = Outline("media_items/library/_card.html", "title", "public_id")
    CARD.drawn({"kind": Kind.VIDEO}, title="Cells", public_id="abcdefgh2345")

The template decides by `choices`, of which there are few, and only writes the values. It is drawn
once for each set of choices and language with words that stand for the values; from then on the
values at hand are put, escaped as the template would, where those stood (docs/adr/0050). An address
may have one of `in_addresses` in it, letters and figures that nothing changes there, or one of
`numbers`, where it takes nothing else: `{% url "media_items:media_item" public_id %}`.

SECURITY: what stands for a value is never anybody's text, so no text is taken for a place. A
template that looks at a value or changes it is refused, by `NotAnOutline`, when it is first drawn:
each set of choices is drawn thrice more, with values that have all that filters change. Values are
texts, whole numbers and None: what a language writes in its own way, a fraction or a date, is
written before.
"""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from string import printable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST_KEPT = 500  # sets of choices of one outline; beyond them the oldest is forgotten
_ROOT = "Zq7stands"  # letters that no filter for attributes or addresses changes
# What filters and addresses change: signs, lines, tags, words, a length.
_LONG = f"{printable} é <b>x</b> https://example.org\n{'word ' * 500}"
_LONG_KEY = "aZ7-_" * 50
_SHORT = "a"
_NUMBER = "80426193"  # for an address that takes nothing but digits
_LONG_NUMBER, _SHORT_NUMBER = "9876543210", "7"
_WRITTEN_BY_LANGUAGE = (float, Decimal, date, time)
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


# Whatever is called on it: `split`, `upper`; but escaping replaces what it has no sign of.
for _name in dir(str):
    if not _name.startswith("_") and _name != "replace":
        setattr(_StandIn, _name, _StandIn._looked_at)


class Outline:
    def __init__(
        self,
        template: str,
        *values: str,
        in_addresses: Collection[str] = (),
        numbers: Collection[str] = (),
    ) -> None:
        """`in_addresses` and `numbers` are some of `values`."""
        self.template, self.values = template, values
        self._keys, self._numbers = in_addresses, numbers
        self._kept: dict[tuple[Hashable, ...], str] = {}
        self._keeping = threading.Lock()

    def drawn(self, choices: Mapping[str, Hashable], **values: Any) -> SafeString:
        """Raises `KeyError` without one of the values."""
        [drawn] = self.each([(choices, values)])
        return drawn

    def each(
        self, rows: Iterable[tuple[Mapping[str, Hashable], Mapping[str, Any]]]
    ) -> Iterator[SafeString]:
        """`drawn`, for a list of choices and values."""
        here = get_language(), get_script_prefix()
        for choices, values in rows:
            key = *here, *choices.items()
            shape = self._kept.get(key)
            if shape is None:
                shape = self._shape(choices)
                if not settings.DEBUG:
                    self._keep(key, shape)
            yield _filled(shape, [values[name] for name in self.values])

    def anew(self, choices: Mapping[str, Hashable], **values: object) -> SafeString:
        """The same, drawn by the template."""
        return SafeString(render_to_string(self.template, {**choices, **values}))

    def _keep(self, key: tuple[Hashable, ...], shape: str) -> None:
        with self._keeping:
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = shape

    def _shape(self, choices: Mapping[str, Hashable]) -> str:
        """For `str.format`."""
        stand_ins = {name: self._stand_in(name, n) for n, name in enumerate(self.values)}
        said = render_to_string(self.template, {**choices, **stand_ins})
        looked_at = [n for n, one in stand_ins.items() if getattr(one, "was_looked_at", False)]
        shape = _PLACE.sub(_place, said.replace("{", "{{").replace("}", "}}"))
        if looked_at or _ROOT.lower() in shape.lower() or _NUMBER in shape:
            names = ", ".join(looked_at) or "a value"
            raise NotAnOutline(f"{self.template} does more with {names} than write it.")
        for samples in self._samples():
            try:
                is_so = self.anew(choices, **samples) == _filled(shape, samples.values())
            except NoReverseMatch:
                is_so = False
            if not is_so:
                raise NotAnOutline(f"{self.template} changes a value that it writes.")
        return shape

    def _samples(self) -> Iterator[dict[str, str | None]]:
        """Values of which at least one shows whatever a template may do with them."""
        for text, key, number in (
            (_LONG, _LONG_KEY, _LONG_NUMBER),
            (_SHORT, _SHORT, _SHORT_NUMBER),
            (None, _SHORT, _SHORT_NUMBER),
        ):
            yield {
                name: number if name in self._numbers else key if name in self._keys else text
                for name in self.values
            }

    def _stand_in(self, name: str, n: int) -> _StandIn:
        is_number = name in self._numbers
        return _StandIn(f"{_NUMBER}{n:02}{_NUMBER}" if is_number else f"{_ROOT}{n}n")


def _place(found: re.Match[str]) -> str:
    return f"{{{int(found[1] or found[2])}}}"


def _filled(shape: str, values: Iterable[Any]) -> SafeString:
    return SafeString(shape.format(*map(_escaped, values)))


def _escaped(value: Any) -> str:
    """As `conditional_escape` does, without its wrappings: a list has hundreds of values."""
    if isinstance(value, _WRITTEN_BY_LANGUAGE):
        raise NotAnOutline(f"{value!r} is written by the language.")
    return value.__html__() if hasattr(value, "__html__") else html.escape(str(value))
