"""What stands in an answer."""

from __future__ import annotations

import re
from html import unescape


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
