"""Who took a quiz, as SQL: whom the list shows, what it counts, how it searches and sorts.

Those who edit the quiz are left out: they try it, and their answers are no results.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, IntegerField, Q, QuerySet
from django.db.models.functions import Cast, Floor
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from media_items.quizzes import choices
from media_items.quizzes.attempts.passing import SETTLED
from media_items.quizzes.attempts.persons import person_digests
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Quiz, Taker

PER_PAGE = 50
_MOST_WORDS = 8
BARS = 10
# Of a percentage that was divided: 70 is 70, whatever is behind the comma of a float.
_GRAIN = 1e-7

# They have no rows here: `results.missing`.
NOT_COME = "not-come"
FINISHED = Q(finished__gt=0)
SCORED = Q(percent__gte=0)
SHOWN = {
    "": pgettext_lazy("people", "All who started"),
    "open": pgettext_lazy("people", "In progress"),
    "finished": pgettext_lazy("people", "Finished"),
    "to-mark": pgettext_lazy("people", "To mark"),
    "interrupted": pgettext_lazy("people", "Interrupted"),
    NOT_COME: pgettext_lazy("people", "Not started"),
}
SORTS = {
    "": _("By name"),
    "newest": _("Newest first"),
    "highest": _("Highest score first"),
    "lowest": _("Lowest score first"),
}
_ORDERS = {
    "": ("listed_name", "pk"),
    "newest": ("-pk",),
    "highest": ("-percent", "-pk"),
    "lowest": ("percent", "pk"),
}


def takers_of(quiz: Quiz) -> QuerySet[Taker]:
    return Taker.objects.filter(quiz_id=quiz.pk, is_preview=False, merged_into=None)


def shown(rows: QuerySet[Taker], quiz: Quiz, show: str) -> QuerySet[Taker]:
    """`show` is one of `SHOWN`."""
    match show:
        case "open":
            return rows.filter(pk__in=_with_attempts(quiz, AttemptState.OPEN))
        case "interrupted":
            return rows.filter(pk__in=_with_attempts(quiz, AttemptState.INTERRUPTED))
        case "finished":
            return rows.filter(FINISHED)
        case "to-mark":
            return rows.filter(_to_mark(quiz))
    return rows


def _with_attempts(quiz: Quiz, state: AttemptState) -> QuerySet[Attempt, Any]:
    rows = Attempt.objects.filter(quiz_id=quiz.pk, is_preview=False, state=state)
    return rows.values("taker")


def _to_mark(quiz: Quiz) -> Q:
    """Also in an attempt that does not count yet: what is on the page *Marking*."""
    waiting = Attempt.objects.filter(
        quiz_id=quiz.pk, is_preview=False, state__in=choices.FINISHED, waiting__gt=0
    )
    return Q(pk__in=waiting.values("taker"), erased_at=None)


def matching(rows: QuerySet[Taker], words: str) -> QuerySet[Taker]:
    """Each word stands in the name, the name they came with, or the name of the guest link; a whole
    address finds who came by it."""
    for word in words.split()[:_MOST_WORDS]:
        found = Q(name__icontains=word) | Q(renamed__icontains=word) | Q(came_by__icontains=word)
        if "@" in word:
            found |= Q(person__in=person_digests(word))
        rows = rows.filter(found)
    return rows


def ordered(rows: QuerySet[Taker], sort: str) -> QuerySet[Taker]:
    """Each order ends in the key, so that pages never overlap. No score is the lowest of all."""
    return rows.order_by(*_ORDERS.get(sort, _ORDERS[""]))


@dataclass(frozen=True)
class Counts:
    """By the keys of `people.SHOWN`; and of those with a score how many they are, their mean in
    percent, how many have passed, and how many have a score so far: an answer that counts is not
    marked."""

    shown: dict[str, int]
    scored: int
    mean: float | None
    passed: int
    so_far: int


NOBODY = Counts(dict.fromkeys(SHOWN, 0), 0, None, 0, 0)


def counts_of(quiz: Quiz) -> Counts:
    """Two queries."""
    needed = (quiz.pass_percent or 0) - _GRAIN
    found = takers_of(quiz).aggregate(
        everybody=Count("pk"),
        finished=Count("pk", filter=FINISHED),
        to_mark=Count("pk", filter=_to_mark(quiz)),
        scored=Count("pk", filter=SCORED),
        mean=Avg("percent", filter=SCORED),
        passed=Count("pk", filter=Q(percent__gte=needed) & SCORED & SETTLED),
        so_far=Count("pk", filter=SCORED & ~SETTLED),
    )
    now = Attempt.objects.filter(
        quiz=quiz, is_preview=False, state__in=[AttemptState.OPEN, AttemptState.INTERRUPTED]
    )
    states = {
        one["state"]: one["people"]
        for one in now.values("state").annotate(people=Count("taker", distinct=True)).order_by()
    }
    return Counts(
        shown={
            "": found["everybody"],
            "open": states.get(AttemptState.OPEN, 0),
            "finished": found["finished"],
            "to-mark": found["to_mark"],
            "interrupted": states.get(AttemptState.INTERRUPTED, 0),
            NOT_COME: 0,
        },
        scored=found["scored"],
        mean=found["mean"],
        passed=found["passed"],
        so_far=found["so_far"],
    )


def distribution_of(quiz: Quiz) -> list[int]:
    """How many have a score of 0 to under 10 percent, 10 to under 20, … 90 to 100. One query."""
    band = Cast(Floor((F("percent") + _GRAIN) / BARS), IntegerField())
    rows = (
        takers_of(quiz)
        .filter(SCORED)
        .annotate(band=band)
        .values("band")
        .annotate(people=Count("pk"))
        .order_by()
    )
    found = [0] * BARS
    for row in rows:
        found[min(max(row["band"], 0), BARS - 1)] += row["people"]
    return found


def band_labels() -> list[str]:
    """Of `distribution_of`: “0–9 %”, …, “90–100 %”."""
    step = 100 // BARS
    ends = [*((number + 1) * step - 1 for number in range(BARS - 1)), 100]
    return [
        gettext("%(start)d–%(end)d%%") % {"start": number * step, "end": end}
        for number, end in enumerate(ends)
    ]
