"""Rows of the access tables: name of an address, method, then one status for each column."""

from __future__ import annotations

from dataclasses import dataclass


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
