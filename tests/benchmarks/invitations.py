"""Inviting 10,000 people at once, and mails a second beside a bare `smtplib` loop."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

PEOPLE = 10_000
MAILS = 400
BEFORE = 40  # mails that are not counted: a worker reads its templates and addresses once


def measure() -> Iterator[str]:
    """Lines of two small Markdown tables."""
    from access.invitations.models import Invitation
    from access.mail.models import OutgoingMail
    from tests.factories import MediaItemFactory

    item = MediaItemFactory(title="The item with many invited")
    seconds, queries = _invite(item)
    yield f"| Inviting {PEOPLE:,} people at once, mails asked for | {seconds:.2f} s | {queries} |"
    OutgoingMail.objects.exclude(
        invitation__in=Invitation.objects.filter(item=item)[: BEFORE + MAILS].values("pk")
    ).filter(invitation__item=item).delete()
    ours, bare = _send(item)
    yield f"| Mails a second, claimed and written down one by one | {ours:,.0f} | – |"
    yield f"| The same mails by a bare smtplib loop, same server | {bare:,.0f} | – |"
    yield f"| Ratio | {ours / bare:.2f} | – |"


def _invite(item) -> tuple[float, int]:
    from access.invitations.people import Invitee, Inviter
    from access.invitations.services.inviting import invite
    from access.roles import Role

    people = [Invitee(email=f"many{n}@example.org", first_name=f"N{n}") for n in range(PEOPLE)]
    by = Inviter(roles=[Role.OWNER], account=item.owner)
    started = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        made = invite(item=item, people=people, role="viewer", by=by)
    assert len(made) == PEOPLE
    return time.perf_counter() - started, len(captured)


def _send(item) -> tuple[float, float]:
    from access.mail.models import OutgoingMail
    from access.mail.sending import send_mails
    from tests.access.mail.mail_server import MailServer

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = MailServer(port=port)
    server.start()
    before = settings.MAILERS
    options = {"host": "127.0.0.1", "port": port, "timeout": 20}
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }
    mails = OutgoingMail.objects.filter(invitation__item=item).values_list("pk", flat=True)
    try:
        send_mails.call(list(mails[:BEFORE]))
        server.arrived.clear()
        ids = list(mails.waiting())
        started = time.perf_counter()
        while waiting := list(mails.waiting().filter(pk__in=ids)):
            send_mails.call(waiting)
        ours = len(ids) / (time.perf_counter() - started)
        arrived = list(server.arrived)
        assert len(arrived) == len(ids), len(arrived)
        started = time.perf_counter()
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            for one in arrived:
                smtp.sendmail(one.sender, one.recipients, one.raw)
        return ours, len(ids) / (time.perf_counter() - started)
    finally:
        settings.MAILERS = before
        server.stop()
