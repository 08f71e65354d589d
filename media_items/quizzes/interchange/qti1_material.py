"""What a QTI 1.2 item shows, as HTML."""

from __future__ import annotations

from html import escape
from xml.etree.ElementTree import Element


def material(element: Element, *, within: bool = False) -> list[str]:
    """HTML; `within` an answer its own words, not those of its options."""
    found: list[str] = []
    for child in element:
        if child.tag == "mattext":
            found.append(_text(child))
        elif child.tag == "matimage":
            alt, source = escape(child.get("label", "")), escape(child.get("uri", ""))
            found.append(f'<img src="{source}" alt="{alt}">')
        elif child.tag == "matbreak":
            found.append("<br>")
        elif child.tag.startswith("response_") and not within:
            continue
        elif child.tag not in {"response_label", "render_choice", "itemmetadata", "resprocessing"}:
            found.extend(material(child, within=within))
    return found


def _text(element: Element) -> str:
    text = element.text or ""
    if element.get("texttype", "text/plain") == "text/html" or "<" in text:
        return text
    return escape(text)
