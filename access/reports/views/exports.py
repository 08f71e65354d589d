"""A report to take away: what its list shows now, its chat, its questions."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.register.exports import Clock
from access.register.views.exports import file_of
from access.reports import contributions
from access.reports.exports import (
    attendance_lines,
    chat_lines,
    missed_lines,
    question_lines,
)
from access.reports.forms import FindPeopleForm
from access.reports.people import moment_of
from access.reports.views.sessions import reported_session
from access.requests import VisitorRequest


@require_safe
def session_export(
    request: VisitorRequest, public_id: str, session_id: str, form: str
) -> HttpResponseBase:
    session = reported_session(request, public_id, session_id)
    if form not in {"csv", "xlsx"}:
        raise Http404
    now = timezone.now()
    moment = moment_of(session, now)
    wanted, clock = FindPeopleForm(request.GET), Clock.of_reader()
    if wanted.is_of_missed:
        lines = missed_lines(wanted.missed_of(session, moment), now, clock)
    else:
        lines = attendance_lines(wanted.people_of(session, moment), session, moment, clock)
    name = f"attendance-{session.public_id}"
    return file_of(lines, form=form, name=name, sheet_name=_("Attendance"))


@require_safe
def session_chat_export(
    request: VisitorRequest, public_id: str, session_id: str
) -> HttpResponseBase:
    session = reported_session(request, public_id, session_id)
    lines = chat_lines(contributions.messages_of(session), Clock.of_reader())
    return file_of(lines, form="csv", name=f"chat-{session.public_id}", sheet_name="")


@require_safe
def session_questions_export(
    request: VisitorRequest, public_id: str, session_id: str
) -> HttpResponseBase:
    session = reported_session(request, public_id, session_id)
    lines = question_lines(contributions.questions_of(session), Clock.of_reader())
    return file_of(lines, form="csv", name=f"questions-{session.public_id}", sheet_name="")
