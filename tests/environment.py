"""The environment tests run in; loaded by pytest (`-p`) before Django reads its settings."""

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import imageio_ffmpeg
import pytest
from django.conf import settings

# No time limit on a single example: a machine that is busy with other things is no fault.
hypothesis.settings.register_profile("foyer", deadline=None)
hypothesis.settings.load_profile("foyer")

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_folder = Path(tempfile.mkdtemp(prefix=f"foyer-tests-{_worker}-"))

os.environ["ENV_FILE"] = str(_folder / "no.env")
os.environ["DATA_DIR"] = str(_folder)
(_folder / "static").mkdir()
os.environ["STATIC_ROOT"] = str(_folder / "static")
os.environ["SECRET_KEY"] = "for-tests-only_Zq8vN2rXk5Lw9TbJ4mYc7HsGd1PfUe3KaQo6WiVx"
os.environ["SITE_URL"] = "http://testserver"
os.environ["TEST_SQLITE_FILE"] = str(_folder / "test.sqlite3")
os.environ.setdefault("DATABASE_URL", "")
_UNSET = ("CACHE_URL", "REDIS_URL", "SMTP_HOST", "ACCEL_REDIRECT_PREFIX", "TRUSTED_PROXIES")
for _name in (*_UNSET, "DEBUG", "DEVELOPMENT_PAGES"):
    os.environ.pop(_name, None)
if os.environ.get("TEST_FFMPEG") == "wheel":
    os.environ["FFMPEG_BIN"] = imageio_ffmpeg.get_ffmpeg_exe()


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """The pages for trying Foyer out are there; from the environment, the name “testserver” would
    forbid them."""
    settings.DEVELOPMENT_PAGES = True


def pytest_unconfigure() -> None:
    """Not `atexit`: pytest-xdist's processes end without it."""
    shutil.rmtree(_folder, ignore_errors=True)
