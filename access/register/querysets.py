"""The register as SQL: whom it lists, what it counts, how it searches and sorts.

It lists every invitation, whatever became of it. Those taken back are found by their state and not
counted among the invited.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any

from django.core.paginator import Page
from django.db.models import (
    FETCH_RAISE,
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable, OrderBy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.accounts.models import User
from access.email_addresses import stored_part
from access.invitations.models import Invitation, InvitationState
from access.register.counting import number_of
from access.register.states import (
    expired_or_not_mailed,
    rank_of_state,
    run_out,
    undelivered,
    with_state,
    with_states,
)
from media_items.compiled import compiled
from media_items.models import MediaItem
from media_items.pagination import counted_for, first_page, page_of, with_rows

PER_PAGE = 50
_MOST_WORDS = 8
_OF_INVITER = frozenset({"id", "email", "first_name", "last_name"})

LIVE = Q(revoked_at=None)
CAME = LIVE & Q(accepted_at__isnull=False)
NOT_YET = LIVE & Q(accepted_at=None, declined_at=None)
# People who cannot come: the mail did not arrive, or the last day was over before they came.
PROBLEM = NOT_YET & Q(
    state__in=[InvitationState.REFUSED, InvitationState.FAILED, InvitationState.EXPIRED]
)
_WAITS_NO_MORE = ~Q(state=InvitationState.WAITING)


class Shown(StrEnum):
    INVITED = ""
    CAME = "came"
    NOT_YET = "not-yet"
    PROBLEMS = "problems"


class Sort(StrEnum):
    PROBLEMS_FIRST = ""
    NEWEST = "newest"
    NAME = "name"
    SEEN = "seen"
    STATE = "state"


SHOWN = {
    Shown.INVITED: (pgettext_lazy("people", "Invited"), LIVE),
    Shown.CAME: (pgettext_lazy("people", "Joined"), CAME),
    Shown.NOT_YET: (pgettext_lazy("people", "Not joined"), NOT_YET),
    Shown.PROBLEMS: (_("Problems"), PROBLEM),
}
_IN_ONE_PASS = (Shown.INVITED, Shown.CAME, Shown.NOT_YET)
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
_NEWEST = ("-created_at", "-pk")
_AT_ANY_TIME: dict[Sort, tuple[str | OrderBy, ...]] = {  # the orders that moments do not change
    Sort.NEWEST: _NEWEST,
    Sort.NAME: ("last_name", "first_name", "pk"),
    Sort.SEEN: (F("last_seen_at").desc(nulls_last=True), *_NEWEST),
}
SORTS = {
    Sort.PROBLEMS_FIRST: _("Problems first"),
    Sort.NEWEST: _("Newest first"),
    Sort.NAME: _("By name"),
    Sort.SEEN: _("Last seen first"),
    Sort.STATE: _("By state"),
}


def register_of(item: MediaItem, moment: datetime) -> QuerySet[Invitation]:
    """Every invitation to the item that ever was, with its state."""
    return with_states(Invitation.objects.on(item), moment)


def shown(key: Shown, moment: datetime) -> Q:
    """The condition of one of `SHOWN`, such that few rows are asked about their state."""
    which = SHOWN[key][1]
    return expired_or_not_mailed(moment) & which if key == Shown.PROBLEMS else which


def parts_of(which: Shown, item: int, moment: datetime) -> list[QuerySet[Invitation]]:
    """Whom one of `SHOWN` lists: in parts that have nobody in common, of which each is found by an
    index of its own."""
    if which != Shown.PROBLEMS:
        return [Invitation.objects.filter(SHOWN[which][1], item=item)]
    return _in_need(Invitation.objects.filter(NOT_YET, item=item), moment)


def _in_need(rows: QuerySet[Invitation], moment: datetime) -> list[QuerySet[Invitation]]:
    """Of `rows`, of which none is taken back, those whose states come first in `_STATE_ORDER`."""
    return [run_out(rows, moment), undelivered(rows, moment)]


def numbers_shown(item: int, moment: datetime) -> list[Combinable]:
    """How many each of `SHOWN` counts, as parts of a query, which `by_tab` reads: the rows are read
    once for all but the problems, and so these are one text."""
    rows = Invitation.objects.filter(LIVE, item=item).order_by().values("item")
    numbers = Func(
        *(Count("item", filter=SHOWN[which][1]) for which in _IN_ONE_PASS),
        template="%(expressions)s",
        arg_joiner=" || ' ' || ",
        output_field=TextField(),
    )
    problems = map(number_of, parts_of(Shown.PROBLEMS, item, moment))
    return [Subquery(rows.annotate(numbers=numbers).values("numbers")), reduce(add, problems)]


def by_tab(numbers: str | None, problems: int) -> dict[Shown, int]:
    """Of what `numbers_shown` says; None where there is nobody."""
    counted = map(int, numbers.split()) if numbers else [0] * len(_IN_ONE_PASS)
    return {**dict(zip(_IN_ONE_PASS, counted, strict=True)), Shown.PROBLEMS: problems}


def counts_of(item: MediaItem, moment: datetime) -> dict[Shown, int]:
    """By the keys of `SHOWN`. One query."""
    return by_tab(*next(iter(_counts(item=item.pk, moment=moment)), (None, 0)))


@compiled
def _counts(*, item: int, moment: datetime) -> QuerySet[MediaItem, Any]:
    return MediaItem.objects.filter(pk=item).values_list(*numbers_shown(item, moment))


def matching(rows: QuerySet[Invitation], words: str) -> QuerySet[Invitation]:
    """Each word stands in the name or the address."""
    for word in words.split()[:_MOST_WORDS]:
        rows = rows.filter(
            Q(email__icontains=stored_part(word))
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
    return rows


def ordered(
    rows: QuerySet[Invitation], sort: Sort, moment: datetime, *, are_few: bool = False
) -> QuerySet[Invitation]:
    """Each order ends in the key, so that pages never overlap. `are_few`: rows have `state`, and
    are asked about it without a look at where it may be wrong."""
    if sort in _AT_ANY_TIME:
        return rows.order_by(*_AT_ANY_TIME[sort])
    if sort == Sort.STATE:
        return rows.order_by(rank_of_state(_STATE_ORDER, moment), *_NEWEST)
    problem = PROBLEM if are_few else shown(Shown.PROBLEMS, moment)
    is_problem = When(problem, then=Value(0))
    needs_a_hand = Case(is_problem, default=Value(1), output_field=IntegerField())
    return rows.order_by(needs_a_hand, *_NEWEST)


def first_rows(item: MediaItem, moment: datetime, which: Shown, sort: Sort) -> list[Invitation]:
    """Of the first page, and one more, with all that they show, where nothing is searched or
    filtered."""
    return _first_rows(item=item.pk, moment=moment, which=which, sort=sort)


@compiled
def _first_rows(*, item: int, moment: datetime, which: Shown, sort: Sort) -> QuerySet[Invitation]:
    first = slice(PER_PAGE + 1)
    # The first of all are among the first of each part. (In SQLite no part of a UNION is sorted.)
    firsts = [
        ordered(part, order, moment).values("pk")[first]
        for part, order in _parts_in_order(which, sort, item, moment)
    ]
    keys, *more = [Invitation.objects.filter(pk__in=some).values("pk") for some in firsts]
    few = Invitation.objects.filter(pk__in=keys.union(*more) if more else keys)
    return for_reading(ordered(with_states(few, moment), sort, moment, are_few=True))[first]


def _parts_in_order(
    which: Shown, sort: Sort, item: int, moment: datetime
) -> list[tuple[QuerySet[Invitation], Sort]]:
    """Of `which`, each with the order that says who of it come first."""
    parts = parts_of(which, item, moment)
    if sort == Sort.STATE and which != Shown.PROBLEMS:
        [rows] = parts
        late, unsent = _in_need(rows, moment)
        # The others have their states worked out only where those that come before fill no page.
        for part in (late, unsent):
            rows = rows.filter(~Exists(part.order_by("pk")[PER_PAGE : PER_PAGE + 1]))
        return [(late, Sort.NEWEST), (unsent, sort), (rows, sort)]
    if sort == Sort.PROBLEMS_FIRST:
        if which != Shown.PROBLEMS:
            # Whoever is on the page is among the first problems, or among the newest: where n
            # problems come first, at most n of the newest are problems.
            problems = parts_of(Shown.PROBLEMS, item, moment)
            parts += [part.filter(SHOWN[which][1]) for part in problems]
        return [(part, Sort.NEWEST) for part in parts]
    return [(part, sort) for part in parts]


def page_of_register(
    found: Callable[[], QuerySet[Invitation]],
    number: object,
    moment: datetime,
    first: list[Invitation] | None = None,
) -> Page[Invitation]:
    """A page with all that its rows show, and an error instead of a query for anything else.

    `first` are `first_rows`, where it is that page; `found` is asked for where more is to be known.
    """
    if first is None:
        keys: Page[int]
        keys = page_of(found().values_list("pk", flat=True), number, per_page=PER_PAGE)
        return with_rows(keys, lambda pks: _with_all_shown(pks=pks, moment=moment))
    is_all = len(first) <= PER_PAGE
    count = None if is_all else counted_for(found(), number, per_page=PER_PAGE)
    return first_page(first, per_page=PER_PAGE, count=count)


@compiled
def _with_all_shown(*, pks: tuple[int, ...], moment: datetime) -> QuerySet[Invitation]:
    return for_reading(with_states(Invitation.objects.filter(pk__in=pks), moment))


@compiled
def states_now(
    *, item: int, pks: tuple[int, ...], moment: datetime
) -> QuerySet[Invitation, InvitationState]:
    """Of these, as far as they are of the item."""
    rows = with_state(Invitation.objects.filter(item=item, pk__in=pks), moment)
    return rows.values_list(F("state"), flat=True)


@compiled
def no_longer_waiting(*, item: int, pks: tuple[int, ...], moment: datetime) -> QuerySet[Invitation]:
    """Of these of the item, those whose newest mail has gone or failed, or that say something else
    by now; with all that their rows show."""
    rows = with_states(Invitation.objects.filter(item=item, pk__in=pks), moment)
    return for_reading(rows.filter(_WAITS_NO_MORE))


def for_reading(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Each with whoever invited them: by name and address, without the rest."""
    rest = (
        f"{path}__{field.name}"
        for path, model in (("invited_by", User), ("invited_by_invitation", Invitation))
        for field in model._meta.concrete_fields
        if field.name not in _OF_INVITER
    )
    return for_acting(rows).defer(*rest)


def for_acting(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    return rows.select_related("invited_by", "invited_by_invitation").fetch_mode(FETCH_RAISE)
