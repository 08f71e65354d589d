"""TeX as MathML, as a line of plain text, where in a text it is, and what of it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.html import escape
from latex2mathml.converter import convert
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from media_items.quizzes.drawn_once import DrawnOnce

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_TEX = 2_000
_MOST_SHOWN = 60
# Behind a backslash that is itself escaped none ends.
_BRACKETS = {
    r"\(": re.compile(r"(?<!\\)(?:\\\\)*(?P<end>\\\))"),
    r"\[": re.compile(r"(?<!\\)(?:\\\\)*(?P<end>\\\])"),
}
_BLOCK = re.compile(r"(?P<end>\$\$)[^\S\n]*$", re.MULTILINE)
_SIGN = re.compile(r"\$|\\[(\[]")
_UNKNOWN = re.compile(r"<(mi|mo)\b[^>]*>(\\[A-Za-z]+\*?)</\1>")
_RAISED = str.maketrans("0123456789+−-=()ni′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ′")
_LOWERED = str.maketrans("0123456789+−-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


@dataclass(frozen=True)
class Unread:
    """What of a formula cannot be read: commands that are not known, and of formulas that cannot be
    read at all, or are too long, the beginning."""

    commands: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    too_long: tuple[str, ...] = ()


class Ends:
    """Finds in one text what closes something. However often it is asked, from the left it goes
    through the text once for each kind of end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: dict[re.Pattern[str], tuple[int, int]] = {}

    def after(self, at: int, end: re.Pattern[str]) -> int:
        """Where the first group `end` from there on begins; -1 where there is none."""
        asked_at, known = self._known.get(end, (len(self.text) + 1, -1))
        if at < asked_at or 0 <= known < at:
            found = end.search(self.text, at)
            known = found.start("end") if found else -1
            self._known[end] = at, known
        return known


def may_be_in(text: str) -> bool:
    """Whether there is a sign at which mathematics begins."""
    return _SIGN.search(text) is not None


def mathml(tex: str, *, is_block: bool) -> str:
    """Without the commands that are not known; what cannot be read at all is shown as it was
    typed, marked as such."""
    made = _converted(tex, "block" if is_block else "inline")
    if made is None:
        return f'<span class="tex-unread"><code>{escape(tex)}</code></span>'
    return _UNKNOWN.sub("", made)


def unread_in(tex: str) -> Unread:
    made = _converted(tex, "inline")
    if made is None:
        shown = (_beginning(tex.strip()),)
        return Unread(too_long=shown) if len(tex) > MOST_TEX else Unread(formulas=shown)
    return Unread(commands=tuple(dict.fromkeys(found[2] for found in _UNKNOWN.finditer(made))))


def _beginning(tex: str) -> str:
    return tex if len(tex) <= _MOST_SHOWN else f"{tex[: _MOST_SHOWN - 1].rstrip()}…"


def words(tex: str) -> str:
    """In one line of plain text: x², (a+b)/2."""
    made = _converted(tex, "inline")
    try:
        read = tex if made is None else _line(fromstring(_UNKNOWN.sub("", made)))
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        read = tex
    return " ".join(read.split())


_CONVERTED = DrawnOnce[str | None](8_000_000)


def _converted(tex: str, display: str) -> str | None:
    return _CONVERTED.get(tex, display, lambda: _convert(tex, display))


def _convert(tex: str, display: str) -> str | None:
    try:
        return str(convert(tex, display=display)) if len(tex) <= MOST_TEX else None
    except Exception:  # noqa: BLE001 - whatever its parser raises
        return None


def brackets(state: StateInline, silent: bool) -> bool:
    r"""A rule of the parser of Markdown: `\(…\)` is `$…$`, and `\[…\]` is `$$…$$`."""
    opening = state.src[state.pos : state.pos + 2]
    if opening not in _BRACKETS:
        return False
    start = state.pos + 2
    end = _ends(state).after(start, _BRACKETS[opening])
    tex = state.src[start:end].strip() if end >= 0 else ""
    if not tex:
        return False
    if not silent:
        kind = "math_inline" if opening == r"\(" else "math_inline_double"
        token = state.push(kind, "math", 0)
        token.content, token.markup = tex, opening
    state.pos = end + 2
    return True


def may_be_block(state: StateBlock, line: int) -> bool:
    """Whether `$$` at the beginning of this line may have an end. The rule of the parser looks for
    it in all lines below, for each that begins so."""
    start = state.bMarks[line] + state.tShift[line]
    opens = state.src.startswith("$$", start)
    return opens and _ends(state).after(start + 2, _BLOCK) >= 0


def _ends(state: StateInline | StateBlock) -> Ends:
    """Of the text that is being parsed, or of the part of it that is."""
    of: dict[str, Ends] = state.env.setdefault("ends", {})
    return of.setdefault(state.src, Ends(state.src))


def _line(element: Element) -> str:
    name = str(element.tag).rpartition("}")[2]
    if name == "mspace":
        return " "
    if name in _LETTERS:
        text = "".join(element.itertext())
        return f"{text} " if len(text) > 1 and text.isalpha() and name != "mtext" else text
    parts = [_line(one) for one in element]
    if name in _JOINED:
        return _JOINED[name].join(parts)
    if name == "mover" and element.get("accent") and len(parts) == 2:
        return f"{parts[0].rstrip()}{_ACCENTS.get(parts[1], '')}"
    read = _SHAPES.get(name)
    return read(*parts) if read and len(parts) == _SIZES[name] else "".join(parts)


def _held(text: str) -> str:
    """As one thing: in brackets where it is more."""
    text = text.strip()
    return text if len(text) < 2 or text.isdigit() else f"({text})"


def _raised(text: str) -> str:
    text = text.strip()
    is_known = all(ord(one) in _RAISED for one in text)
    return text.translate(_RAISED) if is_known else f"^{_held(text)}"


def _lowered(text: str) -> str:
    text = text.strip()
    is_known = all(ord(one) in _LOWERED for one in text)
    return text.translate(_LOWERED) if is_known else f"_{_held(text)}"


def _fraction(above: str, below: str) -> str:
    return f"{above if above.isalnum() else _held(above)}/{_held(below)}"


def _above(base: str, above: str) -> str:
    return f"{base.rstrip()}{_raised(above)}"


def _below(base: str, below: str) -> str:
    return f"{base.rstrip()}{_lowered(below)}"


def _both(base: str, below: str, above: str) -> str:
    return f"{base.rstrip()}{_lowered(below)}{_raised(above)}"


def _root(*inside: str) -> str:
    return f"√{_held(''.join(inside))}"


def _root_of(inside: str, index: str) -> str:
    return f"{_raised(index)}√{_held(inside)}"


_LETTERS = frozenset(["mi", "mn", "mo", "mtext", "ms"])
_JOINED = {"mtable": "; ", "mtr": ", "}
_ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304", "˙": "\u0307", "→": "\u20d7"}
_SHAPES: dict[str, Callable[..., str]] = {
    "mfrac": _fraction,
    "msup": _above,
    "mover": _above,
    "msub": _below,
    "munder": _below,
    "msubsup": _both,
    "munderover": _both,
    "msqrt": _root,
    "mroot": _root_of,
}
_SIZES = {"msubsup": 3, "munderover": 3, "msqrt": 1} | dict.fromkeys(
    ["mfrac", "msup", "mover", "msub", "munder", "mroot"], 2
)
