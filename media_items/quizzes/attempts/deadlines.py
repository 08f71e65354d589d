"""Deadlines of attempts under way follow what has changed: the limit, the dates, an exemption, or
whose the attempt is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.exemptions import Exemptions
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.windows import deadline_of, is_overdue, window_of
from media_items.quizzes.choices import UNDER_WAY
from media_items.quizzes.models import Attempt, Quiz


@transaction.atomic
def bring_up_to_date(quiz: Quiz) -> int:
    """Each as it would be if it had been started under what is set now, but that a shorter limit
    takes nothing from whoever has begun. Whoever changes a limit, a
    date or an exemption calls it in the same transaction. Over is over: an attempt whose time was
    up does not open again. Returns how many have another deadline.
    """
    return follow(lock_quiz(quiz))


def follow(quiz: Quiz, *, takers: Collection[int] | None = None) -> int:
    """`bring_up_to_date` of these people alone, whose address, exemption or attempts have become
    others. The caller holds the locks on the quiz, and on them."""
    moment = timezone.now()
    rows = quiz.attempts.open()
    attempts = list(
        (rows if takers is None else rows.filter(taker__in=takers))
        .select_for_update(of=("self",), no_key=True)
        .select_related("taker")
        .order_by("pk")
    )
    exempt = Exemptions([one.taker for one in attempts])
    changed = 0
    for attempt in attempts:
        deadline = deadline_of(attempt, window_of(quiz, exempt.of(attempt.taker)))
        if deadline != attempt.deadline and not is_overdue(attempt, moment):
            set_deadline(attempt, deadline)
            attempt.save(update_fields=["deadline", "is_late"])
            note(attempt, "deadline")
            changed += 1
    return changed


def promise(quiz: Quiz, minutes: int | None) -> None:
    """Whoever is in the middle of an attempt keeps this limit, which held until now, where it is
    longer than the next one. The caller holds the lock on the quiz."""
    rows = quiz.attempts.filter(state__in=UNDER_WAY)
    if minutes is not None:
        rows = rows.filter(Q(promised_minutes=None) | Q(promised_minutes__range=(1, minutes)))
    rows.update(promised_minutes=minutes or 0)


def cut_by_closing(quiz: Quiz, closes_at: datetime) -> int:
    """Of how many attempts that are open the time would be up earlier, if the quiz closed then."""
    attempts = list(quiz.attempts.open().filter(is_preview=False).select_related("taker"))
    exempt = Exemptions([one.taker for one in attempts])
    moment, cut = timezone.now(), 0
    for attempt in attempts:
        exemption = exempt.of(attempt.taker)
        window = window_of(quiz, exemption)
        if exemption is None or exemption.closes_at is None:
            window = replace(window, closes_at=closes_at)
        after = deadline_of(attempt, window)
        if after is None or is_overdue(attempt, moment):
            continue
        cut += attempt.deadline is None or after < attempt.deadline
    return cut


def set_deadline(attempt: Attempt, deadline: datetime | None) -> None:
    """What was saved in the grace of an earlier one is late no more where it is in time by this
    one. What was in time stays so. The caller saves it."""
    attempt.deadline = deadline
    if attempt.is_late:
        attempt.is_late = (
            deadline is not None and attempt.answers.filter(saved_at__gt=deadline).exists()
        )
