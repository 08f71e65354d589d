"""Cues in TTML (also called DFXP and IMSC): captions as XML.

ttconv was tried: it takes 41 s for 3,000 captions and does not escape `<`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from media_items.processing.captions.cues import Cue, shortened
from media_items.processing.captions.words import MOST_CHARACTERS, escape
from media_items.processing.errors import NotAcceptedFile

# SECURITY: every number has few digits, and none an exponent: `Fraction("1e4000000")` takes hours.
_CLOCK = re.compile(r"(\d{1,6}):(\d\d):(\d\d)(?:(\.\d{1,9})|:(\d{1,6})(?:\.\d{1,9})?)?", re.ASCII)
_OFFSET = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)(h|m|s|f)|(\d{1,15}(?:\.\d{1,9})?)(ms|t)", re.ASCII)
_RATE = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_TICKS = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)  # 10,000,000 in a second are common
_MULTIPLIER = re.compile(r"(\d{1,6})(?:[ \t\n]{1,9}|:)(\d{1,6})", re.ASCII)
_TIMED = {"begin", "end", "dur"}
_DEEPEST = 30
_LONGEST_NAMESPACE = 300
_MOST_ELEMENTS = 400_000


@dataclass(frozen=True, kw_only=True)
class _Rates:
    frames: Fraction
    ticks: Fraction


class _Bounded(ET.TreeBuilder):
    """SECURITY: whoever walks the tree goes as deep as it is, and the parser copies the address of
    a namespace for every name in it."""

    depth = elements = 0

    def start_ns(self, _prefix: str, uri: str) -> None:
        if len(uri) > _LONGEST_NAMESPACE:
            raise NotAcceptedFile(_("An XML namespace in this captions file is too long."))

    def start(self, tag: str, attrs: Mapping[str, str], /) -> ET.Element:
        self.depth += 1
        self.elements += 1
        if self.depth > _DEEPEST:
            raise NotAcceptedFile(_("The parts of this captions file are nested too deeply."))
        if self.elements > _MOST_ELEMENTS:
            raise NotAcceptedFile(_("There are too many captions in this file."))
        return super().start(tag, dict(attrs))

    def end(self, tag: str, /) -> ET.Element:
        self.depth -= 1
        return super().end(tag)


def is_ttml(text: str) -> bool:
    return re.search(r"<(?:\w+:)?tt[\s>]", text[:4000]) is not None


def cues_of(text: str) -> list[Cue]:
    """Raises NotAcceptedFile naming the time or line that cannot be read."""
    # SECURITY: TTML needs no document type, and entities are declared in one.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotAcceptedFile(
            _("This captions file declares XML entities, which we do not support.")
        )
    try:
        root = ET.fromstring(  # noqa: S314
            re.sub(r"^\s*<\?xml[^>]*\?>", "", text),
            ET.XMLParser(target=_Bounded()),  # noqa: S314
        )
    except ET.ParseError as error:
        line = error.position[0]
        raise NotAcceptedFile(
            _("Line %(number)d of this captions file is not well-formed XML.") % {"number": line}
        ) from error
    rates = _rates(root)
    found: list[Cue] = []
    _walk(root, 0, None, rates, found)
    return sorted(found, key=lambda cue: (cue.start, cue.end))


def _walk(
    element: ET.Element, begins: int, ends: int | None, rates: _Rates, found: list[Cue]
) -> None:
    start, end = _interval(element, begins, ends, rates)
    if _name(element.tag) == "p":
        _add(element, start, end, rates, found)
        return
    in_order = element.get("timeContainer") == "seq"
    for child in element:
        if _name(child.tag) in {"body", "div", "p"}:
            _walk(child, start, end, rates, found)
            if in_order and found:
                start = found[-1].end


def _add(
    paragraph: ET.Element, start: int, end: int | None, rates: _Rates, found: list[Cue]
) -> None:
    """One cue; or one for each timed part, where a paragraph's own times are those of its parts."""
    timed = [part for part in paragraph if _TIMED & part.attrib.keys()]
    if timed and not _TIMED & paragraph.attrib.keys():
        for part in timed:
            _add_one(part, *_interval(part, start, end, rates), found)
        return
    _add_one(paragraph, start, end, found)


