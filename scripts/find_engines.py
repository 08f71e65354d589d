"""The engines besides Chromium in which journeys are walked: Firefox and WebKitGTK.

Firefox is looked for in FOYER_FIREFOX, under its usual names on the path and in its usual place on
a Mac; WebKitGTK is its WebDriver, and Xvfb for its windows, on the path. Installed, as root where
there is apt-get: Debian's packages. `find_engines.py --install` does so and prints what there is.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable

import find_browser
from find_browser import NoBrowser, runs

FIREFOX_NAMES = ("firefox-esr", "firefox")
FIREFOX_ON_A_MAC = "/Applications/Firefox.app/Contents/MacOS/firefox"
FIREFOX_PACKAGES = ("firefox-esr",)  # with what it recommends: FFmpeg's library, for H.264
WEBKIT_PROGRAMS = ("WebKitWebDriver", "Xvfb")
WEBKIT_PACKAGES = ("webkit2gtk-driver", "xvfb")


def firefox() -> str:
    """The path of a Firefox that runs; raises `NoBrowser`."""
    if chosen := os.environ.get("FOYER_FIREFOX"):
        if runs(chosen):
            return chosen
        raise NoBrowser(f"FOYER_FIREFOX is {chosen}, which does not run.")
    for place in filter(None, map(shutil.which, FIREFOX_NAMES)):
        if runs(place):
            return place
    if runs(FIREFOX_ON_A_MAC):
        return FIREFOX_ON_A_MAC
    raise NoBrowser(
        "No Firefox found. Install one (Debian: apt-get install firefox-esr) or name it in "
        "FOYER_FIREFOX; as root, “make test” does."
    )


def webkit() -> tuple[str, str]:
    """The paths of WebKitGTK's WebDriver and of Xvfb; raises `NoBrowser`."""
    found = [shutil.which(name) for name in WEBKIT_PROGRAMS]
    if missing := [name for name, path in zip(WEBKIT_PROGRAMS, found, strict=True) if not path]:
        raise NoBrowser(
            f"No {' and no '.join(missing)} found. Install WebKitGTK's driver (Debian: apt-get "
            "install webkit2gtk-driver xvfb); as root, “make test” does."
        )
    return str(found[0]), str(found[1])


def find_or_install() -> list[str]:
    """The paths of all of them; raises `NoBrowser`."""
    if not os.environ.get("FOYER_FIREFOX"):
        _install_unless_found(firefox, *FIREFOX_PACKAGES, recommended=True)
    _install_unless_found(webkit, *WEBKIT_PACKAGES)
    return [firefox(), *webkit()]


def _install_unless_found(
    find: Callable[[], object], *packages: str, recommended: bool = False
) -> None:
    try:
        find()
    except NoBrowser:
        if find_browser.can_install_packages():
            print(f"Installing {' and '.join(packages)} for the journeys …", file=sys.stderr)
            find_browser.install_packages(*packages, recommended=recommended)


def main() -> int:
    try:
        found = find_or_install() if "--install" in sys.argv[1:] else [firefox(), *webkit()]
    except NoBrowser as reason:
        print(f"Foyer: {reason}", file=sys.stderr)
        return 1
    print("\n".join(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
