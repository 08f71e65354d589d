"""Querysets whose SQL is made once per process, for questions that nearly every request asks.

    @compiled
    def live_items(*, public_id: str) -> QuerySet[MediaItem]:
        return MediaItem.objects.live().filter(public_id=public_id)

    [item] = live_items(public_id="abcd")

The function says what is asked, in the ORM, and is the only place that says it. It is called once
with values that stand for others, is compiled, and every later question is that SQL with the values
at hand in their places. Numbers, texts, moments, and tuples of numbers or texts are values; None, a
bool and a member of an enum choose between several SQL texts. There is no other argument.

SECURITY: a function hands its values on and does nothing else with them. One that adds to a value,
writes it in small letters, counts a tuple or leaves something out is refused, by `NotCompilable`,
the first time it is asked: it is compiled with sets of values that have nothing in common, whatever
is not a place of theirs must be the same each time, and each must have a place. A choice by a value
is not always seen so; whatever is to be chosen is an argument of its own.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import update_wrapper
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol, TypeGuard

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from media_items.prepared import preparing

MOST_VALUES = 64  # of one tuple; a longer one is asked as any queryset is
MOST_BITS = 63  # of a number that a column can hold; a larger one is asked as any queryset is
_VALUES = (int, str, datetime)
_CHOICES = (bool, Enum)


class NotCompilable(TypeError):
    """The function does something with its values beside handing them on."""


class _Place(NamedTuple):
    """Where in the SQL a value goes: its argument, and for a tuple which of it."""

    name: str
    position: int | None = None


class _Plan(NamedTuple):
    sql: str
    params: tuple[Any, ...]  # values, and `_Place` for those that change
    queryset: Any
    compiler: Any
    of_thread: threading.local  # `_converters`

    @property
    def constants(self) -> list[Any]:
        return [one for one in self.params if not isinstance(one, _Place)]

    def filled(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
        """A moment stands in several places of most questions, and is written once."""
        given = {name: _for_database(value, connection) for name, value in values.items()}
        return tuple(_at(one, given) if _is_place(one) else one for one in self.params)


class _Set(NamedTuple):
    """Values that stand for others, in all things unlike those of the other set."""

    text: str
    number: int
    moment: datetime
    step: int

    def stand_in(self, value: object, number: int) -> int | str | datetime:
        if isinstance(value, datetime):
            return self.moment + timedelta(microseconds=number)
        if isinstance(value, str):
            return self.text.format(number)
        return self.number + self.step * number


# The numbers fit a column of 32 bits; for a smaller one the ORM finds no row, and no plan is kept.
_SETS = (
    _Set(" Stands%_\\For'Ä {} ", 1_947_000_000, datetime(2947, 1, 1, tzinfo=UTC), 1),
    _Set("x{}@y", -1_846_000_000, datetime(1846, 6, 1, 12, tzinfo=UTC), -1),
)


class Question[**P, R](Protocol):
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]: ...
    def queryset(self, *args: P.args, **kwargs: P.kwargs) -> QuerySet[Any, R]:
        """The same question as a queryset that is compiled anew."""


# Every function that was decorated; the tests ask each both ways.
QUESTIONS: list[Compiled] = []


class Compilation:
    """What `build` says of its arguments, and the SQL of each shape of these."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self.queryset = build
        self.name = f"{build.__module__}.{build.__qualname__}"
        self._plans: dict[tuple[Any, ...], _Plan | None] = {}

    def _plan_of(
        self, arguments: dict[str, Any], connection: BaseDatabaseWrapper
    ) -> tuple[_Plan | None, dict[str, Any]]:
        """None for what is asked as any queryset is."""
        shape: list[Any] = []
        values: dict[str, Any] = {}
        for name, value in arguments.items():
            if isinstance(value, tuple):
                values[name] = _padded(value)
                shape.append((name, "values", len(values[name]), frozenset(map(type, value))))
            elif _is_value(value):
                values[name] = value
                shape.append((name, "value", type(value)))
            elif value is None or isinstance(value, _CHOICES):
                shape.append((name, "choice", type(value), value))
            else:
                raise NotCompilable(f"{self.name}: {name} is neither a value nor a choice")
        if not all(map(_is_common, values.values())):
            return None, values
        key = (connection.vendor, *shape)
        if key not in self._plans:
            self._plans[key] = self._planned(arguments, values, connection)
        return self._plans[key], values

    def _planned(
        self, arguments: dict[str, Any], values: dict[str, Any], connection: BaseDatabaseWrapper
    ) -> _Plan | None:
        """None where the ORM finds that there can be no row: it may be otherwise for other
        values, so that each time is asked anew."""
        plan, other = (self._compiled(arguments, values, connection, one) for one in _SETS)
        if plan is None or other is None:
            return None
        if plan.sql != other.sql or plan.params != other.params:
            raise NotCompilable(f"{self.name} makes of its values what depends on them")
        if missing := set(_places(values)) - set(filter(_is_place, plan.params)):
            names = ", ".join(sorted(one.name for one in missing))
            raise NotCompilable(f"{self.name} does not hand on all of {names}")
        longer = {
            name: value + value if isinstance(value, tuple) else value
            for name, value in values.items()
        }
        other = self._compiled(arguments, longer, connection, _SETS[0])
        if other is None or other.constants != plan.constants:
            raise NotCompilable(f"{self.name} counts")
        plan.compiler.connection = None  # each asks by the connection of its own thread
        return plan

    def _compiled(
        self,
        arguments: dict[str, Any],
        values: dict[str, Any],
        connection: BaseDatabaseWrapper,
        chosen: _Set,
    ) -> _Plan | None:
        stand_ins = {
            place: chosen.stand_in(_at(place, values), number)
            for number, place in enumerate(_places(values))
        }
        places = {_of_kind(_for_database(v, connection)): p for p, v in stand_ins.items()}
        given = {
            name: tuple(stand_ins[_Place(name, n)] for n in range(len(value)))
            if isinstance(value, tuple)
            else stand_ins[_Place(name)]
            for name, value in values.items()
        }
        queryset: Any = self.queryset(**{**arguments, **given})
        try:
            sql, params, compiler = self._sql_of(queryset, connection)
        except EmptyResultSet:
            return None
        filled = tuple(places.get(_of_kind(one), one) for one in params)
        return _Plan(sql, filled, queryset, compiler, threading.local())

    def _sql_of(
        self, queryset: Any, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...], Any]:
        """With the compiler, which knows how to read the rows. Raises `NotCompilable`."""
        if queryset._prefetch_related_lookups:
            raise NotCompilable(f"{self.name} fetches more")
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        if compiler.has_composite_fields(columns):
            raise NotCompilable(f"{self.name} has keys of several columns")
        return sql, params, compiler


