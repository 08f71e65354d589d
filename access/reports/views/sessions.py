"""The list of an item's sessions, newest first; and how a view of a report gets one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from access.reports.contributions import contribution_counts
from access.reports.people import CAME, moment_of
from access.reports.stays import peaks_of
from access.requests import VisitorRequest
from media_items.abilities import Ability
from media_items.lengths import in_words
from media_items.live.sessions.lookups import get_live_item
from media_items.live.sessions.models import LiveSession, Participant
from media_items.moments import Form
from media_items.pagination import page_of

PER_PAGE = 20


@dataclass(frozen=True)
class SessionRow:
    one: LiveSession
    came: int
    peak: int
    now: datetime

    @property
    def began_at(self) -> datetime:
        return self.one.opened_at or self.one.made_at

    @property
    def length(self) -> timedelta | None:
        """None for one that never opened."""
        return length_of(self.one, self.now)

    @property
    def length_in_words(self) -> str:
        return in_words(self.length) if self.length is not None else ""


def length_of(session: LiveSession, now: datetime) -> timedelta | None:
    if session.opened_at is None:
        return None
    return moment_of(session, now) - session.opened_at


@require_safe
def sessions(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = get_live_item(request, public_id, needs=Ability.SEE_REGISTER)
    now = timezone.now()
    rows = LiveSession.objects.filter(item=item).order_by("-made_at", "-pk")
    page = page_of(rows, request.GET.get("page"), per_page=PER_PAGE)
    found = list(page.object_list)
    came, peaks = _came_to(found), peaks_of(found, now)
    context = {
        "item": item,
        "page_obj": page,
        "rows": [SessionRow(one, came.get(one.pk, 0), peaks.get(one.pk, 0), now) for one in found],
    }
    return render(request, "access/reports/sessions.html", context)


def _came_to(found: list[LiveSession]) -> dict[int, int]:
    counted = (
        Participant.objects.filter(CAME, session__in=found)
        .order_by()
        .values("session")
        .annotate(came=Count("pk"))
    )
    return dict(counted.values_list("session", "came"))


def reported_session(request: VisitorRequest, public_id: str, session_id: str) -> LiveSession:
    """A session with its item, which carries the visitor's abilities. Raises as `get_media_item`,
    and 404 for a session of another item."""
    item = get_live_item(request, public_id, needs=Ability.SEE_REGISTER)
    session: LiveSession | None = item.live_sessions.filter(public_id=session_id).first()
    if session is None:
        raise Http404
    session.item = item
    return session


def head_of(session: LiveSession, now: datetime, *, tab: str) -> dict[str, Any]:
    """What stands above each page of a report. Three queries."""
    length = length_of(session, now)
    began_at = session.opened_at or session.made_at
    return {
        "item": session.item,
        "session": session,
        "tab": tab,
        "chat_counts": contribution_counts(session),
        "began_at": began_at,
        "ended_form": _form_of_end(began_at, session.ended_at),
        "length": in_words(length) if length is not None else "",
        "is_under_way": session.ended_at is None,
    }


def _form_of_end(began_at: datetime, ended_at: datetime | None) -> Form:
    """Without the day where it is that of the beginning."""
    same_day = ended_at is None or localdate(began_at) == localdate(ended_at)
    return "time" if same_day else "moment"
