"""A row whose INSERT is written once is the row that the ORM saves."""

from __future__ import annotations

from itertools import count

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.notices import JOINED
from access.notices.models import HostNotice
from media_items.inserts import insert, insert_unless_there
from tests import factories

pytestmark = pytest.mark.django_db
MODELS = [Guest, GuestAdmission, AccessEvent, Session]


@pytest.fixture
def made(link):
    """`made(model)`: a row that is not saved, with another key each time and else the same."""
    now, numbers = timezone.now(), count()
    guest = factories.GuestFactory(link=link)
    details = {"role": "viewer", "of": [1, None, "é ' \" %s"]}

    def one(model: type[models.Model]) -> models.Model:
        if model is Guest:
            return Guest(link=link, name="%s", email=f"{next(numbers)}@x.org", joined_at=now)
        if model is GuestAdmission:
            return GuestAdmission(guest=guest, name="Ada", admitted_at=now)
        if model is AccessEvent:
            return AccessEvent(act=Act.GUEST_JOINED, item=link.item, at=now, details=details)
        return Session(session_key=f"k{next(numbers)}", session_data="é", expire_date=now)

    return one


def stored(row: models.Model) -> dict[str, object]:
    read = type(row)._default_manager.get(pk=row.pk)
    of_its_own = {"id", "email", "session_key"}
    fields = [one.attname for one in read._meta.concrete_fields if one.name not in of_its_own]
    return {name: getattr(read, name) for name in fields}


@pytest.mark.parametrize("model", MODELS)
def test_a_row_is_as_if_it_were_saved(made, model, django_assert_num_queries):
    by_orm, first, second = made(model), made(model), made(model)
    by_orm.save(force_insert=True)
    for row in (first, second):
        with django_assert_num_queries(1):
            insert(row)
        assert stored(row) == stored(by_orm)
        assert (row._state.adding, row._state.db) == (by_orm._state.adding, by_orm._state.db)
    assert model._default_manager.filter(pk__in=[by_orm.pk, first.pk, second.pk]).count() == 3
    with django_assert_num_queries(1):  # an UPDATE: it is known to be there
        first.save(force_update=True)


def test_what_the_database_refuses_is_taken_back_with_its_transaction(link):
    factories.GuestFactory(link=link, email="ada@example.org")
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(Guest(link=link, email="ada@example.org"))
        assert transaction.get_rollback()
    assert Guest.objects.count() == 1


def test_who_listens_to_all_saving_hears_of_it(made):
    """A signal without a sender, of a package of the site."""
    heard = []

    def hear(sender, instance, created, **_more):
        heard.append((sender, instance.pk, created))

    models.signals.post_save.connect(hear)
    try:
        row = made(Guest)
        insert(row)
    finally:
        models.signals.post_save.disconnect(hear)
    assert heard == [(Guest, row.pk, True)]


def test_a_row_that_names_one_that_is_not_saved_is_refused(link):
    with pytest.raises(ValueError, match="unsaved related object"):
        insert(AccessEvent(act=Act.GUEST_JOINED, item=link.item, guest=Guest(link=link)))
    assert not AccessEvent.objects.exists()


def notice(host, item, number):
    now = timezone.now()
    return HostNotice(account=host, item=item, kind=JOINED, about_id=number, due_at=now)


@pytest.mark.parametrize("number", [1, 2, 9])
def test_rows_that_are_not_there_are_written_by_one_statement(
    item, number, django_assert_num_queries
):
    rows = [notice(item.owner, item, about) for about in range(number)]
    with django_assert_num_queries(1):
        insert_unless_there(rows)
    for _again in range(2):
        insert_unless_there([notice(item.owner, item, about) for about in range(number + 1)])
    told = HostNotice.objects.order_by("about_id")
    assert [one.about_id for one in told] == list(range(number + 1))
    by_orm = notice(item.owner, item, 77)
    by_orm.due_at = told[0].due_at
    by_orm.save()
    of_its_own = {"about_id": 77, "noted_at": told[0].noted_at}
    assert {**stored(by_orm), **of_its_own} == {**stored(told[0]), **of_its_own}


def test_nothing_is_written_of_no_rows(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_unless_there([])


def test_rows_that_name_one_that_is_not_saved_are_refused(item):
    unsaved = type(item)(owner=item.owner, kind=item.kind, title="x")
    with pytest.raises(ValueError, match="unsaved related object"):
        insert_unless_there([notice(item.owner, unsaved, 1)])


@pytest.mark.postgres
def test_rows_are_prepared_where_they_are_few(item):
    def prepared():
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            return {one for (one,) in cursor if one.startswith("INSERT")}

    before = prepared()
    insert_unless_there([notice(item.owner, item, 1)])
    known = prepared()
    assert len(known - before) <= 1
    assert any(HostNotice._meta.db_table in one for one in known)
    insert_unless_there([notice(item.owner, item, about) for about in range(2, 40)])
    assert prepared() == known


def test_a_model_with_defaults_in_the_database_is_not_written_so():
    with pytest.raises(TypeError, match="is saved as other models are"):
        insert(GuestLink())
