"""A line that is corrected while somebody else removes it, on PostgreSQL with two connections."""

from __future__ import annotations

import pytest
from django.utils import timezone

from access.people_lists.models import Batch, BatchLine
from access.people_lists.parsing import read_people
from access.people_lists.services import correcting
from media_items.refusals import NotNow
from tests import factories
from tests.access.test_lock_order import both_at_once, hold

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def line(db):
    item = factories.MediaItemFactory()
    batch = correcting.create_batch(
        item=item,
        people=read_people("ada@example.org\nada@example.org"),
        by=item.owner,
        role="viewer",
    )
    return batch.lines.first()


def mend(line):
    return lambda: correcting.mend_line(
        line=line, email="grace@example.org", first_name="", last_name=""
    )


@pytest.mark.parametrize("how", ["removed", "forgotten"])
def test_a_line_that_is_gone_meanwhile_is_not_mended(line, how):
    if how == "forgotten":
        Batch.objects.update(made_at=timezone.now() - 2 * correcting.KEPT)
    acts = {
        "removed": lambda: correcting.remove_line(line=BatchLine.objects.get(pk=line.pk)),
        "forgotten": correcting.forget_old_batches,
    }
    gone, mended = both_at_once(hold(line.batch), acts[how], mend(line))
    assert gone is None
    assert isinstance(mended, NotNow)
    assert not BatchLine.objects.filter(pk=line.pk).exists()


def test_a_line_is_removed_as_it_was_mended_meanwhile(line):
    """Whoever has the same address as the line has now is judged anew."""
    other = line.batch.lines.last()
    correcting.mend_line(line=other, email="grace@example.org", first_name="", last_name="")
    stale = BatchLine.objects.get(pk=line.pk)
    raised = both_at_once(hold(line.batch), mend(line), lambda: correcting.remove_line(line=stale))
    assert raised == (None, None)
    other.refresh_from_db()
    assert other.verdict == "new"
