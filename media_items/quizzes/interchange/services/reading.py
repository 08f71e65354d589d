"""Reading what was uploaded: in the request that brought it where that takes a moment, else by a
task.

    waiting ──► in somebody's hands ──► read, or refused with a sentence
       ▲                │
       └────────────────┘ it takes longer, its worker was told to stop, or has died

Nothing is locked meanwhile: a claim is a time in the row, and whoever reads writes signs of life.
The same sign asks whether it is still wanted: of an import that was cancelled or an item in the bin
reading ends within a second.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from django.db import transaction
from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from media_items.processing.confinement import beating
from media_items.queued import queued
from media_items.quizzes.interchange import batches
from media_items.quizzes.interchange.files import read_file
from media_items.quizzes.interchange.neutral import Bank, NotReadable
from media_items.quizzes.interchange.services.importing import delete_expired, expiry
from media_items.quizzes.models import ImportBatch, ImportFile, ImportPicture, Quiz
from media_items.refusals import Invalid, NotNow
from media_items.signals import Account
from media_items.text_encodings import reading_as
from media_items.workers import MOST_STARTS, TOLD_TO_STOP

logger = logging.getLogger(__name__)

MOST_WAITING = 10  # of one person for a quiz; each may hold megabytes of pictures
SECONDS_IN_REQUEST = 1.0
_SECONDS_BETWEEN_SIGNS = 1.0


class _TakesLonger(Exception):
    """More than a request has time for."""


class _NotWanted(Exception):
    """Cancelled, in the bin, or in somebody else's hands by now."""


@transaction.atomic
def begin(
    *, quiz: Quiz, data: bytes, file_name: str, by: Account | None, person: str = ""
) -> ImportBatch:
    """`person` is the key of who has none of our accounts too. What has expired goes on this
    occasion, and the oldest of too many of their own."""
    delete_expired()
    own = ImportBatch.objects.filter(quiz=quiz, made_by=by, person=person)
    waiting = own.order_by("-pk").values_list("pk", flat=True)
    ImportBatch.objects.filter(pk__in=list(waiting[MOST_WAITING - 1 :])).delete()
    batch = ImportBatch.objects.create(
        quiz=quiz,
        file_name=file_name[:255],
        made_by=by,
        person=person,
        language=get_language() or "",
        expires_at=expiry(),
    )
    ImportFile.objects.create(batch=batch, data=data)
    return batch


def read_soon(batch: ImportBatch) -> ImportBatch:
    """Now where it takes a moment, else by a task. Returns it as it is then."""
    _read(batch.pk, seconds=SECONDS_IN_REQUEST)
    return ImportBatch.objects.get(pk=batch.pk)


# Behind codes and other mails, which wait for a few seconds at most where one is being read.
@task(priority=-10)
def read_import(batch_id: int) -> None:
    """Safe to run twice: a second one finds it read, or in living hands."""
    _read(batch_id)


def take_up() -> int:
    """Queues what nobody would read: who was at it has died, or its task is lost. What too many
    have died at is refused. Returns how many; called every few seconds by each worker."""
    stopped = list(ImportBatch.objects.for_the_taking().filter(quiz__item__deleted_at=None))
    if not stopped:
        return 0
    waiting = {args[0] for args in queued(read_import)}
    due = []
    for batch in stopped:
        if batch.is_begun_too_often:
            with override(batch.language or None):
                _end(ImportBatch.objects.for_the_taking().filter(pk=batch.pk), _gave_up())
        elif batch.pk not in waiting and (batch.starts or batch.is_overdue):
            due.append(batch.pk)
    for pk in due:
        read_import.enqueue(pk)
    return len(due)


def choose_letters(
    *, batch: ImportBatch, encoding: str, ticked: list[int], after: str
) -> ImportBatch:
    """Reads the file anew in other letters, soon. What was ticked stays so, if it has as many
    questions in them.

    Raises `Invalid` where these are none of the readings, `NotNow` where nothing is to be read.
    """
    file = ImportFile.objects.filter(batch=batch).first()
    if file is None:
        raise NotNow
    if reading_as(bytes(file.data), encoding) is None:
        raise Invalid(_("Choose how the file is read."))
    rows = ImportBatch.objects.filter(pk=batch.pk, taken_at=None, file__isnull=False)
    after = after if after.isprintable() else ""  # a database keeps no zero byte
    chosen = {"take": ticked, "after": after[:32], "of": len(batch.content.get("questions", []))}
    found = rows.exclude(read_at=None).update(
        encoding=encoding, chosen=chosen, problem="", read_at=None, started_at=None,
        heartbeat_at=None, starts=0, percent=0, waiting_since=timezone.now(),
    )  # fmt: skip
    if not found:
        raise NotNow
    return read_soon(batch)


