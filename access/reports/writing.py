"""Writing to those who missed a session: each is invited to a recording, and gets the mail; or,
without one, gets a mail with the host's words.

The invitations are ordinary ones, made by the services of the invite dialog. People who have access
to the recording already, or got the host's words about this session, are left as they are, so that
pressing twice writes to nobody twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from access.accounts.models import User
from access.blocks.policies import blocked
from access.invitations.mails.texts import MISSED
from access.invitations.models import Invitation, InvitationRole
from access.invitations.people import Invitee, Inviter
from access.invitations.services.inviting import check_role, invite
from access.invitations.services.limits import latest_end_now
from access.mail import outbox
from access.mail.models import OutgoingMail
from access.people_lists.models import Batch, LineVerdict
from access.people_lists.services import correcting, inviting
from access.people_lists.verdicts import in_chunks, verdicts_of
from access.reports.missed import to_write_to
from access.typed_people import Person
from media_items.live.broadcast.models import Broadcast
from media_items.live.sessions.models import LiveSession
from media_items.models import MediaItem

AT_ONCE = 1_000  # beyond that many the invitations are made by a task, as for a pasted list


@dataclass(frozen=True)
class Written:
    """What was done, or would be. `had_access`: people who have access, or the mail, already and
    were left as they are. `not_allowed`: people at domains that the site lets nobody invite.
    `batch`: there were so many that a task invites them; nobody is invited yet."""

    invited: int = 0
    had_access: int = 0
    not_allowed: int = 0
    batch: Batch | None = None


def recording_of(session: LiveSession) -> MediaItem | None:
    """The item that the broadcast of the session became, unless it is in the bin. One query."""
    broadcast = (
        Broadcast.objects.filter(session=session, recording__deleted_at=None)
        .select_related("recording")
        .first()
    )
    return broadcast.recording if broadcast else None


def people_to_write_to(
    session: LiveSession, moment: datetime, *, with_declined: bool
) -> QuerySet[Invitation]:
    rows = to_write_to(session, moment)
    return rows if with_declined else rows.filter(declined_at=None)


def would_be_written(
    *,
    session: LiveSession,
    recording: MediaItem | None,
    by: User,
    moment: datetime,
    with_declined: bool,
) -> Written:
    """What `write_to_missed` or `write_without_recording` would do now. Changes nothing."""
    rows = people_to_write_to(session, moment, with_declined=with_declined)
    if recording is None:
        count, unwritten = rows.count(), _not_written_to(rows, session).count()
        return Written(invited=unwritten, had_access=count - unwritten)
    some = _people_among(rows, recording, by)
    return Written(len(some.new), some.had_access, some.not_allowed)


@transaction.atomic
def write_without_recording(
    *, session: LiveSession, by: User, note: str, moment: datetime, with_declined: bool = True
) -> Written:
    """A mail each with the host's words, which take the place of their invitation's note. Twice is
    once. The caller has asked whether `by` may write to the people invited."""
    # Two clicks at once: the second waits, and finds everybody written to.
    MediaItem.objects.select_for_update(no_key=True).get(pk=session.item_id)
    rows = people_to_write_to(session, moment, with_declined=with_declined)
    count = rows.count()
    new = list(_not_written_to(rows, session).order_by("pk").values_list("pk", "email"))
    for some in in_chunks([pk for pk, _email in new]):
        Invitation.objects.filter(pk__in=some).update(note=note)
    outbox.add(kind=MISSED, mails=new, by=by)
    return Written(invited=len(new), had_access=count - len(new))


def _not_written_to(rows: QuerySet[Invitation], session: LiveSession) -> QuerySet[Invitation]:
    """Those who have no such mail of this session, sent or waiting."""
    since = session.opened_at or session.made_at
    mails = OutgoingMail.objects.filter(
        kind=MISSED, about_id=OuterRef("pk"), asked_at__gte=since, refused_at=None, failed_at=None
    )
    return rows.filter(~Exists(mails))


@transaction.atomic
def write_to_missed(
    *,
    session: LiveSession,
    recording: MediaItem,
    by: User,
    note: str,
    moment: datetime,
    with_declined: bool = True,
) -> Written:
    """Invites them to the recording as viewers, with a mail each. Twice is once.

    Raises `RoleNotGrantable`.
    """
    inviter = Inviter.by_account(by, recording)
    check_role(item=recording, role=InvitationRole.VIEWER, by=inviter)
    # Two clicks at once: the second waits, and finds everybody invited.
    MediaItem.objects.select_for_update(no_key=True).get(pk=recording.pk)
    rows = people_to_write_to(session, moment, with_declined=with_declined)
    some = _people_among(rows, recording, by)
    if len(some.new) > AT_ONCE:
        batch = _as_list(recording, some.new, by, note)
        return Written(had_access=some.had_access, not_allowed=some.not_allowed, batch=batch)
    made = invite(
        item=recording,
        people=some.new,
        role=InvitationRole.VIEWER,
        by=inviter,
        note=note,
        expires_at=latest_end_now(timezone.now()),
    )
    return Written(len(made), some.had_access, some.not_allowed)


@dataclass(frozen=True)
class _People:
    """`new`: those who have no access to the recording yet, and may be invited."""

    new: list[Invitee]
    had_access: int
    not_allowed: int


def _people_among(rows: QuerySet[Invitation], recording: MediaItem, by: User) -> _People:
    """Without those who are blocked on the recording."""
    rows = rows.filter(~blocked(item=recording.pk, email=OuterRef("email"), is_typed=False))
    people = [
        Invitee(email, first_name, last_name)
        for email, first_name, last_name in rows.order_by("pk").values_list(
            "email", "first_name", "last_name"
        )
    ]
    verdicts = verdicts_of(
        item=recording,
        role=InvitationRole.VIEWER,
        own_email=by.email,
        emails=[one.email for one in people],
    )
    new = [one for one in people if verdicts[one.email] == LineVerdict.NEW]
    not_allowed = sum(verdicts[one.email] == LineVerdict.DOMAIN for one in people)
    return _People(new, len(people) - len(new) - not_allowed, not_allowed)


def _as_list(recording: MediaItem, people: list[Invitee], by: User, note: str) -> Batch:
    """Asked for twice while the task is under way, it is the same list."""
    under_way = Batch.objects.filter(
        item=recording, made_by=by, role=InvitationRole.VIEWER, note=note,
        started_at__isnull=False, finished_at=None,
    )  # fmt: skip
    if batch := under_way.order_by("-pk").first():
        return batch
    lines = [
        Person(typed=one.email, email=one.email, first_name=one.first_name, last_name=one.last_name)
        for one in people
    ]
    batch = correcting.create_batch(
        item=recording,
        people=lines,
        role=InvitationRole.VIEWER,
        by=by,
        note=note,
        expires_at=latest_end_now(timezone.now()),
    )
    inviting.start(batch=batch)
    return batch
