"""`make check`: all checks that do not run the suite. A failure does not stop the others.

Prints one line for each check that passes, and the whole output of each that fails.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import check_deploy

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("access", "config", "demo", "media_items")

# The environment of a public server. Nothing connects to what it names.
PRODUCTION = {
    "SECRET_KEY": "for-checks-only_Zq8vN2rXk5Lw9TbJ4mYc7HsGd1PfUe3KaQo6WiVx",
    "SITE_URL": "https://media.example.edu",
    "DATABASE_URL": "postgres://foyer:foyer@localhost:5432/foyer",
    "REDIS_URL": "redis://localhost:6379/0",
    "SMTP_HOST": "localhost",
    "TRUSTED_PROXIES": "1",
    "DEVELOPMENT_PAGES": "false",
}
# Addresses of package registries: each machine decides which one it uses.
REGISTRY = re.compile(
    r'"resolved[":]+\s*"http|registry\s*[=]\s*"http|(?:extra-)?index[-]url|find[-]links'
)
# Files that hold these words because they look for them.
NAMES_REGISTRIES = {"scripts/check.py"}


@dataclass
class Check:
    name: str
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    function: Callable[[], str] | None = None

    def run(self) -> tuple[bool, str]:
        if self.function is not None:
            findings = self.function()
            return not findings, findings
        done = subprocess.run(
            self.command,
            check=False,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode == 0, done.stdout + done.stderr


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="foyer-check-") as folder:
        checks = all_checks(Path(folder))
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            results = list(pool.map(Check.run, checks))
    failed = 0
    for check, (holds, output) in zip(checks, results, strict=True):
        print(f"{'✓' if holds else '✗'} {check.name}")
        if not holds:
            failed += 1
            print(output.strip() + "\n")
    print(f"{len(checks) - failed} of {len(checks)} checks hold.")
    return 1 if failed else 0


def all_checks(folder: Path) -> list[Check]:
    manage = [sys.executable, "manage.py"]
    production = {
        **PRODUCTION,
        "ENV_FILE": str(folder / "no.env"),
        "DATA_DIR": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
    }
    # Whether a migration is missing does not depend on the engine, and this one needs no server.
    embedded = {**production, "DATABASE_URL": ""}
    templates = files("templates/*.html")
    python = [path for path in files("*.py") if "/migrations/" not in path]
    node = [str(ROOT / "scripts" / "node.sh")]
    tools = ROOT / "node_modules" / ".bin"
    return [
        # The slowest first: they run side by side.
        Check("types: mypy", [str(BIN / "mypy"), *PACKAGES], embedded),
        Check(
            "settings of a public server: check --deploy",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            production,
        ),
        Check(
            "no missing migration", [*manage, "makemigrations", "--check", "--dry-run"], embedded
        ),
        Check("code: ruff check", [str(BIN / "ruff"), "check", "--quiet", "."]),
        Check("form: ruff format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
        Check(
            "form of templates: djade",
            [str(BIN / "djade"), "--check", "--target-version", "6.1", *templates],
        ),
        Check(
            "no outdated Django: django-upgrade",
            [str(BIN / "django-upgrade"), "--check", "--target-version", "6.1", *python],
        ),
        Check("types of scripts: tsc", [*node, str(tools / "tsc"), "--project", "."]),
        Check("scripts, code and form: biome", [*node, str(tools / "biome"), "ci", "--colors=off"]),
        Check(
            "scripts, their logic: node --test",
            [*node, "node", "--test", *files("tests/js/*.test.js")],
        ),
        Check("the law of the house: import-linter", [str(BIN / "lint-imports"), "--no-cache"]),
        Check("texts in every language", [sys.executable, "scripts/texts.py", "check"]),
        Check("no registry named", function=registries),
        *(Check(name, function=made) for name, made in check_deploy.available(folder)),
    ]


def files(pattern: str = "") -> list[str]:
    """Tracked files and those about to be, as they stand in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern or "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for path in sorted(set(listed.stdout.splitlines())) if (ROOT / path).exists()]


def registries() -> str:
    found = []
    for path in files():
        if path in NAMES_REGISTRIES:
            continue
        try:
            lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(lines, start=1)
            if REGISTRY.search(line)
        ]
    return "\n".join(found)


if __name__ == "__main__":
    sys.exit(main())
