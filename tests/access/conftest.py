"""A mail server of one's own, and the acts that mail tests repeat."""

from __future__ import annotations

import pytest
from django.test import TestCase

from access.invitations.models import MailKind
from access.invitations.services.telling import ask_for_mails
from tests.access.mail.mail_server import MailServer, free_port
from tests.tasks import run_tasks


@pytest.fixture
def mail_server(settings):
    """Real SMTP on loopback; Foyer is set to use it."""
    server = MailServer(port=free_port())
    server.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 5},
        }
    }
    yield server
    server.stop()


@pytest.fixture
def ask(db):
    """`ask(invitation, …)`: asks for one mail each, as after a commit; runs no task."""

    def act(*invitations, kind=MailKind.INVITE, by=None):
        with TestCase.captureOnCommitCallbacks(execute=True):
            return ask_for_mails(invitations=invitations, kind=kind, by=by)

    return act


@pytest.fixture
def send(ask):
    """`send(invitation, …)`: asks, and lets the worker run; the mails' rows as they are then."""

    def act(*invitations, **options):
        mails = ask(*invitations, **options)
        run_tasks()
        for mail in mails:
            mail.refresh_from_db()
        return mails

    return act
