"""The words of a cue: as WebVTT in which every character is shown, and as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

MOST_CHARACTERS = 10_000  # of one cue, as it is written in the file
# What no reader sees, but files that were joined or copied contain.
_INVISIBLE = re.compile("[\ufeff\u200b\u2060]")
_OVERRIDE = re.compile(r"\{\\([^{}]*)\}")  # of SubStation, in many SubRip files
_PLACE = re.compile(r"an([1-9])(?![0-9])")
_FONT = re.compile(r"</?font(?:\s[^<>]*)?>", re.IGNORECASE)
_CLASSES = r"(?:\.[\w-]+)*"
_TAG = re.compile(
    rf"<(?:(?P<open>b|i|u|c|ruby|rt){_CLASSES}|(?:v|lang){_CLASSES}[ \t][^<>&]+"
    r"|/(?:b|i|u|c|v|ruby|rt|lang)|\d{1,6}(?::\d\d){1,2}\.\d{3})>",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"</(b|i|u|c|ruby|rt)>", re.IGNORECASE | re.ASCII)
_REFERENCE = re.compile(
    r"&(?:#\d{1,7};|#x[0-9a-f]{1,6};|(?:amp|lt|gt|nbsp|lrm|rlm);)", re.IGNORECASE
)
_NAMED = re.compile(r"&[a-z][a-z0-9]*;", re.IGNORECASE)


def visible(line: str) -> str:
    return _INVISIBLE.sub("", line).strip()


def cleaned(lines: Sequence[str], *, is_webvtt: bool) -> tuple[str, list[str]]:
    """(text, settings): the tags that WebVTT knows stay, any other `<` or `&` is a character.

    The settings are of a place written among the words (`{\\an8}`: at the top).
    """
    text = "\n".join(line for x in lines if (line := visible(x)))
    place: list[str] = []
    if not is_webvtt:
        for override in _OVERRIDE.findall(text):
            if at := _PLACE.search(override):
                place = _settings_for(int(at[1]))
        text = _FONT.sub("", _OVERRIDE.sub("", text))
    return _escaped(text, is_webvtt=is_webvtt), place


def plain(text: str) -> str:
    """A cue's text on one line, without tags."""
    return " ".join(html.unescape(_TAG.sub("", text)).split())


def escape(text: str) -> str:
    """Plain text as WebVTT. An arrow must not stand in a cue, so `>` never stays."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _settings_for(key: int) -> list[str]:
    """Of a key on the number pad, which looks like the screen."""
    row, column = divmod(key - 1, 3)
    settings = [[], ["line:50%"], ["line:0"]][row]
    return settings + [["position:0%", "align:start"], [], ["position:100%", "align:end"]][column]


def _escaped(text: str, *, is_webvtt: bool) -> str:
    parts, at = [], 0
    closed_at = {
        tag[1].lower(): tag.start() for tag in _CLOSING.finditer(text)
    }  # for the last time
    for tag in _TAG.finditer(text):
        if _is_words(text, tag, closed_at):
            continue
        parts += [_characters(text[at : tag.start()], is_webvtt=is_webvtt), _lower(tag[0])]
        at = tag.end()
    parts.append(_characters(text[at:], is_webvtt=is_webvtt))
    return "\n".join(line for line in "".join(parts).split("\n") if line.strip())


def _is_words(text: str, tag: re.Match[str], closed_at: Mapping[str, int]) -> bool:
    """`a<b>c`: glued to a word and closed nowhere."""
    name = tag["open"]
    if not name or not text[tag.start() - 1 : tag.start()].strip():
        return False
    return closed_at.get(name.lower(), 0) < tag.end() and text[tag.start() - 1] != ">"


def _lower(tag: str) -> str:
    name = re.match(r"</?[a-z]+", tag, re.IGNORECASE)
    return name[0].lower() + tag[name.end() :] if name else tag


def _characters(text: str, *, is_webvtt: bool) -> str:
    parts = []
    for part in re.split(r"(&[^&;\s]{1,32};)", text):
        known = _REFERENCE.fullmatch(part) or (
            is_webvtt and _NAMED.fullmatch(part) and html.unescape(part) != part
        )
        parts.append(part if known else escape(part))
    return "".join(parts)
