"""How many have access, for the sentences of pages."""

import pytest
from django.utils import timezone

from access.register.beside import Beside, beside_register
from access.register.summaries import GuestsSummary, guests_summary, invited_and_came

pytestmark = pytest.mark.django_db


def test_an_item_erased_meanwhile_has_nobody(item):
    type(item).objects.filter(pk=item.pk).delete()
    assert guests_summary(item) == GuestsSummary(False, 0, 0, 0, 0)
    assert beside_register(item, item.owner, timezone.now()) == Beside()
    assert invited_and_came(item) == (0, 0)
