"""Text and marks of one paragraph of Markdown, so that each is what it was and nothing becomes one.

Whether a mark can stand where it is depends on its neighbours: marks are signs of their own until
the paragraph is whole (`settled`).
"""

from __future__ import annotations

import re

from media_items.quizzes.interchange import tex

# Marks that are settled when their neighbours are known; of the private use area, which is
# taken out of what comes in.
OPEN = {"strong": "\ue000", "em": "\ue001", "s": "\ue002"}
CLOSE = {"strong": "\ue010", "em": "\ue011", "s": "\ue012"}
TEX_OPEN, TEX_CLOSE = "\ue020", "\ue021"
ALONE = "\ue022"  # before what stands in a line of its own, where it does
PRIVATE = re.compile("[\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f]")
_TEX = re.compile(f"{TEX_OPEN}([^{TEX_CLOSE}]*){TEX_CLOSE}?")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def text_of(text: str) -> str:
    made, at = [], 0
    for one in tex.formulas(text):
        alone = "" if one.is_inline else ALONE
        made.append(f"{escaped(text[at : one.start])}{alone}{TEX_OPEN}{one.tex}{TEX_CLOSE}")
        at = one.end
    return "".join(made) + escaped(text[at:])


def escaped(text: str) -> str:
    """As text of Markdown that says just this. White space is one space."""
    text = re.sub(r"[ \t\r\n]+", " ", text)
    text = re.sub(r"\\(?=[!-/:-@\[-`{-~]|$)", r"\\\\", text)
    text = re.sub(r"([*`$])", r"\\\1", text)
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)
    text = re.sub(r"~(?=~)|(?<=~)~|^~|~$", r"\\~", text)
    text = re.sub(r"\](?=\(|$)", r"\\]", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", r"\\<", text)
    return re.sub(r"&(?=#?\w+;)", r"\\&", text)


def settled(text: str) -> str:
    """The paragraph, with the marks that can stand where they are."""
    for name in OPEN:
        text = text.replace(CLOSE[name] + OPEN[name], "")
    lines = [" ".join(line.split(" ")).strip() for line in re.sub(r" {2,}", " ", text).split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    whole = "\n".join(_safe_start(line) for line in lines)
    if re.fullmatch(f"{ALONE}{TEX_OPEN}[^{TEX_CLOSE}]*{TEX_CLOSE}", whole):
        formula = tex.dollars(whole[2:-1])
        return f"${formula}$" if formula else ""
    whole = whole.replace(ALONE, "")
    return with_tex(_with_emphasis(whole)).strip()


def _safe_start(line: str) -> str:
    line = re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", line)
    line = re.sub(r"^([-+])(?=\s|$)", r"\\\1", line)
    return f"\\{line}" if re.fullmatch(r"[|:-][\s|:-]*", line) else line


def _with_emphasis(text: str) -> str:
    """A mark that its neighbours would keep from being one is left out, with its partner."""
    stack: list[tuple[str, int]] = []
    pairs: list[tuple[str, int, int]] = []
    opens, closes = {v: k for k, v in OPEN.items()}, {v: k for k, v in CLOSE.items()}
    for at, sign in enumerate(text):
        if sign in opens:
            stack.append((opens[sign], at))
        elif sign in closes and stack:
            name, start = stack.pop()
            pairs.append((name, start, at))
    signs = list(text)
    for name, start, end in sorted(pairs, key=lambda pair: pair[1]):
        mark = {"strong": "**", "em": "*", "s": "~~"}[name]
        before, first = _near(text, start, -1), _near(text, start, 1)
        last, after = _near(text, end, -1), _near(text, end, 1)
        touches = {
            _at(text, start - 1),
            _at(text, start + 1),
            _at(text, end - 1),
            _at(text, end + 1),
        }
        if name == "em" and touches & {*OPEN.values(), *CLOSE.values()}:
            mark = "_"
        fits = _flanks(before, first, mark) and _flanks(after, last, mark)
        signs[start] = signs[end] = mark if fits else ""
    return "".join(signs)


def _at(text: str, index: int) -> str:
    return text[index] if 0 <= index < len(text) else ""


def _near(text: str, at: int, step: int) -> str:
    """The next sign that is no mark of ours; a space at either end."""
    at += step
    while 0 <= at < len(text) and "\ue000" <= text[at] <= "\ue012":
        at += step
    sign = _at(text, at)
    return "$" if sign in {TEX_OPEN, TEX_CLOSE} and sign else sign or " "


def _flanks(outside: str, inside: str, mark: str) -> bool:
    if inside.isspace():
        return False
    outer_is_word = not outside.isspace() and not _is_punctuation(outside)
    if mark == "_" and outer_is_word:
        return False
    return not (_is_punctuation(inside) and outer_is_word)


def _is_punctuation(sign: str) -> bool:
    return bool(_PUNCTUATION.match(sign)) or not (sign.isalnum() or sign.isspace())


def with_tex(text: str) -> str:
    """Between dollar signs that neither a digit nor another one touches."""
    made: list[str] = []
    last, at = "", 0
    for match in _TEX.finditer(text):
        if before := text[at : match.start()]:
            made.append(before)
            last = before[-1]
        at = match.end()
        formula = tex.dollars(match[1])
        if not formula:
            continue
        if last and (last.isdigit() or last in "$\\"):
            made.append(" ")
        made.append(formula)
        last, after = formula[-1], text[at : at + 1]
        if after and (after.isdigit() or after in {"$", TEX_OPEN}):
            made.append(" ")
            last = " "
    return "".join(made) + text[at:]
