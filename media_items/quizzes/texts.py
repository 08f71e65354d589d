"""The texts of questions: Markdown without headings, pictures and HTML, with TeX between dollar
signs or its own brackets, which becomes MathML.

SECURITY: what reaches a page has passed an allow-list last, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import chain

import nh3
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_block_dollar

from media_items.quizzes import mathematics
from media_items.quizzes.mathematics import Unread

# A text that asks for more than this is shown as it was typed.
MOST_CHARACTERS = 20_000
# Of a table; in Markdown a short row stands for a long one.
_MOST_CELLS = 2_000

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


@dataclass(frozen=True)
class _Readers:
    with_tables: MarkdownIt
    without_tables: MarkdownIt


def _readers(made: Callable[[], MarkdownIt]) -> _Readers:
    return _Readers(made(), made().disable("table"))


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


def _rendered(readers: _Readers, text: str) -> str:
    """A table of more than `_MOST_CELLS` stays the lines that were typed."""
    text = text[:MOST_CHARACTERS]
    lines = text.split("\n")
    if max(line.count("|") for line in lines) * len(lines) <= _MOST_CELLS:
        return str(readers.with_tables.render(text))
    return str(readers.without_tables.render(text))


@lru_cache(maxsize=2048)
def block(text: str) -> SafeString:
    """As paragraphs."""
    return _clean(_rendered(_READERS, text))


@lru_cache(maxsize=2048)
def inline(text: str) -> SafeString:
    """Within a line: of an option, a prompt."""
    return _clean(_READERS.with_tables.renderInline(text[:MOST_CHARACTERS]))


@lru_cache(maxsize=2048)
def line(text: str, most: int = 0) -> SafeString:
    """Within a line that may itself be a link: as `inline`, without links. Of one longer than
    `most` the beginning, as `plain`."""
    short = plain(text)
    if most and len(short) > most:
        return escape(f"{short[: most - 1].rstrip()}…")
    return _clean(_READERS.with_tables.renderInline(text[:MOST_CHARACTERS]), TAGS - {"a"})


@lru_cache(maxsize=4096)
def plain(text: str, most: int = 0) -> str:
    """Without marks, mathematics in a line: for a title, a menu, a list, a spreadsheet. Of one
    longer than `most` the beginning."""
    html = _rendered(_PLAIN_READERS, text)
    found = _ANNOTATION.sub(" ", unescape(strip_tags(html))).strip()
    return f"{found[: most - 1].rstrip()}…" if most and len(found) > most else found


@lru_cache(maxsize=2048)
def unread(text: str) -> Unread:
    """What of its mathematics cannot be read."""
    if not mathematics.may_be_in(text):
        return Unread()
    blocks = _READERS.with_tables.parse(text[:MOST_CHARACTERS])
    tokens = chain(blocks, *(one.children or () for one in blocks))
    found = [mathematics.unread_in(one.content) for one in tokens if one.type in _FORMULAS]
    return Unread(
        tuple(dict.fromkeys(chain(*(one.commands for one in found)))),
        tuple(dict.fromkeys(chain(*(one.formulas for one in found)))),
        tuple(dict.fromkeys(chain(*(one.too_long for one in found)))),
    )


def portable(text: str) -> str:
    """As HTML for other systems, with TeX as MathJax finds it."""
    return _clean(_rendered(_PORTABLE_READERS, text)).strip()


def portable_inline(text: str) -> str:
    return _clean(_PORTABLE_READERS.with_tables.renderInline(text[:MOST_CHARACTERS]))


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
