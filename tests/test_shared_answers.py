"""Standing guards: what one module owns is spelled in that module only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = {
    str(path.relative_to(ROOT)): path.read_text()
    for package in ("access", "config", "media_items")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
}
RESPONSES = "media_items/responses.py"
RATE_LIMITS = "media_items/rate_limits.py"
# Faults of machines, ends of lines, and what Django must know as its own.
NO_REFUSALS = {
    "Refusal": "the base",
    "BadResponse": "an answer that does not fit its question; its page says so",
    "NotVisible": "a 404 like any other, which middleware may explain",
    "PreparationError": "a film or paper that cannot be made ready; its row says so",
    "OvertakenError": "a task that another has overtaken",
    "UnknownRecording": "bytes that are no recording",
    "NoServer": "a mail server that cannot be reached",
    "CannotServe": "the server's own command",
    "Disconnected": "a browser that went away",
    "NotBeyondThisMachine": "the start of a server that others must not reach",
    "NoRoom": "a disk that is nearly full, or room that never came",
    "NoText": "a file that is no text; its form says so",
    "CannotBeTaken": "a question of a file; the page of the import says why",
    "NotMade": "for whoever runs the server: a command or migrate says it",
    "LineFull": "an upload while a thousand wait; the server says 503",
    "Gone": "a browser that went away while it waited",
    "CannotTell": "what the stream cannot say of a chat; its pages ask",
    "WorkerDied": "what stands in the row of a task whose workers died",
    "_Moved": "a row that has become another person's while a lock was waited for",
    "_TakesLonger": "a file for which a request has no time; a task reads it",
    "_ChangedMeanwhile": "a link that changed while a place on it was waited for; it is asked anew",
    "_NotWanted": "the reading of a file that nobody wants any more",
    "NotWantedError": "work that stops, since nobody wants it any more",
}


def strings_of(source: str) -> list[str]:
    """Every string constant but docstrings."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def imports_of(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_headers_of_htmx_are_spelled_in_one_module():
    elsewhere = {name: source for name, source in MODULES.items() if name != RESPONSES}
    for name, source in elsewhere.items():
        assert "patch_vary_headers" not in source, name
        assert "vary_on_headers" not in source, name
        if "HX-" in source:
            assert not [text for text in strings_of(source) if text.startswith("HX-")], name


def test_one_module_counts_and_nothing_counts_in_a_cache():
    """What a cache holds can be pushed out of it."""
    for name, source in MODULES.items():
        assert not [one for one in imports_of(source) if "django.core.cache" in one], name
        if "TriesLeft.objects" in source:
            assert name == RATE_LIMITS


def test_every_exception_of_ours_is_a_refusal_or_says_why_not():
    bases = {
        node.name: [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        for source in MODULES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    }
    from_outside = {"Exception", "ValueError", "OSError", "PermissionDenied", "Http404"}
    directly = {name for name, its in bases.items() if from_outside & {*its}}
    assert directly - {"Forbidden"} == set(NO_REFUSALS)


@pytest.mark.parametrize(
    "name",
    [
        "compiled",
        "middleware",
        "numbers",
        "prepared",
        "rate_limits",
        "refusals",
        "requests",
        "responses",
    ],
)
def test_what_every_room_stands_on_stands_on_no_room(name):
    ours = {
        one.split(".")[1]
        for one in imports_of(MODULES[f"media_items/{name}.py"])
        if one.startswith("media_items.")
    }
    assert ours <= {"compiled", "prepared", "refusals", "requests", "responses", "visitors"}


def test_the_guard_sees_a_header_and_no_docstring():
    assert strings_of('"""HX-Trigger"""\nx["HX-Trigger"] = 1') == ["HX-Trigger"]
