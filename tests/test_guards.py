"""Standing guards over the tree itself: what no change may bring in, whatever it is about.

That `media_items` never imports `access` is import-linter's to see, in `make check`; that its
templates and addresses do not name it either is seen here.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.template.loader import get_template

from media_items.abilities import Ability, GalleryAbility

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
IN_MAILS = "emails"

# A script without src holds code; a style element or attribute holds css; on…= is a handler.
INLINE = {
    "script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)", re.IGNORECASE),
    "style": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=\s*[\"'{]", re.IGNORECASE),
    "handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "hx-on handler": re.compile(r"\shx-on[:\-\w]*\s*=", re.IGNORECASE),
    "script address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
}
OTHER_HOST = re.compile(
    r"<(?:script|link|img|iframe|video|audio|source)\b[^>]*\b(?:src|href)=\"(?:https?:)?//"
)
ABILITY_IN_TEMPLATE = re.compile(r"[\"']([a-z_]+)[\"']\s+(?:not\s+)?in\s+((?:\w+\.)*)abilities\b")
ABILITIES_OF = {"gallery.": GalleryAbility}  # everything else is a media item


@cache
def _without_comments(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{#.*?#}", "", text)
    return re.sub(r"{% comment.*?%}.*?{% endcomment %}", "", text, flags=re.DOTALL)


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


PAGES = [path for path in TEMPLATES if IN_MAILS not in path.parts]
# What templates of `media_items` and the components may lead to and be made of.
ADDRESS = re.compile(r"{%\s*url\s+[\"'](\w+):")
PART = re.compile(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)")
BELOW_ACCESS = ("media_items/", "components/", "site/", "base.html")
NAMES_ACCESS = re.compile(r"[\"']access[:/]")


def test_no_template_holds_an_inline_script_style_or_handler():
    found = [
        f"{_id(path)}: {name}"
        for path in PAGES
        for name, pattern in INLINE.items()
        if pattern.search(_without_comments(path))
    ]
    assert found == []


def test_no_template_loads_anything_from_another_host():
    found = [
        f"{_id(path)}: {tag}"
        for path in PAGES
        for tag in OTHER_HOST.findall(_without_comments(path))
    ]
    assert found == []


COMMENT_LEFT_OPEN = re.compile(r"{#(?:(?!#}).)*$", re.MULTILINE)
# The text parts and subjects of mails too.
EVERY_TEMPLATE = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def test_every_comment_of_a_template_ends_on_its_line():
    """Django reads one that goes on as text, and shows it."""
    found = [
        f"{_id(path)}: {comment}"
        for path in EVERY_TEMPLATE
        for comment in COMMENT_LEFT_OPEN.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_guard_sees_a_comment_that_goes_on():
    assert COMMENT_LEFT_OPEN.findall("{# one #} {# two\n   lines #}\n") == ["{# two"]


HEADING = re.compile(r"<h[12]([^>]*)>(.*?)</h[12]>", re.DOTALL)
TITLE_OR_NAME = re.compile(r"{{ *(?:\w+\.)*(?:title|name|question|subject)\b")


def test_every_heading_with_a_title_or_a_name_runs_in_its_direction():
    """A `<bdi>` inside would leave nothing to tell the direction by."""
    found = [
        f"{_id(path)}: {words}"
        for path in PAGES
        for attributes, words in HEADING.findall(_without_comments(path))
        if TITLE_OR_NAME.search(words) and ('dir="auto"' not in attributes or "<bdi>" in words)
    ]
    assert found == []


def test_no_template_of_media_items_leads_to_another_app():
    """Apps that stand on `media_items` register their entrances; see media_items/entrances.py."""
    wrong = []
    for path in TEMPLATES:
        if _id(path).split("/")[0] not in {"media_items", "components"}:
            continue
        text = _without_comments(path)
        wrong += [f"{_id(path)}: {app}" for app in ADDRESS.findall(text) if app != "media_items"]
        parts = PART.findall(text)
        wrong += [f"{_id(path)}: {part}" for part in parts if not part.startswith(BELOW_ACCESS)]
        wrong += [f"{_id(path)}: {name}" for name in NAMES_ACCESS.findall(text)]
    assert wrong == []


def test_no_code_of_media_items_names_an_address_or_a_template_of_access():
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "media_items").rglob("*.py")
        if NAMES_ACCESS.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_guard_sees_where_a_template_leads():
    tags = "{% url 'access:share' item.public_id %}{% include \"access/guests/_guest_bar.html\" %}"
    assert ADDRESS.findall(tags) == ["access"]
    assert [part.startswith(BELOW_ACCESS) for part in PART.findall(tags)] == [False]
    assert NAMES_ACCESS.search('reverse("access:sign_in")')


def test_every_template_can_be_read():
    for path in TEMPLATES:
        get_template(_id(path))


def test_every_ability_named_in_a_template_exists():
    wrong = [
        f"{_id(path)}: {ability}"
        for path in TEMPLATES
        for ability, of in ABILITY_IN_TEMPLATE.findall(_without_comments(path))
        if ability not in set(ABILITIES_OF.get(of, Ability))
    ]
    assert wrong == []


def test_the_guard_sees_an_ability_and_what_it_is_asked_of():
    tags = '{% if "fly" in item.abilities and "take_out" not in gallery.abilities %}'
    assert ABILITY_IN_TEMPLATE.findall(tags) == [("fly", "item."), ("take_out", "gallery.")]


@pytest.mark.parametrize(
    "bad",
    [
        "<script>1</script>",
        "<style>a{}</style>",
        '<p style="color: red">',
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_the_guard_sees_inline_code(bad):
    assert any(pattern.search(bad) for pattern in INLINE.values())


def test_the_guard_lets_a_script_file_by():
    good = '<script type="module" src="/static/js/site.js"></script><td data-style="x">'
    assert not any(pattern.search(good) for pattern in INLINE.values())


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_every_dependency_says_what_it_is_for_and_none_is_listed_in_vain():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"]]
    for group in project["dependency-groups"].values():
        wanted += [entry for entry in group if isinstance(entry, str)]
    named = {re.match(r"[A-Za-z0-9-]+", entry)[0] for entry in wanted}
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    named |= package["dependencies"].keys() | package["devDependencies"].keys()
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z0-9@/.-]+)` \| \S.* \| \S.* \|$", text, re.MULTILINE)
    assert sorted(listed) == sorted(named)


@pytest.mark.parametrize("name", ["base", "demo", "dev"])
def test_every_pinned_requirement_carries_hashes(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==.* \\$\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-z0-9-]+(?:\[.*\])?==", text, re.MULTILINE)) > 10


def test_nobody_writes_a_path_of_one_machine():
    """A home folder in the tree is the one of whoever wrote it."""
    pattern = re.compile(r"/(?:home|Users)/[a-z]+/")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("access", "config", "media_items", "scripts", "templates", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".sh", ".html", ".md"} and pattern.search(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.django_db
def test_no_test_can_lean_on_an_order_that_was_not_asked_for():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA reverse_unordered_selects")
            assert cursor.fetchone() == (1,)
    else:
        assert connection.vendor == "postgresql"  # changed rows move by themselves


def test_every_page_and_every_mail_says_its_language_and_its_direction():
    roots = [
        (path.name, re.search(r"<html\b[^\n]*", path.read_text()))
        for path in (ROOT / "templates").rglob("*.html")
    ]
    found = [(name, root[0]) for name, root in roots if root]
    assert len(found) > 5
    for name, root in found:
        if "{% language_attributes %}" in root:
            continue  # tests/config/test_site_tags.py
        assert 'lang="{{ LANGUAGE_CODE }}"' in root, name
        assert "rtl{% else %}ltr{% endif %}" in root, name
