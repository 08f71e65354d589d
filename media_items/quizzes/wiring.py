"""What the rooms of a quiz hand to those they stand on, once, at start-up."""

from __future__ import annotations


def connect() -> None:
    """Twice is once."""
