"""The texts of questions: Markdown without headings, pictures and HTML, with TeX between dollar
signs or its own brackets, which becomes MathML.

SECURITY: what reaches a page has passed an allow-list last, whoever wrote it. How much of it a quiz
may have: `sizes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from html import unescape
from itertools import chain
from typing import Concatenate, cast

import nh3
from django.template.defaultfilters import linebreaks_filter, linebreaksbr
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_block_dollar

from media_items.quizzes import mathematics
from media_items.quizzes.drawn_once import DrawnOnce
from media_items.quizzes.mathematics import MOST_TEX, Unread

# A text that asks for more than this is shown as it was typed.
MOST_CHARACTERS = 20_000
# Of a table; in Markdown a short row stands for a long one.
_MOST_CELLS = 2_000
# Of brackets that may begin a link: each is looked for its end.
_MOST_LINKS = 300
# Without any sign that is a mark, or that HTML writes in another way.
_PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f!\"#$&'*+<>@\[\]\\^_`{|}~]*")
_LIST_ITEM = re.compile(r"(-|\d{1,9}[.)])( |$)")
# At these Markdown stops to look for something.
_MARK = re.compile(r"[\n!#$%&*+\-:<=>@\[\]\\^_`{|}~]")
# A text with marks costs as much as so many of them before the first is read.
_MARKS_OF_A_TEXT = 8
_KEPT = DrawnOnce[str](16_000_000)

_MATHML = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mspace",
        "mfrac",
        "msqrt",
        "mroot",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mmultiscripts",
        "mprescripts",
        "none",
        "mtable",
        "mtr",
        "mtd",
        "mpadded",
        "mphantom",
        "menclose",
        "mstyle",
        "mfenced",
    ]
)
_MATHML_ATTRIBUTES = frozenset(
    [
        "display",
        "xmlns",
        "mathvariant",
        "stretchy",
        "fence",
        "form",
        "separator",
        "accent",
        "accentunder",
        "lspace",
        "rspace",
        "width",
        "height",
        "depth",
        "linethickness",
        "columnalign",
        "rowspacing",
        "columnspacing",
        "columnlines",
        "rowlines",
        "notation",
        "minsize",
        "maxsize",
        "displaystyle",
        "scriptlevel",
        "largeop",
        "movablelimits",
        "symmetric",
    ]
)
_TEXT = frozenset(
    [
        "p",
        "br",
        "em",
        "strong",
        "s",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "a",
        "sub",
        "sup",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "span",
    ]
)
TAGS = _TEXT | _MATHML
_ATTRIBUTES = {
    "a": {"href"}, "ol": {"start"}, "span": {"class"},
    **dict.fromkeys(_MATHML, _MATHML_ATTRIBUTES),
}  # fmt: skip
_SCHEMES = frozenset({"http", "https", "mailto"})
_ANNOTATION = re.compile(r"\s+")
_FORMULAS = ("math_inline", "math_inline_double", "math_block")


def _mathml(tex: str, options: dict[str, bool]) -> str:
    return mathematics.mathml(tex, is_block=bool(options.get("display_mode")))


_block_of_plugin = math_block_dollar(allow_labels=False, allow_blank_lines=True)


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return mathematics.may_be_block(state, start) and _block_of_plugin(state, start, end, silent)


def _display(self: object, tokens: list, index: int, options: object, env: object) -> str:
    """Within a paragraph: the plugin's own element would end it."""
    return _mathml(tokens[index].content, {"display_mode": True})


class AsTyped(str):
    """A text that is not drawn: people see it as it was typed, in its lines."""

    __slots__ = ()


@dataclass(frozen=True)
class Size:
    """How much there is to draw: characters of TeX, and marks: of Markdown, lines, and cells of
    tables."""

    tex: int = 0
    marks: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.tex + other.tex, self.marks + other.marks)


@dataclass(frozen=True)
class _Readers:
    """By what they leave as it was typed: tables, links."""

    every: MarkdownIt
    tables: MarkdownIt
    links: MarkdownIt
    both: MarkdownIt

    def block(self, text: str) -> str:
        return str(self._fitting(text).render(text[:MOST_CHARACTERS]))

    def inline(self, text: str) -> str:
        return str(self._fitting(text).renderInline(text[:MOST_CHARACTERS]))

    def parse(self, text: str) -> list:
        return self._fitting(text).parse(text[:MOST_CHARACTERS])

    def _fitting(self, text: str) -> MarkdownIt:
        """A table of more than `_MOST_CELLS` stays the lines that were typed, and so do links where
        there are more than `_MOST_LINKS`."""
        text = text[:MOST_CHARACTERS]
        has_few = text.count("[") <= _MOST_LINKS
        if _cells(text) <= _MOST_CELLS:
            return self.every if has_few else self.links
        return self.tables if has_few else self.both


def _cells(text: str) -> int:
    lines = text.split("\n")
    return max(line.count("|") for line in lines) * len(lines)


def _readers(made: Callable[[], MarkdownIt]) -> _Readers:
    return _Readers(
        made(), made().disable("table"), made().disable("link"), made().disable(["table", "link"])
    )


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": False})
    reader.enable([
        "emphasis", "strikethrough", "backticks", "escape", "entity", "newline", "link", "autolink",
        "list", "fence", "table", "reference",
    ]).disable(["reference"])  # fmt: skip
    reader.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
        renderer=_mathml,
    )
    reader.block.ruler.at("math_block", _math_block)
    reader.inline.ruler.before("escape", "math_brackets", mathematics.brackets)
    reader.add_render_rule("math_inline_double", _display)
    return reader


_READERS = _readers(_reader)


