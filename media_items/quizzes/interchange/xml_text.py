"""Text and names of XML."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

_NOT_ALLOWED = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """Without the signs that no XML may have."""
    return _NOT_ALLOWED.sub("", text)


def bare_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def without_namespaces(root: Element) -> Element:
    """The same tree: the formats' names are told apart without them, and their versions differ."""
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    return root
