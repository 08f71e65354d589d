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


class OneLineAboutStrangers(logging.Filter):
    """Makes a warning of one line of what Django logs as an error with a traceback because somebody
    sent nonsense: a wrong `Host`, which every scanner does, a form too large, too many fields.

    An error in the log is a fault of this site.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security.") and record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True
