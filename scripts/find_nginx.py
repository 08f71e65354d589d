"""nginx, for the tests of what it does by itself before Foyer.

Looked for on the path, and where Debian puts it. Installed, as root where there is apt-get:
Debian's package, without starting it.
"""

from __future__ import annotations

import os
import shutil
import sys

import find_browser

# Debian's lies where only root's path leads.
PLACES = f"/usr/sbin{os.pathsep}/usr/local/sbin"
PACKAGES = ("nginx-light",)


def find() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path=PLACES)


def find_or_install() -> str | None:
    """None where it is missing and cannot be installed: its tests are left out there."""
    if not find() and find_browser.can_install_packages():
        print("Installing nginx for its tests …", file=sys.stderr)
        find_browser.install_packages(*PACKAGES, started=False)
    return find()
