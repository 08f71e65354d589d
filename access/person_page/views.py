"""The pages: finding somebody, and everything about one person.

SECURITY: only for those who may read accounts, invitations and guests; every other part needs the
permission for its own rows besides. Who looked at whom is logged, by numbers.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.email_addresses import shown_email
from access.person_page.finding import find_people, sources_for
from access.person_page.resolving import Person, person_behind
from access.person_page.trail import events_about
from access.register.trail import TrailRow
from media_items.admin_tools import Pages, link_to, pages_beside
from media_items.numbers import page_number
from media_items.pagination import page_of
from media_items.person_page import PersonPart, parts_for
from media_items.searching import searched_words

logger = logging.getLogger(__name__)

NEEDED = ("accounts.view_user", "invitations.view_invitation", "guests.view_guest")
PER_PART = 20
EVENTS_PER_PAGE = 50


def may_see_people(user: Any) -> bool:
    return bool(user.is_active and user.is_staff and user.has_perms(NEEDED))


@dataclass(frozen=True)
class Table:
    """One page of one part."""

    part: PersonPart
    rows: list[list[tuple[object, object]]]  # heading and value of each cell
    pages: Pages


@require_safe
def find_person(request: HttpRequest) -> HttpResponse:
    _may_or_not(request)
    words = searched_words(request.GET)
    page = find_people(words, request.GET.get("p"), request.user.has_perm) if words else None
    context = {
        **admin.site.each_context(request),
        "title": _("Find a person"),
        "words": words,
        "page": page,
        "pages": page and pages_beside("p", page.number, has_next=page.has_next()),
    }
    return TemplateResponse(request, "admin/people/find.html", context)


@require_safe
def person(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A fixed number of queries, however much there is of somebody."""
    _may_or_not(request)
    found = person_behind(kind, pk, sources_for(request.user.has_perm))
    logger.info("Account %s looked at everything about %s %s.", request.user.pk, kind, pk)
    parts = parts_for(request.user.has_perm)
    events = None
    if request.user.has_perm("access.view_accessevent"):
        events = page_of(events_about(found), request.GET.get("trail"), per_page=EVENTS_PER_PAGE)
        events.object_list = [(TrailRow(one), link_to(one.item)) for one in events.object_list]
    context = {
        **admin.site.each_context(request),
        "title": found.name,
        "emails": sorted(map(shown_email, found.somebody.emails)),
        "tables": [_table(part, found, request) for part in parts],
        "events": events,
        "event_pages": events and pages_beside("trail", events.number, has_next=events.has_next()),
    }
    return TemplateResponse(request, "admin/people/person.html", context)


def _table(part: PersonPart, found: Person, request: HttpRequest) -> Table:
    number = page_number(request.GET.get(part.name))
    first = (number - 1) * PER_PART
    rows = list(part.rows(found.somebody)[first : first + PER_PART + 1])
    return Table(
        part=part,
        rows=[[(heading, cell(row)) for heading, cell in part.columns] for row in rows[:PER_PART]],
        pages=pages_beside(part.name, number, has_next=len(rows) > PER_PART),
    )


def _may_or_not(request: HttpRequest) -> None:
    if not may_see_people(request.user):
        raise PermissionDenied