def _kept[**P, T: str](
    draw: Callable[Concatenate[str, P], T],
) -> Callable[Concatenate[str, P], T]:
    """What was drawn once is not drawn at each look."""

    @wraps(draw)
    def read(text: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
        how = (draw.__name__, type(text), args, *kwargs.items())
        return cast("T", _KEPT.get(text, how, lambda: draw(text, *args, **kwargs)))

    return read


@_kept
def block(text: str) -> SafeString:
    """As paragraphs."""
    if isinstance(text, AsTyped):
        return linebreaks_filter(text[:MOST_CHARACTERS], autoescape=True)
    if _is_without_marks(text):
        return mark_safe(f"<p>{text}</p>\n")  # noqa: S308 - no sign of HTML is in it
    return _clean(_READERS.block(text))


@_kept
def inline(text: str) -> SafeString:
    """Within a line: of an option, a prompt."""
    if isinstance(text, AsTyped):
        return linebreaksbr(text[:MOST_CHARACTERS], autoescape=True)
    if _is_without_marks(text):
        return mark_safe(text)  # noqa: S308 - no sign of HTML is in it
    return _clean(_READERS.inline(text))


@_kept
def line(text: str, most: int = 0) -> SafeString:
    """Within a line that may itself be a link: as `inline`, without links. Of one longer than
    `most` the beginning, as `plain`."""
    short = plain(text)
    if most and len(short) > most:
        return escape(f"{short[: most - 1].rstrip()}…")
    if isinstance(text, AsTyped):
        return escape(text[:MOST_CHARACTERS])
    return _clean(_READERS.inline(text), TAGS - {"a"})


@_kept
def plain(text: str, most: int = 0) -> str:
    """Without marks, mathematics in a line: for a title, a menu, a list, a spreadsheet. Of one
    longer than `most` the beginning."""
    if isinstance(text, AsTyped) or _is_without_marks(text):
        read = str(text[:MOST_CHARACTERS])
    else:
        read = unescape(strip_tags(_PLAIN_READERS.block(text)))
    found = _ANNOTATION.sub(" ", read).strip()
    return f"{found[: most - 1].rstrip()}…" if most and len(found) > most else found


def _is_without_marks(text: str) -> bool:
    """Most options are: a word, a sentence."""
    return (
        _PLAIN.fullmatch(text) is not None
        and len(text) <= MOST_CHARACTERS
        and text == text.strip()
        and text != ""
        and _LIST_ITEM.match(text) is None
    )


@lru_cache(maxsize=4096, typed=True)
def unread(text: str) -> Unread:
    """What of its mathematics cannot be read."""
    if isinstance(text, AsTyped) or not mathematics.may_be_in(text):
        return Unread()
    found = [mathematics.unread_in(one) for one in _formulas_in(text)]
    return Unread(
        tuple(dict.fromkeys(chain(*(one.commands for one in found)))),
        tuple(dict.fromkeys(chain(*(one.formulas for one in found)))),
        tuple(dict.fromkeys(chain(*(one.too_long for one in found)))),
    )


@lru_cache(maxsize=8192, typed=True)
def size_of(text: str) -> Size:
    """Without drawing it. A formula that is too long to be drawn costs nothing; in `$…$` and code a
    sign is counted as a mark, too."""
    if isinstance(text, AsTyped) or _PLAIN.fullmatch(text):
        return Size()
    tex = 0
    if mathematics.may_be_in(text):
        tex = sum(len(one) for one in _formulas_in(text) if len(one) <= MOST_TEX)
    text = text[:MOST_CHARACTERS]
    cells = _cells(text) if "\n" in text else 0
    marks = len(_MARK.findall(text)) + (cells if cells <= _MOST_CELLS else 0)
    return Size(tex, _MARKS_OF_A_TEXT + marks)


def _formulas_in(text: str) -> list[str]:
    blocks = _READERS.parse(text)
    tokens = chain(blocks, *(one.children or () for one in blocks))
    return [one.content for one in tokens if one.type in _FORMULAS]


def portable(text: str) -> str:
    """As HTML for other systems, with TeX as MathJax finds it."""
    return _clean(_PORTABLE_READERS.block(text)).strip()


def portable_inline(text: str) -> str:
    return _clean(_PORTABLE_READERS.inline(text))


def is_plain(text: str) -> bool:
    """Whether there is nothing in it that a plain line cannot show: it may stand in a menu."""
    return plain(text) == " ".join(text.split()) and not mathematics.may_be_in(text)


def _clean(html: str, tags: frozenset[str] = TAGS) -> SafeString:
    cleaned = nh3.clean(
        html,
        tags=set(tags),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items() if tag in tags},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned by the allow-list above


def _plain_reader() -> MarkdownIt:
    reader = _reader()
    for name in _FORMULAS:
        reader.add_render_rule(name, _in_words)
    return reader


def _in_words(self: object, tokens: list, index: int, options: object, env: object) -> str:
    return escape(mathematics.words(tokens[index].content))


def _portable_reader() -> MarkdownIt:
    reader = _reader()
    reader.add_render_rule("math_inline", _delimited)
    reader.add_render_rule("math_inline_double", _delimited_display)
    reader.add_render_rule("math_block", _delimited_block)
    return reader


def _delimited(self: object, tokens: list, index: int, options: object, env: object) -> str:
    return escape(rf"\({tokens[index].content}\)")


def _delimited_display(self: object, tokens: list, index: int, options: object, env: object) -> str:
    return escape(rf"\[{tokens[index].content.strip()}\]")


def _delimited_block(self: object, tokens: list, index: int, options: object, env: object) -> str:
    return f"<p>{escape(rf'\[{tokens[index].content.strip()}\]')}</p>\n"


_PLAIN_READERS = _readers(_plain_reader)
_PORTABLE_READERS = _readers(_portable_reader)
