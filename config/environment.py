"""Reads the environment: a wrong value stops the start, with the variable's name and the reason."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


class Environment(environ.Env):
    """django-environ, with readers that refuse wrong values.

    Every reader raises `ImproperlyConfigured` with the variable, what is wrong and what would be
    right. The message never repeats a secret value.
    """

    def checked[T](self, name: str, read: Callable[[], T], wanted: str) -> T:
        try:
            return read()
        except ImproperlyConfigured:
            raise
        except (ValueError, TypeError, KeyError) as error:
            raise ImproperlyConfigured(f"{name} is not {wanted}.") from error

    def refuse_renamed(self, names: dict[str, str]) -> None:
        """A variable under the name it had before: it would do nothing, without a word."""
        for old, new in names.items():
            if self.str(old, default=""):
                raise ImproperlyConfigured(f"{old} is called {new} now; rename it.")

    def switch(self, name: str, *, default: bool) -> bool:
        raw = self.str(name, default="").strip().lower()
        if not raw:
            return default
        if raw in {"1", "true", "yes", "on"}:
            return True
        if raw in {"0", "false", "no", "off"}:
            return False
        raise ImproperlyConfigured(f"{name} is “{raw}”; write true or false.")

    def whole(
        self, name: str, *, default: int, at_least: int = 0, at_most: int | None = None
    ) -> int:
        number = self.optional_whole(name, at_least=at_least, at_most=at_most)
        return default if number is None else number

    def optional_whole(
        self, name: str, *, at_least: int = 0, at_most: int | None = None
    ) -> int | None:
        """A whole number, or None where the variable is missing or empty (no limit)."""
        raw = self.str(name, default="").strip()
        if not raw:
            return None
        try:
            number = int(raw.replace("_", ""))
        except ValueError:
            raise ImproperlyConfigured(f"{name} is “{raw}”; write a whole number.") from None
        if number < at_least or (at_most is not None and number > at_most):
            top = "" if at_most is None else f" and at most {at_most}"
            raise ImproperlyConfigured(f"{name} is {number}; it must be at least {at_least}{top}.")
        return number

    def rate(self, name: str, *, default: str) -> str:
        """A rate: `30/h` is 30 an hour, `5/10m` is 5 in 10 minutes; units s, m, h, d."""
        raw = self.str(name, default="").strip() or default
        if not re.fullmatch(r"[1-9][0-9]{0,8}/([1-9][0-9]{0,3})?[smhd]", raw):
            raise ImproperlyConfigured(f"{name} is “{raw}”; write a rate such as 30/h or 5/10m.")
        return raw

    def some_of(self, name: str, known: dict[str, str]) -> list[tuple[str, str]]:
        """The named ones of `known` with what they stand for, in the order of the variable; all
        where it is missing or empty."""
        wanted = [one.strip() for one in self.str(name, default="").split(",") if one.strip()]
        for one in wanted:
            self._refuse_unknown(name, one, known)
        return [(one, known[one]) for one in dict.fromkeys(wanted or known)]

    def one_of(self, name: str, known: Iterable[str], *, default: str) -> str:
        raw = self.str(name, default="").strip() or default
        self._refuse_unknown(name, raw, known)
        return raw

    def _refuse_unknown(self, name: str, raw: str, known: Iterable[str]) -> None:
        if raw not in known:
            raise ImproperlyConfigured(f"{name} names “{raw}”; choose from {', '.join(known)}.")

    def site_url(self, name: str, *, default: str) -> str:
        """The address of the site: scheme, host and port, without a path."""
        raw = (self.str(name, default="").strip() or default).rstrip("/")
        parts = urlsplit(raw)
        try:
            fine = parts.scheme in {"http", "https"} and parts.hostname and not parts.path
            parts.port  # noqa: B018 - reading it is the check
        except ValueError:
            fine = False
        if not fine:
            raise ImproperlyConfigured(
                f"{name} is “{raw}”; write the site's address, such as https://media.example.edu."
            )
        return raw

    def secret(self, name: str, *, at_least: int) -> str:
        raw = self.str(name, default="").strip()
        if not raw:
            raise ImproperlyConfigured(
                f"{name} is missing. Put a long random value into the environment or .env "
                f"(“make .env” writes one)."
            )
        if len(raw) < at_least or is_easy_to_guess(raw):
            raise ImproperlyConfigured(
                f"{name} is too easy to guess: use at least {at_least} random characters, as "
                f"“python -c 'import secrets; print(secrets.token_urlsafe(50))'” prints them."
            )
        return raw

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """A DATABASE_URL for SQLite or PostgreSQL; other engines are refused."""
        raw = self.str(name, default="").strip() or default
        # SECURITY: checked before django-environ parses it, whose error for an unknown engine holds
        # the whole address with its password.
        if not raw.startswith(("postgres://", "postgresql://", "sqlite:///")):
            raise ImproperlyConfigured(
                f"{name} must start with postgres:// or sqlite:///; Foyer runs on these two."
            )
        return dict(
            self.checked(
                name,
                lambda: self.db_url_config(raw),
                "a database address such as postgres://user:password@host:5432/name",
            )
        )


def is_easy_to_guess(secret: str) -> bool:
    """Words, alphabets, repetitions, and too few different characters for 128 bits.

    Random digits, hexadecimal or any letters pass; nothing can tell whether they are random.
    """
    if secret.startswith("django-insecure-") or any(letter.isspace() for letter in secret):
        return True
    counted = Counter(secret).values()
    bits = -sum(count * math.log2(count / len(secret)) for count in counted)
    threes = {secret[at : at + 3] for at in range(len(secret) - 2)}
    steps = [abs(ord(after) - ord(before)) <= 1 for before, after in pairwise(secret)]
    return bits < 128 or len(threes) < 0.75 * (len(secret) - 2) or sum(steps) > 0.75 * len(steps)
