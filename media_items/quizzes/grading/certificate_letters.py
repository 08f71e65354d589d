"""Words on a certificate in letters that its own fonts lack, drawn with a font of this machine.

fontconfig knows which font has them (`fc-match`, from the package `fontconfig`), and Pillow brings
what puts them together (Raqm with HarfBuzz), which ReportLab does not: so they are drawn as a
picture. Where one of the three is missing there is none.
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont, features

# Of a point of the page, at 600 dots an inch.
_PX = 600 / 72
# They are seen in what they do to the letters around them; no font has to have them.
JOINERS = frozenset("\u200c\u200d")
_SECONDS = 10


@dataclass(frozen=True)
class FontFile:
    path: str
    index: int


@dataclass(frozen=True)
class DrawnWords:
    """`picture` in the ink that was asked for, on nothing; all else in points. `below`: how far it
    reaches under the line on which the words stand."""

    picture: Image.Image
    width: float
    height: float
    below: float


def drawn_words(
    text: str,
    *,
    size: float,
    ink: tuple[int, int, int],
    has: Callable[[str], bool],
    own: FontFile,
    is_bold: bool = False,
) -> DrawnWords | None:
    """With one font for all, else with one for each word: `own` where it `has` every character.
    None where a character is in none."""
    if not features.check_feature("raqm"):
        return None
    whole = font_with(frozenset(text) - JOINERS - {" "}, is_bold=is_bold)
    words = [(text, whole)] if whole else []
    for word in () if whole else text.split():
        other = (
            own if all(map(has, word)) else font_with(frozenset(word) - JOINERS, is_bold=is_bold)
        )
        if other is None or _runs_right_to_left(text):
            return None
        words.append((word, other))
    return _drawn(words, round(size * _PX), ink) if words else None


def _runs_right_to_left(text: str) -> bool:
    """Then words cannot be put beside each other as they come."""
    return any(unicodedata.bidirectional(one) in {"R", "AL"} for one in text)


def font_with(characters: frozenset[str], *, is_bold: bool = False) -> FontFile | None:
    """One of this machine that has all of them. It is asked once per process, and again where it
    gave no answer."""
    program = shutil.which("fc-match")
    if program is None or not characters:
        return None
    try:
        return _answered_by(program, characters, is_bold)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


@lru_cache(maxsize=512)
def _answered_by(program: str, characters: frozenset[str], is_bold: bool) -> FontFile | None:
    """Raises what asking a program raises, ValueError where its answer is another one."""
    wanted = " ".join(sorted(f"{ord(one):x}" for one in characters))
    pattern = f"sans-serif:scalable=true:{'weight=bold:' if is_bold else ''}charset={wanted}"
    found = subprocess.run(
        [program, "--format", "%{file}\n%{index}\n%{charset}", pattern],
        capture_output=True,
        check=True,
        text=True,
        timeout=_SECONDS,
    )
    path, index, charset = found.stdout.split("\n")
    has_all = characters <= _characters_in(charset, characters)
    return FontFile(path, int(index)) if has_all else None


def _characters_in(charset: str, of: Iterable[str]) -> set[str]:
    """Of these those in a set as fontconfig writes it: `20-7e a0`."""
    ranges = []
    for one in charset.split():
        first, _dash, last = one.partition("-")
        ranges.append((int(first, 16), int(last or first, 16)))
    return {one for one in of if any(first <= ord(one) <= last for first, last in ranges)}


def _drawn(
    words: list[tuple[str, FontFile]], px: int, ink: tuple[int, int, int]
) -> DrawnWords | None:
    """Each on one line, with the space of a word between."""
    placed, at, above, below = [], 0.0, 0.0, 0.0
    for word, file in words:
        try:
            font = ImageFont.truetype(
                file.path, px, index=file.index, layout_engine=ImageFont.Layout.RAQM
            )
        except OSError:
            return None
        left, top, right, bottom = font.getbbox(word, anchor="ls")
        placed.append((at - min(left, 0), word, font))
        at += max(font.getlength(word), right) - min(left, 0) + px / 4
        above, below = max(above, -top), max(below, bottom)
    width, height = round(at - px / 4) + 2, round(above + below) + 2
    mask = Image.new("L", (max(width, 1), max(height, 1)))
    pen = ImageDraw.Draw(mask)
    for left, word, font in placed:
        pen.text((left + 1, above + 1), word, fill=255, font=font, anchor="ls")
    picture = Image.new("RGBA", mask.size, ink)
    picture.putalpha(mask)
    return DrawnWords(picture, mask.width / _PX, mask.height / _PX, (below + 1) / _PX)
