"""What searching finds, with trigram indexes and without; and how they come to be there."""

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from access.guests.models import Guest
from access.register.querysets import matching
from media_items import search_indexes
from media_items.checks import check_search_indexes
from media_items.models import MediaItem
from tests import factories

pytestmark = pytest.mark.django_db

TITLES = {
    "cells": "Cell division, part 7777",
    "percent": "100% of it",
    "under": "snake_case and more",
    "quoted": 'It’s called "O\'Hara"',
    "back": r"C:\films\new",
    "accents": "Été à la mer",
    "german": "Die Straße nach Übersee",
    "greek": "Ψυχή και σώμα",
    "hebrew": "מבוא לביולוגיה",
    "chinese": "细胞分裂入门",
    "emoji": "Field notes 🐦 again",
    "short": "ab",
}
FOUND = {
    "cell": {"cells"},
    "CELL 777": {"cells"},
    "part cell": {"cells"},
    "0%": {"percent"},
    "%": {"percent"},
    "%it": set(),
    "_": {"under"},
    "e_c": {"under"},
    "case_and": set(),
    "O'H": {"quoted"},
    '"O': {"quoted"},
    "’": {"quoted"},
    "\\films\\": {"back"},
    "\\": {"back"},
    "Été": {"accents"},
    "à": {"accents"},
    "ete": set(),
    "straße": {"german"},
    "Über": {"german"},
    "Ψυχή": {"greek"},
    "σώ": {"greek"},
    "מבוא": {"hebrew"},
    "细胞分": {"chinese"},
    "裂": {"chinese"},
    "🐦": {"emoji"},
    "ab": {"short"},
    "zzz": set(),
    "": set(TITLES),
}
# Where SQLite, which knows the letters a to z alone, finds less; as it always has.
FOUND_BY_POSTGRESQL = {"ÉTÉ": {"accents"}, "über": {"german"}, "ΨΥΧΉ": {"greek"}}


@pytest.fixture
def items(owner):
    return {
        name: factories.MediaItemFactory(owner=owner, title=title) for name, title in TITLES.items()
    }


@pytest.fixture
def with_indexes():
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")
    try:
        search_indexes.make(connection)
    except search_indexes.NotMade:
        pytest.skip("this PostgreSQL has no pg_trgm")


def found(words):
    return set(MediaItem.objects.matching(words).values_list("title", flat=True))


@pytest.mark.usefixtures("items")
def test_a_word_is_found_wherever_it_stands_and_no_sign_of_it_is_a_wildcard():
    wanted = dict(FOUND)
    if connection.vendor == "postgresql":
        wanted |= FOUND_BY_POSTGRESQL
    assert {words: found(words) for words in wanted} == {
        words: {TITLES[name] for name in names} for words, names in wanted.items()
    }


@pytest.mark.usefixtures("items", "with_indexes")
def test_the_indexes_name_the_same_rows_as_reading_all_of_them():
    read = {words: found(words) for words in FOUND | FOUND_BY_POSTGRESQL}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert {words: found(words) for words in read} == read


@pytest.mark.usefixtures("with_indexes")
def test_each_list_is_searched_by_its_index(item):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    searched = {
        "media_items.MediaItem": MediaItem.objects.matching("cell"),
        "invitations.Invitation": matching(factories.Invitation.objects.order_by(), "ada"),
        "guests.Guest": Guest.objects.filter(name__icontains="ada"),
    }
    for model, rows in searched.items():
        name = next(one.name for one in search_indexes.INDEXES if one.model == model)
        assert name in rows.explain(), model


@pytest.mark.usefixtures("with_indexes")
def test_what_is_missing_or_half_made_is_made_again(capsys):
    one = search_indexes.INDEXES[0]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP INDEX "{one.name}"')
    assert search_indexes.missing(connection) == [one]
    [warning] = check_search_indexes(None, databases=["default"])
    assert (warning.id, one.table in warning.msg) == ("foyer.W103", True)
    call_command("search_indexes")
    assert f"Making the index for searching {one.table} …" in capsys.readouterr().out
    assert search_indexes.missing(connection) == []
    assert check_search_indexes(None, databases=["default"]) == []
    assert search_indexes.make(connection) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_ever_behind_an_old_transaction(monkeypatch):
    def plain(one, connection, *, concurrently):
        return f'CREATE INDEX CONCURRENTLY "{one.name}" ON {one.table} (id)'

    one = search_indexes.SearchIndex("media_items.MediaItem", ("id",))
    monkeypatch.setattr(search_indexes, "INDEXES", [one])
    monkeypatch.setattr(search_indexes, "LOCK_SECONDS", 1)
    monkeypatch.setattr(search_indexes, "EXTENSION", "plpgsql")  # one that every PostgreSQL has
    monkeypatch.setattr(search_indexes.SearchIndex, "sql", plain)
    wanted = connection.get_connection_params()
    wanted.pop("cursor_factory", None)
    with psycopg.connect(**wanted) as left_open:
        left_open.execute("UPDATE media_items_mediaitem SET title = title")
        with pytest.raises(search_indexes.NotMade, match="lock timeout"):
            search_indexes.make(connection)
    assert search_indexes.make(connection) == [one.table]
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
        cursor.execute(f'DROP INDEX "{one.name}"')


def test_without_the_extension_the_reason_is_said_and_nothing_breaks(monkeypatch, owner):
    if connection.vendor != "postgresql":
        assert search_indexes.missing(connection) == []
        assert check_search_indexes(None, databases=["default"]) == []
        with pytest.raises(CommandError, match="Only PostgreSQL"):
            call_command("search_indexes")
        return
    monkeypatch.setattr(search_indexes, "EXTENSION", "no_such_extension")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP INDEX IF EXISTS "{search_indexes.INDEXES[0].name}"')
    with pytest.raises(CommandError, match="no_such_extension"):
        call_command("search_indexes")
    assert check_search_indexes(None, databases=["default"])
    factories.MediaItemFactory(owner=owner, title="Cells")
    assert found("cell") == {"Cells"}


def test_no_database_is_asked_by_a_check_that_names_none(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert check_search_indexes(None) == []
