"""A word of English may be an act and a state: "Open", "Mute", "Answered". Other languages have two
words for it, so such a text has a context on one side at least."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TRANSLATE = (
    r"""{%\s*translate\s+(["'])(?P<text>(?:(?!\1).)+)\1"""
    r"""(?:\s+context\s+(["'])(?P<context>(?:(?!\3).)+)\3)?"""
)
# Things, on buttons that make one or lead to one: the same word as what it is then.
THINGS = {"Audio", "Captions", "Channel", "Document", "Live event", "Quiz", "Room", "Video"}
SAID = re.compile(TRANSLATE)
PRESSED = re.compile(
    r"<button\b.*?</button>|<a\b[^>]*?class=\"[^\"]*\b(?:button|menu-item)\b.*?</a>", re.DOTALL
)
SHOWN = re.compile(
    TRANSLATE
    + r"""\s+as\s+(?P<as>\w+)\s*%}\s*{% include "components/_badge.html"[^%]*text=(?P=as)\b"""
)

type Text = tuple[str, str]


def _texts(pattern: re.Pattern[str], source: str) -> Iterator[Text]:
    for found in pattern.finditer(source):
        yield found["text"], found["context"] or ""


def acts(source: str) -> set[Text]:
    """What a template writes on buttons, entries of menus and links that look like one."""
    return {text for part in PRESSED.findall(source) for text in _texts(SAID, part)}


def states(source: str) -> set[Text]:
    """What a template writes into badges."""
    return set(_texts(SHOWN, source))


def labels(source: str) -> set[Text]:
    """The words of what a column may hold: the members of choices."""
    found = set()
    for one in ast.walk(ast.parse(source)):
        if isinstance(one, ast.ClassDef) and any("Choices" in ast.unparse(b) for b in one.bases):
            for call in ast.walk(one):
                if isinstance(call, ast.Call) and call.args:
                    words = [word.value for word in call.args if isinstance(word, ast.Constant)]
                    name = ast.unparse(call.func)
                    if name.startswith("pgettext"):
                        found.add((words[1], words[0]))
                    elif name in {"_", "gettext_lazy"}:
                        found.add((words[0], ""))
    return found


def test_no_button_says_what_a_state_says():
    pressed, shown = set(), set()
    for path in TEMPLATES:
        source = path.read_text("utf-8")
        pressed |= acts(source)
        shown |= states(source)
    for package in ("access", "media_items"):
        for path in (ROOT / package).rglob("*.py"):
            shown |= labels(path.read_text("utf-8"))
    assert pressed & shown == {(thing, "") for thing in THINGS}


def test_the_guard_sees_acts_and_states():
    page = (
        '<a class="menu-item" href="">{% translate "Open" context "button" %}</a>'
        '<button data-on="{% translate \'Mute\' %}">{% translate "Unmute" %}</button>'
        '{% translate "Draft" as word %}{% include "components/_badge.html" with text=word only %}'
    )
    assert acts(page) == {("Open", "button"), ("Mute", ""), ("Unmute", "")}
    assert states(page) == {("Draft", "")}
    code = 'class Kind(TextChoices):\n A = "a", _("Open")\n B = "b", pgettext_lazy("ever", "Live")'
    assert labels(code) == {("Open", ""), ("Live", "ever")}
