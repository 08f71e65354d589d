"""The first page, without sorting everybody: its rows are the first of the whole list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.register import querysets
from access.register.querysets import Shown, Sort, ordered, parts_of, register_of, shown
from tests import factories

pytestmark = pytest.mark.django_db
NOT_HERE = ("accepted_at", "declined_at", "revoked_at")


@pytest.mark.parametrize("problems", [0, 1, 3, 5])
@pytest.mark.parametrize("are_newest", [True, False])
def test_the_first_rows_are_those_of_the_whole_list(item, mail, monkeypatch, problems, are_newest):
    monkeypatch.setattr(querysets, "PER_PAGE", 2)
    now = timezone.now()
    for number in range(12):
        is_problem = number < problems if are_newest else number >= 12 - problems
        state = {NOT_HERE[number % 3]: now} if number % 4 == 1 else {}
        if is_problem and number % 2:
            state = {"expires_at": now - timedelta(days=1)}
        made = factories.InvitationFactory(item=item, first_name=f"{number * 7 % 12:02}", **state)
        seen = now - timedelta(minutes=number * 5 % 12)
        type(made).objects.filter(pk=made.pk).update(
            created_at=now - timedelta(hours=number), last_seen_at=seen if number % 3 else None
        )
        if is_problem and number % 2 == 0:
            mail(made, refused_at=now)
    for which in Shown:
        everybody = register_of(item, now).filter(shown(which, now))
        for sort in Sort:
            asked = querysets._first_rows.queryset(item=item.pk, moment=now, which=which, sort=sort)
            of_all = ordered(everybody, sort, now).values_list("pk", flat=True)
            assert [row.pk for row in asked] == list(of_all[:3]), (which, sort)


def test_the_parts_of_a_list_have_nobody_in_common(item, mail):
    now = timezone.now()
    for ends in (None, now, now + timedelta(days=1)):
        for how in ({}, {"refused_at": now}, {"failed_at": now}, {"sent_at": now}):
            mail(factories.InvitationFactory(item=item, expires_at=ends), **how)
    for which in Shown:
        parts = [set(part) for part in parts_of(which, item.pk, now)]
        assert set.union(*parts) == set(register_of(item, now).filter(shown(which, now)))
        assert sum(map(len, parts)) == len(set.union(*parts))


@pytest.mark.parametrize("which", list(Shown))
def test_by_state_the_first_page_may_be_full_of_those_who_come_first(
    item, mail, monkeypatch, which
):
    """Of whom some have answered, are removed, or have had a mail since; and the others follow."""
    monkeypatch.setattr(querysets, "PER_PAGE", 2)
    now = timezone.now()
    over = {"expires_at": now - timedelta(days=1)}
    refused = {"refused_at": now - timedelta(hours=1)}
    for fields, mails in (
        ({"accepted": True}, []),
        ({**over, "accepted": True}, []),
        ({**over, "declined": True}, []),
        (over, [refused]),
        ({}, [refused]),
        ({}, [{"failed_at": now - timedelta(hours=2)}, refused]),
        ({}, [refused, {"sent_at": now}]),
        ({"opened_at": now}, [refused]),
        ({}, []),
    ):
        for is_out in (False, True):
            made = factories.InvitationFactory(item=item, **fields)
            for one in mails:
                mail(made, **one)
            if is_out:
                factories.BlockFactory(item=item, email=made.email)
            everybody = register_of(item, now).filter(shown(which, now))
            found = querysets._first_rows.queryset(
                item=item.pk, moment=now, which=which, sort=Sort.STATE
            )
            of_all = ordered(everybody, Sort.STATE, now).values_list("pk", flat=True)
            assert [row.pk for row in found] == list(of_all[:3])
