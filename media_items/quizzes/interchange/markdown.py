"""Blocks and lines of HTML as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from media_items.quizzes.interchange.html_tree import (
    BLOCKS,
    CODE,
    EM,
    HEADINGS,
    STRONG,
    STRUCK,
    Node,
    raw_of,
    words_of,
)
from media_items.quizzes.interchange.neutral import CannotBeTaken
from media_items.quizzes.interchange.paragraph import (
    CLOSE,
    OPEN,
    TEX_CLOSE,
    TEX_OPEN,
    settled,
    text_of,
)

if TYPE_CHECKING:
    from media_items.quizzes.interchange.rich import Rich

_MOST_CELLS = 10_000  # more than a text of ours has characters

_UNDER = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_OVER = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyz−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ⁻"
)


def markdown_of(rich: Rich, node: Node) -> str:
    return "\n\n".join(one for one in _blocks(rich, node) if one.strip())


def _blocks(rich: Rich, node: Node) -> list[str]:
    """What stands between blocks is a paragraph of its own."""
    made: list[str] = []
    loose: list[Node | str] = []

    def end() -> None:
        if paragraph := settled(_inline(rich, loose)):
            made.append(paragraph)
        loose.clear()

    for child in _opened(node.children):
        if isinstance(child, str) or child.tag not in BLOCKS:
            loose.append(child)
            continue
        end()
        made.extend(_block(rich, child))
    end()
    return made


def _opened(children: list[Node | str]) -> list[Node | str]:
    """Without the inline elements that hold blocks: `<span><p>`, `<b><ul>`."""
    found: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and child.tag not in BLOCKS and _has_blocks(child):
            found.extend(_opened(child.children))
        else:
            found.append(child)
    return found


def _has_blocks(node: Node) -> bool:
    return any(
        isinstance(child, Node) and (child.tag in BLOCKS or _has_blocks(child))
        for child in node.children
    )


def _block(rich: Rich, node: Node) -> list[str]:
    if node.tag in {"ul", "ol"}:
        return [_list(rich, node)]
    if node.tag == "table":
        return [_table(rich, node)]
    if node.tag == "pre":
        return [_fenced(raw_of(node))]
    if node.tag in HEADINGS:
        return [settled(_inline(rich, [Node("strong", {}, [Node("span", {}, node.children)])]))]
    return _blocks(rich, node)


def _list(rich: Rich, node: Node) -> str:
    first = node.attributes.get("start", "")
    number = int(first) if first.isascii() and first.isdigit() and len(first) < 7 else 1
    lines = []
    for child in node.children:
        if isinstance(child, str):
            if child.strip():
                lines.append(f"- {settled(_inline(rich, [child]))}")
            continue
        mark = "- " if node.tag == "ul" else f"{number}. "
        number += 1
        # A list without a blank line around its paragraphs stays a tight one.
        parts = [one for one in _blocks(rich, child) if one.strip()]
        body = "\n".join(parts) if _is_tight(child) else "\n\n".join(parts)
        lines.append(mark + body.replace("\n", "\n" + " " * len(mark)))
    items = [child for child in node.children if isinstance(child, Node)]
    return ("\n" if all(_is_tight(item) for item in items) else "\n\n").join(lines)


def _is_tight(item: Node) -> bool:
    return not any(
        isinstance(child, Node) and child.tag in BLOCKS - {"ul", "ol"} for child in item.children
    )


def _table(rich: Rich, node: Node) -> str:
    rows = [
        [_cell(rich, cell) for cell in row.children if isinstance(cell, Node)]
        for row in _rows_in(node)
    ]
    rows = [row for row in rows if row]
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    if width * len(rows) > _MOST_CELLS:
        raise CannotBeTaken(_("A text in it is too long."))
    if any("colspan" in cell.attributes or "rowspan" in cell.attributes for cell in _cells(node)):
        rich.notes.add(_("Cells of a table that were joined are apart now."))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _rows_in(node: Node) -> list[Node]:
    found = []
    for child in node.children:
        if isinstance(child, Node):
            found.extend([child] if child.tag == "tr" else _rows_in(child))
    return found


def _cells(node: Node) -> list[Node]:
    return [cell for row in _rows_in(node) for cell in row.children if isinstance(cell, Node)]


def _cell(rich: Rich, node: Node) -> str:
    text = " ".join(_blocks(rich, node)).replace("\n", " ")
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def _fenced(text: str) -> str:
    longest = max((len(one) for one in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.strip(chr(10))}\n{fence}"


def _inline(rich: Rich, children: list[Node | str], inside: frozenset[str] = frozenset()) -> str:
    return "".join(
        text_of(child) if isinstance(child, str) else _element(rich, child, inside)
        for child in children
    )


def _element(rich: Rich, node: Node, inside: frozenset[str]) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == "img":
        return rich.image(node)
    if node.tag in CODE:
        return _code(raw_of(node))
    for name, tags in (("strong", STRONG), ("em", EM), ("s", STRUCK)):
        if node.tag in tags:
            return _marked(rich, node, name, inside)
    text = _inline(rich, node.children, inside)
    if node.tag == "a":
        return _link(rich, text, node.attributes.get("href", ""), inside)
    if node.tag in {"sub", "sup"}:
        return _shifted(rich, node, text)
    return f" {text} " if node.tag in BLOCKS else text


def _marked(rich: Rich, node: Node, name: str, inside: frozenset[str]) -> str:
    text = _inline(rich, node.children, inside | {name})
    if name in inside or not text.strip():
        return text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return f"{text[:start]}{OPEN[name]}{text[start:end]}{CLOSE[name]}{text[end:]}"


def _link(rich: Rich, text: str, address: str, inside: frozenset[str]) -> str:
    if not text.strip() or "a" in inside:
        return text
    is_whole = address.lower().startswith(("http://", "https://", "mailto:"))
    if not is_whole or re.search(r"[\s<>]", address):
        if address:
            rich.notes.add(_("A link that works only in the other system became its words."))
        return text
    return f"[{text.strip()}](<{address}>)"


def _code(text: str) -> str:
    text = " ".join(text.split())
    longest = max((len(one) for one in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    room = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{room}{text}{room}{fence}" if text else ""


def _shifted(rich: Rich, node: Node, text: str) -> str:
    """Letters of Unicode where it has all of them, else TeX."""
    words = " ".join(words_of(node).split())
    table = _UNDER if node.tag == "sub" else _OVER
    if all(ord(one) in table for one in words):
        return words.translate(table)
    if any(isinstance(child, Node) for child in node.children) or "\\" in words:
        rich.notes.add(_("Raised or lowered words became ordinary ones."))
        return text
    sign = "_" if node.tag == "sub" else "^"
    safe = re.sub(r"([{}%#&_$])", r"\\\1", words)
    return f"{TEX_OPEN}{{}}{sign}{{\\text{{{safe}}}}}{TEX_CLOSE}"
