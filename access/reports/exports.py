"""A report to take away: attendance, chat and questions, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access.email_addresses import shown_email
from access.invitations.models import Invitation
from access.register.querysets import for_reading as invitations_for_reading
from access.register.rows import InviteeRow
from access.register.states import with_states
from access.reports.contributions import question_state
from access.reports.people import for_reading as people_for_reading
from access.reports.rows import PersonRow, person_rows
from media_items.live.chat.models import ChatMessage
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions.models import LiveSession, Participant
from media_items.spreadsheets import CHUNK, Cell, Column, Sheet, length, moment, number


def attendance_sheet(rows: Iterable[Sequence[Cell]]) -> Sheet:
    """For those who came and those who did not, so that both files fit together."""
    columns = [
        Column(_("Name")),
        Column(_("Email")),
        Column(_("Role")),
        Column(_("Joined via")),
        Column(_("Verification")),
        Column(_("Status")),
        moment(_("Joined")),
        moment(_("Left")),
        length(_("Time attended")),
        number(_("Seconds attended")),
        number(_("Times joined")),
    ]
    return Sheet(name=_("Attendance"), columns=columns, rows=rows)


def attendance_lines(
    rows: QuerySet[Participant], session: LiveSession, at: datetime
) -> Iterator[Sequence[Cell]]:
    found = people_for_reading(rows, at).iterator(chunk_size=CHUNK)
    for part in batched(found, CHUNK):
        for row in person_rows(part, session):
            yield _cells_of(row)


def _cells_of(row: PersonRow) -> Sequence[Cell]:
    was_there = row.stay_count > 0
    return (
        row.name,
        shown_email(row.email),
        row.role,
        row.by,
        row.how_sure,
        row.state,
        row.first_at,
        row.last_at,
        row.there_for if was_there else None,
        int(row.there_for.total_seconds()),
        row.stay_count,
    )


def missed_lines(rows: QuerySet[Invitation], now: datetime) -> Iterator[Sequence[Cell]]:
    found = invitations_for_reading(with_states(rows, now))
    for invitation in found.iterator(chunk_size=CHUNK):
        row = InviteeRow(invitation)
        state = _("Did not attend (%(state)s)") % {"state": row.state.label}
        by = _("Invited by %(name)s") % {"name": row.invited_by} if row.invited_by else ""
        email = shown_email(invitation.email)
        yield (row.name, email, row.role, by, "", state, None, None, None, 0, 0)


def chat_sheet(messages: QuerySet[ChatMessage]) -> Sheet:
    columns = [moment(_("Sent")), Column(_("Name")), Column(_("Message"))]
    return Sheet(
        name=_("Chat"),
        columns=columns,
        rows=(
            (one.sent_at, str(one.author), one.text) for one in messages.iterator(chunk_size=CHUNK)
        ),
    )


def questions_sheet(questions: QuerySet[AudienceQuestion]) -> Sheet:
    columns = [
        moment(_("Asked")),
        Column(_("Name")),
        Column(_("Question")),
        number(_("Votes")),
        Column(_("Status")),
        Column(_("Answer")),
        Column(_("Answered by")),
    ]
    return Sheet(name=_("Questions"), columns=columns, rows=_question_lines(questions))


def _question_lines(questions: QuerySet[AudienceQuestion]) -> Iterator[Sequence[Cell]]:
    for one in questions.iterator(chunk_size=CHUNK):
        yield (
            one.asked_at,
            _("Anonymous") if one.is_anonymous else str(one.author),
            one.text,
            one.vote_count,
            question_state(one)[0],
            one.answer,
            str(one.answered_by) if one.answered_by else "",
        )
