"""What a page says to somebody who reads no English: nothing in it.

A reader of Hebrew sees every Latin word that is left. Names, addresses, keys and formats of files
are written in Latin letters everywhere; the rows of the tests are English, and in NAMES.
"""

from __future__ import annotations

import re

from django.http.response import HttpResponseBase
from django.test import Client

READS = "he"
# Of the people in the tables: those who see most, and those whom the doors are for.
READERS = {"owner", "viewer", "guest", "nobody"}
_NAMES = """
Foyer Ada Lovelace Grace Hopper Noa Levi Pat Person
Webinar Cell division part Office hour Why cells divide More examples Yes zqsaidbehindthestage
Eve PDF Chrome Edge Firefox Safari JavaScript Enter Shift Cookie UTC Kathmandu
CSV Excel Moodle XML GIFT QTI ZIP Canvas JPEG PNG WebP WebVTT SubRip SBV TTML srt
"""
NAMES = set(_NAMES.split())
_UNSEEN = re.compile(
    r"<(script|style|svg|kbd|code|textarea)\b.*?</\1>|<!--.*?-->"
    # A language is named in its own words, a time zone as the database of zones has it.
    r"|<(option|button)\b[^>]* ?(?:value=\"(?:[A-Z]\w+/|en\"|fr\")|lang=\").*?</\2>",
    re.DOTALL,
)
_SPOKEN = re.compile(r'\b(?:aria-label|alt|placeholder|title)="([^"]*)"')
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+|\S+\.(?:example|edu|org)\b\S*|/[\w/-]{6,}")
_WORD = re.compile(r"\b[A-Za-z][A-Za-z’-]{2,}")


def in_own_language(browser: Client, person: str) -> Client:
    if person in READERS:
        browser.defaults["HTTP_ACCEPT_LANGUAGE"] = READS
    return browser


def left_in_english(browser: Client, answer: HttpResponseBase, body: bytes) -> list[str]:
    """Words of the answer that nobody has translated, where `browser` reads Hebrew."""
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    if not is_page or browser.defaults.get("HTTP_ACCEPT_LANGUAGE") != READS:
        return []
    page = _UNSEEN.sub(" ", body.decode())
    text = " ".join([_TAG.sub(" ", page), *_SPOKEN.findall(page)])
    words = _WORD.findall(_ADDRESS.sub(" ", text))
    return sorted({word for word in words if word not in NAMES})
