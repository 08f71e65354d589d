"""What stands in an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser


def text_of(response) -> str:
    """The answer as it was sent."""
    return response.content.decode()


def text_of_page(response) -> str:
    """The same of an answer that must be a page."""
    assert response.status_code == 200
    return text_of(response)


def unescaped(response) -> str:
    """The answer with the characters that stand for themselves: an apostrophe, not its number."""
    return unescape(text_of(response))


def words_of(response) -> str:
    """The answer without its tags, one space between words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(response)))


@dataclass
class Tag:
    """An element of a page: its name, its attributes ("" for one without a value), its words."""

    name: str
    attributes: dict[str, str]
    inside: tuple[Tag, ...]
    words: str = ""

    def __getitem__(self, attribute: str) -> str | None:
        return self.attributes.get(attribute)

    def __contains__(self, attribute: str) -> bool:
        return attribute in self.attributes


class _Reader(HTMLParser):
    _VOID = frozenset(
        {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self._open: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append(Tag(tag, named, tuple(self._open)))
        if tag not in self._VOID:
            self._open.append(self.tags[-1])

    def handle_endtag(self, tag: str) -> None:
        while any(one.name == tag for one in self._open):
            if self._open.pop().name == tag:
                return

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.words += data


def tags_of(response) -> list[Tag]:
    """All elements of an answer, in their order."""
    reader = _Reader()
    reader.feed(text_of(response))
    return reader.tags
