"""Real small files, and where uploads wait."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.media_samples import samples


@pytest.fixture
def sample():
    """`sample("mp4")`: a real small file, as a browser sends it."""

    def make(what, name=""):
        path = getattr(samples(), what)
        return SimpleUploadedFile(name or path.name, path.read_bytes())

    return make


@pytest.fixture
def waiting_uploads(tmp_path, settings):
    """What lies where uploads wait; the folder is empty when the test starts."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return lambda: [path.name for path in tmp_path.rglob("*")]


def stored_files(item) -> list[Path]:
    return [p for p in (Path(settings.MEDIA_ROOT) / item.public_id).rglob("*") if p.is_file()]