class Compiled(Compilation):
    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        super().__init__(build)
        update_wrapper(self, build)
        QUESTIONS.append(self)

    def __call__(self, **arguments: Any) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        plan, values = self._plan_of(arguments, connection)
        if plan is None:
            return list(self.queryset(**arguments))
        return list(_answers(plan, values, connection))


def compiled[**P, R](build: Callable[P, QuerySet[Any, R]]) -> Question[P, R]:
    """See the module. The function takes keyword arguments only."""
    made: Any = Compiled(build)
    question: Question[P, R] = made
    return question


def _is_value(value: object) -> bool:
    return isinstance(value, _VALUES) and not isinstance(value, _CHOICES)


def _is_common(value: object) -> bool:
    """What can be in the place of a value that stands for it."""
    if isinstance(value, tuple):
        return len(value) <= MOST_VALUES and all(
            _is_value(one) and not isinstance(one, datetime) and _is_common(one) for one in value
        )
    if isinstance(value, datetime):
        return timezone.is_aware(value)
    return not isinstance(value, int) or value.bit_length() <= MOST_BITS


def _padded(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """To a power of two, by the last once more: few SQL texts do for tuples of any length."""
    if not values:
        return values
    length = 1 << (len(values) - 1).bit_length()
    return values + values[-1:] * (length - len(values))


def _places(values: dict[str, Any]) -> Iterator[_Place]:
    for name, value in values.items():
        if isinstance(value, tuple):
            yield from (_Place(name, position) for position in range(len(value)))
        else:
            yield _Place(name)


def _is_place(one: object) -> TypeGuard[_Place]:
    return isinstance(one, _Place)


def _of_kind(value: object) -> tuple[type, object]:
    """Such that a number is no moment, and what has no hash is no place. On PostgreSQL numbers for
    some columns are of a class that says how many bytes they have."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int, int(value)
    return type(value), value if _is_value(value) else repr(value)


def _for_database(value: Any, connection: BaseDatabaseWrapper) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _answers(plan: _Plan, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Iterator[Any]:
    queryset = plan.queryset
    locks = queryset.query.select_for_update
    if locks and connection.features.has_select_for_update and connection.get_autocommit():
        raise TransactionManagementError(
            "select_for_update cannot be used outside of a transaction."
        )
    params = plan.filled(values, connection)
    # The compiler of the first time, with what it found out about columns and rows; its connection
    # is that of the thread which asks.
    compiler = copy.copy(plan.compiler)
    compiler.connection = preparing(connection)
    converters = _converters(plan, compiler, connection)
    compiler.as_sql = lambda: (plan.sql, params)
    compiler.get_converters = lambda columns: converters
    compiler.has_composite_fields = lambda columns: False
    asked = SimpleNamespace(
        db=queryset.db,
        model=queryset.model,
        query=_Asked(queryset.query, compiler),
        _fields=queryset._fields,
        _fetch_mode=queryset._fetch_mode,
        _known_related_objects=queryset._known_related_objects,
    )
    return iter(queryset._iterable_class(asked))


def _converters(plan: _Plan, compiler: Any, connection: BaseDatabaseWrapper) -> dict[int, Any]:
    """What the compiler says turns columns into values: asked once by each connection, whose
    functions they are."""
    here = plan.of_thread
    if getattr(here, "connection", None) is not connection:
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        here.converters = compiler.get_converters(columns)
        here.connection = connection
    found: dict[int, Any] = here.converters
    return found


def _at(place: _Place, values: dict[str, Any]) -> Any:
    value = values[place.name]
    return value if place.position is None else value[place.position]


class _Asked:
    """A query that is compiled already."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query = query
        self._compiler = compiler

    def get_compiler(self, using: str | None = None) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
