"""The words of pages, emails and the admin: no text says what the glossary never says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("access", "config", "demo", "media_items")
MARKS = {
    name + ending
    for name in ("gettext", "ngettext", "pgettext", "npgettext")
    for ending in ("", "_lazy", "_noop")
} | {"_"}
IN_TEMPLATE = re.compile(
    r'{%-?\s*translate\s+"([^"]*)"|{%\s*blocktranslate\b.*?%}(.*?){%\s*endblocktranslate', re.DOTALL
)
VARIABLE = re.compile(r"{{.*?}}|{[a-z_]*}|%\([a-z_]+\)[sd]|<[^>]+>")

# Each is what a text may not match, and the word that is said instead (docs/glossary.md).
NEVER = {
    r"(?<!-)\bmail(s|ed|ing)?\b(?! server)": "email",
    r"\be-mail": "email",
    r"(?<!email )(?<!network )\baddress(es)?\b": "email, email address or link",
    r"\b(take|takes|taken|taking|took) (it |them |this |these )?back\b": "withdraw",
    r"\b(take|takes|taken|taking|took|put|puts) (it |them |him |her )?out\b": "remove",
    r"\b(come|comes|came|coming) in\b": "join, continue, has access",
    r"\bgo on\b(?! stage| air)": "continue, apply",
    r"\b(is|are|was) over\b": "expired, ended",
    r"\bprov(e|es|en|ed)\b": "verified",
    r"\bwho came\b": "attendees, who joined",
    r"\bsaid no\b|\bsay no\b|\bsays no\b|\bno thanks\b": "decline",
    r"\bpick(s|ed)?\b": "select, choose",
    r"\bcalled off\b|\bcalls? off\b": "cancel",
    r"\bceilings?\b": "limit",
    r"\banew\b": "again",
    r"\bgood until\b": "expires",
    r"\btrail\b": "activity",
    r"\bnot yet$": "cancel",
    r"\bsomeone\b|\beveryone\b": "somebody, everybody",
    r"\bworks together with\b": "works only for",
    r"\bhow sure\b": "verification",
    r"\bat most at once\b|\bat once at most\b": "peak attendance",
    r"\binvalid\b": "say what is wrong",
}


def in_code():
    """(where, text) of everything marked for translation in Python."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called not in MARKS:
                    continue
                for given in node.args:
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        yield f"{path.relative_to(ROOT)}:{given.lineno}", given.value


def in_templates():
    """(where, text) of everything marked for translation in templates."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if not path.is_file():
            continue
        source = path.read_text("utf-8")
        for found in IN_TEMPLATE.finditer(source):
            line = source.count("\n", 0, found.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}", found[1] or found[2]


@cache
def texts():
    """Every text that people read, with the variables and the markup taken out."""
    return [
        (where, " ".join(VARIABLE.sub(" … ", text).split()))
        for where, text in (*in_code(), *in_templates())
    ]


def test_texts_are_found_in_code_and_in_templates():
    found = [text for _where, text in texts()]
    assert len(found) > 2500
    assert "Invite users" in found
    assert "Create new link" in found


@pytest.mark.parametrize("unwanted", sorted(NEVER), ids=lambda one: NEVER[one])
def test_no_text_says(unwanted):
    pattern = re.compile(unwanted, re.IGNORECASE)
    wrong = [f"{where}  {text}" for where, text in texts() if pattern.search(text)]
    assert wrong == [], f"say: {NEVER[unwanted]}"
