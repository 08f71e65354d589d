"""The register: everyone with access to one item and why, in one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.accounts.models import User
from access.invitations.models import Invitation
from access.people_lists.models import Batch
from access.people_lists.services.correcting import unsent_lists
from access.register.acts import ACTS
from access.register.beside import Beside, beside_register
from access.register.drawing import RegisterRow, RowsOf
from access.register.finding import FindInvitees
from access.register.querysets import LIVE, SHOWN, Shown, page_of_register
from access.register.rows import OthersWithAccess
from access.register.undoing import undoable
from access.requests import VisitorRequest, account_of
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.numbers import page_number
from media_items.responses import page_or_fragment, wants_fragment
from media_items.selections import number_selectable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def registered_item(request: VisitorRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.SEE_REGISTER)


@require_safe
def register(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = registered_item(request, public_id)
    account, moment = account_of(request), timezone.now()
    form = FindInvitees.of(request.GET)
    number = request.GET.get("page")
    found = partial(form.found_on, item, moment)
    first = form.first_found_on(item, moment) if page_number(number) == 1 else None
    page = page_of_register(found, number, moment, first)
    rows_of, beside = RowsOf(request, item), beside_register(item, account, moment)
    rows = [RegisterRow(invitation, rows_of) for invitation in page]
    context = {
        "item": item,
        "form": form,
        "search": "" if wants_fragment(request) else form.form(request.path),
        "shown": form.show,
        "counts": counts_shown(beside.by_tab),
        "page_obj": page,
        "rows": rows,
        "awaited": [row.invitation.pk for row in rows if row.is_waiting],
        "others": OthersWithAccess.of(item, beside, words=form.words),
        "acts": [act for act in ACTS.values() if act.for_many],
        "blocked": beside.blocked if item.is_live_kind else 0,  # of its sessions
        "everything": _number_selectable(page, found),
        "has_boxes": any(invitation.revoked_at is None for invitation in page),
        "withdrawn": form.withdrawn_on(item, moment) if not page else 0,
        "unsent": _unsent_lists(item, account, beside),
        "undoable": undoable(item, account, moment) if beside.is_done else [],
    }
    return page_or_fragment(request, "access/register/register.html", context, fragment="results")


def counts_shown(counts: Mapping[Shown, int]) -> list[tuple[str, StrOrPromise, int]]:
    """Of each of `SHOWN` the key, what it is called, and how many there are."""
    return [(key, name, counts[key]) for key, (name, _which) in SHOWN.items()]


def _number_selectable(
    page: Page[Invitation], found: Callable[[], QuerySet[Invitation]]
) -> int | None:
    """Asks nothing where the page shows them all."""
    return number_selectable(page, found().filter(LIVE)) if page.has_other_pages() else None


def _unsent_lists(item: MediaItem, account: User, beside: Beside) -> list[Batch]:
    if not beside.has_unsent or Ability.INVITE_USERS not in item.abilities:
        return []
    return unsent_lists(item=item, by=account)
