"""The register: everyone with access to one item and why, in one page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.blocks.models import Block
from access.invitations.models import Invitation
from access.register.acts import ACTS, MOST_AT_ONCE
from access.register.forms import FindInviteesForm
from access.register.querysets import SHOWN, counts_of, page_of_register
from access.register.rows import InviteeRow, OthersWithAccess
from access.requests import VisitorRequest, account_of
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.responses import page_or_fragment

UNDO_SECONDS = 60


def registered_item(request: VisitorRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.SEE_REGISTER)


@require_safe
def register(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = registered_item(request, public_id)
    moment = timezone.now()
    form = FindInviteesForm(request.GET)
    page = page_of_register(form.found_on(item, moment), request.GET.get("page"), moment)
    counts = counts_of(item, moment)
    context = {
        "item": item,
        "form": form,
        "shown": form.cleaned_data.get("show", ""),
        "counts": [(key, name, counts[key]) for key, (name, _which) in SHOWN.items()],
        "page_obj": page,
        "rows": [InviteeRow(invitation) for invitation in page],
        "others": OthersWithAccess.of(item, words=form.words),
        "acts": [act for act in ACTS.values() if act.for_many],
        "blocked": _number_blocked(item),
        "undoable": just_taken_back(item, account_of(request), moment),
    }
    return page_or_fragment(request, "access/register/register.html", context, fragment="results")


def _number_blocked(item: MediaItem) -> int:
    """Of people removed in live sessions; other kinds have none."""
    return Block.objects.in_force().on(item).count() if item.is_live_kind else 0


def just_taken_back(item: MediaItem, by: User, moment: datetime) -> list[Invitation]:
    """What this host took back a moment ago and may still undo; read off the audit trail."""
    since = moment - timedelta(seconds=UNDO_SECONDS)
    events = AccessEvent.objects.filter(
        item=item,
        at__gt=since,
        act=Act.INVITATION_REVOKED,
        actor=by,
        invitation__revoked_at__gt=since,
    ).select_related("invitation")
    found = {event.invitation_id: event.invitation for event in events[:MOST_AT_ONCE]}
    return [invitation for invitation in found.values() if invitation]
