"""Rows made of rows by one statement are what `bulk_create` would have made."""

from __future__ import annotations

import pytest
from django.db.models import F
from django.forms.models import model_to_dict
from django.utils import timezone

from access import insert_select
from access.audit.models import AccessEvent, Act
from access.insert_select import insert_for_each
from access.invitations.models import Invitation, MailKind
from access.mail import outbox
from access.mail.models import OutgoingMail
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(item):
    return factories.InvitationFactory.create_batch(5, item=item)


def stored(rows):
    return [
        {**model_to_dict(row, exclude=["id"]), "asked_at": None, "of": row.about_id} for row in rows
    ]


def test_mails_are_those_that_are_added_one_by_one(invited, owner):
    pks = [one.pk for one in invited]
    outbox.add_for_each(kind=MailKind.INVITE, about=pks, by=owner)
    by_select = stored(OutgoingMail.objects.order_by("pk"))
    OutgoingMail.objects.all().delete()
    mails = [(one.pk, one.email) for one in invited]
    outbox.add(kind=MailKind.INVITE, mails=mails, by=owner)
    assert by_select == stored(OutgoingMail.objects.order_by("pk"))


def test_details_are_read_as_they_were_written(invited, item):
    said = {"role": "viewer", "of": [1, None, "é ' \" %s"]}
    insert_for_each(
        AccessEvent,
        Invitation,
        [one.pk for one in invited],
        act=Act.INVITED,
        at=timezone.now(),
        item=item,
        actor=None,
        invitation=F("pk"),
        details=said,
    )
    rows = AccessEvent.objects.order_by("pk")
    assert [row.invitation for row in rows] == invited
    assert [(row.act, row.item, row.actor, row.details) for row in rows] == [
        (Act.INVITED, item, None, said)
    ] * 5


def test_as_many_statements_as_there_are_chunks(
    invited, owner, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(insert_select, "CHUNK", 2)
    pks = [one.pk for one in reversed(invited)]
    values = {"kind": "invite", "about_id": F("pk"), "address": F("email")}
    values |= {"asked_at": timezone.now()}
    [mail] = outbox.add(kind=MailKind.INVITE, mails=[(invited[0].pk, invited[0].email)])
    with django_assert_num_queries(3):
        made = insert_for_each(OutgoingMail, Invitation, pks, about_type=mail.about_type, **values)
    rows = OutgoingMail.objects.in_bulk(made)
    assert {row.about_id for row in rows.values()} == set(pks)


def test_nothing_of_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_for_each(AccessEvent, Invitation, []) == []


def test_a_field_that_there_is_not_is_refused(invited):
    with pytest.raises(TypeError, match="shoe_size"):
        insert_for_each(AccessEvent, Invitation, [invited[0].pk], shoe_size=42)
