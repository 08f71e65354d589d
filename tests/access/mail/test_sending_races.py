"""Many workers over the same mails at once. On PostgreSQL, with real threads."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from access.guests.services.joining import join
from access.invitations.models import MailKind
from access.invitations.services.telling import ask_for_mails, tell_invited
from access.mail.models import OutgoingMail
from access.mail.sending import send_mails
from access.notices.telling import NOTICES, tell_due
from media_items.catalogue.models import Kind
from tests import factories
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WORKERS = 6


def send_by_many_workers(ids):
    results = at_once([lambda: send_mails.call(ids)] * WORKERS)
    assert not any(isinstance(one, Exception) for one in results), results


def test_workers_with_the_same_mails_send_each_once(mail_server, item):
    invited = factories.InvitationFactory.create_batch(20, item=item)
    mails = ask_for_mails(invitations=invited, kind=MailKind.INVITE, by=None)
    ids = [mail.pk for mail in mails]
    send_by_many_workers(ids)
    assert sorted(mail_server.addresses) == sorted(one.email for one in invited)
    assert OutgoingMail.objects.filter(sent_at__isnull=False).count() == 20


def test_a_server_that_is_down_counts_as_one_try_however_many_ask(mail_server, item):
    mail_server.stop()
    invited = factories.InvitationFactory.create_batch(5, item=item)
    mails = ask_for_mails(invitations=invited, kind=MailKind.INVITE, by=None)
    ids = [mail.pk for mail in mails]
    send_by_many_workers(ids)
    assert set(OutgoingMail.objects.values_list("attempts", flat=True)) == {1}


def test_two_clicks_on_tell_those_invited_are_one_mail_each(owner):
    event = factories.MediaItemFactory(
        owner=owner, kind=Kind.ROOM, starts_at=timezone.now() + timedelta(days=1)
    )
    factories.InvitationFactory.create_batch(3, item=event)
    told = at_once([lambda: tell_invited(item=event, kind=MailKind.MOVED, by=owner)] * WORKERS)
    assert sorted(told) == [0] * (WORKERS - 1) + [3]


def test_what_is_due_for_a_host_is_in_one_mail_however_many_workers_look(link):
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        join(link=link, key_version=link.key_version, name="Ada", email="ada@example.org")
    results = at_once([tell_due] * WORKERS)
    assert sorted(results) == [0] * (WORKERS - 1) + [1]
    assert OutgoingMail.objects.filter(kind=NOTICES).count() == 1
