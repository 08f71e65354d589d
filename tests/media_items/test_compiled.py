"""Querysets that are compiled once: they say what the queryset says, whatever is asked."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from access.register.querysets import Shown, Sort
from media_items import compiled as module
from media_items.catalogue.models import State
from media_items.compiled import NotCompilable, compiled
from media_items.live.participants.listing import GroupName
from media_items.live.sessions.models import LiveSettings
from media_items.models import MediaItem
from media_items.processing.models import Purpose
from tests import factories
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(monkeypatch):
    """`question(build)`: compiled, and not one of Foyer's own."""
    monkeypatch.setattr(module, "QUESTIONS", [])
    return compiled


@pytest.fixture
def new_connections(transactional_db):
    """No statement is prepared yet, and none of the test's is left for other tests."""
    forget_connections()
    yield
    forget_connections()


def forget_connections():
    connection.close()
    connection.close_pool()


@pytest.fixture
def items():
    return factories.MediaItemFactory.create_batch(5)


def test_a_number_a_text_and_a_moment_are_asked_anew_each_time(question, items):
    @question
    def made(*, pk, title, moment):
        return MediaItem.objects.filter(pk=pk, title=title, created_at__lt=moment)

    now = timezone.now() + timedelta(seconds=1)
    for item in items:
        assert made(pk=item.pk, title=item.title, moment=now) == [item]
        assert made(pk=item.pk, title=item.title, moment=now - timedelta(days=1)) == []
        assert made(pk=item.pk, title="another", moment=now) == []


@pytest.mark.parametrize("count", range(6))
def test_a_tuple_may_have_any_length(question, items, count):
    @question
    def among(*, pks):
        return MediaItem.objects.filter(pk__in=pks).order_by("pk")

    asked = tuple(item.pk for item in items[:count])
    assert among(pks=asked) == items[:count]
    # A second time, by the SQL that is there.
    assert among(pks=tuple(reversed(asked))) == items[:count]


def test_a_tuple_longer_than_most_is_asked_as_a_queryset(question, items):
    @question
    def among(*, pks):
        return MediaItem.objects.filter(pk__in=pks).order_by("pk")

    assert among(pks=tuple(range(10_000))) == [item for item in items if item.pk < 10_000]
    assert not among._plans


def test_what_is_no_value_chooses_between_several_texts(question, items):
    MediaItem.objects.filter(pk=items[0].pk).update(state=State.UNLISTED)

    @question
    def those(*, state, is_first, room_of):
        found = MediaItem.objects.filter(state=state, room_of=room_of).order_by("pk")
        return found[:1] if is_first else found

    unlisted, private = items[0], items[1:]
    assert those(state=State.UNLISTED, is_first=False, room_of=None) == [unlisted]
    assert those(state=State.PRIVATE, is_first=False, room_of=None) == private
    assert those(state=State.PRIVATE, is_first=True, room_of=None) == private[:1]
    assert those(state=State.PRIVATE, is_first=True, room_of=7_000_000) == []


def test_rows_come_with_what_belongs_to_them(question, items, django_assert_num_queries):
    @question
    def with_owner(*, pk):
        return MediaItem.objects.select_related("owner").filter(pk=pk)

    @question
    def pairs(*, pk):
        return MediaItem.objects.filter(pk=pk).values_list("pk", "owner__email")

    for item in items:
        with django_assert_num_queries(1):
            [found] = with_owner(pk=item.pk)
            assert found.owner.email == item.owner.email
        assert pairs(pk=item.pk) == [(item.pk, item.owner.email)]


