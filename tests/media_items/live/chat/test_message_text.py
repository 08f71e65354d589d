"""The words of a message: what is kept of what was typed, and how it is shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_items.live.chat.forms import MessageForm
from media_items.live.chat.message_text import as_html, clean_text
from media_items.live.chat.models import LONGEST_MESSAGE

ONLY_LINKS = re.compile(
    r'<a href="https?://[^"<>]*" target="_blank" rel="noopener noreferrer nofollow ugc">[^<>]*</a>',
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  hello \n", "hello"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\x00b", "ab"),
        ("\x00", ""),
        ("a\tb\x1b[31m", "a\tb[31m"),
        ("abc\u202edef", "abcdef"),
        ("\u200b\u200d \u2060", ""),
        ("שלום", "שלום"),
        ("👩🏽‍🏫", "👩🏽‍🏫"),
        ("", ""),
    ],
)
def test_what_is_kept_of_what_was_typed(typed, kept):
    assert clean_text(typed) == kept


def test_length_is_counted_as_people_count_it():
    """A new line is sent as two characters."""
    lines = "\r\n".join(["a"] * (LONGEST_MESSAGE // 2))
    assert MessageForm({"text": lines}).is_valid()
    assert MessageForm({"text": "a" * LONGEST_MESSAGE}).is_valid()
    assert not MessageForm({"text": "a" * (LONGEST_MESSAGE + 1)}).is_valid()


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\u200b"])
def test_nothing_is_no_message(text):
    form = MessageForm({"text": text})
    assert form.errors["text"] == ["Write something first."]


def test_addresses_of_the_web_become_links_that_know_nothing_of_us():
    assert as_html("See https://example.org/a?b=1&c=2.") == (
        'See <a href="https://example.org/a?b=1&amp;c=2" target="_blank"'
        ' rel="noopener noreferrer nofollow ugc">https://example.org/a?b=1&amp;c=2</a>.'
    )
    assert "<a " in as_html("http://example.org")


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,<b>x</b>",
        "ftp://example.org/",
        "ada@example.org",
        "mailto:ada@example.org",
        "example.org",
        "//example.org/",
    ],
)
def test_nothing_else_does(text):
    assert "<a" not in as_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/'><script>alert(1)</script>",
        "https://<script>alert(1)</script>",
        "&lt;script&gt; &amp; {{ settings.SECRET_KEY }} {% load %}",
        "(" * 1_000 + "https://example.org/" + ")" * 900,
    ],
)
def test_hostile_words_are_only_words(text):
    assert "<" not in ONLY_LINKS.sub("", as_html(text))


@given(st.text() | st.from_regex(r"https?://[^\s]{0,40}"))
def test_whatever_is_typed_the_only_markup_is_ours(text):
    shown = ONLY_LINKS.sub("", as_html(clean_text(text)))
    assert not set("<>\"'\x00\u202e") & set(shown)
