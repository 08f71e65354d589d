"""The marks of a mail on its way, each one statement: reserved, claimed, written down.

    reserve     many at once, in one transaction that the disk has before anything else is done
    claim       one of them, before the server is contacted
    write_down  what became of it

On PostgreSQL the last two do not wait for the disk. SECURITY: a crash of the database may forget
those of its last moment; then it has lost its witness (`CrashWitness`), too, and of what was
reserved before nobody knows whether it has gone. So a mail is never sent again after a crash, and
after the death of a worker only those are in doubt that it had claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.mail.models import ENDS, CrashWitness, OutgoingMail, OutgoingMailQuerySet
from media_items.prepared import preparing

# SECURITY: asked by the statement that acts on it, so that no crash comes between the two.
_UNDER_WITNESS = Q(reserved_under__in=CrashWitness.objects.values("number"))
# Not column by column: then PostgreSQL may look through all that wait for the one with the key.
_WAITS = f"COALESCE({', '.join(ENDS)}) IS NULL"


@transaction.atomic
def reserve(due: OutgoingMailQuerySet) -> list[OutgoingMail]:
    """Those of these that nobody else has in hand, reserved for the caller."""
    witness, _is_new = CrashWitness.objects.get_or_create(pk=CrashWitness.ONLY)
    mails = list(due.select_for_update(skip_locked=True))
    moment = timezone.now()
    OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
        reserved_at=moment, reserved_under=witness.number
    )
    for mail in mails:
        mail.reserved_at, mail.reserved_under = moment, witness.number
    return mails


def release(mails: Sequence[OutgoingMail]) -> None:
    """For others, as far as they are not claimed. They were reserved by one `reserve`."""
    # SECURITY: what another worker has reserved since is that worker's, and may have gone.
    mine = Q(pk__in=[mail.pk for mail in mails], reserved_at=mails[0].reserved_at)
    _unclaimed(mine).update(reserved_at=None)


def release_about(kinds: Collection[str], about_id: int) -> None:
    """What is said of this row has changed: whoever has read it before claims no mail about it."""
    about = Q(kind__in=list(kinds), about_id=about_id, reserved_at__isnull=False)
    _unclaimed(about & _UNDER_WITNESS).update(reserved_at=None)


def release_older_than(moment: datetime) -> None:
    """What was reserved by a worker that has died and had not claimed it."""
    _unclaimed(Q(reserved_at__lt=moment) & _UNDER_WITNESS).update(reserved_at=None)


def forgotten(moment: datetime) -> Q:
    """Reserved before `moment`, and before a crash: it may have been claimed and sent since."""
    return Q(claimed_at=None, reserved_at__lt=moment) & ~_UNDER_WITNESS


def claim(mail: OutgoingMail) -> bool:
    """Of all that try, one; nobody for whom it is not reserved (any more)."""
    # SECURITY: conditions on the row's own columns only, so that the database checks them again
    # after waiting for another worker's UPDATE.
    mine = {"claimed_at": None, "reserved_at": mail.reserved_at, "attempts": mail.attempts}
    return _update(mail.pk, {"claimed_at": timezone.now()}, where=mine)


def write_down(mail: OutgoingMail, columns: Mapping[str, Any]) -> None:
    """Nothing where the row was erased or ended meanwhile."""
    _update(mail.pk, columns, where={})


def _unclaimed(which: Q) -> OutgoingMailQuerySet:
    waiting: OutgoingMailQuerySet = OutgoingMail.objects.waiting().filter(which, claimed_at=None)
    return waiting


def _update(pk: int, columns: Mapping[str, Any], *, where: Mapping[str, Any]) -> bool:
    """One UPDATE of a mail that waits; whether there was such a row."""
    conditions = {"id": pk, **where}
    given = {name: value for name, value in conditions.items() if value is not None}
    statement, fields = _made(connection.vendor, tuple(columns), tuple(conditions), tuple(given))
    values = (*columns.values(), *given.values())
    params = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    ]
    with preparing(connection).cursor() as cursor:
        cursor.execute(statement, params)
        return bool(cursor.fetchall())


@lru_cache(100)
def _made(
    vendor: str, columns: Sequence[str], conditions: Sequence[str], given: Collection[str]
) -> tuple[str, list[Any]]:
    """The text of an UPDATE, and the fields of its values. Of `conditions` those that are not
    `given` say that there is nothing in the column."""
    quoted = connection.ops.quote_name
    asked = " AND ".join(
        f"{quoted(name)} " + ("= %s" if name in given else "IS NULL") for name in conditions
    )
    changes = ", ".join(f"{quoted(name)} = %s" for name in columns)
    unwaiting = ", set_config('synchronous_commit', 'off', true)" if vendor == "postgresql" else ""
    statement = f"""
        UPDATE {OutgoingMail._meta.db_table} SET {changes} WHERE {asked} AND {_WAITS}
        RETURNING id{unwaiting}
    """  # noqa: S608 - names of columns and placeholders
    return statement, [OutgoingMail._meta.get_field(name) for name in (*columns, *given)]
