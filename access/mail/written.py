"""The bytes of mails, as `email` writes them; what stands in many of them is written once.

`email` reads and folds each header of each mail, builds a tree and looks for its boundary in it.
Here a header is read and folded by it once (`access.mail.messages.WholeWords`), each text is
encoded by it, and the parts are put one after the other.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from email.message import MIMEPart
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils.timezone import localtime

from access.mail.header_names import is_plain_address
from access.mail.messages import MANY, WholeWords

_EOL = b"\r\n"
_VERSION = b"MIME-Version: 1.0\r\n"
# Ours, of which there is nothing to fold: it is not longer than a line.
_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[A-Za-z0-9.-]{1,31}>", re.ASCII)

_WRITTEN_HERE = frozenset({"subject", "from", "to", "cc", "bcc", "reply-to", "date"})


class _Part(NamedTuple):
    head: bytes  # lines
    content: bytes


class Writer:
    """For the mails of one connection; what it remembers of them ends with it."""

    def __init__(self) -> None:
        # Seven-bit content goes through any server, whatever extensions it has.
        self._policy = WholeWords(linesep="\r\n", cte_type="7bit")
        self._line = lru_cache(MANY)(self._folded)
        self._attached_once = lru_cache(MANY)(self._attached)

    def written(self, message: EmailMessage) -> bytes:
        """Raises `ValueError` for what cannot stand in a header."""
        if not _is_usual(message):
            return message.message(policy=self._policy).as_bytes()
        part = self._text(str(message.body), "plain")
        if others := [self._text(str(content), "html") for content, _type in _others(message)]:
            part = _joined("alternative", [part, *others])
        if message.attachments:
            part = _joined("mixed", [part, *map(self._attached_once, message.attachments)])
        return b"".join((_VERSION, part.head, *self._head(message), _EOL, part.content))

    def _head(self, message: EmailMessage) -> list[bytes]:
        [to], answers_to = message.to, message.reply_to
        lines = [
            self._line("Subject", str(message.subject)),
            self._line("From", message.from_email),
            # What is another one in each mail is not remembered.
            f"To: {to}\r\n".encode() if is_plain_address(to) else self._folded("To", to),
        ]
        if answers_to:
            lines.append(self._line("Reply-To", ", ".join(answers_to)))
        moment = localtime() if settings.EMAIL_USE_LOCALTIME else datetime.now(UTC)
        lines.append(f"Date: {format_datetime(moment)}\r\n".encode())
        for name, value in message.extra_headers.items():
            its_own = self._message_id if name == "Message-ID" else self._line
            lines.append(its_own(name, value))
        return lines

    def _message_id(self, name: str, value: str) -> bytes:
        is_short = _MESSAGE_ID.fullmatch(value)
        return f"{name}: {value}\r\n".encode() if is_short else self._folded(name, value)

    def _folded(self, name: str, value: str) -> bytes:
        return self._policy.fold_binary(*self._policy.header_store_parse(name, value))

    def _text(self, text: str, subtype: str) -> _Part:
        part = MIMEPart(policy=self._policy)
        part.set_content(text, subtype=subtype, charset="utf-8")
        head = b"".join(self._policy.fold_binary(*header) for header in part.raw_items())
        content = str(part.get_payload()).replace("\n", "\r\n")
        return _Part(head, content.encode("ascii"))

    def _attached(self, part: MIMEPart) -> _Part:
        head, content = part.as_bytes(policy=self._policy).split(_EOL + _EOL, 1)
        return _Part(head + _EOL, content)


def _is_usual(message: EmailMessage) -> bool:
    """A text from one address to one, as ASCII has them, and parts that are written as they are."""
    addresses = (message.from_email, *message.to, *message.reply_to)
    is_usual: bool = (
        bool(message.body)
        and len(message.to) == 1
        and not message.cc
        and not message.bcc
        and all(map(str.isascii, addresses))
        and all(isinstance(one, MIMEPart) for one in message.attachments)
        and all(mimetype == "text/html" for _content, mimetype in _others(message))
        and "Message-ID" in message.extra_headers
        and _WRITTEN_HERE.isdisjoint(map(str.lower, message.extra_headers))
    )
    return is_usual


def _others(message: EmailMessage) -> list[Any]:
    return message.alternatives if isinstance(message, EmailMultiAlternatives) else []


def _joined(subtype: str, parts: list[_Part]) -> _Part:
    # Random and made after the text is, so that no text has it.
    boundary = b"===============%b==" % secrets.token_hex(10).encode()
    head = b'Content-Type: multipart/%b;\r\n boundary="%b"\r\n' % (subtype.encode(), boundary)
    said = [b"--%b\r\n%b\r\n%b\r\n" % (boundary, one.head, one.content) for one in parts]
    return _Part(head, b"".join((*said, b"--%b--\r\n" % boundary)))
