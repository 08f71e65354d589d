"""A list of people: made of what was brought, corrected by the host, forgotten after a week.

made ──► started (`services.inviting`) ──► finished
  └── lines are corrected and removed only before the start
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.accounts.models import User
from access.email_addresses import normal_email
from access.invitations.people import Inviter
from access.invitations.services.inviting import check_role
from access.people_lists.brought import Brought, read_brought
from access.people_lists.headings import Column
from access.people_lists.models import Batch, BatchLine, LineVerdict
from access.people_lists.parsing import Entry, person_of_cells
from access.people_lists.verdicts import CHUNK, verdicts_in_order, verdicts_of
from access.typed_people import Person
from access.typed_text import clean_words
from media_items.models import MediaItem
from media_items.refusals import NotNow

KEPT = timedelta(days=7)  # lists of addresses are kept only as long as they are useful
LONGEST_CELL = 300  # characters; longer than any name or address that is good


@transaction.atomic
def create_batch(
    *,
    item: MediaItem,
    people: Sequence[Person] = (),
    brought: Brought | None = None,
    role: str,
    by: User,
    note: str = "",
    expires_at: datetime | None = None,
    send_mail: bool = True,
) -> Batch:
    """Makes the list for the host to check, of `people` or of what the host `brought`. Nobody is
    invited. Raises `RoleNotGrantable`."""
    check_role(item=item, role=role, by=Inviter.by_account(by, item))
    read = brought or Brought([Entry(person) for person in people])
    batch = Batch.objects.create(
        item=item,
        made_by=by,
        role=role,
        note=note,
        expires_at=expires_at,
        send_mail=send_mail,
        sheets=read.sheets,
        file=read.file,
        encoding=read.encoding,
    )
    pasted = len(read.entries) - read.from_file
    rows = [
        _line(batch, 1 + place, entry, file_entry=place - pasted if place >= pasted else None)
        for place, entry in enumerate(read.entries)
    ]
    _judge(batch, rows)
    BatchLine.objects.bulk_create(rows, batch_size=CHUNK)
    return batch


@transaction.atomic
def correct_columns(*, batch: Batch, sheet: int, columns: Sequence[str]) -> None:
    """Other columns for one sheet: its people are read anew, except those mended by hand.

    Raises `NotNow` after the start.
    """
    locked = _locked_before_start(batch)
    locked.sheets[sheet]["columns"] = list(columns)
    locked.save(update_fields=["sheets"])
    lines = list(BatchLine.objects.filter(batch=locked).order_by("number"))
    meanings = [Column(column) for column in columns]
    for line in lines:
        if line.sheet == sheet and not line.mended:
            _take(line, person_of_cells(line.typed, line.cells, meanings))
    _judge(locked, lines)
    BatchLine.objects.bulk_update(lines, _READ, batch_size=CHUNK)


@transaction.atomic
def read_letters_as(*, batch: Batch, encoding: str) -> None:
    """Reads the file anew in other letters. Lines mended or removed by hand stay so, if the file
    has as many entries in these letters; otherwise all of its lines are made anew.

    Raises `NotNow` after the start, and when nothing is known any more to be read.
    """
    locked = _locked_before_start(batch)
    if not locked.file:
        raise NotNow
    before = read_brought("", bytes(locked.file), encoding=locked.encoding)
    read = read_brought("", bytes(locked.file), encoding=encoding)
    lines = BatchLine.objects.filter(batch=locked)
    pasted = len(locked.sheets) - len(before.sheets)
    entries = [
        Entry(one.person, None if one.sheet is None else one.sheet + pasted, one.cells)
        for one in read.entries
    ]
    if len(before.entries) == len(entries):
        changed = list(lines.filter(file_entry__isnull=False, mended=False))
        for line in changed:
            entry = entries[line.file_entry or 0]
            line.typed, line.sheet, line.cells = entry.person.typed, entry.sheet, entry.cells
            _take(line, entry.person)
        BatchLine.objects.bulk_update(changed, [*_READ, "typed", "sheet", "cells"], CHUNK)
    else:
        lines.filter(file_entry__isnull=False).delete()
        first = 1 + max((0, *lines.values_list("number", flat=True)))
        fresh = [
            _line(locked, first + place, entry, file_entry=place)
            for place, entry in enumerate(entries)
        ]
        BatchLine.objects.bulk_create(fresh, batch_size=CHUNK)
    locked.sheets = [*locked.sheets[:pasted], *read.sheets]
    locked.encoding = read.encoding
    locked.save(update_fields=["sheets", "encoding"])
    everybody = list(lines.order_by("number"))
    _judge(locked, everybody)
    BatchLine.objects.bulk_update(everybody, ["verdict"], batch_size=CHUNK)


@transaction.atomic
def mend_line(*, line: BatchLine, email: str, first_name: str, last_name: str) -> BatchLine:
    """Another address or name for one line; lines with the same address are judged anew.

    Raises `NotNow` after the start.
    """
    batch = _locked_before_start(line.batch)
    before = line.email
    line.email = clean_words(normal_email(email), most=254)
    line.first_name = clean_words(first_name, most=100)
    line.last_name = clean_words(last_name, most=100)
    line.mended = True
    line.save(update_fields=["email", "first_name", "last_name", "mended"])
    _judge_anew(batch, {before, line.email})
    line.refresh_from_db(fields=["verdict"])
    return line


@transaction.atomic
def remove_line(*, line: BatchLine) -> None:
    """Removes a line. A second call changes nothing. Raises `NotNow` after the start."""
    batch = _locked_before_start(line.batch)
    line.delete()
    _judge_anew(batch, {line.email})


def forget_old_batches() -> int:
    """Deletes lists older than a week with all their addresses; invitations made from them stay.

    Returns how many lists.
    """
    old = list(
        Batch.objects.filter(made_at__lt=timezone.now() - KEPT).values_list("pk", flat=True)[:1_000]
    )
    BatchLine.objects.filter(batch__in=old).delete()
    Batch.objects.filter(pk__in=old).delete()
    return len(old)


_READ = ["email", "first_name", "last_name", "verdict"]


def _line(batch: Batch, number: int, entry: Entry, *, file_entry: int | None) -> BatchLine:
    line = BatchLine(
        batch=batch,
        number=number,
        typed=entry.person.typed,
        sheet=entry.sheet,
        cells=[cell[:LONGEST_CELL] for cell in entry.cells],
        file_entry=file_entry,
        verdict=LineVerdict.BAD,
    )
    _take(line, entry.person)
    return line


def _take(line: BatchLine, person: Person) -> None:
    line.email, line.first_name, line.last_name = (
        person.email,
        person.first_name,
        person.last_name,
    )


def _judge(batch: Batch, lines: list[BatchLine]) -> None:
    """The verdicts of all lines of the batch, which are given in order; not saved."""
    emails = [line.email for line in lines]
    verdicts = verdicts_of(
        item=batch.item, role=batch.role, own_email=batch.made_by.email, emails=emails
    )
    for line, verdict in zip(lines, verdicts_in_order(emails, verdicts), strict=True):
        line.verdict = verdict


def _judge_anew(batch: Batch, emails: set[str]) -> None:
    lines = list(BatchLine.objects.filter(batch=batch, email__in=emails).order_by("number"))
    _judge(batch, lines)
    BatchLine.objects.bulk_update(lines, ["verdict"])


def _locked_before_start(batch: Batch) -> Batch:
    """Raises `NotNow`."""
    batch = Batch.objects.locked(batch.pk)
    if batch.started_at:
        raise NotNow(_("The list is under way already."))
    return batch
