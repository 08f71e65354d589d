"""The shape of a mail's text: all that is in it but the values, drawn once for many mails.

SECURITY: what stands for a value in the HTML is random, so that no text is taken for it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from access.typed_text import isolated
from media_items.outlines import NotAnOutline

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

type Paragraph = StrOrPromise | tuple[StrOrPromise, ...]

FIELD = re.compile(r"\{([^{}\n]*)\}")
_SUBJECT = "the subject"  # no name of a placeholder


@dataclass(frozen=True)
class TextFamily:
    """Built-in texts that share their placeholders and look.

    `built_in`: subject and paragraphs by kind; a tuple is a paragraph of several lines.
    `template`: the HTML around the text. `sample`: invented values for a preview, with or without
    a link. `button`: the label of a {link} that is a paragraph of its own.
    """

    placeholders: Mapping[str, Promise]
    built_in: Mapping[str, tuple[StrOrPromise, tuple[Paragraph, ...]]]
    without_link: frozenset[str]
    button: StrOrPromise
    template: str
    sample: Callable[[bool], Mapping[str, str]]


@dataclass(frozen=True)
class WrittenMail:
    """The text of one mail; the plain part and the HTML say the same."""

    subject: str
    text: str
    html: str


def empty_ones(values: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name, value in values.items() if not value)


class Shape:
    """Of a text that was checked, in the active language, without the lines that have one of the
    placeholders that are `empty`.

    Each of its parts is pieces: what is the same in all mails, and names of values in between.
    Raises `NotAnOutline` where the template changes a value or looks at it.
    """

    def __init__(self, family: TextFamily, subject: str, body: str, empty: frozenset[str]) -> None:
        paragraphs = list(_paragraphs(body, empty))
        lines = ("\n".join(_line(line, family) for line in one) for one in paragraphs)
        self._subject = FIELD.split(subject)
        self._text = FIELD.split("\n\n".join(lines) + "\n")
        # Unlike in case and length: what looks at a value or changes it tells them apart.
        marks = secrets.token_hex(16), secrets.token_hex(500).upper()
        self._html, other = (_split_html(family.template, paragraphs, mark) for mark in marks)
        if other != self._html:
            raise NotAnOutline(f"{family.template} does more with a value than write it")

    def filled(self, values: Mapping[str, str]) -> WrittenMail:
        plain = {
            name: value if name == "link" else isolated(value) for name, value in values.items()
        }
        # SECURITY: made one line after filling in: a note has line breaks, and a header must not.
        subject = " ".join(_filled(self._subject, plain).split())
        html = {name: "<br>".join(escape(value).split("\n")) for name, value in values.items()}
        html[_SUBJECT] = escape(subject)
        return WrittenMail(
            subject=subject, text=_filled(self._text, plain), html=_filled(self._html, html)
        )


def _split_html(template: str, paragraphs: Iterable[list[str]], mark: str) -> list[str]:
    """With `mark`, which no text has in it, in the place of each value."""
    place = f"{mark}[{{}}]".format
    blocks = [_block(one, place) for one in paragraphs]
    html = render_to_string(template, {"subject": place(_SUBJECT), "blocks": blocks})
    return re.split(rf"{mark}\[([^]]*)\]", html)


def _filled(pieces: list[str], values: Mapping[str, str]) -> str:
    filled = pieces.copy()
    filled[1::2] = [values[name] for name in pieces[1::2]]
    return "".join(filled)


def _paragraphs(body: str, empty: frozenset[str]) -> Iterable[list[str]]:
    found: list[list[str]] = [[]]
    for line in map(str.strip, body.splitlines()):
        if not line:
            found.append([])
        elif empty.isdisjoint(FIELD.findall(line)):
            found[-1].append(line)
    return filter(None, found)


def _line(line: str, family: TextFamily) -> str:
    if line == "{link}":
        heading = _("%(button)s:") % {"button": family.button}
        return f"{heading}\n{line}"
    return line


def _block(paragraph: list[str], place: Callable[[str], str]) -> dict[str, str]:
    """A paragraph of the HTML part: text, or the button."""
    if paragraph == ["{link}"]:
        return {"link": place("link")}
    lines = ((_html(line, place),) for line in paragraph)
    return {"words": format_html_join(mark_safe("<br>"), "{}", lines)}


def _html(line: str, place: Callable[[str], str]) -> SafeString:
    pieces = FIELD.split(line)  # text and names of placeholders alternate
    return format_html_join(
        "",
        "{}",
        (
            (piece if number % 2 == 0 else _html_value(piece, place(piece)),)
            for number, piece in enumerate(pieces)
        ),
    )


def _html_value(name: str, place: str) -> SafeString:
    if name == "link":
        return format_html('<a href="{}">{}</a>', place, place)
    return format_html('<bdi dir="auto">{}</bdi>', place)
