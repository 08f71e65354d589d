"""What nh3 has let through of a text in HTML, as a tree.

SECURITY: hostile. The allow-list is here; nh3 reads as browsers do, and closes what was left open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

from media_items.quizzes.interchange.paragraph import PRIVATE

_MOST_DEPTH = 60
BLOCKS = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "pre",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "section",
        "article",
        "dl",
        "dt",
        "dd",
        "figure",
        "figcaption",
        "center",
        "address",
    ]
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt"})
STRONG, EM, STRUCK = (
    frozenset({"b", "strong"}),
    frozenset({"i", "em"}),
    frozenset({"s", "del", "strike"}),
)
CODE = frozenset({"code", "tt", "kbd", "samp"})
_OTHERS = frozenset(
    "br span a sub sup u ins mark small big font img caption q cite".split()  # noqa: SIM905
)
_KEPT = BLOCKS | STRONG | EM | STRUCK | CODE | _OTHERS
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "title", "class", "data-equation-content"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_VOID = frozenset({"br", "img", "hr"})


@dataclass
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)


def tree_of(html: str) -> Node:
    if "<" not in html and "&" not in html:
        return Node("div", {}, [html])
    cleaned = nh3.clean(
        html,
        tags=set(_KEPT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        clean_content_tags={"script", "style", "title", "template", "noscript"},
        url_schemes={"http", "https", "mailto", "data", "file"},
        link_rel=None,
    )
    builder = _Builder()
    builder.feed(PRIVATE.sub("", cleaned))  # those that stood there as &#xe000;
    builder.close()
    return builder.root


def tags_in(html: str) -> set[str]:
    """Of what was sent, whether it is kept or not."""
    return {name.lower() for name in re.findall(r"<\s*([a-zA-Z]+)", html)}


def words_of(node: Node) -> str:
    parts = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        else:
            parts.append(" " if child.tag == "br" else words_of(child))
    return (" " if node.tag in BLOCKS else "").join(["", *parts, ""]) if parts else ""


def raw_of(node: Node) -> str:
    """With its white space: of what is code."""
    return "".join(
        child if isinstance(child, str) else ("\n" if child.tag == "br" else raw_of(child))
        for child in node.children
    )


class _Builder(HTMLParser):
    """Of what nh3 has written, where every element is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self._open[-1].children.append(node)
            return
        if len(self._open) < _MOST_DEPTH:
            self._open[-1].children.append(node)
            self._open.append(node)
        else:
            self._open.append(self._open[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
