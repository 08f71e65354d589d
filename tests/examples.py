"""How many examples hypothesis looks for.

`make test` looks for a few on every run. After a change of what such a test is about, or in a
night: `EXAMPLES_TIMES=20 make test-sqlite ARGS="-k Life"`.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

_TIMES = int(os.environ.get("EXAMPLES_TIMES", "1"))


def examples(number: int, **more: Any) -> settings:
    """`number` of them, or as many times that as the environment says; none is too slow."""
    return settings(max_examples=number * _TIMES, deadline=None, **more)
