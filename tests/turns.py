"""Which test process runs what, where several run side by side (`--dist loadgroup`).

Journeys of live sessions take turns, because their cameras need all of a small machine. They are
one process's work: spread over all, they would have each wait for the others.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
LIVE = "pytestmark = pytest.mark.live\n"


class TurnsOfLiveJourneys(LoadScopeScheduling):
    """What belongs to one scope goes to one process, in the order of pytest-django: a browser, once
    open, and a database that was emptied stay with a process, and come last."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "live journeys" if _is_live(file) else nodeid


@cache
def _is_live(file: str) -> bool:
    return LIVE in (ROOT / file).read_text(encoding="utf-8")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    # xdist's own groups are marked in the name of a test, which pytest 9.2 does not let it change.
    return TurnsOfLiveJourneys(config, log) if config.getvalue("dist") == "loadgroup" else None
