"""Sending the mails of the outbox: none is lost, none is sent twice.

A mail is claimed by one conditional UPDATE before the server is contacted, so however many tasks
run at the same time, only one sends it. What becomes of it:

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
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from access.mail.delivery import NoServer, Outcome, ServerConnection, Verdict
from access.mail.kinds import KINDS, OutgoingKind
from access.mail.messages import message_id
from access.mail.models import OutgoingMail, OutgoingMailQuerySet
from media_items.queued import queued

logger = logging.getLogger(__name__)

BATCH = 200  # mails per task: one connection to the mail server carries them all
CLAIM_LIFE = timedelta(minutes=10)
STRAY_AFTER = timedelta(seconds=30)  # a mail due for so long may have been left behind
MOST_SECONDS = 3  # then the rest becomes a task of its own: a code may be waiting in the queue


@task()
def send_mails(mail_ids: list[int]) -> None:
    """Sends those of these mails that are due and unclaimed, and strays; one connection for all.

    Each is sent at most once, however often this runs.
    """
    give_up_abandoned()
    moment = timezone.now()
    mails = list(_in_order(_due(moment).filter(pk__in=mail_ids)))
    if mails:
        # A worker that is killed reports nothing; this task sends what it has left.
        later = moment + CLAIM_LIFE + timedelta(minutes=1)
        send_mails.using(run_after=later).enqueue([mail.pk for mail in mails])
    strays = _strays(moment).exclude(pk__in=[mail.pk for mail in mails])
    mails += _in_order(strays)[: max(0, BATCH - len(mails))]
    if mails:
        _Run().send(mails)


def take_up() -> int:
    """Queues mails that nobody would send: the worker died that had their task. Gives up those that
    it had claimed. Returns how many tasks were queued; called every few seconds by each worker.

    Those that a waiting task names have theirs; a full one takes nothing else.
    """
    give_up_abandoned()
    strays = list(_in_order(_strays(timezone.now())).values_list("pk", "kind"))
    have_a_task = {pk for [ids] in queued(send_mails) for pk in ids} if strays else set()
    left = [(pk, name) for pk, name in strays if pk not in have_a_task]
    parts = [left[start : start + BATCH] for start in range(0, len(left), BATCH)]
    for part in parts:
        priority = max(KINDS[name].priority for _pk, name in part)
        send_mails.using(priority=priority).enqueue([pk for pk, _name in part])
    return len(parts)


def give_up_abandoned() -> int:
    """Marks mails claimed by a worker that died as failed: nobody knows whether they have gone."""
    abandoned = OutgoingMail.objects.waiting().filter(claimed_at__lt=timezone.now() - CLAIM_LIFE)
    if not abandoned.exists():  # it is asked often, and an UPDATE takes SQLite's only lock
        return 0
    answer = _("interrupted while sending; it may or may not have been sent")
    return _fail(abandoned, failed_at=timezone.now(), answer=answer)


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
    return mails.filter(Q(next_try_at=None) | Q(next_try_at__lte=moment), claimed_at=None)


def _strays(moment: datetime) -> OutgoingMailQuerySet:
    long_ago = moment - STRAY_AFTER
    return _due(moment).filter(
        Q(next_try_at=None, asked_at__lt=long_ago) | Q(next_try_at__lt=long_ago)
    )


def _in_order(mails: OutgoingMailQuerySet) -> OutgoingMailQuerySet:
    return mails.order_by("asked_at", "pk")


class _Run:
    """The mails of one task: one connection, one instance of each kind, the mails to try again.

    `_retries`: primary keys of mails by the priority of their next task and the pause before it.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, OutgoingKind[Any]] = {}
        self._retries: dict[tuple[int, timedelta], list[int]] = defaultdict(list)

    def send(self, mails: Sequence[OutgoingMail]) -> None:
        stop_at = time.monotonic() + MOST_SECONDS
        try:
            with ServerConnection() as connection:
                for number, mail in enumerate(mails):
                    if number and time.monotonic() > stop_at:
                        send_mails.enqueue([one.pk for one in mails[number:]])
                        break
                    try:
                        connection.open()
                    except NoServer as refusal:
                        self._postpone(mails[number:], str(refusal))
                        break
                    self._send_one(mail, connection)
        finally:
            for (priority, pause), later in self._retries.items():
                # Not before the last of them is due.
                again = send_mails.using(priority=priority, run_after=timezone.now() + pause)
                again.enqueue(later)

    def _kind(self, name: str) -> OutgoingKind[Any]:
        if name not in self._kinds:
            self._kinds[name] = KINDS[name]()
        return self._kinds[name]

    def _send_one(self, mail: OutgoingMail, connection: ServerConnection) -> None:
        if not _claim(mail):
            return
        kind = self._kind(mail.kind)
        row = kind.rows().filter(pk=mail.about_id).first()
        if reason := kind.stale(mail, row) if row else _("there is no recipient"):
            _update_waiting(mail, failed_at=timezone.now(), answer=reason)
            return
        try:
            message = kind.write(mail, row)
        except Exception:
            logger.exception("The mail %s could not be written", mail.pk)
            _update_waiting(mail, failed_at=timezone.now(), answer=_("could not be put together"))
            return
        message.extra_headers["Message-ID"] = message_id(mail)
        mail.address = message.to[0]
        outcome = connection.deliver(message)
        if outcome.verdict == Verdict.SENT:
            moment = timezone.now()
            _update_waiting(
                mail, sent_at=moment, answer="", address=mail.address, **kind.columns_when_sent(row)
            )
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
                _update_waiting(
                    mail,
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

    def _postpone(self, mails: Sequence[OutgoingMail], answer: str) -> None:
        """Without a server: counts an attempt for each mail that is still due. A few statements."""
        moment = timezone.now()
        due = _due(moment).filter(pk__in=[mail.pk for mail in mails])
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


def _claim(mail: OutgoingMail) -> bool:
    # SECURITY: conditions on the row's own columns only, so that the database checks them again
    # after waiting for another worker's UPDATE. If one has tried since, it has enqueued a new task.
    free = OutgoingMail.objects.waiting().filter(
        pk=mail.pk, claimed_at=None, attempts=mail.attempts
    )
    return bool(free.update(claimed_at=timezone.now()))


def _update_waiting(mail: OutgoingMail, **columns: Any) -> None:
    OutgoingMail.objects.waiting().filter(pk=mail.pk).update(**columns)