@pytest.mark.parametrize(
    ("build", "asked"),
    [
        (lambda *, pk: MediaItem.objects.filter(pk=pk + 1), {"pk": 4}),
        (lambda *, title: MediaItem.objects.filter(title=title.upper()), {"title": "Film"}),
        (lambda *, title: MediaItem.objects.filter(title=title.lower()), {"title": "Film"}),
        (lambda *, title: MediaItem.objects.filter(title=title.strip()), {"title": " Film"}),
        (lambda *, title: MediaItem.objects.filter(title=title[:4]), {"title": "Films"}),
        (lambda *, pk: MediaItem.objects.filter(pk=pk if pk == 4 else 5), {"pk": 4}),
        (lambda *, pk: MediaItem.objects.filter(pk=abs(pk)), {"pk": -4}),
        (lambda *, pk: MediaItem.objects.filter(pk=pk, title="ab"[pk > 0]), {"pk": 4}),
        (lambda *, pks: MediaItem.objects.filter(pk__in=pks, title=len(pks)), {"pks": (4, 5, 6)}),
        (lambda *, pk: MediaItem.objects.all(), {"pk": 4}),
        (lambda *, pks: MediaItem.objects.filter(pk__in=pks[:1]), {"pks": (4, 5)}),
        (
            lambda *, moment: MediaItem.objects.filter(created_at__lt=moment - timedelta(1)),
            {"moment": timezone.now()},
        ),
    ],
)
def test_who_does_more_with_a_value_than_hand_it_on_is_refused(question, build, asked):
    made = question(build)
    for _again in range(2):
        with pytest.raises(NotCompilable):
            made(**asked)


def test_a_part_of_a_tuple_that_is_left_out_would_be_seen(question, items):
    """`pks[:1]` hands its first on; the plan has no place for the rest and is refused."""

    @question
    def some(*, pks):
        return MediaItem.objects.filter(pk__in=pks[1:])

    with pytest.raises(NotCompilable):
        some(pks=(items[0].pk, items[1].pk))


def test_what_can_have_no_row_has_none(question, items):
    @question
    def some(*, pk, others):
        return MediaItem.objects.filter(Q(pk__in=others), pk=pk)

    assert some(pk=items[0].pk, others=()) == []
    assert some(pk=items[0].pk, others=(items[0].pk,)) == [items[0]]


def test_a_number_too_large_for_a_small_column_is_not_taken_for_all(question, items):
    """On PostgreSQL no value that stands for others fits a column of 16 bits."""
    LiveSettings.objects.create(item=items[0], early_entrance_minutes=20)

    @question
    def early(*, minutes):
        return LiveSettings.objects.filter(early_entrance_minutes=minutes)

    assert [one.item for one in early(minutes=20)] == [items[0]]


@pytest.mark.parametrize("title", ["%", "f_lm", "FILM"])
def test_a_lookup_that_prepares_its_value_is_refused_or_right(question, title):
    """`iexact` is LIKE on SQLite, where a wildcard is to be escaped."""
    factories.MediaItemFactory(title="film")

    @question
    def named(*, title):
        return MediaItem.objects.filter(title__iexact=title)

    try:
        found = named(title=title)
    except NotCompilable:
        return
    assert found == list(named.queryset(title=title))


@pytest.mark.parametrize("which", [1.0, [1], {"a"}, b"a", lambda: 1])
def test_an_argument_is_a_value_or_a_choice(question, which):
    @question
    def some(*, which):
        return MediaItem.objects.none() if which else MediaItem.objects.all()

    with pytest.raises(NotCompilable):
        some(which=which)


@pytest.mark.parametrize("pk", [2**63, -(2**70)])
def test_a_number_that_no_column_holds_names_nothing(question, items, pk):
    @question
    def one(*, pk):
        return MediaItem.objects.filter(pk=pk)

    assert one(pk=items[0].pk) == [items[0]]
    assert one(pk=pk) == []
    assert one(pk=items[1].pk) == [items[1]]


@pytest.mark.django_db(transaction=True)
def test_a_plan_keeps_no_connection(question, items):
    @question
    def one(*, pk):
        return MediaItem.objects.filter(pk=pk)

    assert one(pk=items[0].pk) == [items[0]]
    [plan] = one._plans.values()
    assert plan.compiler.connection is None


