"""A report to take away: what its list shows now, its chat, its questions."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.reports import contributions
from access.reports.exports import (
    attendance_lines,
    attendance_sheet,
    chat_sheet,
    missed_lines,
    questions_sheet,
)
from access.reports.forms import FindPeopleForm
from access.reports.people import moment_of
from access.reports.views.sessions import reported_session
from access.requests import VisitorRequest
from media_items.spreadsheets import file_of


@require_safe
def session_export(
    request: VisitorRequest, public_id: str, session_id: str, form: str
) -> HttpResponseBase:
    session = reported_session(request, public_id, session_id)
    now = timezone.now()
    at = moment_of(session, now)
    wanted = FindPeopleForm(request.GET)
    if wanted.is_of_missed:
        lines = missed_lines(wanted.missed_of(session, at), now)
    else:
        lines = attendance_lines(wanted.people_of(session, at), session, at)
    return file_of(attendance_sheet(lines), form=form, title=session.item.title)


@require_safe
def session_chat_export(
    request: VisitorRequest, public_id: str, session_id: str, form: str
) -> HttpResponseBase:
    session = reported_session(request, public_id, session_id)
    sheet = chat_sheet(contributions.messages_of(session))
    return file_of(sheet, form=form, title=session.item.title)


@require_safe
def session_questions_export(
    request: VisitorRequest, public_id: str, session_id: str, form: str
) -> HttpResponseBase:
    session = reported_session(request, public_id, session_id)
    sheet = questions_sheet(contributions.questions_of(session))
    return file_of(sheet, form=form, title=session.item.title)
