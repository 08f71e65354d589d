"""Problems first, without sorting everybody: the first keys are those of the whole list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.register import querysets
from access.register.querysets import Shown, Sort, ordered, register_of, shown
from tests import factories

pytestmark = pytest.mark.django_db
NOT_HERE = ("accepted_at", "declined_at", "revoked_at")


@pytest.mark.parametrize("problems", [0, 1, 3, 5])
@pytest.mark.parametrize("are_newest", [True, False])
def test_the_first_keys_are_those_of_the_whole_list(item, monkeypatch, problems, are_newest):
    monkeypatch.setattr(querysets, "PER_PAGE", 2)
    now = timezone.now()
    for number in range(12):
        is_problem = number < problems if are_newest else number >= 12 - problems
        state = {NOT_HERE[number % 3]: now} if number % 4 == 1 else {}
        if is_problem:
            state = {"expires_at": now - timedelta(days=1)}
        made = factories.InvitationFactory(item=item, **state)
        type(made).objects.filter(pk=made.pk).update(created_at=now - timedelta(hours=number))
    for which in Shown:
        asked = querysets._first_rows.queryset(
            item=item.pk, moment=now, which=which, sort=Sort.PROBLEMS_FIRST
        )
        everybody = register_of(item, now).filter(shown(which, now))
        of_all = ordered(everybody, Sort.PROBLEMS_FIRST, now).values_list("pk", flat=True)
        assert [row.pk for row in asked] == list(of_all[:3]), which
