"""Prints the path of a Chromium or Chrome; with `--install`, installs one where there is none.

Looked for: FOYER_BROWSER, the usual names on the path, the usual places on a Mac, Playwright's
own. Installed: Debian's package as root, else Playwright's own build. A browser that does not
answer `--version` does not count (Ubuntu's `chromium` may only point to a snap), and neither does
one older than those that Foyer's pages are for.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# The oldest whose pages have colours: it was the first to know `light-dark()`.
OLDEST = 123
WANTED = f"the pages are for {OLDEST} and newer"
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
        found = version(chosen)
        if found is None:
            raise NoBrowser(f"FOYER_BROWSER is {chosen}, which does not run.")
        if found < OLDEST:
            raise NoBrowser(f"FOYER_BROWSER is {chosen}, version {found}; {WANTED}.")
        return chosen
    too_old = []
    for place in places():
        found = version(place)
        if found is not None and found >= OLDEST:
            return place
        if found is not None:
            too_old.append(f"{place} is version {found}; {WANTED}. ")
    raise NoBrowser(
        f"{''.join(too_old)}No Chromium or Chrome found; name one in FOYER_BROWSER, or run "
        "“make test”."
    )


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
    return says_of_itself(path) is not None


def version(path: str) -> int | None:
    """The first of its numbers; None where it does not run or names none."""
    number = re.search(r"\b(\d+)\.\d", says_of_itself(path) or "")
    return int(number[1]) if number else None


def says_of_itself(path: str) -> str | None:
    """Its answer to `--version`; None where it does not run."""
    if not path or not (shutil.which(path) or Path(path).exists()):
        return None
    try:
        answer = subprocess.run(
            [path, "--version"], check=False, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout if answer.returncode == 0 else None


def install() -> None:
    """Tries each way in turn; output goes to stderr, so that stdout holds the path alone."""
    if can_install_packages():
        for package in DEBIAN_PACKAGES:  # older ones have the second only
            install_packages(package)
            if (version(shutil.which(package) or "") or 0) >= OLDEST:
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


def install_packages(*packages: str, recommended: bool = False, started: bool = True) -> None:
    """Debian's; whether they are there afterwards is for the caller to look. Not `started`: what
    serves is not started, as on a machine that is repaired."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if not started:
        environment["RUNLEVEL"] = "1"
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