@pytest.mark.django_db(transaction=True)
def test_threads_ask_by_their_own_connection(question):
    items = factories.MediaItemFactory.create_batch(4)

    @question
    def named(*, pk):
        return MediaItem.objects.filter(pk=pk)

    answers = []

    def ask(item):
        answers.extend(named(pk=item.pk))

    assert at_once([partial(ask, item) for item in items]) == [None] * 4
    assert sorted(one.pk for one in answers) == sorted(one.pk for one in items)


@pytest.mark.django_db(transaction=True)
def test_columns_are_read_by_the_connection_that_asks(question):
    """SQLite keeps moments as texts, and what reads them belongs to a connection."""
    item = factories.MediaItemFactory(available_until=timezone.now())

    @question
    def one(*, pk, moment):
        return MediaItem.objects.filter(pk=pk, created_at__lt=moment, updated_at__lt=moment)

    asked = {"pk": item.pk, "moment": timezone.now() + timedelta(days=1)}
    read = []

    def ask():
        for _again in range(2):
            [found] = one(**asked)
            read.append((found.created_at, found.available_until, found.deleted_at))

    ask()
    assert at_once([ask, ask]) == [None] * 2
    [anew] = one.queryset(**asked)
    assert read == [(anew.created_at, anew.available_until, None)] * 6
    [plan] = one._plans.values()
    assert plan.of_thread.connection is connections["default"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_is_held_only_in_a_transaction(question):
    item = factories.MediaItemFactory()

    @question
    def held(*, pk):
        return MediaItem.objects.select_for_update().filter(pk=pk)

    with transaction.atomic():
        assert held(pk=item.pk) == [item]
    with pytest.raises(transaction.TransactionManagementError):
        held(pk=item.pk)


@pytest.mark.postgres
@pytest.mark.parametrize("may", [True, False])
def test_questions_are_prepared_where_they_may_be(new_connections, question, items, settings, may):
    settings.DATABASE_PREPARED = may

    @question
    def titled(*, pk, title):
        return MediaItem.objects.filter(pk=pk, title=title)

    for item in items:
        assert titled(pk=item.pk, title=item.title) == [item]
        assert titled(pk=item.pk, title="%s 100% {0}") == []
    prepared = prepared_now()
    assert bool(prepared) is may
    assert all("media_items_mediaitem" in one for one in prepared)


def prepared_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


@pytest.mark.postgres
def test_numbers_of_any_size_are_one_statement(new_connections, question, items):
    """psycopg sends 5 as smallint and 40,000 as integer, and each mixture is another statement."""

    @question
    def among(*, pks):
        return MediaItem.objects.filter(pk__in=pks)

    for pks in [(5, 6), (5, 40_000), (40_000, 5), (5, 2**40), (2**40, 40_000)]:
        among(pks=pks)
    assert len(prepared_now()) == 1


@pytest.mark.postgres
def test_no_text_is_kept_of_what_is_not_prepared(new_connections, question, items):
    """Values stand in it: addresses, hashes of passwords, sessions."""

    @question
    def named(*, pk):
        return MediaItem.objects.filter(pk=pk)

    assert named(pk=items[0].pk) == [items[0]]
    MediaItem.objects.filter(title="Nobody is to keep this").exists()
    raw = connection.connection
    assert not raw._prepared._counts
    assert raw._prepared._names


@pytest.mark.postgres
@pytest.mark.parametrize("what", ["a column of another type", "forgotten by the server"])
def test_a_statement_that_is_no_good_any_more_is_asked_unprepared(
    new_connections, question, items, what
):
    @question
    def named(*, pk):
        return MediaItem.objects.filter(pk=pk)

    def change(length):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE media_items_mediaitem ALTER title TYPE varchar({length})")
        connection.close()

    length = MediaItem._meta.get_field("title").max_length
    assert named(pk=items[0].pk) == [items[0]]
    try:
        if what == "a column of another type":
            assert at_once([partial(change, length + 1)]) == [None]
        else:
            connection.connection.pgconn.exec_(b"DEALLOCATE ALL")
        assert named(pk=items[0].pk) == [items[0]]
        assert not prepared_now()
        assert not connection.connection._prepared._counts
        assert named(pk=items[0].pk) == [items[0]]
        assert len(prepared_now()) == 1
    finally:
        if what == "a column of another type":
            change(length)


@pytest.mark.postgres
def test_a_prepared_question_that_fails_says_so_as_others_do(new_connections, question, items):
    @question
    def named(*, pk):
        return MediaItem.objects.filter(pk=pk)

    assert named(pk=items[0].pk) == [items[0]]
    with transaction.atomic():
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute("SELECT nothing")
        with pytest.raises(DatabaseError):
            named(pk=items[0].pk)
        transaction.set_rollback(True)
    assert named(pk=items[1].pk) == [items[1]]


# --- Foyer's own ------------------------------------------------------------------------------

VALUES = {
    "gallery": 9,
    "account": 10,
    "item": 11,
    "session": 12,
    "pk": 13,
    "room_of": 14,
    "link": 15,
    "owner": 16,
    "email": "ada@example.org",
    "digests": ("a1b2", "c3d4"),
    "public_id": "abcdefgh2345",
    "key": "guest:19",
    "keys": ("guest:19", "account:10"),
    "counted": ("a1b2", "c3d4"),
    "waits_for_disk": True,
    "tag": "Xk3f9Q-_",
    "moment": timezone.now(),
    "but": timezone.now() - timedelta(seconds=5),
    "accounts": (1, 2, 3, 4),
    "numbers": (1, 2, 3, 4),
    "purpose": Purpose.POSTER,
    "invitations": (4,),
    "pks": (5, 6),
    "emails": ("ada@example.org",),
    "proven": ("ada@example.org", "grace@example.org"),
    "is_published": True,
    "deleted": False,
    "under_way": True,
    "waits": True,
    "participant": 16,
    "group": GroupName.HANDS,
    "first": 15,
    "is_long": True,
    "since": timezone.now(),
    "done_since": timezone.now() - timedelta(minutes=1),
    "before": 16,
    "state": State.PUBLISHED,
    "which": Shown.PROBLEMS,
    "sort": Sort.PROBLEMS_FIRST,
}
# The same asked another way: none, or the other answer.
OTHERS = {
    "room_of": None,
    "is_published": False,
    "deleted": True,
    "proven": (),
    "waits_for_disk": False,
    "keys": None,
    "invitations": (),
    "under_way": False,
    "waits": False,
    "group": GroupName.GONE,
    "first": None,
    "is_long": False,
    "which": Shown.INVITED,
    "before": None,
    "sort": Sort.STATE,
}


def sql_of(queryset: QuerySet) -> tuple[str, tuple]:
    with transaction.atomic():
        sql, params = queryset.query.sql_with_params()
    return sql, tuple(params)


def asked_as_sql(question, arguments) -> tuple[str, tuple]:
    """What `question` sends to the database."""
    sent = []

    def note(execute, sql, params, many, context):
        sent.append((sql, tuple(params)))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(note):
        question(**arguments)
    assert len(sent) == 1
    return sent[0]


@pytest.mark.parametrize("others", [{}, OTHERS], ids=["one-way", "another-way"])
@pytest.mark.parametrize("question", module.QUESTIONS, ids=lambda one: one.name)
def test_each_question_sends_what_its_queryset_says(question, others):
    """SECURITY: the SQL that is kept is the rule's own, with the values at hand in their places."""
    names = list(question.__wrapped__.__annotations__)
    names.remove("return")
    arguments = {name: {**VALUES, **others}[name] for name in names}
    for _again in range(2):
        assert asked_as_sql(question, arguments) == sql_of(question.queryset(**arguments))
