"""Handing mails to the mail server: one connection, one mail at a time, an outcome for each.

A mail is never handed over twice (docs/adr/0009). So it matters at which command a connection
broke: before the content was sent, the mail has certainly not gone and may be tried again; after
that nobody knows, and it is not tried again.
"""

from __future__ import annotations

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.utils.translation import gettext as _

from access.mail.header_names import is_plain_address
from access.mail.messages import MANY
from access.mail.written import Writer
from access.typed_text import one_line

MOST_BREAKS = 3  # connections lost one after the other; then no more are opened
_CLOSING = 421


class Verdict(Enum):
    SENT = "sent"
    REFUSED = "refused"  # for good, by the server, for this address or this mail
    LATER = "later"  # certainly not gone; worth another try
    UNKNOWN = "unknown"  # it may have gone


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    answer: str = ""


def _not_taken() -> Outcome:
    return Outcome(Verdict.REFUSED, _("Mail servers don’t accept an email address like this."))


class NoServer(Exception):
    """No connection, and no mail was handed over. The message says why."""


class ServerConnection:
    """One connection for many mails, opened when it is needed and opened again when it is lost."""

    def __init__(self) -> None:
        self._backend: Any = mailers.default
        self._breaks = 0
        self._writer = Writer()
        self._prepared = lru_cache(MANY)(self._prepare)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._backend.close()

    def open(self) -> None:
        """Raises `NoServer`."""
        if self._breaks >= MOST_BREAKS:
            raise NoServer(_("The mail server kept breaking the connection."))
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            with suppress(OSError):
                self._backend.close()
            reason = _("No connection to the mail server: %s") % _message_of(error)
            raise NoServer(reason) from error

    @property
    def is_open(self) -> bool:
        """Whether the next mail needs no `open`, as far as anybody knows."""
        is_smtp = isinstance(self._backend, SmtpBackend)
        return not is_smtp or self._backend.connection is not None

    def deliver(self, message: EmailMessage) -> Outcome:
        """To the one recipient of `message`; `open` first."""
        if not isinstance(self._backend, SmtpBackend):
            try:
                self._backend.send_messages([message])
            except OSError as error:
                return Outcome(Verdict.UNKNOWN, _message_of(error))
            except ValueError:
                return _not_taken()
            return Outcome(Verdict.SENT)
        try:
            sender, recipient = self._prepared(message.from_email), message.to[0]
            if not is_plain_address(recipient):
                recipient = self._prepare(recipient)
            content = self._writer.written(message)
        except ValueError:
            return _not_taken()
        return self._hand_over(sender, recipient, content)

    def _prepare(self, address: str) -> str:
        prepared: str = self._backend.prep_address(address)
        return prepared

    def _hand_over(self, sender: str, recipient: str, content: bytes) -> Outcome:
        smtp: smtplib.SMTP = self._backend.connection
        reply: bytes | str
        in_doubt = False
        permanent = Verdict.LATER  # a 5xx about the sender: this site can correct it
        try:
            smtp.ehlo_or_helo_if_needed()
            code, reply = smtp.mail(sender)
            if code // 100 == 2:
                permanent = Verdict.REFUSED
                code, reply = smtp.rcpt(recipient)
            if code // 100 == 2:
                in_doubt = True
                code, reply = smtp.data(content)
        except smtplib.SMTPDataError as refusal:
            code, reply = refusal.smtp_code, refusal.smtp_error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Verdict.UNKNOWN if in_doubt else Verdict.LATER, _message_of(error))
        answer = one_line(f"{code} {_decoded(reply)}", most=300)
        if code == _CLOSING:
            self._drop()
            return Outcome(Verdict.LATER, answer)
        self._breaks = 0
        if in_doubt and code // 100 == 2:
            return Outcome(Verdict.SENT, answer)
        self._reset(smtp)
        return Outcome(permanent if code // 100 == 5 else Verdict.LATER, answer)

    def _reset(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        self._breaks += 1
        smtp, self._backend.connection = self._backend.connection, None
        with suppress(OSError):
            smtp.close()


def _decoded(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply


def _message_of(error: Exception) -> str:
    return one_line(str(error) or type(error).__name__, most=200)
