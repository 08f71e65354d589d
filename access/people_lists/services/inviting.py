"""Inviting the people of a list: started by the host, done by a task.

Each chunk of lines is one transaction under the batch's lock, and ends with a result for each of
its lines. So the task may run twice, also at the same time, or be killed anywhere: every committed
line has its invitation and its mail, and the next run makes the others. A list at whose next lines
run after run ends waits for its host.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from access.invitations.models import Invitation
from access.invitations.people import Invitee, Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services.inviting import check_role, invite
from access.invitations.services.limits import RoleNotGrantable, check_inviter, check_life
from access.people_lists.models import Batch, BatchLine, LineVerdict
from access.site_policy.ceilings import CeilingReached
from access.site_policy.models import current_policy
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.queued import queued
from media_items.refusals import Refusal
from media_items.workers import MOST_STARTS, TOLD_TO_STOP

AT_ONCE = 2_000  # lines in one transaction
MOST_SECONDS = 3  # then the rest becomes a task of its own
QUIET = timedelta(seconds=40)  # after this long without a new invitation or task, a batch stopped


@transaction.atomic
def start(*, batch: Batch) -> None:
    """Starts the task that makes the invitations; after a standstill, it goes on where it stopped.

    A second call while the task is at work changes nothing. Raises `RoleNotGrantable`,
    `CeilingReached`, and `Refusal` if no line is somebody new, the last day is over or the list is
    gone.
    """
    batch = Batch.objects.locked(batch.pk)
    if batch.finished_at or (batch.started_at and not has_stopped(batch)):
        return
    by = Inviter.by_account(batch.made_by, batch.item)
    roles = set(remaining(batch).order_by().values_list("role", flat=True).distinct())
    for role in roles | {batch.role}:
        check_role(item=batch.item, role=role or batch.role, by=by)
    if not roles:
        raise Refusal(_("Nobody on this list is new. Correct a line, or start over."))
    policy = current_policy()
    check_inviter(policy, by)
    check_is_to_come(timezone.now(), expires_at=batch.expires_at)
    check_life(policy, created_at=timezone.now(), expires_at=batch.expires_at)
    Batch.objects.filter(pk=batch.pk).update(started_at=timezone.now(), starts=0, file=None)
    BatchLine.objects.filter(batch=batch).update(cells=[])
    transaction.on_commit(partial(make_batch.enqueue, batch.pk))


def check_is_to_come(moment: datetime, *, expires_at: datetime | None) -> None:
    """Raises `Refusal` where nobody could come any more."""
    if expires_at is not None and expires_at <= moment:
        raise Refusal(
            _("The last day of these invitations has passed. Start over with a later day.")
        )


@transaction.atomic
def invite_next_lines(*, batch_id: int, most: int = AT_ONCE) -> bool:
    """Invites the people of the next lines; False when nothing is left to do. Lines that are
    refused have the reason as their verdict.

    SECURITY: the account may have lost the right to invite since the start, and the site may have
    become stricter, so both are checked for each chunk.
    """
    batch = Batch.objects.filter(pk=batch_id, started_at__isnull=False, finished_at=None)
    row = batch.select_for_update(of=("self",)).select_related("item", "made_by").first()
    if row is None:
        return False
    lines = list(remaining(row).order_by("number")[:most])
    may = Visitor.of_account(row.made_by).abilities_on(row.item)
    if not lines:
        batch.update(finished_at=timezone.now())
        return False
    if Ability.INVITE_USERS not in may:
        return _end(row, LineVerdict.NOT_ALLOWED)
    by = Inviter.by_account(row.made_by, row.item)
    try:
        with transaction.atomic():
            _invite_lines(row, _with_roles_to_give(row, lines, by), by)
    except RoleNotGrantable:
        return _end(row, LineVerdict.NOT_ALLOWED)
    except CeilingReached:
        return _end(row, LineVerdict.LAST_DAY)
    batch.update(done=F("done") + len(lines), starts=0)
    return True


def _end(batch: Batch, why: LineVerdict) -> bool:
    """The lines that are left are not invited."""
    remaining(batch).update(verdict=why)
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now())
    return False


def _with_roles_to_give(batch: Batch, lines: list[BatchLine], by: Inviter) -> list[BatchLine]:
    """Without those whose role the host may give no more, which are refused."""
    may = grantable_roles(kind=batch.item.kind, roles=by.roles)
    refused = {line for line in lines if (line.role or batch.role) not in may}
    _refuse(refused, LineVerdict.ROLE)
    return [line for line in lines if line not in refused]


def _refuse(lines: set[BatchLine], why: LineVerdict) -> None:
    if lines:
        BatchLine.objects.filter(pk__in=[line.pk for line in lines]).update(verdict=why)


@task()
def make_batch(batch_id: int) -> None:
    """Chunk by chunk, each committed with its mails. Running it again makes nothing twice.

    A long list goes on in a task of its own: a code may be waiting in the queue.
    """
    stop_at = time.monotonic() + MOST_SECONDS
    batch = Batch.objects.filter(pk=batch_id, started_at__isnull=False, finished_at=None)
    if not batch.filter(starts__lt=MOST_STARTS).update(starts=F("starts") + 1):
        return
    try:
        while invite_next_lines(batch_id=batch_id):
            if time.monotonic() > stop_at:
                make_batch.enqueue(batch_id)
                return
    except TOLD_TO_STOP:
        batch.update(starts=0)
        raise


def remaining(batch: Batch) -> QuerySet[BatchLine]:
    return BatchLine.objects.filter(batch=batch, verdict=LineVerdict.NEW)


def has_stopped(batch: Batch) -> bool:
    """Started, not finished, nothing new for `QUIET`, and no task waits: its worker has died."""
    if batch.started_at is None or batch.finished_at:
        return False
    lines = BatchLine.objects.filter(batch=batch, verdict=LineVerdict.MADE)
    newest = lines.aggregate(newest=Max("invitation__created_at"))["newest"]
    if timezone.now() - max(newest or batch.started_at, batch.started_at) <= QUIET:
        return False
    return [batch.pk] not in queued(make_batch)


def take_up() -> int:
    """Queues a task for each batch that has stopped, unless run after run has ended at the same
    lines. Returns how many; called every few seconds by each worker."""
    stopped = [
        batch
        for batch in Batch.objects.filter(
            started_at__isnull=False, finished_at=None, starts__lt=MOST_STARTS
        )
        if has_stopped(batch)
    ]
    for batch in stopped:
        make_batch.enqueue(batch.pk)
    return len(stopped)


def _invite_lines(batch: Batch, lines: list[BatchLine], by: Inviter) -> None:
    policy = current_policy()
    refused = {line for line in lines if not policy.takes_address(line.email)}
    _refuse(refused, LineVerdict.DOMAIN)  # the site has become stricter since the list was read
    lines = [line for line in lines if line not in refused]
    people: dict[str, list[Invitee]] = {}
    for line in lines:
        one = Invitee(line.email, line.first_name, line.last_name)
        people.setdefault(line.role or batch.role, []).append(one)
    for role, invited in people.items():
        invite(
            item=batch.item,
            people=invited,
            role=role,
            by=by,
            note=batch.note,
            language=batch.language,
            expires_at=batch.expires_at,
            send_mail=batch.send_mail,
        )
    # Each line gets the live invitation of its address, also one that somebody else made.
    theirs = Invitation.objects.live().filter(item=batch.item, email=OuterRef("email"))
    chunk = BatchLine.objects.filter(pk__in=[line.pk for line in lines])
    chunk.update(invitation=Subquery(theirs.values("pk")[:1]), verdict=LineVerdict.MADE)
    by_others = Invitation.objects.filter(
        Q(created_at__lt=batch.started_at) | ~Q(invited_by=batch.made_by)
    ).filter(pk=OuterRef("invitation"))
    chunk.filter(Exists(by_others)).update(verdict=LineVerdict.INVITED)
    # Still without one: in the meantime this has become the address of the account itself.
    chunk.filter(invitation=None).update(verdict=LineVerdict.YOURSELF)
