from __future__ import annotations

import pytest

from media_items.quizzes.interchange.services import reading


@pytest.fixture(autouse=True)
def a_moment_is_long(monkeypatch):
    """Whether a file is read within the request is no matter of how busy the machine is."""
    monkeypatch.setattr(reading, "SECONDS_IN_REQUEST", 60.0)
