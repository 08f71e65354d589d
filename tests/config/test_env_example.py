"""`.env.example` and the settings name the same variables, with the same defaults."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")

READ = re.compile(r'env\.\w+\(\s*"([A-Z][A-Z0-9_]*)"')
NAMED = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
DEFAULT = re.compile(
    r'env\.(?:str|rate|whole|switch|site_url)\(\s*"([A-Z][A-Z0-9_]*)",'
    r'\s*default=(?:"([^"]+)"|(\d+)|(True|False))\s*[,)]'
)


def test_every_variable_the_settings_read_is_explained():
    assert set(READ.findall(SETTINGS)) - {name for name, _ in NAMED.findall(EXAMPLE)} == set()


def test_every_explained_variable_is_read_by_the_settings():
    assert {name for name, _ in NAMED.findall(EXAMPLE)} - set(READ.findall(SETTINGS)) == set()


def test_no_variable_is_explained_twice():
    names = [name for name, _ in NAMED.findall(EXAMPLE)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("name", "text", "number", "switch"), DEFAULT.findall(SETTINGS))
def test_the_example_states_the_default_the_settings_use(name, text, number, switch):
    stated = dict(NAMED.findall(EXAMPLE))[name]
    assert stated == (text or number or switch.lower())


def test_every_variable_stands_under_a_line_that_explains_it():
    lines = EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if NAMED.match(line):
            above = lines[number - 1]
            assert above.startswith("# "), line
            assert not above.startswith("# ---"), line
