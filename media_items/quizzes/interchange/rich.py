"""The texts of one question in another system's HTML, as the Markdown of questions.

SECURITY: hostile. It passes an allow-list first (`html_tree`), and what stands in it as text is
escaped, so that nothing of it becomes a mark, a link or TeX that was not one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from media_items.numbers import whole_number
from media_items.quizzes.interchange import tex
from media_items.quizzes.interchange.html_tree import Node, tags_in, tree_of, words_of
from media_items.quizzes.interchange.markdown import markdown_of
from media_items.quizzes.interchange.neutral import CannotBeTaken, Notes
from media_items.quizzes.interchange.paragraph import (
    PRIVATE,
    TEX_CLOSE,
    TEX_OPEN,
    escaped,
    settled,
    text_of,
    with_tex,
)

MOST_CHARACTERS = 60_000
_INSIDE = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_STANDS_FOR = "@@inside@@"
_SEEN = frozenset({
    "video", "audio", "iframe", "object", "embed", "form", "input", "select", "textarea", "svg",
    "canvas",
})  # fmt: skip
_MATH = re.compile(r"<((?:\w+:)?math)\b", re.IGNORECASE)

_TAG = re.compile(r"<[^<>]*>")

type FindPicture = Callable[[str], str | None]


@dataclass
class Rich:
    """`find_picture` takes an address that stands in the HTML and returns the key of the picture,
    "" where it was refused, None where the file does not have it. The first of the question's text
    becomes its picture. `count` is told the length of each text before any work on it."""

    notes: Notes
    find_picture: FindPicture = lambda _source: None
    count: Callable[[int], None] = lambda _characters: None
    picture: str = ""
    picture_alt: str = ""
    _may_take: bool = False
    _inside: list[str] = field(default_factory=list)

    def question(self, html: str) -> str:
        """The text of the question, whose picture is taken."""
        self._may_take = True
        try:
            return self.block(html)
        finally:
            self._may_take = False

    def block(self, html: str) -> str:
        return markdown_of(self, self._tree(html))

    def inline(self, html: str) -> str:
        """In one paragraph: of an option."""
        text = re.sub(r"\n\s*\n", "\n", self.block(html))
        return re.sub(r"^\$\$(.+)\$\$$", r"$\1$", text, flags=re.MULTILINE)

    def block_of_plain(self, text: str) -> str:
        """Of text that is no HTML; its lines stay lines."""
        paragraphs = re.split(r"\n[ \t]*\n", self._typed(text))
        return "\n\n".join(
            "\n".join(settled(text_of(line)) for line in one.split("\n") if line.strip())
            for one in paragraphs
            if one.strip()
        )

    def inline_of_plain(self, text: str) -> str:
        return settled(text_of(self._typed(text)))

    def tex_in_markdown(self, text: str) -> str:
        """Markdown as it was typed, with TeX between dollar signs."""
        text = re.sub(r"(?<![\\$])\$(?!\$)", r"\\$", self._typed(text))
        made: list[str] = []
        at = 0
        for one in tex.formulas(text):
            made.append(f"{text[at : one.start]}{TEX_OPEN}{one.tex}{TEX_CLOSE}")
            at = one.end
        return with_tex("".join(made) + text[at:]).strip()

    def words(self, html: str) -> str:
        """Without marks: of an accepted answer."""
        return " ".join(words_of(self._tree(html)).split())

    def _tree(self, html: str) -> Node:
        html = self._counted(_INSIDE.sub(self._set_aside, html))
        self._say_what_goes(html)
        return tree_of(self._with_tex(PRIVATE.sub("", html)))

    def _typed(self, text: str) -> str:
        """What is no HTML."""
        return PRIVATE.sub("", self._counted(text).replace("\r\n", "\n"))

    def _counted(self, text: str) -> str:
        """SECURITY: before any work on a text, of whatever kind. Raises CannotBeTaken for a long
        one, and what `count` raises."""
        if len(text) > MOST_CHARACTERS:
            raise CannotBeTaken(_("A text in it is too long."))
        self.count(len(text))
        return text

    def _set_aside(self, match: re.Match[str]) -> str:
        """A picture in the text itself is long, and no text."""
        self._inside.append(match[0])
        return f"{_STANDS_FOR}{len(self._inside) - 1}"

    def _source(self, node: Node) -> str:
        source = node.attributes.get("src", "")
        number = whole_number(source.removeprefix(_STANDS_FOR), default=-1)
        is_inside = source.startswith(_STANDS_FOR) and 0 <= number < len(self._inside)
        return self._inside[number] if is_inside else source

    def _say_what_goes(self, html: str) -> None:
        seen = tags_in(html)
        if seen & _SEEN:
            self.notes.add(
                _("Parts that a question cannot show, such as videos and forms, were left out.")
            )
        if "script" in seen:
            self.notes.add(_("A script was left out."))

    def _with_tex(self, html: str) -> str:
        """With TeX in the place of MathML."""
        made: list[str] = []
        lower, at = html.lower(), 0
        while match := _MATH.search(html, at):
            closing = f"</{match[1].lower()}>"
            end = lower.find(closing, match.end())
            if end < 0:
                break
            made.extend((html[at : match.start()], self._math(html[match.start() : end], closing)))
            at = end + len(closing)
        return "".join(made) + html[at:]

    def _math(self, opened: str, closing: str) -> str:
        whole = re.sub(r"<(/?)\w+:", r"<\1", opened + closing)
        whole = re.sub(r"\sxmlns(:\w+)?=(\"[^\"]*\"|'[^']*')", "", whole)
        try:
            found = tex.tex_of(fromstring(_numbered(whole), forbid_dtd=True))
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            found = None
        if found is None:
            self.notes.add(_("A formula could not be read and became plain text."))
            return escape(" ".join(_TAG.sub(" ", opened).split()))
        return escape(rf"\({found}\)")

    def image(self, node: Node) -> str:
        """What stands in the text for it."""
        alt = node.attributes.get("alt", "") or node.attributes.get("title", "")
        equation = node.attributes.get("data-equation-content", "")
        if "equation_image" in node.attributes.get("class", "") or equation:
            source = equation or alt.removeprefix("LaTeX:")
            return f"{TEX_OPEN}{source.strip()}{TEX_CLOSE}"
        if not self._may_take or self.picture:
            self.notes.add(
                _("A question has one picture, above its options. Another one was left out.")
            )
            return escaped(alt)
        key = self.find_picture(self._source(node))
        if key:
            self.picture, self.picture_alt = key, " ".join(alt.split())
            return ""
        if key is None:
            self.notes.add(_("A picture is not in the file. Add it by hand."))
        return escaped(alt)


def _numbered(xml: str) -> str:
    """Names of HTML that XML does not know: &alpha; and the like."""
    return re.sub(r"&(?!(?:amp|lt|gt|quot|apos|#)\b)(\w+);", lambda match: unescape(match[0]), xml)
