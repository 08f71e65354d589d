"""The words of a message: what is taken out of what was typed, and how it is shown."""

from __future__ import annotations

import re
import unicodedata

from django.utils.html import Urlizer
from django.utils.safestring import SafeString, mark_safe

# NUL, which PostgreSQL refuses, and what else nobody types; tab and new line stay. And the two
# marks that turn the order of letters round: a text has its direction from its own letters.
_TAKEN_OUT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202d\u202e]")


def tidied(text: str) -> str:
    """As it is kept: browsers send a new line as two characters, which would count twice."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _TAKEN_OUT.sub("", text).strip()
    return text if _can_be_seen(text) else ""


def _can_be_seen(text: str) -> bool:
    """False for nothing but spaces and marks without a body, such as zero-width spaces."""
    return any(unicodedata.category(letter)[0] not in "CZ" for letter in text)


class _Links(Urlizer):
    """Only whole addresses of the web become links; a new window that knows nothing of ours."""

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
