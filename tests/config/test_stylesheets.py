"""One stylesheet for each group of pages."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from config.stylesheets import GROUPS, StylesheetFinder, joined

ROOT = Path(__file__).resolve().parents[2]
STYLES = ROOT / "styles"
TEMPLATES = ROOT / "templates"
ALSO_LOADED = re.compile(r'{%\s*(?:include|extends)\s+"([^"#]+)')
STYLESHEET = re.compile(r"'css/(\w+)\.css'")
CLASSES = re.compile(r'class="((?:{%.*?%}|{{.*?}}|[^"])*)"')
TAG = re.compile(r"{%.*?%}|{{.*?}}")


def text_of(template: str, seen: set[str]) -> str:
    """What a page is made of, as far as it is named: what it extends and includes too."""
    if template in seen or not (TEMPLATES / template).is_file():
        return ""
    seen.add(template)
    text = re.sub(r"{#.*?#}", "", (TEMPLATES / template).read_text(encoding="utf-8"))
    return text + "".join(text_of(name, seen) for name in ALSO_LOADED.findall(text))


def styled_in() -> dict[str, set[str]]:
    """Class → the groups that say how it looks."""
    found: dict[str, set[str]] = defaultdict(set)
    for group in GROUPS:
        css = re.sub(r"/\*.*?\*/", "", joined(group), flags=re.DOTALL)
        for name in re.findall(r"\.([A-Za-z_][\w-]*)", re.sub(r"{[^{}]*}", "{}", css)):
            found[name].add(group)
    return found


def pages() -> list[str]:
    every = (path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
    ours = (name for name in every if not name.startswith(("emails/", "admin/")))
    whole = re.compile("{% extends|<html")
    return sorted(name for name in ours if whole.search((TEMPLATES / name).read_text("utf-8")))


def test_every_file_of_the_styles_is_in_a_group_and_in_none_twice():
    files = {path.relative_to(STYLES).as_posix() for path in STYLES.rglob("*.css")}
    assert {name for names in GROUPS.values() for name in names} == files
    assert [group for group, names in GROUPS.items() if len(set(names)) < len(names)] == []


def test_the_order_of_the_layers_comes_first_and_once():
    statement = "@layer tokens, base, components, pages, utilities;"
    assert GROUPS["core"][0] == "layers.css"
    assert "".join(map(joined, GROUPS)).count(statement) == 1


@pytest.mark.parametrize("group", GROUPS)
def test_a_joined_file_needs_no_other(group):
    """An address in it would be read as beside the joined file, an import as another request."""
    assert not re.search(r"url\(|@import|@charset", joined(group))


def test_every_page_loads_the_styles_of_what_it_shows():
    styled, missing = styled_in(), []
    for page in pages():
        text = text_of(page, set())
        loaded = set(STYLESHEET.findall(text))
        shown = {name for value in CLASSES.findall(text) for name in TAG.sub(" ", value).split()}
        missing += [
            f"{page}: .{name} is in {sorted(styled[name])}"
            for name in sorted(shown)
            if styled[name] and not styled[name] & loaded
        ]
    assert missing == []


def test_a_stylesheet_is_found_as_a_file():
    path = Path(finders.find("css/door.css"))
    assert path.read_text("utf-8") == joined("door")
    assert finders.find("css/door.css", find_all=True) == [str(path)]


@pytest.mark.parametrize("path", ["css/cellar.css", "door.css", "css/door", "css/../css/door.css"])
def test_nothing_else_is_found(path):
    assert StylesheetFinder().find(path) is None
    assert StylesheetFinder().find(path, find_all=True) == []


def test_a_changed_source_is_joined_anew(settings, tmp_path):
    settings.STYLES_DIR = tmp_path
    for name in GROUPS["report"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a {}")
    finder, source = StylesheetFinder(), tmp_path / GROUPS["report"][0]
    assert Path(finder.find("css/report.css")).read_text() == "a {}"
    source.write_text("b {}")
    later = source.stat().st_mtime_ns + 10_000_000_000
    os.utime(source, ns=(later, later))
    found = Path(finder.find("css/report.css"))
    assert found.read_text() == "b {}"
    assert found.stat().st_mtime_ns == later


def test_what_is_collected_is_named_after_what_it_holds(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["config.stylesheets.StylesheetFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    collected = {path.name for path in (tmp_path / "css").iterdir()}
    assert {f"{group}.css" for group in GROUPS} <= collected
    assert any(re.fullmatch(r"core\.[0-9a-f]{12}\.css", name) for name in collected)
