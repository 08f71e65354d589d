"""How long a recording is and where one is in it, written in one form everywhere."""

from __future__ import annotations


def clock(seconds: int) -> str:
    """4 → “0:04”, 75 → “1:15”, 3675 → “1:01:15”."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
