"""What is marked `long` comes first: else one process is alone with it when the rest has ended."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Otherwise in the order they came, which is a random one."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
