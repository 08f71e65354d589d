"""The engines in which journeys are walked, started: Chromium, Firefox, WebKitGTK.

Chromium walks every journey. What the others are there for stands in docs/adr/0028.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright
from selenium.webdriver import WebKitGTK
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import find_browser
import find_engines

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    # A camera and a microphone that are always there, and peers that find each other on loopback.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
FIREFOX_PREFERENCES = {
    # The same, in its words; and no names that only multicast could resolve.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "ui.prefersReducedMotion": 1,
    # A journey reads what was copied.
    "dom.events.testing.asyncClipboard": True,
}
# No sound output, though the machine may have one: then Firefox mixes no sound, and a journey looks
# at what becomes of it.
WITHOUT_SOUND = {"PULSE_SERVER": "unix:/dev/null", "ALSA_CONFIG_PATH": "/dev/null"}
SCREEN = "1400x1000x24"


def chromium(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=find_browser.find(), args=CHROMIUM_FLAGS)


def firefox(playwright: Playwright, folder: Path) -> Browser:
    """As it is delivered, through WebDriver BiDi; see firefox_relay.py."""
    starter = folder / "firefox"
    relay = [sys.executable, str(Path(__file__).with_name("firefox_relay.py"))]
    starter.write_text(f'#!/bin/sh\nexec {shlex.join([*relay, find_engines.firefox()])} "$@"\n')
    starter.chmod(0o755)
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=starter,
        env={**os.environ, **WITHOUT_SOUND},
        firefox_user_prefs=FIREFOX_PREFERENCES,
    )


@contextmanager
def webkit() -> Iterator[WebKitGTK]:
    """Through WebDriver, on a screen that nobody sees."""
    driver, xvfb = find_engines.webkit()
    with subprocess.Popen(
        [xvfb, "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as screen:
        try:
            display = f":{screen.stdout.readline().strip()}"
            options = Options()
            options.add_argument("--automation")
            with warnings.catch_warnings():
                # Selenium 4.51 calls a way of its own that it has given up.
                warnings.filterwarnings("ignore", "setting remote_server_addr", DeprecationWarning)
                window = WebKitGTK(options, Service(driver, env={**os.environ, "DISPLAY": display}))
            try:
                yield window
            finally:
                window.quit()
        finally:
            screen.terminate()
