"""What `check --deploy` says of proxies, and what it no longer says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.checks import check_proxies

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("https", "accel", "proxies", "warned"),
    [
        (True, "", 0, True),
        (False, "/protected", 0, True),
        (True, "/protected", 1, False),
        (True, "", 2, False),
        (False, "", 0, False),
    ],
)
def test_a_proxy_nobody_spoke_of_is_warned_of(settings, https, accel, proxies, warned):
    settings.HTTPS, settings.ACCEL_REDIRECT_PREFIX, settings.TRUSTED_PROXIES = https, accel, proxies
    assert [message.id for message in check_proxies(None)] == ["foyer.W004"] * warned


@pytest.mark.parametrize(("proxies", "said"), [("1", False), ("0", True)])
def test_the_guides_own_ssl_redirect_is_not_warned_of(tmp_path, proxies, said):
    code = "import config.settings as s; print(s.SILENCED_SYSTEM_CHECKS)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "SECRET_KEY": os.environ["SECRET_KEY"],
            "DATA_DIR": str(tmp_path),
            "ENV_FILE": str(tmp_path / "no.env"),
            "SITE_URL": "https://media.example.edu",
            "SSL_REDIRECT": "false",
            "TRUSTED_PROXIES": proxies,
        },
        check=True,
        capture_output=True,
        text=True,
    )
    assert ("security.W008" not in done.stdout) is said
