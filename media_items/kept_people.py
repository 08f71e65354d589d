"""Nobody is written down again while they are being erased.

Whoever writes somebody's name, address or words under the key of a proof asks `keep` first, in the
transaction that writes; whoever erases calls `lock_to_erase` first, in the transaction that erases.
So one waits for the other: what was written before is erased with the rest, and what comes after is
not written. Why a lock on the key and not on a row: docs/adr/0032.

Both are taken before any other lock of theirs but a guest link's or a gallery's, so that nobody
waits in a circle; the row of an account is locked last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from zlib import crc32

from django.db import connection

_LOCKS = 0x464F5945  # one family of advisory locks, apart from every other
_SLOTS = 256  # keys share them, so that erasing thousands of people takes no more locks than this

_is_there: list[Callable[[str], bool]] = []


def know_people_by(is_there: Callable[[str], bool]) -> None:
    """Called once from `AppConfig.ready`: whether the row that a key names is there, not erased."""
    _is_there[:] = [is_there]


def keep(key: str) -> bool:
    """Whether the proof with this key is there; where it is, its person is not erased before the
    transaction ends. Two queries at most."""
    keep_all([key])
    return all(asked(key) for asked in _is_there)


def keep_all(keys: Iterable[str]) -> None:
    """`keep` for one person under several keys, without asking: together, for in another order than
    whoever erases takes them each would wait for the other."""
    _lock(keys, "SELECT pg_advisory_xact_lock_shared(%s, slot) FROM unnest(%s::int[]) AS slot")


def lock_to_erase(keys: Iterable[str]) -> None:
    """Until the transaction ends nothing is written under these keys."""
    _lock(keys, "SELECT pg_advisory_xact_lock(%s, slot) FROM unnest(%s::int[]) AS slot")


def _lock(keys: Iterable[str], statement: str) -> None:
    """The slots in one order. On SQLite whoever has begun a transaction writes alone."""
    slots = sorted({crc32(key.encode()) % _SLOTS for key in keys})
    if not slots or connection.vendor != "postgresql":
        return
    if not connection.in_atomic_block:
        raise RuntimeError("the lock on a person lasts as long as a transaction")
    with connection.cursor() as cursor:
        cursor.execute(statement, [_LOCKS, slots])
