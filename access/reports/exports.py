"""A report to take away: attendance as CSV and XLSX, chat and questions as CSV, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access.email_addresses import shown_email
from access.invitations.models import Invitation
from access.register.exports import Clock, defused
from access.register.querysets import for_reading as invitations_for_reading
from access.register.rows import InviteeRow
from access.register.states import with_states
from access.reports.contributions import question_state
from access.reports.people import for_reading as people_for_reading
from access.reports.rows import PersonRow, person_rows
from media_items.live.chat.models import ChatMessage
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions.models import LiveSession, Participant

_CHUNK = 2_000


def attendance_head(clock: Clock) -> list[str]:
    return [
        _("Name"),
        _("Email"),
        _("Role"),
        _("Joined via"),
        _("Verification"),
        _("State"),
        clock.heading(_("Joined")),
        clock.heading(_("Left")),
        _("Time attended"),
        _("Seconds attended"),
        _("Times joined"),
    ]


def attendance_lines(
    rows: QuerySet[Participant], session: LiveSession, moment: datetime, clock: Clock
) -> Iterator[list[str]]:
    yield attendance_head(clock)
    found = people_for_reading(rows, moment).iterator(chunk_size=_CHUNK)
    for part in batched(found, _CHUNK):
        for row in person_rows(part, session):
            yield _safe(_cells_of(row, clock))


def _cells_of(row: PersonRow, clock: Clock) -> Iterable[str]:
    was_there = row.stay_count > 0
    return (
        row.name,
        shown_email(row.email),
        row.role,
        row.by,
        row.how_sure,
        row.state,
        clock.reading(row.first_at),
        clock.reading(row.last_at),
        row.time_in_figures if was_there else "",
        str(int(row.there_for.total_seconds())),
        str(row.stay_count),
    )


def missed_lines(rows: QuerySet[Invitation], now: datetime, clock: Clock) -> Iterator[list[str]]:
    """In the columns of attendance, so that both files fit together."""
    yield attendance_head(clock)
    found = invitations_for_reading(with_states(rows, now))
    for invitation in found.iterator(chunk_size=_CHUNK):
        row = InviteeRow(invitation)
        state = _("Did not attend (%(state)s)") % {"state": row.state.label}
        by = _("Invited by %(name)s") % {"name": row.invited_by} if row.invited_by else ""
        nothing = [""] * 3
        yield _safe(
            [
                row.name,
                shown_email(invitation.email),
                row.role,
                by,
                "",
                state,
                *nothing,
                "0",
                "0",
            ]
        )


def chat_lines(messages: QuerySet[ChatMessage], clock: Clock) -> Iterator[list[str]]:
    yield [clock.heading(_("Sent")), _("Name"), _("Message")]
    for one in messages.iterator(chunk_size=_CHUNK):
        yield _safe([clock.reading(one.sent_at), str(one.author), one.text])


def question_lines(questions: QuerySet[AudienceQuestion], clock: Clock) -> Iterator[list[str]]:
    yield [
        clock.heading(_("Asked")),
        _("Name"),
        _("Question"),
        _("Votes"),
        _("State"),
        _("Answer"),
        _("Answered by"),
    ]
    for one in questions.iterator(chunk_size=_CHUNK):
        name = _("Anonymous") if one.is_anonymous else str(one.author)
        answered_by = str(one.answered_by) if one.answered_by else ""
        yield _safe(
            [
                clock.reading(one.asked_at),
                name,
                one.text,
                str(one.vote_count),
                question_state(one)[0],
                one.answer,
                answered_by,
            ]
        )


def _safe(cells: Iterable[str]) -> list[str]:
    return [defused(cell) for cell in cells]
