"""What the marks of a mail on its way cost where many wait."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.invitations.models import Invitation, MailKind
from access.mail import marks
from access.mail.models import ENDS, OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def many_waiting():
    """More than PostgreSQL has counted so far."""
    about_type = ContentType.objects.get_for_model(Invitation)
    OutgoingMail.objects.bulk_create(
        OutgoingMail(kind=MailKind.INVITE, about_type=about_type, about_id=number)
        for number in range(500)
    )


@pytest.mark.postgres
@pytest.mark.usefixtures("many_waiting")
@pytest.mark.parametrize("act", ["claim", "write down"])
def test_a_mark_finds_its_mail_by_the_key(act, settings):
    settings.DATABASE_PREPARED = False  # the text is the same, with its values in it
    [mail] = marks.reserve(OutgoingMail.objects.order_by("pk")[:1])
    with CaptureQueriesContext(connection) as captured:
        if act == "claim":
            assert marks.claim(mail)
        else:
            marks.write_down(mail, {"sent_at": timezone.now(), "answer": ""})
    [statement] = captured.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement['sql']}")
        plan = "\n".join(line for [line] in cursor.fetchall())
    assert "access_outgoingmail_pkey" in plan


@pytest.mark.parametrize("end", ENDS)
def test_a_mail_that_has_ended_is_neither_claimed_nor_written_down(end):
    about_type = ContentType.objects.get_for_model(Invitation)
    row = OutgoingMail.objects.create(kind=MailKind.INVITE, about_type=about_type, about_id=1)
    [mail] = marks.reserve(OutgoingMail.objects.all())
    OutgoingMail.objects.update(**{end: timezone.now()})
    assert not marks.claim(mail)
    marks.write_down(mail, {"answer": "late"})
    row.refresh_from_db()
    assert (row.claimed_at, row.answer) == (None, "")
