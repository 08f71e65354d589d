"""UPDATEs that are written once: they do what the queryset does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from media_items import updates as module
from media_items.catalogue.models import State
from media_items.commits import NoDiskIsWaitedFor
from media_items.compiled import NotCompilable
from media_items.models import MediaItem
from media_items.updates import Update, compiled_update
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(monkeypatch):
    """`write(build)`: compiled, and not one of Foyer's own."""
    monkeypatch.setattr(module, "UPDATES", [])
    return compiled_update


@pytest.fixture
def items():
    return factories.MediaItemFactory.create_batch(3)


def test_values_are_written_anew_each_time(write, items):
    @write
    def name(*, pk, title, moment):
        return Update(MediaItem.objects.filter(pk=pk), title=title, available_until=moment)

    now = timezone.now()
    for n, item in enumerate(items):
        assert name(pk=item.pk, title=f"Film {n}", moment=now + timedelta(days=n)) == 1
    found = MediaItem.objects.order_by("pk").values_list("title", "available_until")
    assert list(found) == [(f"Film {n}", now + timedelta(days=n)) for n in range(3)]


def test_it_says_how_many_rows_there_were(write, items):
    @write
    def hide(*, pks):
        return Update(MediaItem.objects.filter(pk__in=pks), state=State.PRIVATE)

    assert hide(pks=tuple(one.pk for one in items)) == 3
    assert hide(pks=(items[0].pk, 0)) == 1
    assert hide(pks=()) == 0


def test_what_is_not_a_value_chooses_between_texts(write, items):
    @write
    def until(*, pk, is_open, moment):
        return Update(MediaItem.objects.filter(pk=pk), available_until=None if is_open else moment)

    @write
    def end(*, pk, moment):
        return Update(MediaItem.objects.filter(pk=pk), available_until=moment)

    item, now = items[0], timezone.now()
    assert end(pk=item.pk, moment=now) == 1
    with pytest.raises(NotCompilable):
        until(pk=item.pk, is_open=True, moment=now)
    assert end(pk=item.pk, moment=None) == 1
    item.refresh_from_db()
    assert item.available_until is None


@pytest.mark.parametrize(
    ("build", "asked"),
    [
        (lambda *, pk: Update(MediaItem.objects.filter(pk=pk + 1), title="x"), {"pk": 4}),
        (lambda *, t: Update(MediaItem.objects.filter(pk=1), title=t.upper()), {"t": "Film"}),
        (lambda *, pk: Update(MediaItem.objects.filter(pk__gt=pk)[:1], title="x"), {"pk": 4}),
        (lambda *, pk: Update(MediaItem.objects.all(), title="x"), {"pk": 4}),
    ],
)
def test_who_does_more_with_a_value_than_hand_it_on_is_refused(write, build, asked):
    made = write(build)
    for _again in range(2):
        with pytest.raises(NotCompilable):
            made(**asked)


def test_a_column_may_be_written_by_another(write, items):
    @write
    def repeat(*, pk):
        return Update(MediaItem.objects.filter(pk=pk).order_by("title"), description=F("title"))

    assert repeat(pk=items[0].pk) == 1
    items[0].refresh_from_db()
    assert items[0].description == items[0].title


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_statement_waits_for_no_disk_and_the_next_does(write):
    """Seen within it: the setting ends with its transaction."""
    item = factories.MediaItemFactory()

    @write
    def name(*, pk, title):
        return Update(MediaItem.objects.filter(NoDiskIsWaitedFor(), pk=pk), title=title)

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
        with transaction.atomic():
            assert name(pk=item.pk, title="Film") == 1
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("off",)
        assert name(pk=item.pk, title="Film") == 1
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


VALUES = {
    "participant": 16,
    "session": 12,
    "link": 15,
    "moment": timezone.now(),
    "is_alone": True,
    "waits_for_disk": True,
}
OTHERS = {"is_alone": False, "waits_for_disk": False}


@pytest.mark.parametrize("others", [{}, OTHERS], ids=["one-way", "another-way"])
@pytest.mark.parametrize("update", module.UPDATES, ids=lambda one: one.name)
def test_each_update_sends_what_its_queryset_does(update, others):
    sent = []

    def note(execute, sql, params, many, context):
        sent.append((sql, tuple(params)))
        return execute(sql, params, many, context)

    names = [name for name in update.__wrapped__.__annotations__ if name != "return"]
    arguments = {name: {**VALUES, **others}[name] for name in names}
    with transaction.atomic(), connection.execute_wrapper(note):
        for _again in range(2):
            update(**arguments)
        update.queryset(**arguments).do()
    assert len(sent) == 3
    assert len(set(sent)) == 1
