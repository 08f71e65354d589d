"""What was said in a session: pages of its report. The backchannel has none."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.reports import contributions
from access.reports.views.sessions import (
    head_of,
    reported_session,
)
from access.requests import VisitorRequest
from media_items.pagination import page_of


@require_safe
def session_chat(request: VisitorRequest, public_id: str, session_id: str) -> HttpResponse:
    session = reported_session(request, public_id, session_id)
    page = page_of(
        contributions.messages_of(session), request.GET.get("page"), per_page=contributions.PER_PAGE
    )
    context = head_of(session, timezone.now(), tab="chat") | {"page_obj": page}
    return render(request, "access/reports/session_chat.html", context)


@require_safe
def session_questions(request: VisitorRequest, public_id: str, session_id: str) -> HttpResponse:
    session = reported_session(request, public_id, session_id)
    page = page_of(
        contributions.questions_of(session),
        request.GET.get("page"),
        per_page=contributions.PER_PAGE,
    )
    context = head_of(session, timezone.now(), tab="questions")
    context |= {"page_obj": page, "rows": [contributions.QuestionRow(one) for one in page]}
    return render(request, "access/reports/session_questions.html", context)


@require_safe
def session_polls(request: VisitorRequest, public_id: str, session_id: str) -> HttpResponse:
    session = reported_session(request, public_id, session_id)
    page = page_of(
        contributions.polls_of(session),
        request.GET.get("page"),
        per_page=contributions.POLLS_PER_PAGE,
    )
    context = head_of(session, timezone.now(), tab="polls")
    context |= {
        "page_obj": page,
        "rows": [contributions.PollRow(one) for one in page],
        "reactions": contributions.reactions_of(session),
    }
    return render(request, "access/reports/session_polls.html", context)
