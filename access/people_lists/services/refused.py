"""What a list did not invite, as a list of its own that its host can correct and start."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from access.invitations.models import InvitationRole
from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services.limits import (
    RoleNotGrantable,
    check_inviter,
    check_life,
    latest_end,
)
from access.people_lists.models import CORRECTABLE, Batch, BatchLine
from access.people_lists.services.correcting import LONGEST_WORD, judge
from access.people_lists.services.inviting import check_is_to_come
from access.people_lists.verdicts import CHUNK
from access.site_policy.models import current_policy
from media_items.refusals import NotNow, Refusal


@transaction.atomic
def list_of_refused(*, batch: Batch) -> Batch:
    """The list that was made stays as it is. The new one has its options, as far as they are
    allowed now, and its lines as they were typed; until it is started, a second call returns it.
    Raises `NotNow` before the end, where no line was refused and where the list is gone,
    `RoleNotGrantable` and `InvitingNotAllowed`."""
    batch = Batch.objects.locked(batch.pk)
    lines = BatchLine.objects.filter(batch=batch, verdict__in=CORRECTABLE).order_by("number")
    if not batch.finished_at or not lines:
        raise NotNow
    by = Inviter.by_account(batch.made_by, batch.item)
    check_inviter(current_policy(), by)
    may = grantable_roles(kind=batch.item.kind, roles=by.roles)
    if not may:
        raise RoleNotGrantable
    unsent = Batch.objects.filter(made_of=batch, started_at=None, lines__isnull=False)
    if made := unsent.order_by("-pk").first():
        return made
    made = Batch.objects.create(
        made_of=batch,
        item=batch.item,
        made_by=batch.made_by,
        role=batch.role if batch.role in may else InvitationRole.VIEWER,
        note=batch.note,
        language=batch.language,
        expires_at=batch.expires_at,
        send_mail=batch.send_mail,
    )
    _end_when_it_may(made)
    rows = [_again(line, batch, made, number, may) for number, line in enumerate(lines, 1)]
    judge(made, rows)
    BatchLine.objects.bulk_create(rows, batch_size=CHUNK)
    return made


def _end_when_it_may(batch: Batch) -> None:
    """As early as the site asks, and not before now."""
    policy, moment = current_policy(), timezone.now()
    try:
        check_is_to_come(moment, expires_at=batch.expires_at)
        check_life(policy, created_at=moment, expires_at=batch.expires_at)
    except Refusal:
        batch.expires_at = latest_end(policy, moment)
        batch.save(update_fields=["expires_at"])


def _again(
    line: BatchLine, before: Batch, made: Batch, number: int, may: tuple[InvitationRole, ...]
) -> BatchLine:
    """A role that cannot be given, the line's own or its list's, is named as one, and the new
    list's stands in its place."""
    wanted = line.role or before.role
    lost = wanted if wanted not in may else ""
    return BatchLine(
        batch=made,
        number=number,
        line_in_text=line.line_in_text,
        file_entry=line.file_entry,
        typed=line.typed,
        email=line.email,
        first_name=line.first_name,
        last_name=line.last_name,
        role="" if lost else line.role,
        role_left_out=str(InvitationRole(lost).label)[:LONGEST_WORD] if lost else "",
        verdict=line.verdict,
        mended=True,
    )
