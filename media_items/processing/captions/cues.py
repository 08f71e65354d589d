"""Cues in text whose times stand on lines of their own: WebVTT, SubRip and SBV.

Every line with times begins a cue, so that there are as many cues as times; whatever stands between
two of them is words of the first, but for a name or number just before the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from media_items.processing.captions import words
from media_items.processing.errors import NotAcceptedFile

_TIME = r"(?:(?:\d{1,4}:)?\d{1,2}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,9})?"
_ARROW = re.compile(rf"^\s*({_TIME})\s*-->\s*({_TIME})(?:[ \t]+(.*))?$")
_COMMA = re.compile(r"^\s*(\d+:\d\d:\d\d\.\d+),(\d+:\d\d:\d\d\.\d+)\s*$")
_IN_BOUNDS = re.compile(r"(?:\d{1,6}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,9})?")
_LIKE_A_TIME = re.compile(r"\d:\d")
_NUMBER = re.compile(r"^#?\d+[a-z]?[.:)]?$", re.IGNORECASE)
_SETTING = re.compile(r"(?:vertical|line|position|size|align):[\w.%,+-]+")
_NO_CUES = re.compile(r"^(?:NOTE|STYLE|REGION)(?:\s|$)")


@dataclass(kw_only=True)
class Cue:
    """Times in milliseconds. `text` is WebVTT of lines that are not empty."""

    start: int
    end: int
    text: str
    settings: str = ""


@dataclass(kw_only=True)
class _Found:
    number: int  # of its first line
    start: int
    end: int
    settings: str = ""
    lines: list[str] = field(default_factory=list)


def cues_of(text: str, *, is_webvtt: bool) -> list[Cue]:
    """Raises NotAcceptedFile with the first line that cannot be read."""
    lines = text.split("\n")
    is_sbv = not is_webvtt and "-->" not in text
    if is_sbv and not any(map(_COMMA.match, lines)):
        return []
    found: list[_Found] = []
    for number, block in _blocks(lines, is_webvtt=is_webvtt):
        _read_block(found, number, block, is_sbv=is_sbv, is_webvtt=is_webvtt)
    return [_cue(one, is_webvtt=is_webvtt) for one in found]


def milliseconds(time: str) -> int:
    """0:00:01,5 is one and a half seconds: the digits are a fraction, whatever their number."""
    clock, _point, fraction = time.replace(",", ".").partition(".")
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return total * 1000 + int(fraction[:3].ljust(3, "0"))


def shortened(line: str) -> str:
    line = line.strip()
    return line if len(line) <= 60 else line[:59] + "…"


def _blocks(lines: list[str], *, is_webvtt: bool) -> Iterator[tuple[int, list[str]]]:
    """Lines between empty ones, with the number of the first; no notes and styles of WebVTT."""
    block: list[str] = []
    is_head = is_webvtt
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
            continue
        if block:
            unseen = is_webvtt and _NO_CUES.match(block[0]) and "-->" not in block[0]
            if is_head:
                # Times may follow the first line at once, without an empty one between.
                first = next((n for n, x in enumerate(block) if "-->" in x), len(block))
                first = max(1, first - 1) if first > 1 and first < len(block) else first
                if block[first:]:
                    yield number - len(block) + first, block[first:]
            elif not unseen:
                yield number - len(block), block
            is_head = False
        block = []


def _read_block(
    found: list[_Found], number: int, block: list[str], *, is_sbv: bool, is_webvtt: bool
) -> None:
    inside = False  # after a line with times in this block
    waiting: list[tuple[int, str]] = []  # a name, a number, or words of the cue before
    for at, line in enumerate(block, start=number):
        times = _times_in(line, at, is_sbv=is_sbv, is_words=bool(inside and found[-1].lines))
        if times is None:
            if inside:
                found[-1].lines += line.split("[br]") if is_sbv else [line]
            else:
                waiting.append((at, line))
            continue
        if inside and _ends_with_number_of_next(found):
            found[-1].lines.pop()
        elif waiting and (is_webvtt or _NUMBER.match(words.visible(waiting[-1][1]))):
            waiting.pop()
        _give_to_the_last(found, waiting)
        waiting = []
        inside = True
        found.append(times)
    if waiting and not _is_number_of_next(found, waiting):
        _give_to_the_last(found, waiting)


def _give_to_the_last(found: list[_Found], waiting: list[tuple[int, str]]) -> None:
    if waiting and not found:
        number, line = waiting[0]
        raise NotAcceptedFile(
            _("Line %(number)d comes before the first timestamp, so it can’t be shown: “%(line)s”.")
            % {"number": number, "line": shortened(line)}
        )
    if waiting:
        found[-1].lines += [line for _number, line in waiting]


def _is_number_of_next(found: list[_Found], waiting: list[tuple[int, str]]) -> bool:
    """A number alone between empty lines, whose times follow."""
    if len(waiting) != 1:
        return False
    number = words.visible(waiting[0][1])
    if not _NUMBER.match(number):
        return False
    return not found or bool(found[-1].lines) or number == str(len(found) + 1)


def _ends_with_number_of_next(found: list[_Found]) -> bool:
    """A number just before times, without an empty line between the cues."""
    lines = [words.visible(line) for line in found[-1].lines]
    if not lines or not _NUMBER.match(lines[-1]):
        return False
    return len(lines) > 1 or lines[-1] == str(len(found) + 1)


def _times_in(line: str, number: int, *, is_sbv: bool, is_words: bool) -> _Found | None:
    if is_sbv:
        match = _COMMA.match(line)
        if match is None:
            return None
    else:
        if "-->" not in line:
            return None
        match = _ARROW.match(words.visible(line))
        if match is None and is_words and not _LIKE_A_TIME.search(line):
            return None  # an arrow somebody writes, such as `while (x --> 0)`
    times = [match[1], match[2]] if match else []
    if match is None or any(_is_nonsense(time) for time in times):
        raise NotAcceptedFile(
            _("Line %(number)d is not a timestamp we can read: “%(line)s”.")
            % {"number": number, "line": shortened(line)}
        )
    start, end = milliseconds(times[0]), milliseconds(times[1])
    if end < start:
        raise NotAcceptedFile(
            _("On line %(number)d the caption ends before it starts: “%(line)s”.")
            % {"number": number, "line": shortened(line)}
        )
    rest = "" if is_sbv else match[3] or ""
    settings = " ".join(_SETTING.findall(rest))
    return _Found(number=number, start=start, end=end, settings=settings)


def _is_nonsense(time: str) -> bool:
    return _IN_BOUNDS.fullmatch(time) is None or any(
        int(part) > 59 for part in re.split(r"[.,]", time)[0].split(":")[-2:]
    )


def _cue(found: _Found, *, is_webvtt: bool) -> Cue:
    if sum(map(len, found.lines)) > words.MOST_CHARACTERS:
        raise NotAcceptedFile(
            _("The caption on line %(number)d is too long: “%(line)s”.")
            % {"number": found.number, "line": shortened(found.lines[0])}
        )
    text, place = words.cleaned(found.lines, is_webvtt=is_webvtt)
    return Cue(
        start=found.start, end=found.end, text=text, settings=found.settings or " ".join(place)
    )
