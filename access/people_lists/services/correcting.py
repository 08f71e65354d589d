"""A list of people: made of what was brought, corrected by the host, forgotten after a week.

made ──► started (`services.inviting`) ──► finished
  └── lines are corrected and removed, and the list is discarded, only before the start
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access.accounts.models import User
from access.email_addresses import normal_email
from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services.inviting import check_role
from access.invitations.services.limits import check_inviter, check_life
from access.people_lists.brought import Brought, read_brought
from access.people_lists.headings import Column
from access.people_lists.models import Batch, BatchLine, LineVerdict
from access.people_lists.parsing import Entry, meant_in_cells, person_of_cells, role_of_cells
from access.people_lists.verdicts import CHUNK, verdicts_in_order, verdicts_of
from access.site_policy.models import current_policy
from access.typed_people import Person
from access.typed_roles import role_meant
from access.typed_text import clean_words
from media_items.compiled import compiled
from media_items.models import MediaItem
from media_items.refusals import NotNow

KEPT = timedelta(days=7)  # lists of addresses are kept only as long as they are useful
MOST_UNSENT = 3  # shown at once
LONGEST_CELL = 300  # characters; longer than any name or address that is good
LONGEST_WORD, MOST_WORDS = 40, 8  # of what stands in a column of roles and is none


@transaction.atomic
def create_batch(
    *,
    item: MediaItem,
    people: Sequence[Person] = (),
    brought: Brought | None = None,
    role: str,
    by: User,
    note: str = "",
    language: str = "",
    expires_at: datetime | None = None,
    send_mail: bool = True,
) -> Batch:
    """Makes the list for the host to check, of `people` or of what the host `brought`. Nobody is
    invited. Raises `RoleNotGrantable` and `CeilingReached`."""
    inviter = Inviter.by_account(by, item)
    check_role(item=item, role=role, by=inviter)
    policy = current_policy()
    check_inviter(policy, inviter)
    check_life(policy, created_at=timezone.now(), expires_at=expires_at)
    read = brought or Brought([Entry(person) for person in people])
    batch = Batch.objects.create(
        item=item,
        made_by=by,
        role=role,
        note=note,
        language=language,
        expires_at=expires_at,
        send_mail=send_mail,
        sheets=read.sheets,
        file=read.file,
        encoding=read.encoding,
    )
    pasted = len(read.entries) - read.from_file
    roles = _Roles(batch, inviter)
    rows = [
        _line(roles, 1 + place, entry, file_entry=place - pasted if place >= pasted else None)
        for place, entry in enumerate(read.entries)
    ]
    if roles.tell():
        batch.save(update_fields=["sheets"])
    judge(batch, rows)
    BatchLine.objects.bulk_create(rows, batch_size=CHUNK)
    return batch


@transaction.atomic
def correct_columns(*, batch: Batch, sheet: int, columns: Sequence[str]) -> None:
    """Other columns for one sheet: its people are read anew, except those mended by hand.

    Raises `NotNow` after the start.
    """
    locked = _locked_before_start(batch)
    locked.sheets[sheet]["columns"] = list(columns)
    roles = _Roles(locked, Inviter.by_account(locked.made_by, locked.item))
    lines = list(BatchLine.objects.filter(batch=locked).order_by("number"))
    meanings = [Column(column) for column in columns]
    for line in lines:
        if line.sheet == sheet and not line.mended:
            _take(line, person_of_cells(line.typed, line.cells, meanings))
            line.meant = meant_in_cells(line.cells, meanings)
            _give_role(line, roles, role_of_cells(line.cells, meanings))
    roles.tell(sheet)
    locked.save(update_fields=["sheets"])
    judge(locked, lines)
    BatchLine.objects.bulk_update(lines, [*_READ, *_DOUBTS], batch_size=CHUNK)


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
        one if one.sheet is None else replace(one, sheet=one.sheet + pasted) for one in read.entries
    ]
    locked.sheets = [*locked.sheets[:pasted], *read.sheets]
    locked.encoding = read.encoding
    roles = _Roles(locked, Inviter.by_account(locked.made_by, locked.item))
    if len(before.entries) == len(entries):
        changed = list(lines.filter(file_entry__isnull=False, mended=False))
        for line in changed:
            entry = entries[line.file_entry or 0]
            _read(line, entry, roles)
        BatchLine.objects.bulk_update(changed, [*_READ, *_DOUBTS, *_PLACE], CHUNK)
    else:
        lines.filter(file_entry__isnull=False).delete()
        first = 1 + max((0, *lines.values_list("number", flat=True)))
        fresh = [
            _line(roles, first + place, entry, file_entry=place)
            for place, entry in enumerate(entries)
        ]
        BatchLine.objects.bulk_create(fresh, batch_size=CHUNK)
    roles.tell(*range(pasted, len(locked.sheets)))
    locked.save(update_fields=["sheets", "encoding"])
    everybody = list(lines.order_by("number"))
    judge(locked, everybody)
    BatchLine.objects.bulk_update(everybody, ["verdict"], batch_size=CHUNK)


@transaction.atomic
def mend_line(
    *, line: BatchLine, email: str, first_name: str, last_name: str, role: str | None = None
) -> BatchLine:
    """Another address, name or role for one line; lines with the same address are judged anew.

    Raises `NotNow` after the start and where the line is gone, and `RoleNotGrantable`.
    """
    batch = _locked_before_start(line.batch)
    line = _as_it_is_now(line)
    before = line.email
    line.email = clean_words(normal_email(email), most=254)
    line.first_name = clean_words(first_name, most=100)
    line.last_name = clean_words(last_name, most=100)
    line.mended = True
    if role is not None:
        if role:
            check_role(item=batch.item, role=role, by=Inviter.by_account(batch.made_by, batch.item))
        line.role = role
    line.role_left_out = line.meant = ""
    line.verdict = LineVerdict.BAD
    line.save(update_fields=[*_READ, *_DOUBTS, "mended"])
    _judge_anew(batch, {before, line.email})
    line.refresh_from_db(fields=["verdict"])
    return line


@transaction.atomic
def remove_line(*, line: BatchLine) -> None:
    """Removes a line. A second call changes nothing. Raises `NotNow` after the start."""
    batch = _locked_before_start(line.batch)
    found = BatchLine.objects.filter(pk=line.pk).first()
    if found is not None:
        found.delete()
        _judge_anew(batch, {found.email})


def unsent_lists(*, item: MediaItem, by: User) -> list[Batch]:
    """The newest lists that this account has brought and not started, with how many `people`."""
    return _unsent(item=item.pk, account=by.pk, since=timezone.now() - KEPT)


@compiled
def _unsent(*, item: int, account: int, since: datetime) -> QuerySet[Batch]:
    fresh = unsent_batches(item=item, account=account, since=since)
    counted = fresh.annotate(people=Count("lines")).filter(people__gt=0)
    return counted.order_by("-made_at")[:MOST_UNSENT]


def unsent_batches(*, item: int, account: int, since: datetime) -> QuerySet[Batch]:
    """Those without anybody on them, too."""
    return Batch.objects.filter(item=item, made_by=account, started_at=None, made_at__gte=since)


@transaction.atomic
def discard(*, batch: Batch) -> None:
    """Deletes a list with all its lines. Raises `NotNow` after the start, and where it is gone."""
    locked = _locked_before_start(batch)
    BatchLine.objects.filter(batch=locked).delete()
    locked.delete()


@transaction.atomic
def forget_old_batches() -> int:
    """Deletes lists older than a week with all their addresses; invitations made from them stay.
    They are locked first, as by whoever corrects a line.

    Returns how many lists.
    """
    outdated = Batch.objects.filter(made_at__lt=timezone.now() - KEPT).order_by("pk")
    old = list(outdated.select_for_update().values_list("pk", flat=True)[:1_000])
    BatchLine.objects.filter(batch__in=old).delete()
    Batch.objects.filter(pk__in=old).delete()
    return len(old)


_READ = ["email", "first_name", "last_name", "role", "verdict"]
_DOUBTS = ["role_left_out", "meant"]  # until somebody has looked at the line
_PLACE = ["typed", "sheet", "cells", "line_in_text"]


class _Roles:
    """Which roles the cells of a list may give: those of the item's kind that the host may give.

    What else stands in a column of roles is kept by line, and by sheet for the page to say so once
    more; the person comes with the role of the list.
    """

    def __init__(self, batch: Batch, by: Inviter) -> None:
        self.batch = batch
        self._grantable = grantable_roles(kind=batch.item.kind, roles=by.roles)
        self._left_out: dict[int, dict[str, None]] = {}

    def given(self, sheet: int | None, word: str) -> str:
        role = role_meant(word) if word else ""
        if role in self._grantable:
            return role
        if word and sheet is not None:
            self._left_out.setdefault(sheet, {})[word[:LONGEST_WORD]] = None
        return ""

    def tell(self, *sheets: int) -> bool:
        """Writes into these sheets of the batch, or those concerned, what was left out."""
        for sheet in sheets or self._left_out:
            words = [*self._left_out.get(sheet, {})][:MOST_WORDS]
            self.batch.sheets[sheet]["roles_left_out"] = words
        return bool(self._left_out)


def _line(roles: _Roles, number: int, entry: Entry, *, file_entry: int | None) -> BatchLine:
    line = BatchLine(
        batch=roles.batch, number=number, file_entry=file_entry, verdict=LineVerdict.BAD
    )
    _read(line, entry, roles)
    return line


def _read(line: BatchLine, entry: Entry, roles: _Roles) -> None:
    line.typed, line.sheet, line.line_in_text = entry.person.typed, entry.sheet, entry.line
    line.cells = [cell[:LONGEST_CELL] for cell in entry.cells]
    line.meant = entry.meant
    _give_role(line, roles, entry.role)
    _take(line, entry.person)


def _give_role(line: BatchLine, roles: _Roles, word: str) -> None:
    line.role = roles.given(line.sheet, word)
    line.role_left_out = "" if line.role else clean_words(word, most=LONGEST_WORD)


def _take(line: BatchLine, person: Person) -> None:
    line.email, line.first_name, line.last_name = (
        person.email,
        person.first_name,
        person.last_name,
    )


def judge(batch: Batch, lines: list[BatchLine]) -> None:
    """The verdicts of all lines of the batch, which are given in order; not saved."""
    emails = [line.email for line in lines]
    own_roles: dict[str, str] = {}
    for line in lines:
        own_roles.setdefault(line.email, line.role or batch.role)
    verdicts = verdicts_of(
        item=batch.item,
        role=batch.role,
        own_email=batch.made_by.email,
        emails=emails,
        own_roles=own_roles,
    )
    for line, verdict in zip(lines, verdicts_in_order(emails, verdicts), strict=True):
        line.verdict = verdict


def _judge_anew(batch: Batch, emails: set[str]) -> None:
    """Lines without an address are bad, however many there are."""
    alike = BatchLine.objects.filter(batch=batch, email__in=emails - {""})
    lines = list(alike.order_by("number"))
    judge(batch, lines)
    BatchLine.objects.bulk_update(lines, ["verdict"], batch_size=CHUNK)


def _as_it_is_now(line: BatchLine) -> BatchLine:
    """Under the lock on its batch. Raises `NotNow` where it was removed, or made anew with all."""
    found = BatchLine.objects.filter(pk=line.pk).first()
    if found is None:
        raise NotNow(_("This person is no longer on the list."))
    return found


def _locked_before_start(batch: Batch) -> Batch:
    """Raises `NotNow`."""
    batch = Batch.objects.locked(batch.pk)
    if batch.started_at:
        raise NotNow(_("These people are already being invited."))
    return batch
