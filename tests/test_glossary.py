"""One word for one thing: docs/glossary.md beside the models, the modules and the addresses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("access", "config", "demo", "media_items")
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \| ?([^|]*)\|$", re.MULTILINE)
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def rows():
    """(word, what stands in the code, words never used for it), without the heads of the tables."""
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    found = [(a.strip(), c, d.strip()) for a, _b, c, d in ROW.findall(text)]
    return [row for row in found if row[0] not in {"Word", "---"}]


def in_code():
    return {name for _word, code, _never in rows() for name in re.findall(r"`([^`]+)`", code)}


def never():
    return {word.strip() for _word, _code, never in rows() for word in never.split(",") if word}


def our_models():
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]


def spelled(name):
    """`AudienceQuestion` and `audience_question` as words: “audience question”."""
    return " ".join(word.lower() for word in WORDS.findall(name.replace("-", " ")))


def addresses(resolver=None, prefix=""):
    """(name, path) of every address of ours."""
    for one in (resolver or get_resolver()).url_patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            if one.app_name != "admin":
                yield from addresses(one, path)
        elif isinstance(one, URLPattern) and one.name:
            yield one.name, path


def test_the_glossary_names_words_that_are_never_used():
    assert {"sitting", "talk", "exclusion", "keeper"} <= never()


def test_every_word_stands_once():
    words = [word for word, _code, _never in rows()]
    assert sorted(words) == sorted(set(words))
    assert len(words) > 50


def test_every_model_stands_in_the_glossary():
    assert {model.__name__ for model in our_models()} <= in_code()


def test_every_class_in_the_glossary_is_in_the_code():
    classes = {name for name in in_code() if re.fullmatch(r"[A-Z]\w+", name)}
    source = "\n".join(
        path.read_text("utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )
    assert {
        name for name in classes if not re.search(rf"^class {name}\b", source, re.MULTILINE)
    } == set()


@pytest.mark.parametrize("word", sorted(never()))
def test_a_word_that_is_never_used_is_used_for_nothing(word):
    unwanted = re.compile(rf"\b{re.escape(word)}s?\b")
    wrong = []
    for model in our_models():
        said = [model._meta.verbose_name, model._meta.verbose_name_plural]
        fields = [field.name for field in model._meta.get_fields()]
        wrong += [f"{model.__name__}: {one}" for one in [model.__name__, *fields, *map(str, said)]]
    for name, path in addresses():
        wrong += [f"address: {name}", f"address: {path}"]
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            wrong.append(f"module: {path.relative_to(ROOT).with_suffix('')}")
    assert [one for one in wrong if unwanted.search(spelled(one))] == []
