"""The texts of GIFT: escaped signs, and the way in which a text is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from media_items.quizzes.interchange.neutral import Bank, Notes
from media_items.quizzes.interchange.rich import Rich

# An escaped sign is no sign of the format. Of the private use area, beyond that of `rich`.
_ESCAPED = dict(zip("\\~=#{}:", "\uf100\uf101\uf102\uf103\uf104\uf105\uf106", strict=True))
_BACK = {ord(sign): plain for plain, sign in _ESCAPED.items()} | {0xF107: "\n"}
_ESCAPE = re.compile(r"\\([\\~=#{}:n])")
FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)


def marked(line: str) -> str:
    """With other signs in the place of escaped ones."""
    return _ESCAPE.sub(_mark, line)


def _mark(match: re.Match[str]) -> str:
    return "\uf107" if match[1] == "n" else _ESCAPED[match[1]]


def unescaped(text: str) -> str:
    return text.translate(_BACK)


@dataclass
class GiftTexts:
    """Of one question; `way` is how its texts are written where they do not say it themselves."""

    bank: Bank
    notes: Notes = field(default_factory=Notes)
    way: str = "moodle"

    def rich(self) -> Rich:
        return Rich(self.notes, count=self.bank.count)

    def block(self, text: str) -> str:
        return self._written(text, is_inline=False)

    def inline(self, text: str) -> str:
        return self._written(text, is_inline=True)

    def _written(self, text: str, *, is_inline: bool) -> str:
        way = self.way
        if match := FORMAT.match(text):
            way, text = match[1].lower(), text[match.end() :]
        text, rich = unescaped(text).strip(), self.rich()
        if way == "moodle" and re.search(r"<\w|&#?\w+;", text):
            way, text = "html", text.replace("\n", "<br>")
        if way == "html":
            return rich.inline(text) if is_inline else rich.block(text)
        if way == "markdown":
            return _markdown(text, rich)
        return rich.inline_of_plain(text) if is_inline else rich.block_of_plain(text)

    def accepted(self, text: str) -> str:
        """An accepted answer, compared sign by sign."""
        if match := FORMAT.match(text):
            text = text[match.end() :]
        return unescaped(text).strip()


def _markdown(text: str, rich: Rich) -> str:
    if re.search(r"<[a-zA-Z/]", text):
        rich.notes.add(_("HTML within Markdown is shown as it was typed."))
    return rich.tex_in_markdown(text)
