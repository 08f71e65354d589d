"""Reads the mail folder that Django's file backend writes, with several mails in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

# The line that the backend writes after each mail.
_LINE_BETWEEN = re.compile(rb"^-{79}\r?\n", re.MULTILINE)
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Mail:
    """One mail; `name` is its place in the page's address.

    `place` sorts by when the mail was written: the file's time in nanoseconds, then its place in
    the file.
    """

    name: str
    message: EmailMessage
    written_at: datetime
    place: tuple[int, int]

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def recipients(self) -> str:
        return str(self.message["To"] or "")

    @property
    def sent_at(self) -> datetime:
        try:
            return parsedate_to_datetime(str(self.message["Date"]))
        except (TypeError, ValueError):
            return self.written_at

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        content = part.get_content() if part is not None else ""
        return content if isinstance(content, str) else ""


def all_mails() -> list[Mail]:
    """Newest first."""
    found = [mail for path in _files() for mail in _read(path)]
    return sorted(found, key=lambda mail: mail.place, reverse=True)


def find_mail(name: str) -> Mail | None:
    """SECURITY: the name is compared with those of the folder; no path is made from it."""
    for path in _files():
        if name.startswith(f"{_stem(path)}-"):
            for mail in _read(path):
                if mail.name == name:
                    return mail
    return None


def _files() -> Iterator[Path]:
    if settings.MAIL_DIR.is_dir():
        yield from (path for path in settings.MAIL_DIR.glob("*.log") if path.is_file())


def _stem(path: Path) -> str:
    return _NOT_IN_A_NAME.sub("-", path.stem)


def _read(path: Path) -> Iterator[Mail]:
    facts = path.stat()
    written_at = datetime.fromtimestamp(facts.st_mtime, UTC)
    pieces = [piece for piece in _LINE_BETWEEN.split(path.read_bytes()) if piece.strip()]
    for number, piece in enumerate(pieces):
        message = message_from_bytes(piece, policy=policy.default)
        if isinstance(message, EmailMessage):
            place = (facts.st_mtime_ns, number)
            yield Mail(f"{_stem(path)}-{number}", message, written_at, place)
