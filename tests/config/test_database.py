"""Connections that a restart of PostgreSQL has cut are noticed, without asking at each request."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from config import database

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(monkeypatch):
    """The connections that were sent a question to see whether they are there."""
    really, seen = ConnectionPool.check_connection, []

    def note(one):
        seen.append(one)
        really(one)

    monkeypatch.setattr(ConnectionPool, "check_connection", staticmethod(note))
    return seen


@pytest.fixture
def pool(asked):
    kwargs = {**connection.get_connection_params(), "autocommit": True}
    check = database.check_connection
    with ConnectionPool(kwargs=kwargs, min_size=1, max_size=1, timeout=10, check=check) as made:
        yield made


def process_of(one: psycopg.Connection) -> int:
    return one.info.backend_pid


def test_a_connection_that_answered_a_moment_ago_is_not_asked(pool, asked):
    for _request in range(5):
        with pool.connection() as one:
            one.execute("SELECT 1")
    assert len(asked) == 1


def test_one_that_answered_longer_ago_is_asked(pool, asked, monkeypatch):
    monkeypatch.setattr(database, "ASKED_EVERY", -1.0)
    for _request in range(3):
        with pool.connection() as one:
            one.execute("SELECT 1")
    assert len(asked) == 3


def test_one_that_the_database_has_cut_is_replaced_though_it_answered_a_moment_ago(pool):
    with pool.connection() as one:
        cut = process_of(one)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [cut])
    with pool.connection() as one:
        assert one.execute("SELECT 1").fetchone() == (1,)
        assert process_of(one) != cut
