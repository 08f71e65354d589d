"""The report of one session: who came and who did not, and how many were there when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from access.reports import missed, people
from access.reports.forms import MISSED, FindPeopleForm
from access.reports.rows import MissedRow, person_rows
from access.reports.timeline import timeline_of
from access.reports.views.sessions import (
    head_of,
    reported_session,
)
from access.requests import VisitorRequest
from media_items.live.sessions.models import LiveSession
from media_items.responses import page_or_fragment, wants_fragment


@require_safe
def session_report(request: VisitorRequest, public_id: str, session_id: str) -> HttpResponse:
    session = reported_session(request, public_id, session_id)
    now = timezone.now()
    moment = people.moment_of(session, now)
    form = FindPeopleForm(request.GET)
    number = request.GET.get("page")
    if form.is_of_missed:
        context = _missed_page(session, form, number, moment, now)
    else:
        context = _people_page(session, form, number, moment)
    context |= _summary(session, moment) | head_of(session, now, tab="people")
    context |= {"form": form, "shown": form.shown, "hour": _format_of(session, moment)}
    # The rows alone, where htmx asks for them, need neither picture nor tabs.
    if not wants_fragment(request):
        timeline = timeline_of(session, moment)
        context |= {"timeline": timeline, "peak": timeline.peak if timeline else 0}
    return page_or_fragment(
        request, "access/reports/session_report.html", context, fragment="results"
    )


def _people_page(
    session: LiveSession, form: FindPeopleForm, number: str | None, moment: datetime
) -> dict[str, Any]:
    page = people.page_of_people(form.people_of(session, moment), number, moment)
    return {"page_obj": page, "rows": person_rows(list(page), session)}


def _missed_page(
    session: LiveSession, form: FindPeopleForm, number: str | None, moment: datetime, now: datetime
) -> dict[str, Any]:
    page = missed.page_of_missed(form.missed_of(session, moment), number, now)
    typed = missed.typed_by_guests(session, [one.email for one in page])
    rows = [MissedRow(one, by_guest=one.email in typed) for one in page]
    return {"page_obj": page, "rows": rows}


def _summary(session: LiveSession, moment: datetime) -> dict[str, Any]:
    """The counts that are filters, and those who only watched. Three queries."""
    counts = people.counts_of(session)
    missing = missed.missed(session, moment).count()
    shown = [(key, name, counts[key]) for key, (name, _which) in people.SHOWN.items()]
    shown.insert(1, (MISSED, missed.SHOWN, missing))
    return {
        "counts": shown,
        "came": counts[""],
        "addresses": counts["addresses"],
        "missing": missing,
        "watched": session.watchers.count(),
    }


def _format_of(session: LiveSession, moment: datetime) -> str:
    """With the day where one day is not enough."""
    is_one_day = localtime(session.made_at).date() == localtime(moment).date()
    return "time" if is_one_day else "moment"
