"""Every address of a live session × everybody: one module of rows for each room of the code.

A module has `TABLE`, and where they are needed `KIND` (a room unless said), `TYPED` (what a POST
sends) and `words(world)` (what stands in the addresses). The columns are `COLUMNS`; everybody up
to `guest` has come in, `not_in` is a viewer who has not, `waiting` a guest at the door, `removed`
a viewer who was removed from this session. See tests/test_live_access.py for the world.
"""

from __future__ import annotations

import importlib
import pkgutil

from media_items.catalogue.models import Kind
from tests.access_rows import Row, rows_of

COLUMNS = [
    "owner", "co_editor", "moderator", "speaker", "viewer", "guest",
    "not_in", "waiting", "removed", "stranger", "nobody",
]  # fmt: skip

TABLES = [
    importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
]


def rows_of_table(table) -> list[Row]:
    return rows_of(table.TABLE, COLUMNS)


ROWS_OF_TABLES = [(table, row) for table in TABLES for row in rows_of_table(table)]
ROWS = [row for _table, row in ROWS_OF_TABLES]


def kind_of(table) -> Kind:
    return getattr(table, "KIND", Kind.ROOM)
