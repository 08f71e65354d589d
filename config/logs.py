"""Keeping link tokens and mail addresses out of the logs."""

from __future__ import annotations

import logging
import re

# The way to sign in carries the address to come back to, its slashes quoted or not.
_SLASH = r"(?:/|%2[Ff])"
_TOKEN_PATH = re.compile(
    rf"({_SLASH}(?:[gi]|accounts{_SLASH}set-password{_SLASH}[^/%\s]+){_SLASH})[^/%\s?&\"']+"
)


class HideTokens(logging.Filter):
    """Replaces the token in `/g/<token>/` and its like, wherever a record mentions the path.

    SECURITY: whoever reads the logs must not be able to use a link.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _TOKEN_PATH.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


class WarningsOnly(logging.Filter):
    """Lets through warnings and worse, whatever level somebody has set on the logger."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING
