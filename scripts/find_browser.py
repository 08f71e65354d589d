"""Prints the path of a Chromium or Chrome; with `--install`, installs one where there is none.

Looked for: FOYER_BROWSER, the usual names on the path, the usual places on a Mac, Playwright's
own. Installed: Debian's package as root, else Playwright's own build. A browser that does not
answer `--version` does not count (Ubuntu's `chromium` may only point to a snap).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# A browser without windows first: it does a third less besides the page.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
DEBIAN_PACKAGES = ("chromium-headless-shell", "chromium")
MAC_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class NoBrowser(Exception):
    """There is none, and none could be installed."""


def find() -> str:
    """The path of a browser that runs; raises `NoBrowser`."""
    if chosen := os.environ.get("FOYER_BROWSER"):
        if runs(chosen):
            return chosen
        raise NoBrowser(f"FOYER_BROWSER is {chosen}, which does not run.")
    for place in places():
        if runs(place):
            return place
    raise NoBrowser("No Chromium or Chrome found; name one in FOYER_BROWSER, or run “make test”.")


def places() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    yield from (place for place in MAC_PLACES if Path(place).exists())
    yield playwrights_own()


def playwrights_own() -> str:
    """Where Playwright keeps its build, whether it is there or not.

    In a process of its own, because the driver leaves an event loop running.
    """
    code = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    return asked.stdout.strip()


def runs(path: str) -> bool:
    if not path or not (shutil.which(path) or Path(path).exists()):
        return False
    try:
        answer = subprocess.run([path, "--version"], check=False, capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def install() -> None:
    """Tries each way in turn; output goes to stderr, so that stdout holds the path alone."""
    if can_install_packages():
        for package in DEBIAN_PACKAGES:  # older ones have the second only
            install_packages(package)
            if runs(shutil.which(package) or ""):
                return
    wanted = ["install", "--with-deps"] if is_root() else ["install"]
    subprocess.run(
        [sys.executable, "-m", "playwright", *wanted, "chromium"],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    )


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def can_install_packages() -> bool:
    return is_root() and shutil.which("apt-get") is not None


def install_packages(*packages: str, recommended: bool = False) -> None:
    """Debian's; whether they are there afterwards is for the caller to look."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["apt-get", "-qq"]
    besides = "--install-recommends" if recommended else "--no-install-recommends"
    run_quietly([*quiet, "update"], environment)
    run_quietly([*quiet, "install", "-y", besides, *packages], environment)


def run_quietly(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    )


def find_or_install() -> str:
    """The path of a browser that runs; raises `NoBrowser`."""
    try:
        return find()
    except NoBrowser:
        if os.environ.get("FOYER_BROWSER"):
            raise
    print("Installing a browser for the journeys …", file=sys.stderr)
    install()
    return find()


def main() -> int:
    try:
        print(find_or_install() if "--install" in sys.argv[1:] else find())
    except NoBrowser as reason:
        print(f"Foyer: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