def _add_one(element: ET.Element, start: int, end: int | None, found: list[Cue]) -> None:
    lines = [" ".join(line.split()) for line in _words(element).split("\n")]
    if sum(map(len, lines)) > MOST_CHARACTERS:
        raise NotAcceptedFile(
            _("This caption is too long: “%(line)s”.") % {"line": shortened(" ".join(lines)[:100])}
        )
    text = "\n".join(escape(line) for line in lines if line)
    if end is None:
        if not text:
            return  # a paragraph without times and words, as templates contain
        raise NotAcceptedFile(
            _("This caption has no end time: “%(line)s”.") % {"line": shortened(lines[0])}
        )
    if end < start:
        raise NotAcceptedFile(
            _("This caption ends before it starts: “%(line)s”.")
            % {"line": shortened(" ".join(lines))}
        )
    found.append(Cue(start=start, end=end, text=text))


def _words(element: ET.Element) -> str:
    parts = [" ".join((element.text or "").split("\n"))]
    for child in element:
        name = _name(child.tag)
        if name == "br":
            parts.append("\n")
        elif name == "span":
            parts.append(_words(child))
        parts.append(" ".join((child.tail or "").split("\n")))
    return "".join(parts)


def _interval(
    element: ET.Element, begins: int, ends: int | None, rates: _Rates
) -> tuple[int, int | None]:
    start = begins + _time(element.get("begin", "0s"), rates)
    end = ends
    if "end" in element.attrib:
        end = begins + _time(element.attrib["end"], rates)
    if "dur" in element.attrib:
        until = start + _time(element.attrib["dur"], rates)
        end = until if "end" not in element.attrib or end is None else min(end, until)
    return start, end if end is None or ends is None else min(end, ends)


def _time(value: str, rates: _Rates) -> int:
    value = value.strip()
    if clock := _CLOCK.fullmatch(value):
        hours, minutes, seconds, fraction, frames = clock.groups()
        whole = Fraction((int(hours) * 60 + int(minutes)) * 60 + int(seconds))
        whole += Fraction(fraction or 0) + Fraction(int(frames or 0)) / rates.frames
        if int(minutes) < 60 and int(seconds) <= 60:
            return round(whole * 1000)
    elif offset := _OFFSET.fullmatch(value):
        number, name = offset[1] or offset[3], offset[2] or offset[4]
        unit = {
            "h": Fraction(3600),
            "m": Fraction(60),
            "s": Fraction(1),
            "ms": Fraction(1, 1000),
            "f": 1 / rates.frames,
            "t": 1 / rates.ticks,
        }[name]
        return round(Fraction(number) * unit * 1000)
    raise NotAcceptedFile(
        _("“%(time)s” in this captions file is not a timestamp we can read.") % {"time": value[:40]}
    )


def _rates(root: ET.Element) -> _Rates:
    said = {_name(key): value.strip() for key, value in root.attrib.items()}
    frames = _rate(said.get("frameRate", "30"), _RATE)
    if multiplier := said.get("frameRateMultiplier"):
        match = _MULTIPLIER.fullmatch(multiplier)
        over, under = (int(match[1]), int(match[2])) if match else (0, 0)
        frames *= Fraction(over, under) if under else 0
    if "tickRate" in said:
        ticks = _rate(said["tickRate"], _TICKS)
    else:
        ticks = frames if "frameRate" in said else Fraction(1)
    if frames <= 0 or ticks <= 0:
        raise NotAcceptedFile(_("We cannot read the frame rate of this captions file."))
    return _Rates(frames=frames, ticks=ticks)


def _rate(value: str, pattern: re.Pattern[str]) -> Fraction:
    """Zero for what is none."""
    return Fraction(value) if pattern.fullmatch(value) else Fraction(0)


def _name(tag: object) -> str:
    """Without the namespace, of which TTML has had several."""
    return str(tag).rpartition("}")[2]
