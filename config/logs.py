"""Filters that keep the tokens of links and the routine of tasks out of the logs."""

from __future__ import annotations

import logging
import re

# The address of the sign-in page has the address to go back to, its slashes quoted or not.
_SLASH = r"(?:/|%2[Ff])"
_TOKEN_PATH = re.compile(
    rf"({_SLASH}(?:[gi]|accounts{_SLASH}set-password{_SLASH}[^/%\s]+){_SLASH})[^/%\s?&\"']+"
)


class HideTokens(logging.Filter):
    """Replaces the token in `/g/<token>/` and similar paths, wherever a record has one.

    SECURITY: people who read the logs must not be able to use a link.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _TOKEN_PATH.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


class WarningsOnly(logging.Filter):
    """Passes warnings and worse only, whatever the level of the logger."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING
