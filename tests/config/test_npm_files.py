"""Front-end parts come from npm without an address, and only what a page loads is served."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from config.static_files import PARTS, NpmFinder
from media_items.player_parts import CONTROLS, STREAM, player_parts

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = "config.static_files.StaticFilesStorage"


@pytest.fixture
def manifest(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}


def test_every_part_is_pinned_to_one_version_by_hash_and_names_no_registry():
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    wanted, tools = package["dependencies"], package["devDependencies"]
    versions = [*wanted.values(), *tools.values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    parts = [facts for name, facts in lock.items() if name]
    assert all("integrity" in facts and "resolved" not in facts for facts in parts)
    assert set(PARTS) == set(wanted)


def test_the_list_for_machines_without_npm_carries_hashes():
    text = (ROOT / "requirements" / "node.txt").read_text("utf-8")
    pinned = re.findall(r"^[a-z-]+==[\d.]+ \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-z-]+==", text, re.MULTILINE)) == 2


def test_the_tools_come_for_every_machine_that_the_lock_is_read_on():
    """Their programs are packages of their own, one for each kind of machine, all optional."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for tool in ("@biomejs/cli", "@typescript/typescript"):
        facts = lock[f"node_modules/{tool}-linux-x64"]
        assert facts["optional"]
        assert facts["dev"]
        assert {
            f"node_modules/{tool}-{one}" for one in ("darwin-arm64", "win32-x64")
        } <= lock.keys()


@pytest.mark.parametrize("name", ["npm/hls.js/hls.light.min.js", "npm/media-chrome/index.js"])
def test_what_a_page_loads_is_found(name):
    assert Path(finders.find(name)).is_file()


@pytest.mark.parametrize(
    "name",
    [
        "npm/hls.js/hls.js",
        "npm/hls.js/../package.json",
        "npm/media-chrome/../../package.json",
        "npm/react/index.js",
    ],
)
def test_nothing_else_of_a_package_is_found(name):
    assert NpmFinder().find(name) is None
    assert NpmFinder().find(name, find_all=True) == []


def test_where_npm_has_not_been_nothing_is_found(settings, tmp_path):
    settings.NPM_DIR = tmp_path
    assert list(NpmFinder().list(None)) == []
    assert NpmFinder().find("npm/hls.js/hls.light.min.js") is None


def test_the_manifest_of_static_files_takes_them_with_their_source_maps(manifest):
    call_command("collectstatic", interactive=False, verbosity=0)
    assert [
        re.sub(r"\.[0-9a-f]{12}\.", ".", address) for address in player_parts(STREAM, CONTROLS)
    ] == [
        "/static/npm/hls.js/hls.light.min.js",
        "/static/npm/media-chrome/index.js",
    ]


def test_files_collected_before_npm_had_been_leave_the_browsers_own_player(manifest):
    assert player_parts(STREAM, CONTROLS) == []
