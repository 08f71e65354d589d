"""Rows of the access tables: name of an address, method, then one status for each column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass

from django.db import transaction
from django.test import Client

from tests import undoing
from tests.one_clock import wrong_times
from tests.one_language import left_in_english


@dataclass(frozen=True)
class Row:
    name: str
    method: str
    expected: dict[str, int]

    @classmethod
    def of(cls, line: str, columns: list[str]) -> Row:
        name, method, *statuses = line.split()
        if statuses == ["405"]:
            # Said before anybody is looked at: two people are enough.
            columns = [columns[0], columns[-1]]
        if len(statuses) == 1:
            statuses *= len(columns)
        return cls(name, method, dict(zip(columns, map(int, statuses), strict=True)))


def rows_of(table: str, columns: list[str]) -> list[Row]:
    return [Row.of(line, columns) for line in table.splitlines() if line.strip()]


@contextmanager
def undone(browser: Client) -> Iterator[None]:
    """What is done inside is undone: rows, the browser's cookies, what the throttles counted."""
    cookies = deepcopy(browser.cookies)
    with undoing.stage():
        yield
        transaction.set_rollback(True)
    browser.cookies = cookies


def answer_to(browser: Client, row: Row, address: str, typed: dict[str, str]) -> tuple[int, bytes]:
    """Status and everything that came. What `typed` says goes with a POST.

    Whatever comes tells one time, the reader's (tests/one_clock.py), in their language."""
    answer = getattr(browser, row.method.lower())(address, typed if row.method == "POST" else {})
    body = b"".join(answer)  # to the end: files are closed there
    assert wrong_times(browser, answer, body) == [], f"{row.method} {row.name}"
    english = left_in_english(browser, answer, body)
    assert not english, f"{row.method} {row.name}: {english}"
    return answer.status_code, answer.serialize_headers() + body


def status_of(browser: Client, row: Row, address: str, typed: dict[str, str]) -> int:
    status, _whole = answer_to(browser, row, address, typed)
    return status


def wrong_answers(rows: Iterable[Row], column: str, ask: Callable[[Row], int]) -> list[str]:
    """Each cell of one column that `ask` answers otherwise than the table."""
    return [
        f"{row.method} {row.name}: {status}, not {row.expected[column]}"
        for row in rows
        if column in row.expected and (status := ask(row)) != row.expected[column]
    ]
