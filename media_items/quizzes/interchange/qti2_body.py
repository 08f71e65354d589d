"""The body of a QTI 2 item as HTML, with TeX in place of MathML, without what is answered in it."""

from __future__ import annotations

from html import escape
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from media_items.quizzes.interchange import tex
from media_items.quizzes.interchange.neutral import Notes

BLANK = "_____"
_GAPS = frozenset({"textEntryInteraction", "inlineChoiceInteraction"})
_ELSEWHERE = frozenset({"feedbackInline", "feedbackBlock", "modalFeedback", "simpleChoice"})
_ATTRIBUTES = ("src", "alt", "href", "start", "colspan", "rowspan")


def html_of(element: Element, notes: Notes) -> str:
    """Of what is in it."""
    parts = [escape(element.text or "")]
    for child in element:
        parts.extend((_one(child, notes), escape(child.tail or "")))
    return "".join(parts)


def _one(element: Element, notes: Notes) -> str:
    name = str(element.tag)
    if name in _GAPS:
        return BLANK
    if name.endswith("Interaction"):
        prompt = element.find("prompt")
        return "" if prompt is None else f"<p>{html_of(prompt, notes)}</p>"
    if name in _ELSEWHERE:
        return ""
    if name == "rubricBlock":
        notes.add(_("Notes for markers and the template of the answer were left out."))
        return ""
    if name == "math":
        return _formula(element, notes)
    if name == "object" and element.get("type", "").startswith("image/"):
        words = "".join(element.itertext()).strip()
        return f'<img src="{escape(element.get("data", ""))}" alt="{escape(words)}">'
    said = "".join(
        f' {key}="{escape(element.get(key, ""))}"' for key in _ATTRIBUTES if element.get(key)
    )
    return (
        f"<{name}{said}>{html_of(element, notes)}</{name}>"
        if name.isalnum()
        else html_of(element, notes)
    )


def _formula(element: Element, notes: Notes) -> str:
    found = tex.tex_of(element)
    if found is None:
        notes.add(_("A formula could not be read and became plain text."))
        return escape(" ".join("".join(element.itertext()).split()))
    return escape(rf"\({found}\)")