def discard(*, batch: ImportBatch) -> None:
    """With all that was read; whoever is at it stops."""
    ImportBatch.objects.filter(pk=batch.pk, taken_at=None).delete()


@dataclass(kw_only=True)
class _Run:
    """One attempt, known by when it began: a newer one writes another time into the row."""

    batch: ImportBatch
    began: datetime
    seconds: float | None
    bank: Bank = field(default_factory=Bank)
    _began: float = field(default_factory=monotonic)
    _last: float = field(default_factory=monotonic)

    @property
    def own(self) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.filter(pk=self.batch.pk, started_at=self.began, read_at=None)

    def beat(self) -> None:
        now = monotonic()
        if self.seconds is not None and now - self._began > self.seconds:
            raise _TakesLonger
        if now - self._last < _SECONDS_BETWEEN_SIGNS:
            return
        self._last = now
        wanted = self.own.filter(quiz__item__deleted_at=None)
        if not wanted.update(heartbeat_at=timezone.now(), percent=self.bank.percent):
            raise _NotWanted

    def put_back(self) -> None:
        self.own.update(
            started_at=None, heartbeat_at=None, starts=0, percent=0, waiting_since=timezone.now()
        )

    @transaction.atomic
    def finish(self) -> None:
        batch = self.own.select_for_update(of=("self",)).first()
        if batch is None:
            raise _NotWanted
        batch.content = batches.written(self.bank)
        batch.encoding, batch.is_guessed = self.bank.encoding, self.bank.is_guessed
        batch.read_at, batch.percent, batch.problem = timezone.now(), 100, ""
        batch.save()
        batch.pictures.all().delete()
        ImportPicture.objects.bulk_create(
            ImportPicture(batch=batch, key=key, data=data)
            for key, data in self.bank.pictures.items()
        )
        if not batch.is_guessed:
            ImportFile.objects.filter(batch=batch).delete()


def _read(batch_id: int, *, seconds: float | None = None) -> None:
    run = _claim(batch_id, seconds)
    if run is None:
        return
    try:
        with beating(run.beat), override(run.batch.language or None):
            file = ImportFile.objects.get(batch=run.batch)
            read_file(bytes(file.data), encoding=run.batch.encoding, bank=run.bank)
        run.finish()
    except _TakesLonger:
        run.put_back()
        read_import.enqueue(batch_id)
    except (_NotWanted, ImportFile.DoesNotExist):
        run.put_back()
        logger.info("The import %s is not wanted any more.", batch_id)
    except NotReadable as why:
        _end(run.own, str(why), encoding=run.bank.encoding, is_guessed=run.bank.is_guessed)
    except TOLD_TO_STOP:
        run.put_back()
        raise
    except Exception:
        with override(run.batch.language or None):
            _end(
                run.own,
                _("Something went wrong on our side. Try again, or tell your administrator."),
            )
        raise


def _claim(batch_id: int, seconds: float | None) -> _Run | None:
    """None where it is read, gone, in living hands, or too many have died at it."""
    now = timezone.now()
    mine = ImportBatch.objects.for_the_taking().filter(pk=batch_id, starts__lt=MOST_STARTS)
    if not mine.update(started_at=now, heartbeat_at=now, starts=F("starts") + 1, percent=0):
        return None
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    return None if batch is None else _Run(batch=batch, began=now, seconds=seconds)


def _end(rows: QuerySet[ImportBatch], problem: str, **more: object) -> None:
    """Refused. The file stays only where it may be read in other letters."""
    pks = list(rows.values_list("pk", flat=True))
    rows.update(problem=problem, read_at=timezone.now(), percent=100, **more)
    ImportFile.objects.filter(batch__in=pks, batch__is_guessed=False).delete()


def _went_wrong() -> str:
    return _("Something went wrong on our side. Try again, or tell your administrator.")


def _gave_up() -> str:
    return _(
        "Reading this file failed three times. Import it in parts, or tell your administrator."
    )
