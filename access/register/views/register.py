"""The register: everyone with access to one item and why, in one page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.blocks.models import Block
from access.people_lists.models import Batch
from access.people_lists.services.correcting import unsent_lists
from access.register.acts import ACTS
from access.register.forms import FindInviteesForm
from access.register.menus import RegisterRow, RowMenus
from access.register.querysets import LIVE, SHOWN, counts_of, page_of_register
from access.register.rows import OthersWithAccess
from access.register.undoing import undoable
from access.requests import VisitorRequest, account_of
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.responses import page_or_fragment
from media_items.selections import number_selectable


def registered_item(request: VisitorRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.SEE_REGISTER)


@require_safe
def register(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = registered_item(request, public_id)
    moment = timezone.now()
    form = FindInviteesForm(request.GET)
    found = form.found_on(item, moment)
    page = page_of_register(found, request.GET.get("page"), moment)
    counts, menus = counts_of(item, moment), RowMenus(request, item)
    context = {
        "item": item,
        "form": form,
        "shown": form.cleaned_data.get("show", ""),
        "counts": [(key, name, counts[key]) for key, (name, _which) in SHOWN.items()],
        "page_obj": page,
        "rows": [RegisterRow(invitation, menus) for invitation in page],
        "others": OthersWithAccess.of(item, words=form.words),
        "acts": [act for act in ACTS.values() if act.for_many],
        "blocked": _number_blocked(item),
        "everything": number_selectable(page, found.filter(LIVE)),
        "has_boxes": any(invitation.revoked_at is None for invitation in page),
        "withdrawn": form.withdrawn_on(item, moment) if not page else 0,
        "unsent": _unsent_lists(request, item),
        "undoable": undoable(item, account_of(request), moment),
    }
    return page_or_fragment(request, "access/register/register.html", context, fragment="results")


def _unsent_lists(request: VisitorRequest, item: MediaItem) -> QuerySet[Batch]:
    account = account_of(request)
    if account is None or Ability.INVITE_USERS not in item.abilities:
        return Batch.objects.none()
    return unsent_lists(item=item, by=account)


def _number_blocked(item: MediaItem) -> int:
    """Of people removed in live sessions; other kinds have none."""
    return Block.objects.in_force().on(item).count() if item.is_live_kind else 0
