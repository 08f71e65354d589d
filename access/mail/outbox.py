"""Asking for mails: rows of the outbox, and tasks that send them after commit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone

from access.insert_select import insert_for_each
from access.mail import marks
from access.mail.kinds import KINDS
from access.mail.models import OutgoingMail
from access.mail.sending import BATCH, send_mails

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOBODY = (0, "")


@transaction.atomic
def add(
    *,
    kind: str,
    mails: Iterable[tuple[int, str]],
    by: Model | None = None,
    language: str = "",
) -> list[OutgoingMail]:
    """Adds one mail for each (primary key of the row it is about, address). `language` is that of
    the page at which its reader waits for it.

    SECURITY: for `NOBODY` the same is done, so that the time it takes does not tell the difference.
    """
    known = KINDS[kind]
    about_type, moment = ContentType.objects.get_for_model(known.about), timezone.now()
    rows = OutgoingMail.objects.bulk_create(
        [
            OutgoingMail(
                kind=kind,
                about_type=about_type,
                about_id=about_id,
                address=address,
                asked_by_id=by.pk if by else None,
                asked_at=moment,
                language=language,
            )
            for about_id, address in mails
        ],
        batch_size=500,
    )
    _send_after_commit([row.pk for row in rows], priority=known.priority)
    return rows


@transaction.atomic
def add_for_each(*, kind: str, about: Collection[int], by: Model | None = None) -> int:
    """Adds one mail about each of these rows, of the model of the kind, to its `email`. For
    thousands of them: nothing is fetched. Returns how many."""
    known = KINDS[kind]
    ids = insert_for_each(
        OutgoingMail,
        known.about,
        about,
        kind=kind,
        about_type=ContentType.objects.get_for_model(known.about),
        about_id=F("pk"),
        address=F("email"),
        asked_by=by,
        asked_at=timezone.now(),
    )
    _send_after_commit(ids, priority=known.priority)
    return len(ids)


def _send_after_commit(ids: Sequence[int], *, priority: int) -> None:
    """Several tasks by one commit."""
    send = send_mails.using(priority=priority)

    def enqueue() -> None:
        with transaction.atomic() if len(ids) > BATCH else nullcontext():
            for start in range(0, len(ids), BATCH):
                send.enqueue(list(ids[start : start + BATCH]))

    if ids:
        transaction.on_commit(enqueue)


def withdraw(*, kinds: Collection[str], about_id: int, why: StrOrPromise) -> None:
    """Waiting mails that no worker has claimed will not be sent; the row says why."""
    mails = OutgoingMail.objects.of_kinds(kinds).filter(about_id=about_id, claimed_at=None)
    mails.waiting().update(failed_at=timezone.now(), answer=str(why))


def rewrite(about: Model) -> None:
    """What waiting mails say of this row has changed. A worker that has read it and not yet claimed
    them leaves them to one that reads it anew."""
    kinds = [name for name, kind in KINDS.items() if kind.about is type(about)]
    marks.release_about(kinds, about.pk)


def forget_old_mails() -> int:
    """Deletes mails that do not wait any more, after `kept_for` of their kind. Returns how many."""
    moment = timezone.now()
    forgotten = 0
    for name, kind in KINDS.items():
        if kind.kept_for is None:
            continue
        old = OutgoingMail.objects.filter(kind=name, asked_at__lt=moment - kind.kept_for)
        ended = old.exclude(pk__in=old.waiting().values("pk"))
        forgotten += ended.delete()[0]
    return forgotten
