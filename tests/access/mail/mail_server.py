"""A real SMTP server on loopback that keeps what arrives and answers as it is told."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Arrived:
    """One mail as the server took it: the envelope, and what was inside."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    def part(self, subtype: str) -> str:
        return self.message.get_body((subtype,)).get_content().replace("\r\n", "\n")

    @property
    def calendar(self) -> EmailMessage | None:
        found = [one for one in self.message.walk() if one.get_content_type() == "text/calendar"]
        return found[0] if found else None


@dataclass
class MailServer:
    """`answers[address]`: what the server says to that recipient, the first of the list each time.

    `on_data` is called with each mail before the server answers.
    """

    port: int
    answers: dict[str, list[str]] = field(default_factory=dict)
    data_answers: list[str] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    connections: int = 0
    on_data: Callable[[Arrived], None] | None = None
    _controller: Controller | None = None

    def start(self) -> None:
        server = self

        class Session(SMTP):
            def connection_made(self, transport):
                server.connections += 1
                super().connection_made(transport)

        class OnLoopback(Controller):
            def factory(self):
                return Session(self.handler, **self.SMTP_kwargs)

        self._controller = OnLoopback(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def addresses(self) -> list[str]:
        return [address for one in self.arrived for address in one.recipients]

    # --- aiosmtpd's hooks ---------------------------------------------------------------------

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.answers.get(address):
            answer = self.answers[address].pop(0)
            if answer == "drop":
                server.transport.close()
                return "421 gone"
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        taken = Arrived(envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
        if self.on_data:
            self.on_data(taken)
        answer = self.data_answers.pop(0) if self.data_answers else "250 taken"
        if answer == "take and drop":
            self.arrived.append(taken)
            server.transport.close()
            return answer
        if answer.startswith("2"):
            self.arrived.append(taken)
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
