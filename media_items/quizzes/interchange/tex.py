"""TeX of other systems and MathML, as TeX between dollar signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from media_items.quizzes.mathematics import Ends

# Of MathJax, Moodle's filters and Canvas; a dollar sign alone is a dollar sign to all of them.
_CLOSING = {r"\(": r"\)", r"\[": r"\]", "$$": "$$", "[tex]": "[/tex]"}
_ENDS = {sign: re.compile(f"(?P<end>{re.escape(end)})") for sign, end in _CLOSING.items()}
_OPENING = re.compile(r"\\\(|\\\[|\$\$|\[tex\]")
_MOST_DEPTH = 40
_SIGNS = {
    "×": r"\times ", "÷": r"\div ", "±": r"\pm ", "·": r"\cdot ", "≤": r"\le ", "≥": r"\ge ",
    "≠": r"\ne ", "≈": r"\approx ", "∞": r"\infty ", "→": r"\to ", "∈": r"\in ", "∑": r"\sum ",
    "∫": r"\int ", "∏": r"\prod ", "√": r"\sqrt ", "∂": r"\partial ", "−": "-", "π": r"\pi ",
    "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "δ": r"\delta ", "θ": r"\theta ",
    "λ": r"\lambda ", "μ": r"\mu ", "σ": r"\sigma ", "φ": r"\varphi ", "ω": r"\omega ",
    "Δ": r"\Delta ", "Σ": r"\Sigma ", "Ω": r"\Omega ", "\u2061": "", "\u2062": "", "\u2063": ",",
    "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "$": r"\$",
}  # fmt: skip
_FUNCTIONS = frozenset(["sin", "cos", "tan", "cot", "log", "ln", "exp", "lim", "max", "min"])


@dataclass(frozen=True)
class Formula:
    """`text[start:end]` is TeX with its delimiters."""

    start: int
    end: int
    tex: str
    is_inline: bool


def formulas(text: str) -> Iterator[Formula]:
    """From the left. In time that grows with the length, whatever is never closed."""
    at, ends = 0, Ends(text)
    while opening := _OPENING.search(text, at):
        at, sign = opening.end(), opening[0]
        end = ends.after(at, _ENDS[sign])
        if end >= 0 and (inside := text[at:end].strip()):
            at = end + len(_CLOSING[sign])
            yield Formula(opening.start(), at, inside, is_inline=sign == r"\(")


def dollars(tex: str) -> str:
    """Empty where there is nothing in it."""
    line = " ".join(tex.split())
    line = re.sub(r"(?<!\\)((?:\\\\)*)\$", r"\1\\$", line)
    if line.endswith("\\") and not line.endswith("\\\\"):
        line = line[:-1].rstrip()
    return f"${line}$" if line else ""


def tex_of(element: Element) -> str | None:
    """Of an element `math`, whatever its namespace; None for what is not known here."""
    for one in element.iter():
        if _name(one) == "annotation" and "tex" in one.get("encoding", "").lower():
            return (one.text or "").strip()
    try:
        return " ".join("".join(_row(element, 0)).split())
    except (KeyError, IndexError, RecursionError):
        return None


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _row(element: Element, depth: int) -> list[str]:
    return [_one(child, depth + 1) for child in element]


def _one(element: Element, depth: int) -> str:
    if depth > _MOST_DEPTH:
        raise RecursionError
    name = _name(element)
    if name in {"mi", "mn", "mo"}:
        return _sign("".join(element.itertext()).strip())
    if name in {"mtext", "ms"}:
        return rf"\text{{{''.join(_SIGNS.get(x, x) for x in ''.join(element.itertext()))}}}"
    if name == "mspace":
        return r"\ "
    if name in {"annotation", "annotation-xml"}:
        return ""
    parts = _row(element, depth)
    if name in {"mrow", "mstyle", "semantics", "math", "mpadded"}:
        return "".join(parts)
    if name == "msqrt":
        return rf"\sqrt{{{''.join(parts)}}}"
    if name == "mfenced":
        left, right = element.get("open", "("), element.get("close", ")")
        return rf"\left{_sign(left)}{','.join(parts)}\right{_sign(right)}"
    return _SHAPES[name] % tuple(parts[: _SHAPES[name].count("%s")])


_SHAPES = {
    "mfrac": r"\frac{%s}{%s}",
    "msup": "{%s}^{%s}",
    "msub": "{%s}_{%s}",
    "msubsup": "{%s}_{%s}^{%s}",
    "munder": "{%s}_{%s}",
    "mover": "{%s}^{%s}",
    "munderover": "{%s}_{%s}^{%s}",
}


def _sign(text: str) -> str:
    if text in _FUNCTIONS:
        return f"\\{text} "
    if len(text) > 1 and text.isalpha():
        return rf"\mathrm{{{text}}}"
    return "".join(_SIGNS.get(one, one) for one in text)
