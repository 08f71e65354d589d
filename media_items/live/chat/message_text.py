"""The text of a message: cleaned as it is kept, and as HTML."""

from __future__ import annotations

import re

from django.utils.html import Urlizer
from django.utils.safestring import SafeString, mark_safe

from media_items.visible_text import is_visible

# NUL, which PostgreSQL refuses, and other control characters; tab and new line stay. And the two
# that override the direction of letters: a text has its direction from its own letters.
_TAKEN_OUT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202d\u202e]")


def clean_text(text: str) -> str:
    """As it is kept: browsers send a new line as two characters, which would count twice."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _TAKEN_OUT.sub("", text).strip()
    return text if is_visible(text) else ""


class _Links(Urlizer):
    """Only whole web addresses become links; they open a new window that has no access to ours."""

    url_template = (
        '<a href="{href}" target="_blank" rel="noopener noreferrer nofollow ugc">{url}</a>'
    )
    simple_url_2_re = re.compile(r"(?!)")  # nothing that lacks http:// or https://

    @staticmethod
    def is_email_simple(value: str) -> bool:
        return False


_links = _Links()


def as_html(text: str) -> SafeString:
    """SECURITY: everything is escaped; the links' own markup is all the html there is."""
    return mark_safe(_links(text, autoescape=True))  # noqa: S308
