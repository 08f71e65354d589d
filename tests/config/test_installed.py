"""A real site installs `requirements/base.txt` and nothing else; that has to be enough."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What the longer lists bring besides is not there.
WITHOUT = """
import json, sys

class NotInstalled:
    absent = frozenset(json.loads(sys.argv.pop(1)))

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
"""
COMMANDS = {
    "what a real site runs": """
import importlib, runpy, django
from django.core.management import call_command
django.setup()
call_command("check")
for name in ("access", "config", "demo", "media_items"):
    for command in django.core.management.find_commands(f"{name}/management"):
        if command != "seed_demo":
            importlib.import_module(f"{name}.management.commands.{command}")
call_command("lock_demo")
for name in ("config.wsgi", "config.asgi_server", "config.serve"):
    importlib.import_module(name)
""",
    "gunicorn": """
sys.argv[1:] = ["-c", "config/gunicorn.py", "--check-config"]
from gunicorn.app.wsgiapp import run
run()
""",
}


def names(requirements: str) -> set[str]:
    lines = (ROOT / "requirements" / requirements).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9._-]+)==", lines, re.MULTILINE))


def absent_modules() -> list[str]:
    besides = names("dev.txt") - names("base.txt")
    return [
        module
        for module, brought_by in importlib.metadata.packages_distributions().items()
        if {re.sub(r"[-_.]+", "-", one).lower() for one in brought_by} <= besides
    ]


@pytest.mark.parametrize("code", COMMANDS.values(), ids=COMMANDS)
def test_a_real_site_runs_on_what_it_has_installed(tmp_path, code):
    absent = absent_modules()
    assert {"factory", "pytest"} <= set(absent)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + code, json.dumps(absent)],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "SECRET_KEY": os.environ["SECRET_KEY"],
            "DATA_DIR": str(tmp_path),
            "STATIC_ROOT": str(tmp_path / "static"),
            "ENV_FILE": str(tmp_path / "no.env"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
