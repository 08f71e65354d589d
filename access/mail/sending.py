"""Sending the mails of the outbox: none is lost, none is sent twice.

Mails are reserved a few dozen at a time, and each is claimed by one conditional UPDATE before the
server is contacted (`access.mail.marks`), so however many tasks run at the same time, only one
sends it. What becomes of it:

    gone                             → sent
    server answered 5xx              → refused, with the answer
    certainly not gone (4xx, down)   → waiting again, with growing pauses, until all tries are used
    perhaps gone                     → failed, with what is known; never sent again automatically
    claimed by a worker that died    → the same, once the claim is older than CLAIM_LIFE

What a dead worker had not claimed is taken up by a living one within a minute (`take_up`), or by
any other task before. Nothing here runs in a transaction: no lock is held while waiting for a
server.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Model, Q, SmallIntegerField, When
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from access.mail import marks
from access.mail.delivery import NoServer, Outcome, ServerConnection, Verdict
from access.mail.kinds import KINDS, OutgoingKind
from access.mail.messages import message_id
from access.mail.models import OutgoingMail, OutgoingMailQuerySet
from media_items.queued import queued

type Named = tuple[int, str]  # the key of a mail, and its kind

logger = logging.getLogger(__name__)

BATCH = 200  # mails per task: one connection to the mail server carries them all
CLAIM_LIFE = timedelta(minutes=10)
RESERVED = 40  # mails at once, with the rows they are about
RESERVED_LIFE = timedelta(seconds=30)  # what is claimed by then stays claimed
# SECURITY: the row that a mail is about is read again when it was read so long before.
FRESH_SECONDS = 0.2
STRAY_AFTER = timedelta(seconds=30)  # a mail due for so long may have been left behind
MOST_SECONDS = 3  # then the rest becomes a task of its own: a code may be waiting in the queue


@task()
def send_mails(mail_ids: list[int]) -> None:
    """Sends those of these mails that are due and unclaimed, and strays; one connection for all.

    Each is sent at most once, however often this runs.
    """
    give_up_abandoned()
    moment = timezone.now()
    mails = _named(_due(moment).filter(pk__in=mail_ids))
    if mails:
        # A worker that is killed reports nothing; this task sends what it has left.
        later = moment + CLAIM_LIFE + timedelta(minutes=1)
        send_mails.using(run_after=later).enqueue([pk for pk, _name in mails])
    strays = _strays(moment).exclude(pk__in=[pk for pk, _name in mails])
    mails += _named(strays, most=max(0, BATCH - len(mails)))
    if mails:
        _Run().send(sorted(mails, key=_priority, reverse=True))


def take_up() -> int:
    """Queues mails that nobody would send: the worker died that had their task. Gives up those that
    it had claimed. Returns how many tasks were queued; called every few seconds by each worker.

    Those that a waiting task names have theirs; a full one takes nothing else.
    """
    give_up_abandoned()
    strays = _named(_strays(timezone.now()))
    have_a_task = {pk for [ids] in queued(send_mails) for pk in ids} if strays else set()
    return _enqueue([(pk, name) for pk, name in strays if pk not in have_a_task])


def give_up_abandoned() -> int:
    """Marks mails claimed by a worker that died as failed: nobody knows whether they have gone.
    Those that it had reserved only are free again. Returns how many have failed."""
    moment = timezone.now()
    claimed, reserved = moment - CLAIM_LIFE, moment - RESERVED_LIFE
    old = Q(claimed_at__lt=claimed) | Q(claimed_at=None, reserved_at__lt=reserved)
    abandoned = OutgoingMail.objects.waiting().filter(old)
    if not abandoned.exists():  # it is asked often, and an UPDATE takes SQLite's only lock
        return 0
    marks.release_older_than(reserved)
    in_doubt = Q(claimed_at__lt=claimed) | marks.forgotten(reserved)
    answer = _("interrupted while sending; it may or may not have been sent")
    return _fail(OutgoingMail.objects.waiting().filter(in_doubt), failed_at=moment, answer=answer)


@transaction.atomic
def _fail(mails: OutgoingMailQuerySet, **refusal: Any) -> int:
    """Ends these, which wait, for good and says so to the rooms whose mails they are."""
    # Of two workers that find the same ones, the second finds none after the first.
    rows = mails.select_for_update()
    about: dict[str, list[int]] = defaultdict(list)
    ended = []
    for pk, name, about_id in rows.order_by("pk").values_list("pk", "kind", "about_id"):
        ended.append(pk)
        about[name].append(about_id)
    OutgoingMail.objects.filter(pk__in=ended).update(**refusal)
    for name, about_ids in about.items():
        if name in KINDS:
            KINDS[name]().not_delivered(about_ids)
    return len(ended)


def _due(moment: datetime) -> OutgoingMailQuerySet:
    mails = OutgoingMail.objects.of_kinds(KINDS.keys()).waiting()
    in_time = Q(next_try_at=None) | Q(next_try_at__lte=moment)
    return mails.filter(in_time, claimed_at=None, reserved_at=None)


def _strays(moment: datetime) -> OutgoingMailQuerySet:
    long_ago = moment - STRAY_AFTER
    return _due(moment).filter(
        Q(next_try_at=None, asked_at__lt=long_ago) | Q(next_try_at__lt=long_ago)
    )


def _priority(mail: Named) -> int:
    return KINDS[mail[1]].priority


def _named(mails: OutgoingMailQuerySet, *, most: int | None = None) -> list[Named]:
    """The most urgent first, of equally urgent ones the oldest."""
    urgent = [When(kind=name, then=kind.priority) for name, kind in KINDS.items() if kind.priority]
    urgency = Case(*urgent, default=0, output_field=SmallIntegerField())
    in_order = mails.order_by(urgency.desc(), "asked_at", "pk")
    return list(in_order.values_list("pk", "kind")[:most])


def _enqueue(mails: Sequence[Named]) -> int:
    """Tasks of their own for those of each priority, so that nothing becomes more urgent by what
    is sent beside it. Returns how many tasks."""
    tasks = 0
    by_priority: dict[int, list[int]] = defaultdict(list)
    for mail in mails:
        by_priority[_priority(mail)].append(mail[0])
    for priority, pks in by_priority.items():
        for start in range(0, len(pks), BATCH):
            send_mails.using(priority=priority).enqueue(pks[start : start + BATCH])
            tasks += 1
    return tasks


class _Run:
    """The mails of one task: one connection, one instance of each kind, the mails to try again.

    `_retries`: primary keys of mails by the priority of their next task and the pause before it.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, OutgoingKind[Any]] = {}
        self._retries: dict[tuple[int, timedelta], list[int]] = defaultdict(list)
        self._stop_at = time.monotonic() + MOST_SECONDS

    @property
    def _is_over(self) -> bool:
        return time.monotonic() > self._stop_at

    def send(self, mails: Sequence[Named]) -> None:
        left, is_begun = list(mails), False
        try:
            with ServerConnection() as connection:
                while left:
                    if is_begun and self._is_over:
                        _enqueue(left)
                        break
                    try:
                        connection.open()
                    except NoServer as refusal:
                        self._postpone([pk for pk, _name in left], str(refusal))
                        break
                    part, left = left[:RESERVED], left[RESERVED:]
                    left, is_begun = [*self._send_part(part, connection), *left], True
        finally:
            for (priority, pause), later in self._retries.items():
                # Not before the last of them is due.
                again = send_mails.using(priority=priority, run_after=timezone.now() + pause)
                again.enqueue(later)

    def _send_part(self, part: Sequence[Named], connection: ServerConnection) -> list[Named]:
        """In the order of `part`. Returns those that are left: the time of this task is over, or
        the connection is lost."""
        order = {pk: number for number, (pk, _name) in enumerate(part)}
        reserved = marks.reserve(_due(timezone.now()).filter(pk__in=order))
        mails = sorted(reserved, key=lambda mail: order[mail.pk])
        rows, read_at, told = self._rows(mails), time.monotonic(), set[tuple[type[Model], int]]()
        for number, mail in enumerate(mails):
            if number and (self._is_over or not connection.is_open):
                marks.release(mails[number:])
                return [(one.pk, one.kind) for one in mails[number:]]
            # What a mail says may depend on what the one before has told the same person.
            about = (self._kind(mail.kind).about, mail.about_id)
            if about in told or time.monotonic() > read_at + FRESH_SECONDS:
                rows, read_at, told = self._rows(mails[number:]), time.monotonic(), set()
            self._send_one(mail, rows.get((mail.kind, mail.about_id)), connection)
            told.add(about)
        return []

    def _rows(self, mails: Sequence[OutgoingMail]) -> Mapping[tuple[str, int], Any]:
        """What these are about. A query for each kind."""
        about: dict[str, list[int]] = defaultdict(list)
        for mail in mails:
            about[mail.kind].append(mail.about_id)
        return {
            (name, row.pk): row
            for name, ids in about.items()
            for row in KINDS[name].rows_of(pks=tuple(ids))
        }

    def _kind(self, name: str) -> OutgoingKind[Any]:
        if name not in self._kinds:
            self._kinds[name] = KINDS[name]()
        return self._kinds[name]

    def _send_one(self, mail: OutgoingMail, row: Any, connection: ServerConnection) -> None:
        if not marks.claim(mail):
            return
        kind = self._kind(mail.kind)
        if reason := kind.stale(mail, row) if row else _("there is no recipient"):
            marks.write_down(mail, {"failed_at": timezone.now(), "answer": reason})
            return
        try:
            message = kind.write(mail, row)
        except Exception:
            logger.exception("The mail %s could not be written", mail.pk)
            answer = _("could not be put together")
            marks.write_down(mail, {"failed_at": timezone.now(), "answer": answer})
            return
        message.extra_headers["Message-ID"] = message_id(mail)
        mail.address = message.to[0]
        outcome = connection.deliver(message)
        if outcome.verdict == Verdict.SENT:
            moment = timezone.now()
            sent = {"sent_at": moment, "answer": "", "address": mail.address}
            marks.write_down(mail, {**sent, **kind.columns_when_sent(row)})
            kind.mark_sent(row, moment)
        else:
            self._record_failure(mail, kind, outcome)

    def _record_failure(
        self, mail: OutgoingMail, kind: OutgoingKind[Any], outcome: Outcome
    ) -> None:
        moment, attempts = timezone.now(), mail.attempts + 1
        refusal: dict[str, Any]
        match outcome.verdict:
            case Verdict.REFUSED:
                refusal = {"refused_at": moment, "answer": outcome.answer}
            case Verdict.UNKNOWN:
                answer = (
                    _("the connection broke; it may or may not have been sent: %s") % outcome.answer
                )
                refusal = {"failed_at": moment, "answer": answer[:300]}
            case _ if attempts >= kind.most_attempts:
                refusal = {"failed_at": moment, "attempts": attempts, "answer": outcome.answer}
            case _:
                pause = kind.pause_after(attempts)
                OutgoingMail.objects.waiting().filter(pk=mail.pk).update(
                    reserved_at=None,
                    claimed_at=None,
                    attempts=attempts,
                    next_try_at=moment + pause,
                    answer=outcome.answer,
                )
                self._retries[kind.priority, pause].append(mail.pk)
                return
        _fail(OutgoingMail.objects.waiting().filter(pk=mail.pk), **refusal)
        if not kind.is_shown:
            logger.warning("The mail %s (%s) did not go: %s", mail.pk, kind.name, outcome.answer)

    def _postpone(self, mails: Sequence[int], answer: str) -> None:
        """Without a server: counts an attempt for each mail that is still due. A few statements."""
        moment = timezone.now()
        due = _due(moment).filter(pk__in=mails)
        alike: dict[tuple[str, int], list[int]] = defaultdict(list)
        for pk, name, attempts in due.values_list("pk", "kind", "attempts"):
            alike[name, attempts].append(pk)
        for (name, before), pks in alike.items():
            kind = self._kind(name)
            # Others may try at the same time, so this try counts only for rows unchanged since.
            rows = due.filter(pk__in=pks, attempts=before)
            if before + 1 >= kind.most_attempts:
                _fail(rows, failed_at=moment, attempts=before + 1, answer=answer[:300])
                if not kind.is_shown:
                    logger.warning("%s mails (%s) did not go: %s", len(pks), name, answer)
                continue
            pause = kind.pause_after(before + 1)
            rows.update(attempts=before + 1, next_try_at=moment + pause, answer=answer[:300])
            self._retries[kind.priority, pause] += pks
