"""The register as SQL: whom it lists, what it counts, how it searches and sorts.

It lists every invitation, whatever became of it. Those taken back are found by their state and not
counted among the invited.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import (
    FETCH_RAISE,
    Case,
    Count,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.email_addresses import stored_part
from access.invitations.models import Invitation, InvitationState
from access.register.states import expired_or_not_mailed, rank_of_state, with_state, with_states
from media_items.compiled import compiled
from media_items.models import MediaItem
from media_items.pagination import page_by_keys

PER_PAGE = 50
_MOST_WORDS = 8

LIVE = Q(revoked_at=None)
CAME = LIVE & Q(accepted_at__isnull=False)
NOT_YET = LIVE & Q(accepted_at=None, declined_at=None)
# People who cannot come: the mail did not arrive, or the last day was over before they came.
PROBLEM = NOT_YET & Q(
    state__in=[InvitationState.REFUSED, InvitationState.FAILED, InvitationState.EXPIRED]
)

SHOWN = {
    "": (pgettext_lazy("people", "Invited"), LIVE),
    "came": (pgettext_lazy("people", "Joined"), CAME),
    "not-yet": (pgettext_lazy("people", "Not joined"), NOT_YET),
    "problems": (_("Problems"), PROBLEM),
}
# As a host works through them: what needs a hand, who is awaited, who is here, who is not coming.
_STATE_ORDER = (
    InvitationState.REFUSED,
    InvitationState.FAILED,
    InvitationState.EXPIRED,
    InvitationState.WAITING,
    InvitationState.MADE,
    InvitationState.SENT,
    InvitationState.OPENED,
    InvitationState.ACCEPTED,
    InvitationState.DECLINED,
    InvitationState.BLOCKED,
    InvitationState.REVOKED,
)
SORTS = {
    "": _("Problems first"),
    "newest": _("Newest first"),
    "name": _("By name"),
    "seen": _("Last seen first"),
    "state": _("By state"),
}


def register_of(item: MediaItem, moment: datetime) -> QuerySet[Invitation]:
    """Every invitation to the item that ever was, with its state."""
    return with_states(Invitation.objects.on(item), moment)


def shown(key: str, moment: datetime) -> Q:
    """The condition of one of `SHOWN`, such that few rows are asked about their state."""
    which = SHOWN[key][1]
    return expired_or_not_mailed(moment) & which if key == "problems" else which


def counts_of(item: MediaItem, moment: datetime) -> dict[str, int]:
    """By the keys of `SHOWN`. One query."""
    counted = next(iter(_counts(item=item.pk, moment=moment)), [0] * len(SHOWN))
    return dict(zip(SHOWN, counted, strict=True))


@compiled
def _counts(*, item: int, moment: datetime) -> QuerySet[Invitation, Any]:
    rows = with_state(Invitation.objects.filter(item=item), moment)
    each = {f"number_{n}": Count("pk", filter=shown(key, moment)) for n, key in enumerate(SHOWN)}
    return rows.order_by().values("item").annotate(**each).values_list(*each)


def matching(rows: QuerySet[Invitation], words: str) -> QuerySet[Invitation]:
    """Each word stands in the name or the address."""
    for word in words.split()[:_MOST_WORDS]:
        rows = rows.filter(
            Q(email__icontains=stored_part(word))
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
    return rows


def ordered(rows: QuerySet[Invitation], sort: str, moment: datetime) -> QuerySet[Invitation]:
    """`sort` is one of `SORTS`. Each order ends in the key, so that pages never overlap."""
    newest = ("-created_at", "-pk")
    if sort == "newest":
        return rows.order_by(*newest)
    if sort == "name":
        return rows.order_by("last_name", "first_name", "pk")
    if sort == "seen":
        return rows.order_by(F("last_seen_at").desc(nulls_last=True), *newest)
    if sort == "state":
        return rows.order_by(rank_of_state(_STATE_ORDER, moment), *newest)
    is_problem = When(shown("problems", moment), then=Value(0))
    needs_a_hand = Case(is_problem, default=Value(1), output_field=IntegerField())
    return rows.order_by(needs_a_hand, *newest)


def page_of_register(
    rows: QuerySet[Invitation], number: object, moment: datetime
) -> Page[Invitation]:
    """A page with all that its rows show, and an error instead of a query for anything else."""
    return page_by_keys(
        rows, number, per_page=PER_PAGE, shown=lambda pks: _with_all_shown(pks=pks, moment=moment)
    )


@compiled
def _with_all_shown(*, pks: tuple[int, ...], moment: datetime) -> QuerySet[Invitation]:
    return for_reading(with_states(Invitation.objects.filter(pk__in=pks), moment))


def for_reading(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    return rows.select_related("invited_by", "invited_by_invitation").fetch_mode(FETCH_RAISE)
